"""The judgement of a bundle as it was recorded, whatever this bench would say of it today."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from conformance.catalogue import Catalogue
from conformance.checks.all_rules import all_rules
from conformance.checks.events import ScenarioFacts
from conformance.judging.aggregate import requirement_verdicts, rule_verdicts, scenario_verdicts
from conformance.judging.findings import Finding, Judgement, Verdict
from conformance.judging.judge import grading_for


def as_recorded(
    judgement: Judgement, recorded: Mapping[str, Any], catalogue: Catalogue
) -> Judgement:
    """`judgement` (of this bench) with the findings of `findings.json` in place of its own.

    Raises `KeyError`, `TypeError` or `ValueError` when they are not in the form of this bench.
    """
    findings = tuple(_finding(each) for each in recorded["findings"])
    facts = {
        name: ScenarioFacts(
            id=name, ended=verdict.ended, stopped_at=verdict.stopped_at, why=verdict.why
        )
        for name, verdict in judgement.scenarios.items()
    }
    by_rule, by_scenario = rule_verdicts(findings), scenario_verdicts(findings, facts)
    grading = grading_for(judgement.run, catalogue)
    return replace(
        judgement,
        findings=findings,
        rules=by_rule,
        scenarios=by_scenario,
        requirements=requirement_verdicts(by_rule, all_rules(), catalogue, grading, by_scenario),
        rule_hashes=dict(recorded.get("rules", {})),
        changed_rules=(),
    )


def _finding(raw: Mapping[str, Any]) -> Finding:
    key = raw["key"]
    return Finding(
        rule=str(key["rule"]),
        scenario=str(key["scenario"]),
        subject=str(key["subject"]),
        said=raw["said"],
        verdict=Verdict(raw["verdict"]),
        params=dict(raw["params"]),
        seen=tuple(raw["seen"]),
        witness=raw["witness"],
        reason=raw["reason"],
        known=bool(raw["known"]),
    )
