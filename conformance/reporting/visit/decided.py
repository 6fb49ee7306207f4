"""What people decided on, with the verdict of the bench beside it and what came of both."""

from collections.abc import Mapping, Sequence

from conformance.judging.findings import Verdict
from conformance.locale import _
from conformance.reporting.additions import Opinion
from conformance.reporting.visit.items import worth
from conformance.reporting.visit.known import Seen
from conformance.reporting.visit.views import Decided
from conformance.wording import verdicts as words


def decided(seen: Seen) -> list[Decided]:
    """Everything that somebody decided on, in the order of the first decision on it."""
    findings = {finding.key: view for finding, view in seen.findings}
    requirements = {view.id: view for view in seen.requirements}
    proofs = {row.id: (row, view) for row, view in seen.proofs}
    rows: list[Decided] = []
    for (kind, parts), by_role in seen.opinions.items():
        name = words.finding_name(parts) if kind == "finding" else parts[0]
        href, title, verdict, word = "", "", "", _("not in this report")
        if kind == "finding" and (view := findings.get(_key(parts))):
            href, title, verdict, word = view.anchor, view.sentence, view.verdict, view.word
        elif kind == "requirement" and (asked := requirements.get(parts[0])):
            href, title, verdict, word = asked.anchor, asked.statement, asked.verdict, asked.word
        elif kind == "proof" and parts[0] in proofs:
            row, proof = proofs[parts[0]]
            title, verdict, word = proof.title, worth(row) or "", proof.word
        rows.append(Decided(name, href, title, verdict, word, by_role, _settled(verdict, by_role)))
    return rows


def _key(parts: Sequence[str]) -> tuple[str, str, str]:
    rule, scenario, subject = parts
    return rule, scenario, subject


def _settled(verdict: str, by_role: Mapping[str, Opinion]) -> str:
    """Only what was to review is settled by a person, by the auditor before the vendor."""
    if verdict == Verdict.NOT_TESTED:
        return _("not judged by the bench: the views stand beside that")
    if verdict != Verdict.REVIEW:
        return _("the bench did not leave it to a person: its verdict stays")
    role = "auditor" if "auditor" in by_role else "vendor"
    said = {
        "conforme": _("seen by a person ({role}): nothing against it"),
        "reserve": _("non-blocking reservation ({role})"),
        "visite": _("still to review, on the visit ({role})"),
        "non-conforme": _("refused by a person ({role})"),
    }[by_role[role].choice]
    return said.format(role=words.role_word(role))
