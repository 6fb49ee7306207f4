"""`judge(folder)`: the only way from a recorded run to verdicts. A function of the folder alone."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from conformance.catalogue import Catalogue, load_catalogue
from conformance.checks.events import NO_SCENARIO, Documents, Events, ScenarioFacts
from conformance.checks.load import load_rules
from conformance.checks.registry import RULES, Rule
from conformance.journal import Event, Journal
from conformance.judging.aggregate import requirement_verdicts, rule_verdicts, scenario_verdicts
from conformance.judging.findings import Finding, Judgement, Verdict
from conformance.judging.grade import Grading, apply_expected, grade

_ENGINE_ENDS = {"not_ready": Verdict.NOT_READY, "error": Verdict.ERROR}


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What the whole run says before any rule is asked."""

    run: Mapping[str, Any]
    scenarios: dict[str, ScenarioFacts]


def all_rules() -> dict[str, Rule]:
    """Every rule of the bench, those of the engine included."""
    load_rules()
    import_module("conformance.judging.own_rules")
    return dict(sorted(RULES.items()))


def judge(folder: Path) -> Judgement:
    """Judge a bundle folder again from its journal and blobs.

    Raises `FileNotFoundError` when the folder holds no journal.
    """
    catalogue = load_catalogue()
    rules = all_rules()
    journal = Journal(folder)
    if not journal.parts:
        raise FileNotFoundError(f"{folder}: no journal to judge")
    places = journal.index()
    begun = _run_started(journal, places)
    run = begun[0].data if begun else {}
    documents = Documents(lambda sha: _blob(folder, sha))
    scenarios = _facts(journal, places)
    grading = grading_for(run, catalogue)
    findings: list[Finding] = []
    wide: dict[str, list[Event]] = defaultdict(list)
    for name, facts in scenarios.items():
        told = [*begun, *journal.slice(places[name])]
        events = Events(told, facts, documents, scenarios)
        findings += judge_scenario(events, rules.values(), grading)
        for rule in rules.values():
            if rule.scope == "run" and rule.judges(facts.fault):
                wide[rule.id] += wanted(events[len(begun) :], rule.reads)
    for rule in rules.values():
        if wide[rule.id]:
            wide[rule.id] += wanted(begun, rule.reads)
    findings += _judge_run(rules, wide, documents, scenarios, grading)
    findings = apply_expected(findings, run.get("expected", []))
    findings += _silence(rules, findings, scenarios, grading)
    findings.sort(key=lambda finding: finding.key)
    return _drawn_together(run, findings, rules, scenarios, catalogue, grading)


def judge_scenario(events: Events, rules: Iterable[Rule], grading: Grading) -> list[Finding]:
    """The findings of one scenario: rules of scope `scenario`, and how the story itself ended."""
    facts = events.scenario
    findings: list[Finding] = []
    ended = _ENGINE_ENDS.get(facts.ended)
    if ended is not None:
        last = events.of("scenario.finished")[-1:]
        findings.append(
            Finding(
                "story.complete",
                facts.id,
                "story",
                None,
                ended,
                seen=tuple(e.ref for e in last),
                reason=facts.ended,
            )
        )
    for rule in rules:
        if rule.scope != "scenario" or not rule.judges(facts.fault):
            continue
        narrowed = Events(wanted(events, rule.reads), facts, events.documents, events.scenarios)
        findings += _ask(rule, narrowed, facts.id, grading)
    return findings


def wanted(events: Iterable[Event], reads: Sequence[str]) -> list[Event]:
    """The events of the kinds in `reads`; `http.exchange:token` means that route only."""
    kinds = {word for word in reads if ":" not in word}
    routes = {tuple(word.split(":", 1)) for word in reads if ":" in word}
    return [
        event
        for event in events
        if event.kind in kinds or (event.kind, event.data.get("route")) in routes
    ]


def grading_for(run: Mapping[str, Any], catalogue: Catalogue) -> Grading:
    """Which requirements the plan of this run owes, and with what nature."""
    plan = run.get("plan", {})
    natures = catalogue.natures(
        waves=plan.get("waves", []),
        corridor=plan.get("corridor", ""),
        profiles=plan.get("profiles", []),
    )
    return Grading(natures, bool(plan.get("strict", False)))


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
    """One `not_tested` for every owed rule that judged nothing in the whole run."""
    spoke = {finding.rule for finding in findings}
    return [
        Finding(
            rule.id,
            "",
            "run",
            None,
            Verdict.NOT_TESTED,
            reason=_why_silent(rule, scenarios.values()),
        )
        for rule in rules.values()
        if rule.id not in spoke and grading.owed(rule)
    ]


def _why_silent(rule: Rule, scenarios: Iterable[ScenarioFacts]) -> str:
    concerned = [facts for facts in scenarios if facts.id and rule.judges(facts.fault)]
    if not concerned:
        return "scenario-not-run"
    if any(facts.ended == "not_ready" for facts in concerned):
        return "not-ready"
    if any(facts.ended == "stopped" for facts in concerned):
        return "stopped"
    return "nothing-seen"


def _drawn_together(
    run: Mapping[str, Any],
    findings: Sequence[Finding],
    rules: Mapping[str, Rule],
    scenarios: Mapping[str, ScenarioFacts],
    catalogue: Catalogue,
    grading: Grading,
) -> Judgement:
    hashes = {rule.id: rule.sha256 for rule in rules.values()}
    before = run.get("rules", {})
    by_rule = rule_verdicts(findings)
    return Judgement(
        run=run,
        findings=tuple(findings),
        rules=by_rule,
        scenarios=scenario_verdicts(findings, scenarios),
        requirements=requirement_verdicts(by_rule, rules, catalogue, grading),
        rule_hashes=hashes,
        changed_rules=tuple(
            sorted(name for name, sha in before.items() if hashes.get(name) not in (None, sha))
        ),
    )


def _run_started(journal: Journal, places: Mapping[str, list[tuple[str, int]]]) -> list[Event]:
    """The event `run.started`, which every scenario is judged with; empty if it was lost."""
    first = journal.slice(places.get("", [])[:20])
    return [event for event in first if event.kind == "run.started"][:1]


def _facts(
    journal: Journal, places: Mapping[str, list[tuple[str, int]]]
) -> dict[str, ScenarioFacts]:
    """How each scenario began and ended; twins are looked up once all are known."""
    raw: dict[str, dict[str, Any]] = {}
    for name, where in places.items():
        if not name:
            continue
        about: dict[str, Any] = {"id": name}
        for event in journal.slice(where):
            if event.kind == "scenario.started":
                about |= {k: event.data[k] for k in ("mode", "face", "driver", "fault", "twin")}
            elif event.kind == "scenario.finished":
                about |= {k: event.data[k] for k in ("ended", "stopped_at")}
        raw[name] = about
    done = {name for name, about in raw.items() if about.get("ended") == "completed"}
    for about in raw.values():
        if about.get("twin"):
            about["twin_done"] = about["twin"] in done
    return {name: ScenarioFacts(**about) for name, about in raw.items()}


def _blob(folder: Path, sha256: str) -> bytes:
    if len(sha256) != 64 or not sha256.isalnum():
        raise KeyError(sha256)
    path = folder / "blobs" / sha256
    if not path.is_file():
        raise KeyError(sha256)
    return path.read_bytes()


def findings_json(judgement: Judgement) -> dict[str, Any]:
    """What is written to `findings.json` (as RFC 8785), the same on every machine."""
    return {
        "schema": 1,
        "rules": dict(judgement.rule_hashes),
        "changed_rules": list(judgement.changed_rules),
        "findings": [finding.to_json() for finding in judgement.findings],
    }


def load_findings(folder: Path) -> dict[str, Any]:
    """`findings.json` of a bundle. Raises `FileNotFoundError` or `ValueError`."""
    loaded = json.loads((folder / "findings.json").read_bytes())
    if not isinstance(loaded, dict):
        raise ValueError(f"{folder / 'findings.json'}: not an object")
    return loaded
