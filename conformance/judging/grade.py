"""From what a check said to what it is worth: the only place where verdicts arise."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.catalogue import Requirement
from conformance.checks.registry import Answer, Rule, Said
from conformance.journal.events import Event, Json
from conformance.judging.findings import Finding, Verdict
from conformance.judging.visibility import out_of_reach, services_of

_WEAKEST_FIRST = ("declared", "screen", "wire")
_GREATEST_EXACT = 2**53 - 1
"""The greatest whole number that every reader of JSON keeps [RFC 8785 §3.2.2.3]."""


@dataclass(frozen=True, slots=True)
class Grading:
    """What the grade of a rule depends on beside its own decorator.

    `natures` gives, for a requirement id, `must`, `must_not`, `may` or None when the plan does not
    owe it; `strict` lets secondary sources fail; `external` are the external services, whose wire
    the bench did not see; `rows` are the rows of the catalogue that the plan owes of each id.
    """

    natures: Mapping[str, str | None]
    strict: bool = False
    external: frozenset[str] = frozenset()
    rows: Mapping[str, Sequence[Requirement]] = field(default_factory=dict)

    def binding(self, rule: Rule) -> bool:
        """Whether breaking `rule` breaks a DOIT or a NE DOIT PAS that is owed."""
        if not rule.requires:
            return True
        return any(self.natures.get(name) in ("must", "must_not") for name in rule.requires)

    def owed(self, rule: Rule) -> bool:
        """Whether the plan owes any requirement that `rule` serves."""
        return not rule.requires or any(self.natures.get(name) for name in rule.requires)

    def asked(self, rule: Rule) -> bool:
        """Whether anything the bench saw could answer `rule`."""
        return not out_of_reach(rule, self.external)

    def half_seen(self, rule: Rule) -> bool:
        """Whether `rule` compares the screen with a wire that the bench did not see."""
        return bool(services_of(rule) & self.external)


def weakest_witness(seen: Iterable[Event]) -> str | None:
    """The weakest witness among the events that show something; None when there are none."""
    found = {event.witness for event in seen}
    return next((witness for witness in _WEAKEST_FIRST if witness in found), None)


def grade(rule: Rule, said: Said, scenario: str, grading: Grading) -> Finding:
    """One finding. Held by declaration alone is for a person to confirm."""
    witness = weakest_witness(said.seen)
    verdict, reason = Verdict.PASS, None
    if said.answer is Answer.UNCLEAR:
        verdict = Verdict.REVIEW
    elif said.answer is Answer.HELD and witness == "declared":
        verdict, reason = Verdict.REVIEW, "declared"
    elif said.answer is Answer.BROKEN:
        counts = rule.trust == "official" or (rule.trust == "secondary" and grading.strict)
        verdict = Verdict.FAIL if counts and grading.binding(rule) else Verdict.WARNING
    if not grading.owed(rule):
        verdict, reason = Verdict.NOT_APPLICABLE, "not-owed"
    return Finding(
        rule=rule.id,
        scenario=scenario,
        subject=said.subject,
        said=str(said.answer),
        verdict=verdict,
        params={name: _plain(value) for name, value in said.params.items()},
        seen=tuple(event.ref for event in said.seen),
        witness=witness,
        reason=reason,
    )


def _plain(value: Json) -> Json:
    """A parameter as RFC 8785 can write it: products put any number into their answers."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    exact = isinstance(value, int) and abs(value) <= _GREATEST_EXACT
    return value if exact or value is None or isinstance(value, str) else str(value)


def names(entry: Mapping[str, Any], finding: Finding) -> bool:
    """Whether an entry of `[expected]` is about a finding."""
    return (
        finding.rule == entry["rule"]
        and (entry.get("scenario") or finding.scenario) == finding.scenario
        and (entry.get("subject") or finding.subject) == finding.subject
    )


def apply_expected(
    findings: Sequence[Finding], expected: Sequence[Mapping[str, Any]]
) -> list[Finding]:
    """Mark the failures that `[expected]` names; one named and not come is a failure of its own."""
    marked = list(findings)
    for entry in expected:
        matches = [place for place, finding in enumerate(marked) if names(entry, finding)]
        failed = [place for place in matches if marked[place].verdict is Verdict.FAIL]
        for place in failed:
            marked[place] = replace(marked[place], known=True)
        if matches and not failed:
            marked.append(
                Finding(
                    rule=entry["rule"],
                    scenario=entry.get("scenario", ""),
                    subject="expected",
                    said=None,
                    verdict=Verdict.FAIL,
                    reason="expected-did-not-come",
                )
            )
    return marked
