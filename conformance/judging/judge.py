"""`judge(folder)`: the only way from a recorded run to verdicts. A function of the folder alone."""

import gc
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from conformance.catalogue import Catalogue, Requirement, catalogue_in
from conformance.catalogue.applicability import Candidate
from conformance.checks.all_rules import all_rules
from conformance.checks.events import NO_SCENARIO, Documents, Events, ScenarioFacts, Shelves
from conformance.checks.registry import Rule
from conformance.journal import Event, Journal
from conformance.journal.corrections import in_effect
from conformance.journal.services import external_services
from conformance.judging.aggregate import requirement_verdicts, rule_verdicts, scenario_verdicts
from conformance.judging.agreement import disagreement
from conformance.judging.findings import EXTERNAL_STAGE, Finding, Judgement, Verdict
from conformance.judging.grade import Grading, apply_expected, grade
from conformance.judging.scenario_facts import scenario_facts

_ALLOCATIONS = 100_000
"""Objects made between two looks for cycles, instead of Python's 700."""

_ENGINE_ENDS = {
    "not_ready": (Verdict.NOT_READY, "not_ready"),
    "error": (Verdict.ERROR, "error"),
    "not_tested": (Verdict.NOT_TESTED, "no-face"),
    "interrupted": (Verdict.NOT_TESTED, "interrupted"),
    "": (Verdict.NOT_TESTED, "interrupted"),
}


def judge(folder: Path) -> Judgement:
    """Judge a bundle folder again from its journal and blobs.

    Raises `FileNotFoundError` when the folder holds no journal.
    """
    with _collecting_seldom():
        return _judged(folder)


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Events are many small objects and no cycles: looking for cycles cost a third of the time."""
    before = gc.get_threshold()
    gc.set_threshold(_ALLOCATIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _judged(folder: Path) -> Judgement:
    catalogue = catalogue_in(folder)
    rules = all_rules()
    journal = Journal(folder)
    if not journal.parts:
        raise FileNotFoundError(f"{folder}: no journal to judge")
    places = journal.index()
    begun = _run_started(journal)
    run = begun[0].data if begun else {}
    documents = Documents(lambda sha: _blob(folder, sha))
    scenarios = scenario_facts(places, journal.brackets)
    grading = grading_for(run, catalogue)
    changed = _changed(run, rules)
    findings: list[Finding] = []
    wide: dict[str, list[Event]] = defaultdict(list)
    for name, facts in scenarios.items():
        told = in_effect(journal.slice(places[name]))
        events = Events([*begun, *told], facts, documents, scenarios)
        judged = judge_scenario(events, rules.values(), grading)
        findings += judged if changed else [*judged, *disagreement(name, told, judged)]
        shelves = Shelves(told)
        for rule in rules.values():
            if rule.scope == "run" and rule.judges(facts.fault) and grading.asked(rule):
                wide[rule.id] += shelves.wanted(rule.reads)
        documents.forget()
    for rule in rules.values():
        if wide[rule.id]:
            wide[rule.id] += Shelves(begun).wanted(rule.reads)
    findings += _judge_run(rules, wide, documents, scenarios, grading)
    findings = apply_expected(findings, _still_expected(run, begun))
    findings += _silence(rules, findings, scenarios, grading)
    findings.sort(key=lambda finding: finding.key)
    return _drawn_together(run, findings, rules, scenarios, catalogue, grading)


def judge_scenario(events: Events, rules: Iterable[Rule], grading: Grading) -> list[Finding]:
    """The findings of one scenario: rules of scope `scenario`, and how the story itself ended."""
    facts = events.scenario
    findings: list[Finding] = []
    shelves = Shelves(events)
    for rule in rules:
        if rule.scope != "scenario" or not rule.judges(facts.fault) or not grading.asked(rule):
            continue
        wanted = shelves.wanted(rule.reads)
        narrowed = Events(wanted, facts, events.documents, events.scenarios)
        findings += _ask(rule, narrowed, facts.id, grading)
    return [*findings, *_how_it_ended(events, findings, grading)]


def _how_it_ended(events: Events, findings: Sequence[Finding], grading: Grading) -> list[Finding]:
    """What the engine says of a story that did not come to its own end: never a pass."""
    facts = events.scenario
    ended = _ENGINE_ENDS.get(facts.ended)
    if facts.ended == "stopped" and not any(f.rule == "story.complete" for f in findings):
        ended = (Verdict.NOT_TESTED, "unsupported")
    if ended is None:
        return []
    verdict, reason = ended
    if facts.ended == "not_tested" and facts.face and grading.external:  # no face is missing
        reason = EXTERNAL_STAGE
    seen = tuple(event.ref for event in events.of("scenario.finished")[-1:])
    return [Finding("story.complete", facts.id, "story", None, verdict, seen=seen, reason=reason)]


def grading_for(run: Mapping[str, Any], catalogue: Catalogue) -> Grading:
    """Which requirements the plan of this run owes, and with what nature."""
    plan = run.get("plan", {})
    candidate = Candidate.of_run(plan)
    rows: dict[str, list[Requirement]] = defaultdict(list)
    for row in candidate.rows(catalogue):
        rows[row.id].append(row)
    external = external_services(run.get("stage") or {})
    strict = bool(plan.get("strict", False))
    return Grading(candidate.natures(catalogue), strict, external, rows)


def _ask(rule: Rule, events: Events, scenario: str, grading: Grading) -> list[Finding]:
    """Ask one rule; a check that raises is a defect of the bench, said as such."""
    try:
        return [grade(rule, said, scenario, grading) for said in rule.check(events)]
    except Exception as error:  # noqa: BLE001 - one faulty check must not cost the others' verdicts
        return [
            Finding(
                rule.id,
                scenario,
                "check",
                None,
                Verdict.ERROR,
                {"error": type(error).__name__},
                reason="check-raised",
            )
        ]


def _judge_run(
    rules: Mapping[str, Rule],
    wide: Mapping[str, list[Event]],
    documents: Documents,
    scenarios: dict[str, ScenarioFacts],
    grading: Grading,
) -> list[Finding]:
    findings: list[Finding] = []
    for rule_id, events in wide.items():
        ordered = sorted(events, key=lambda e: (e.mono, e.part, e.seq))
        handed = Events(ordered, NO_SCENARIO, documents, scenarios)
        findings += _ask(rules[rule_id], handed, "", grading)
    return findings


def _silence(
    rules: Mapping[str, Rule],
    findings: Sequence[Finding],
    scenarios: Mapping[str, ScenarioFacts],
    grading: Grading,
) -> list[Finding]:
    """One finding for every owed rule that judged nothing in the whole run.

    `not_tested`, or `not_applicable` when only a wire that was not seen could have answered.
    """
    spoke = {finding.rule for finding in findings}
    silent = []
    for rule in rules.values():
        if rule.id not in spoke and grading.owed(rule):
            reason = _why_silent(rule, scenarios.values(), grading)
            unseen = reason == EXTERNAL_STAGE
            verdict = Verdict.NOT_APPLICABLE if unseen else Verdict.NOT_TESTED
            silent.append(Finding(rule.id, "", "run", None, verdict, reason=reason))
    return silent


def _why_silent(rule: Rule, scenarios: Iterable[ScenarioFacts], grading: Grading) -> str:
    if not grading.asked(rule):
        return EXTERNAL_STAGE
    concerned = [facts for facts in scenarios if facts.id and rule.judges(facts.fault)]
    if not concerned:
        return "scenario-not-run"
    if any(facts.ended == "not_ready" for facts in concerned):
        return "not-ready"
    if any(facts.ended == "stopped" for facts in concerned):
        return "stopped"
    return EXTERNAL_STAGE if grading.half_seen(rule) else "nothing-seen"


def _drawn_together(
    run: Mapping[str, Any],
    findings: Sequence[Finding],
    rules: Mapping[str, Rule],
    scenarios: Mapping[str, ScenarioFacts],
    catalogue: Catalogue,
    grading: Grading,
) -> Judgement:
    by_rule = rule_verdicts(findings)
    by_scenario = scenario_verdicts(findings, scenarios)
    return Judgement(
        run=run,
        findings=tuple(findings),
        rules=by_rule,
        scenarios=by_scenario,
        requirements=requirement_verdicts(by_rule, rules, catalogue, grading, by_scenario),
        rule_hashes={rule.id: rule.sha256 for rule in rules.values()},
        changed_rules=_changed(run, rules),
    )


def _changed(run: Mapping[str, Any], rules: Mapping[str, Rule]) -> tuple[str, ...]:
    """The rules of this bench that are not those of the run."""
    before = run.get("rules", {})
    return tuple(name for name in sorted(rules) if before.get(name, "") != rules[name].sha256)


def _run_started(journal: Journal) -> list[Event]:
    """The event `run.started`, which every scenario is judged with; empty if it was lost."""
    return [e for e in journal.brackets if e.kind == "run.started" and not e.scenario][:1]


def _still_expected(run: Mapping[str, Any], begun: Sequence[Event]) -> list[Mapping[str, Any]]:
    """The known failures that the day of the run still excuses."""
    day = begun[0].at[:10] if begun else ""
    return [entry for entry in run.get("expected", []) if not day > (entry.get("until") or day)]


def _blob(folder: Path, sha256: str) -> bytes:
    if len(sha256) != 64 or not sha256.isalnum():
        raise KeyError(sha256)
    path = folder / "blobs" / sha256
    if not path.is_file():
        raise KeyError(sha256)
    return path.read_bytes()
