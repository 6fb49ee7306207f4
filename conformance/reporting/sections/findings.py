"""Findings in words, in two levels: a sentence; then what was expected, found, and seen where."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from conformance.checks.registry import RULES, Rule
from conformance.checks.sentences import sentence, shown, title
from conformance.judging.findings import WORST_FIRST, Finding
from conformance.judging.grade import names
from conformance.locale import _
from conformance.reporting.views import Entry, Evidence, FindingView, Group, SeenEvent
from conformance.wording import labels
from conformance.wording import verdicts as words

_CHOOSERS = frozenset({"defect", "reason", "problem"})
"""Parameters that only choose the sentence, which then says it."""

_BASES = ("ans", "standard", "ours", "")
_RANK = {str(verdict): rank for rank, verdict in enumerate(WORST_FIRST)}


def finding_view(
    finding: Finding,
    seen: Mapping[str, SeenEvent],
    lang: str,
    expected: Sequence[Mapping[str, Any]] = (),
) -> FindingView:
    """A finding with its words. A rule this bench does not know keeps its id.

    `seen` are the events that the page shows, by reference; `expected` the known failures.
    """
    rule: Rule | None = RULES.get(finding.rule)
    reason = words.reason_sentence(finding.reason)
    said = _said(finding, lang)
    named = title(finding.rule, lang) if rule else finding.rule
    return FindingView(
        anchor=anchor("f", *finding.key),
        rule=finding.rule,
        title=named,
        sentence=said or reason,
        verdict=str(finding.verdict),
        word=words.verdict_word(str(finding.verdict)),
        subject=labels.subject_word(finding.subject),
        scenario=finding.scenario,
        witness=words.witness_word(finding.witness),
        basis=rule.basis if rule else "",
        basis_word=words.basis_word(rule.basis) if rule else "",
        trust=words.trust_word(rule.trust) if rule else "",
        source=rule.source if rule else "",
        requires=rule.requires if rule else (),
        expected=shown("expected", finding.params.get("expected", named), lang),
        facts=tuple(
            (labels.param_word(name), shown(name, value, lang))
            for name, value in finding.params.items()
            if name != "expected" and name not in _CHOOSERS
        ),
        reason=reason if said else "",
        evidence=tuple(_evidence(ref, seen) for ref in finding.seen),
        known=finding.known,
        known_why=_known_why(finding, expected),
    )


def _said(finding: Finding, lang: str) -> str:
    """What the check said, in words; a rule of another version of the bench may have none here."""
    if not finding.said:
        return ""
    try:
        return sentence(finding.rule, finding.said, dict(finding.params), lang)
    except KeyError:
        told = _("{said} (this version of the bench has no words for it)")
        return told.format(said=finding.said)


def groups(findings: Sequence[FindingView]) -> list[Group]:
    """What a person must know, worst first: refusals by what they stand on, then the others."""
    chosen: dict[tuple[str, str], list[FindingView]] = defaultdict(list)
    for finding in findings:
        if finding.known:
            chosen["known", ""].append(finding)
        elif finding.verdict in ("fail", "warning"):
            chosen[finding.verdict, finding.basis].append(finding)
        elif finding.verdict in ("error", "not_ready", "review"):
            chosen[finding.verdict, ""].append(finding)
    order = [(v, b) for v in ("fail", "error", "not_ready", "review", "warning") for b in _BASES]
    return [
        Group(
            anchor="-".join(filter(None, ("g", verdict, basis))),
            verdict=verdict,
            heading=labels.group_heading(verdict, basis),
            lead=labels.group_lead(verdict, basis),
            entries=tuple(entries(chosen[verdict, basis])),
        )
        for verdict, basis in (*order, ("known", ""))
        if chosen[verdict, basis]
    ]


def entries(findings: Iterable[FindingView]) -> list[Entry]:
    """Findings that say the same, put together under one line."""
    alike: dict[tuple[str, str, str], list[FindingView]] = defaultdict(list)
    for finding in findings:
        why = finding.known_why or finding.reason
        alike[finding.title, finding.sentence, why].append(finding)
    return [Entry(*key, findings=tuple(own)) for key, own in alike.items()]


def worst_first(findings: Iterable[FindingView]) -> list[FindingView]:
    """Findings by verdict, the worst first; what is alike keeps its order."""
    return sorted(findings, key=lambda finding: _RANK[finding.verdict])


def conclusion(found: Mapping[str, int], judged: bool) -> str:
    """The first sentence of a report: what was found, never that the product conforms."""
    if found["fail"]:
        return _("Refusals were found.")
    if found["error"]:
        return _("The bench failed: nothing can be concluded from what it could not judge.")
    if found["not_ready"]:
        return _("Something was not ready: what depends on it was not judged.")
    if not judged:
        return _("Nothing was judged.")
    return _("No refusal was found. This does not mean that the product conforms.")


def anchor(*parts: str) -> str:
    """An id for the page, made of letters, digits and dashes only."""
    return "-".join(
        "".join(c if c.isascii() and c.isalnum() else "_" for c in part) for part in parts if part
    )


def _evidence(ref: str, seen: Mapping[str, SeenEvent]) -> Evidence:
    event = seen.get(ref)
    if event is None:
        return Evidence(ref, _("event {ref} of the journal").format(ref=ref), "", None)
    return Evidence(ref, event.line, event.anchor, event.moment)


def _known_why(finding: Finding, expected: Sequence[Mapping[str, Any]]) -> str:
    """What `[expected]` says of a known failure."""
    entry = next((e for e in expected if finding.known and names(e, finding)), None)
    if entry is None:
        return ""
    if entry.get("until"):
        said = _("known until {until}: {reason}")
        return said.format(until=entry["until"], reason=entry.get("reason", ""))
    return _("known: {reason}").format(reason=entry.get("reason", ""))
