"""What a report shows, drawn from judgement, journal, catalogue and proofs; no HTML here."""

import base64
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.catalogue import Catalogue, load_catalogue
from conformance.checks.registry import RULES, Rule
from conformance.checks.sentences import sentence, title
from conformance.evidence.package import ProofRow
from conformance.journal import Event, Journal
from conformance.judging.exit_code import counts
from conformance.judging.findings import Finding, Judgement
from conformance.judging.judge import all_rules
from conformance.reporting import exchanges, words

_SHOWN = frozenset(
    {"http.exchange", "smtp.command", "mail.accepted", "action.finished", "ui.seen", "fault.fired",
     "system.died", "bench.note"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """One event as a line that opens: `second` is its place in the film, if there is one."""

    ref: str
    line: str
    source: str
    witness: str
    second: float | None
    detail: str


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding in two levels: a sentence, then what was expected, found and seen."""

    anchor: str
    rule: str
    title: str
    sentence: str
    verdict: str
    word: str
    subject: str
    scenario: str
    witness: str
    basis: str
    trust: str
    source: str
    requires: tuple[str, ...]
    params: tuple[tuple[str, str], ...]
    reason: str
    seen: tuple[str, ...]
    known: bool


@dataclass(slots=True)
class StepView:
    """One official step of a scenario as it was told."""

    n: int
    title: str
    done: bool
    second: float | None
    events: list[SeenEvent] = field(default_factory=list)


@dataclass(slots=True)
class ScenarioView:
    """One scenario page."""

    anchor: str
    name: str
    title: str
    verdict: str
    word: str
    ended: str
    reason: str
    face: str
    driver: str
    film: str | None
    captions: str | None
    steps: list[StepView]
    outside: list[SeenEvent]
    findings: list[FindingView]


@dataclass(frozen=True, slots=True)
class RequirementView:
    """One row of the summary."""

    id: str
    nature: str
    statement: str
    verdict: str
    word: str
    reason: str
    rules: tuple[str, ...]
    source: str
    trust: str


@dataclass(frozen=True, slots=True)
class Report:
    """All of a report."""

    lang: str
    run: Mapping[str, Any]
    ended: str
    recovered: bool
    film: bool
    counts: Mapping[str, int]
    requirements: Sequence[RequirementView]
    scenarios: Sequence[ScenarioView]
    findings: Sequence[FindingView]
    proofs: Sequence[ProofRow]
    untested: Sequence[FindingView]
    problems: Sequence[str]


def build(folder: Path, judgement: Judgement, proofs: Sequence[ProofRow], lang: str) -> Report:
    """Everything a report shows about the bundle in `folder`."""
    all_rules()
    catalogue = load_catalogue()
    journal = Journal(folder)
    places = journal.index()
    views = [finding_view(finding, lang) for finding in judgement.findings]
    scenarios = [
        _scenario(folder, name, journal.slice(places[name]), judgement, views, catalogue, lang)
        for name in judgement.scenarios
    ]
    run_file = folder / "run.json"
    about = json.loads(run_file.read_text(encoding="utf-8")) if run_file.is_file() else {}
    return Report(
        lang=lang,
        run=judgement.run,
        ended=str(about.get("ended") or ""),
        recovered=bool(about.get("recovered")),
        film=any(view.film for view in scenarios),
        counts=counts(judgement),
        requirements=[
            _requirement(name, judgement, catalogue, lang) for name in judgement.requirements
        ],
        scenarios=scenarios,
        findings=views,
        proofs=proofs,
        untested=[view for view in views if view.verdict == "not_tested"],
        problems=[fault.sentence for fault in journal.faults],
    )


def finding_view(finding: Finding, lang: str) -> FindingView:
    """A finding with its words. A rule this bench does not know keeps its id."""
    rule: Rule | None = RULES.get(finding.rule)
    reason = words.reason_sentence(finding.reason)
    said = sentence(finding.rule, finding.said, dict(finding.params), lang) if finding.said else ""
    return FindingView(
        anchor=_anchor("f", *finding.key),
        rule=finding.rule,
        title=title(finding.rule, lang),
        sentence=said or reason,
        verdict=str(finding.verdict),
        word=words.verdict_word(str(finding.verdict)),
        subject=finding.subject,
        scenario=finding.scenario,
        witness=words.witness_word(finding.witness),
        basis=words.basis_word(rule.basis) if rule else "",
        trust=words.trust_word(rule.trust) if rule else "",
        source=rule.source if rule else "",
        requires=rule.requires if rule else (),
        params=tuple((key, _plain(value)) for key, value in finding.params.items()),
        reason=reason if said else "",
        seen=finding.seen,
        known=finding.known,
    )


def _requirement(
    name: str, judgement: Judgement, catalogue: Catalogue, lang: str
) -> RequirementView:
    verdict = judgement.requirements[name]
    row = catalogue.rows(name)[0]
    return RequirementView(
        id=name,
        nature=words.nature_word(verdict.nature),
        statement=row.statement.said(lang) if row.statement else "",
        verdict=str(verdict.verdict),
        word=words.verdict_word(str(verdict.verdict)),
        reason=_why(verdict.reason, row, lang),
        rules=verdict.rules,
        source=row.source,
        trust=words.trust_word(row.trust),
    )


def _why(reason: str | None, row: Any, lang: str) -> str:
    if reason == "no-rule" and row.reason is not None:
        return str(row.reason.said(lang))
    return words.reason_sentence(reason)


def _scenario(
    folder: Path,
    name: str,
    events: Sequence[Event],
    judgement: Judgement,
    views: Sequence[FindingView],
    catalogue: Catalogue,
    lang: str,
) -> ScenarioView:
    verdict = judgement.scenarios[name]
    row = next((s for s in catalogue.scenarios if s.id == name.partition("@")[0]), None)
    film = next((e for e in events if e.kind == "film.finished"), None)
    zero = next((e.data["zero"] for e in events if e.kind == "film.started"), None)
    begun = next((e for e in events if e.kind == "scenario.started"), None)
    ended = next((e for e in events if e.kind == "scenario.finished"), None)
    steps = [
        StepView(step.n, step.title.said(lang), done=False, second=None)
        for step in (row.steps if row else ())
    ]
    outside = _fill(steps, events, zero if film else None)
    file = str(film.data["file"]) if film and (folder / str(film.data["file"])).is_file() else None
    return ScenarioView(
        anchor=_anchor("s", name),
        name=name,
        title=row.title.said(lang) if row else "",
        verdict=str(verdict.verdict),
        word=words.verdict_word(str(verdict.verdict)),
        ended=words.ended_word(verdict.ended),
        reason=str((ended.data["reason"] if ended else None) or ""),
        face=begun.data["face"] if begun else "",
        driver=begun.data["driver"] if begun else "",
        film=file,
        captions=_captions(folder, file),
        steps=steps,
        outside=outside,
        findings=[view for view in views if view.scenario == name],
    )


def _fill(steps: list[StepView], events: Sequence[Event], zero: int | None) -> list[SeenEvent]:
    """Put what was observed under its step; give what was observed outside any."""
    by_number = {step.n: step for step in steps}
    grouped: dict[int | None, list[SeenEvent]] = defaultdict(list)
    for event in events:
        second = max(0.0, round((event.mono - zero) / 1e9, 2)) if zero is not None else None
        if event.kind == "step.started" and event.data["n"] in by_number:
            by_number[event.data["n"]].second = second
        elif event.kind == "step.finished" and event.data["n"] in by_number:
            by_number[event.data["n"]].done = bool(event.data["completed"])
        elif event.kind in _SHOWN:
            grouped[event.step if event.step in by_number else None].append(_seen(event, second))
    for number, step in by_number.items():
        step.events = grouped.pop(number, [])
    return grouped.pop(None, [])


def _seen(event: Event, second: float | None) -> SeenEvent:
    return SeenEvent(
        ref=event.ref.replace(":", "-"),
        line=exchanges.one_line(event),
        source=event.source,
        witness=words.witness_word(event.witness),
        second=second,
        detail=json.dumps(event.data, ensure_ascii=False, indent=1),
    )


def _captions(folder: Path, film: str | None) -> str | None:
    """The WebVTT beside a film as a data URI: a page opened from disk may load no other file."""
    if film is None:
        return None
    path = (folder / film).with_suffix(".vtt")
    if not path.is_file():
        return None
    return "data:text/vtt;base64," + base64.b64encode(path.read_bytes()).decode()


def _anchor(*parts: str) -> str:
    return "-".join(
        "".join(c if c.isascii() and c.isalnum() else "_" for c in part) for part in parts if part
    )


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
