"""The actions asked of the product, each with how it began and how it ended."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.checks.events import Events
from conformance.journal.events import Event

ACT_READS = ("action.started", "action.finished")


@dataclass(frozen=True, slots=True)
class Act:
    """One action; `finished` is None when the run was cut before its outcome."""

    name: str
    arguments: Mapping[str, Any]
    started: Event
    finished: Event | None

    @property
    def done(self) -> bool:
        """Whether the product did what was asked."""
        return self.outcome == "done"

    @property
    def outcome(self) -> str:
        """The outcome, empty when there is none."""
        return str(self.finished.data["outcome"]) if self.finished else ""

    @property
    def values(self) -> Mapping[str, Any]:
        """What `done` gave."""
        found = self.finished.data["values"] if self.finished else {}
        return found if isinstance(found, Mapping) else {}


def acts(events: Events, *names: str) -> list[Act]:
    """The actions of a scenario in order, those named only when any is named."""
    return [act for act in _all(events) if not names or act.name in names]


def _all(events: Events) -> Iterator[Act]:
    finished = {event.data["n"]: event for event in events.of("action.finished")}
    for event in events.of("action.started"):
        data = event.data
        yield Act(data["name"], data["arguments"], event, finished.get(data["n"]))
