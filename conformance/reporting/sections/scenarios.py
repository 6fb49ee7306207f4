"""One scenario as it was run: its steps, what was observed in each, its film."""

import base64
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.catalogue import Catalogue, Scenario
from conformance.journal import Event
from conformance.judging.findings import ScenarioVerdict
from conformance.reporting.sections import exchanges
from conformance.reporting.sections.findings import anchor
from conformance.reporting.views import Moment, ScenarioView, SeenEvent, StepView
from conformance.wording import labels
from conformance.wording import verdicts as words


@dataclass(slots=True)
class ScenarioPage:
    """A scenario without its findings yet, and all its events that the page shows."""

    view: ScenarioView
    seen: dict[str, SeenEvent] = field(default_factory=dict)


def scenario_page(
    folder: Path, verdict: ScenarioVerdict, events: Sequence[Event], catalogue: Catalogue, lang: str
) -> ScenarioPage:
    """The page of one scenario. One that the catalogue does not have keeps its id."""
    row = _row(catalogue, verdict.scenario)
    begun, ended = _data(events, "scenario.started"), _data(events, "scenario.finished")
    film, zero = _film(folder, events)
    steps = [
        StepView(step.n, step.title.said(lang), step.expected.said(lang), done=False, moment=None)
        for step in (row.steps if row else ())
    ]
    view = ScenarioView(
        anchor=anchor("s", verdict.scenario),
        name=verdict.scenario,
        title=row.title.said(lang) if row else "",
        verdict=str(verdict.verdict),
        word=words.verdict_word(str(verdict.verdict)),
        ended=words.ended_word(verdict.ended),
        reason=str(ended.get("reason") or ""),
        face=str(begun.get("face") or ""),
        driver=labels.driver_word(str(begun.get("driver") or "")),
        fault=str(begun.get("fault") or ""),
        twin=str(begun.get("twin") or ""),
        film=film,
        captions=_captions(folder, film),
        elsewhere=_made_elsewhere(film, events),
        prerequisites=tuple(p.said(lang) for p in row.prerequisites) if row else (),
        steps=steps,
        outside=[],
        findings=[],
        began=_when(events, "scenario.started"),
        ended_at=_when(events, "scenario.finished"),
    )
    return _filled(ScenarioPage(view), events, zero)


def _filled(page: ScenarioPage, events: Sequence[Event], zero: int | None) -> ScenarioPage:
    """Put what was observed under its step, or outside any."""
    by_number = {step.n: step for step in page.view.steps}
    grouped: dict[int | None, list[SeenEvent]] = defaultdict(list)
    for event in events:
        moment = _moment(page.view.film, event, zero)
        if named := exchanges.bracket_line(event):
            page.seen[event.ref] = SeenEvent("", named, "", moment, "")
        if event.kind == "step.started" and event.data["n"] in by_number:
            by_number[event.data["n"]].moment = moment
        elif event.kind == "step.finished" and event.data["n"] in by_number:
            by_number[event.data["n"]].done = bool(event.data["completed"])
        elif line := exchanges.one_line(event):
            shown = _shown(event, line, moment)
            page.seen[event.ref] = shown
            grouped[event.step if event.step in by_number else None].append(shown)
    for number, step in by_number.items():
        step.events = grouped.pop(number, [])
    page.view.outside = grouped.pop(None, [])
    return page


def _shown(event: Event, line: str, moment: Moment | None) -> SeenEvent:
    detail = json.dumps(event.data, ensure_ascii=False, indent=1)
    return SeenEvent(event.ref, line, words.witness_word(event.witness), moment, detail)


def _row(catalogue: Catalogue, name: str) -> Scenario | None:
    base = name.partition("@")[0]
    return next((row for row in catalogue.scenarios if row.id == base), None)


def _data(events: Sequence[Event], kind: str) -> Any:
    return next((event.data for event in events if event.kind == kind), {})


def _when(events: Sequence[Event], kind: str) -> str:
    return next((event.at for event in events if event.kind == kind), "")


def _film(folder: Path, events: Sequence[Event]) -> tuple[str | None, int | None]:
    """The film of a scenario, and the `mono` of its first frame; a run cut short has one too.

    The last that is there: one made elsewhere was added because it shows more.
    """
    for event in reversed(events):
        file = str(event.data.get("file") or "") if event.kind == "film.started" else ""
        if file.startswith("video/") and ".." not in file and (folder / file).is_file():
            return file, int(event.data["zero"])
    return None, None


def _made_elsewhere(film: str | None, events: Sequence[Event]) -> str:
    """What tells a film made elsewhere from one of the bench; empty for those."""
    for event in events:
        if event.kind == "film.finished" and event.data["file"] == film:
            by = str(event.data.get("aligned_by") or "")
            return labels.made_elsewhere(by) if event.data.get("made_elsewhere") else ""
    return ""


def _moment(film: str | None, event: Event, zero: int | None) -> Moment | None:
    if film is None or zero is None:
        return None
    return Moment(film, max(0.0, round((event.mono - zero) / 1e9, 2)))


def _captions(folder: Path, film: str | None) -> str | None:
    """The WebVTT beside a film as a data URI: a page opened from disk may load no other file."""
    if film is None:
        return None
    path = (folder / film).with_suffix(".vtt")
    if not path.is_file():
        return None
    return "data:text/vtt;base64," + base64.b64encode(path.read_bytes()).decode()
