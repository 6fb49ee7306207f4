"""Draws findings together: by rule, by scenario, by requirement, worst first."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from conformance.catalogue import Catalogue
from conformance.checks.events import ScenarioFacts
from conformance.checks.registry import Rule
from conformance.judging.findings import (
    EXTERNAL_STAGE,
    Finding,
    RequirementVerdict,
    RuleVerdict,
    ScenarioVerdict,
    Verdict,
    worst,
)
from conformance.judging.grade import Grading

_SAID_WORST_FIRST = ("broken", "unclear", "held")


def rule_verdicts(findings: Sequence[Finding]) -> dict[str, RuleVerdict]:
    """Each rule over all scenarios: broken anywhere is broken, else unclear, else held."""
    grouped: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        grouped[finding.rule].append(finding)
    verdicts: dict[str, RuleVerdict] = {}
    for rule, own in sorted(grouped.items()):
        said = {finding.said for finding in own}
        strongest = next((word for word in _SAID_WORST_FIRST if word in said), None)
        speaking = [f for f in own if f.said == strongest] if strongest else own
        verdict = _weigh(speaking if strongest != "held" else own)
        reason = next((f.reason for f in own if f.verdict is verdict and f.reason), None)
        verdicts[rule] = RuleVerdict(rule, strongest, verdict, reason, tuple(own))
    return verdicts


def scenario_verdicts(
    findings: Sequence[Finding], scenarios: Mapping[str, ScenarioFacts]
) -> dict[str, ScenarioVerdict]:
    """Each scenario that was run, with the worst of its findings."""
    verdicts: dict[str, ScenarioVerdict] = {}
    for name, facts in sorted(scenarios.items()):
        own = tuple(f for f in findings if f.scenario == name)
        verdicts[name] = ScenarioVerdict(
            scenario=name,
            verdict=_weigh(own),
            ended=facts.ended,
            reason=next((f.reason for f in own if f.reason), None),
            stopped_at=facts.stopped_at,
            findings=own,
            why=facts.why,
        )
    return verdicts


def requirement_verdicts(
    by_rule: Mapping[str, RuleVerdict],
    rules: Mapping[str, Rule],
    catalogue: Catalogue,
    grading: Grading,
    scenarios: Mapping[str, ScenarioVerdict],
) -> dict[str, RequirementVerdict]:
    """Each owed requirement; one whose text nobody here has read is at best `review`."""
    demonstrated = _demonstrated(scenarios, catalogue)
    serving: dict[str, list[str]] = defaultdict(list)
    for rule in rules.values():
        for requirement in rule.requires:
            serving[requirement].append(rule.id)
    verdicts: dict[str, RequirementVerdict] = {}
    for name, nature in sorted(grading.natures.items()):
        if nature is None:
            continue
        own = sorted(serving.get(name, ()))
        spoken = [by_rule[rule] for rule in own if rule in by_rule]
        verdict = worst([rule.verdict for rule in spoken])
        if nature == "may" and verdict is Verdict.FAIL:
            verdict = Verdict.WARNING  # the rule breaks a duty, but that of another row
        reason = None if spoken else "no-rule"
        if any(rule.reason == EXTERNAL_STAGE for rule in spoken):
            verdict, reason = _seen_in_part(verdict, spoken)
        rows = grading.rows.get(name) or catalogue.rows(name)
        unread = any(row.text_status == "unknown" for row in rows)
        if unread and (verdict is Verdict.PASS or (not own and name in demonstrated)):
            verdict, reason = Verdict.REVIEW, "text-unknown"
        elif unread and not own:
            reason = "scenario-not-run"
        elif any(row.reason and row.workbook for row in rows):
            shown = name in demonstrated or bool(catalogue.proofs_for(name))
            floor = Verdict.REVIEW if shown else Verdict.NOT_TESTED
            verdict, reason = _by_person(verdict, reason, floor, judged=bool(spoken))
        elif any(row.text_status == "imported" for row in rows) and not own:
            shown = name in demonstrated
            verdict = Verdict.REVIEW if shown else Verdict.NOT_TESTED
            reason = "held-by-eye" if shown else "scenario-not-run"
        verdicts[name] = RequirementVerdict(name, nature, verdict, reason, tuple(own))
    return verdicts


def _by_person(
    verdict: Verdict, reason: str | None, floor: Verdict, *, judged: bool
) -> tuple[Verdict, str | None]:
    """A row of the vendor's own catalogue that no rule judges: for a person at best, never a pass.

    `judged` tells that rules judge another row of the same id: they count where they are worse.
    """
    word = "by-person" if floor is Verdict.REVIEW else "nothing-to-show"
    if not judged:
        return floor, word
    at_best = worst([verdict, floor])
    return at_best, reason if at_best is verdict else word


def _seen_in_part(verdict: Verdict, spoken: Sequence[RuleVerdict]) -> tuple[Verdict, str | None]:
    """A requirement that needs a wire which was not seen: for a person at best, never a pass."""
    if not any(rule.said for rule in spoken):
        return Verdict.NOT_TESTED, EXTERNAL_STAGE
    at_best = worst([verdict, Verdict.REVIEW])
    return at_best, None if at_best is verdict else EXTERNAL_STAGE


def _demonstrated(scenarios: Mapping[str, ScenarioVerdict], catalogue: Catalogue) -> frozenset[str]:
    """The EX PSC whose scenario ran to its end, with nothing in it refused."""
    told = {
        name.partition("@")[0]
        for name, verdict in scenarios.items()
        if verdict.ended == "completed" and verdict.verdict is not Verdict.FAIL
    }
    return frozenset(ex for row in catalogue.scenarios if row.id in told for ex in row.ex_psc)


def _weigh(findings: Sequence[Finding]) -> Verdict:
    """The worst verdict of `findings`, failures that were expected counted as warnings."""
    return worst([Verdict.WARNING if f.known else f.verdict for f in findings])
