"""What is known of each scenario under judgement: how it began, how it ended, and its twin."""

from collections.abc import Iterable, Mapping
from typing import Any

from conformance.checks.events import ScenarioFacts
from conformance.journal import Event

_BEGUN = ("mode", "face", "driver", "fault", "twin")
_ENDED = ("ended", "stopped_at")


def scenario_facts(
    names: Iterable[str],
    brackets: Iterable[Event],
    earlier: Mapping[str, ScenarioFacts] | None = None,
) -> dict[str, ScenarioFacts]:
    """The facts of the scenarios `names`, from the events that open and close them.

    With `earlier`, the facts of those that this process ran before, a twin that is in neither is
    unknown (`twin_done` is None: another worker may run it). Without, the events are those of the
    whole run, and a twin that is not there was not run.
    """
    raw: dict[str, dict[str, Any]] = {name: {"id": name} for name in names if name}
    for event in brackets:
        about = raw.get(event.scenario, {})
        if event.kind == "scenario.started":
            about |= {key: event.data[key] for key in _BEGUN if key in event.data}
        elif event.kind == "scenario.finished":
            about |= {key: event.data[key] for key in _ENDED if key in event.data}
            about["why"] = str(event.data.get("reason") or "")
    ends = {name: facts.ended for name, facts in (earlier or {}).items()}
    ends |= {name: about.get("ended", "") for name, about in raw.items()}
    for about in raw.values():
        twin = about.get("twin")
        if twin and (earlier is None or twin in ends):
            about["twin_done"] = ends.get(twin) == "completed"
    return {name: ScenarioFacts(**about) for name, about in raw.items()}
