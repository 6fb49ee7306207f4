"""What a judgement is made of: findings, and the verdicts drawn from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from conformance.journal.events import Json


class Verdict(StrEnum):
    """The closed set of verdicts, worst first."""

    FAIL = "fail"
    ERROR = "error"
    NOT_READY = "not_ready"
    REVIEW = "review"
    NOT_TESTED = "not_tested"
    WARNING = "warning"
    PASS = "pass"
    NOT_APPLICABLE = "not_applicable"


WORST_FIRST = tuple(Verdict)
EXTERNAL_STAGE = "external-stage"
"""The reason of what only the wire of an external service could have shown."""


def worst(verdicts: list[Verdict]) -> Verdict:
    """The worst of `verdicts`; `not_tested` when there is none."""
    return min(verdicts, key=WORST_FIRST.index, default=Verdict.NOT_TESTED)


@dataclass(frozen=True, slots=True)
class Finding:
    """Rule × scenario × subject: what the check said and what it is worth.

    `said` is `held`, `broken`, `unclear`, or None when the engine itself speaks (`not_tested`…);
    `reason` is then one of a closed set of words (`scenario-not-run`, `stopped`, `unsupported`,
    `external-stage`…), `params` its values. `seen` are event refs (`part:seq`),
    `witness` the weakest witness among them (`wire`, `screen`, `declared`, or None).
    `known` marks a failure that `[expected]` names.
    """

    rule: str
    scenario: str
    subject: str
    said: str | None
    verdict: Verdict
    params: Mapping[str, Json] = field(default_factory=dict)
    seen: tuple[str, ...] = ()
    witness: str | None = None
    reason: str | None = None
    known: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        """What stays the same between runs and builds."""
        return (self.rule, self.scenario, self.subject)

    def to_json(self) -> dict[str, Json]:
        """The shape written to `findings.json`: no time, duration, path, host, prose or float."""
        return {
            "key": {"rule": self.rule, "scenario": self.scenario, "subject": self.subject},
            "said": self.said,
            "verdict": str(self.verdict),
            "params": dict(self.params),
            "seen": list(self.seen),
            "witness": self.witness,
            "reason": self.reason,
            "known": self.known,
        }


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """One rule over all scenarios: broken anywhere is broken, else unclear, else held."""

    rule: str
    said: str | None
    verdict: Verdict
    reason: str | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class ScenarioVerdict:
    """One scenario: how it ended, why in one sentence, and the worst of its findings."""

    scenario: str
    verdict: Verdict
    ended: str
    reason: str | None
    stopped_at: int | None
    findings: tuple[Finding, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class RequirementVerdict:
    """One requirement of the plan: the worst of its rules, never better than its text allows.

    `reason` is set when the verdict is not simply that of the rules (`text-unknown`, `no-rule`…).
    """

    requirement: str
    nature: str
    verdict: Verdict
    reason: str | None
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """All verdicts of one bundle. `run` is the data of `run.started`."""

    run: Mapping[str, Any]
    findings: tuple[Finding, ...]
    rules: Mapping[str, RuleVerdict]
    scenarios: Mapping[str, ScenarioVerdict]
    requirements: Mapping[str, RequirementVerdict]
    rule_hashes: Mapping[str, str] = field(default_factory=dict)
    changed_rules: tuple[str, ...] = ()

    def count(self, verdict: Verdict) -> int:
        """How many findings have `verdict`, known failures left out."""
        return sum(1 for f in self.findings if f.verdict is verdict and not f.known)


def findings_json(judgement: Judgement) -> dict[str, Any]:
    """What is written to `findings.json` (as RFC 8785), the same on every machine."""
    return {
        "schema": 1,
        "rules": dict(judgement.rule_hashes),
        "changed_rules": list(judgement.changed_rules),
        "findings": [finding.to_json() for finding in judgement.findings],
    }
