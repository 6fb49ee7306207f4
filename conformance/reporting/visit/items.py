"""One thing that is not clear, as the page « Visite » lists it: why so, and what to be shown."""

from dataclasses import replace

from conformance.bundle.forms.proofs import ProofRow
from conformance.catalogue import Proof
from conformance.judging.findings import Finding, Verdict
from conformance.reporting.sections.findings import anchor
from conformance.reporting.sections.proofs import by_eye
from conformance.reporting.views import Because, FindingView, ProofView, RequirementView
from conformance.reporting.visit.known import Seen
from conformance.reporting.visit.showing import shown_by, shown_for, shown_in
from conformance.reporting.visit.views import VisitItem
from conformance.wording import verdicts as words


def of_requirement(requirement: RequirementView, seen: Seen) -> VisitItem:
    """A requirement that is not clear."""
    whys = [Because(requirement.reason, "")] if requirement.reason else []
    return VisitItem(
        kind="requirement",
        name=requirement.id,
        anchor=anchor("vi-req", requirement.id),
        href=requirement.anchor,
        title=requirement.statement,
        verdict=requirement.verdict,
        word=requirement.word,
        whys=(*whys, *(_whole_why(because, seen) for because in requirement.because)),
        shows=shown_for(requirement, seen),
        opinions=seen.opinions_on("requirement", requirement.id),
    )


def _whole_why(because: Because, seen: Seen) -> Because:
    """What the rule said, and why that is not enough (declared by the product itself…)."""
    finding = seen.by_anchor.get(because.anchor)
    if finding is None or not finding.reason:
        return because
    return replace(because, sentence=f"{because.sentence.rstrip('.')} – {finding.reason}")


def of_proof(
    row: ProofRow, view: ProofView, verdict: str, proof: Proof | None, seen: Seen
) -> VisitItem:
    """A proof of which something is left to look at; `verdict` is what it is worth on a visit."""
    why = view.reason or view.word
    return VisitItem(
        kind="proof",
        name=row.id,
        anchor=anchor("vi-proof", row.id),
        href="",
        title=view.title,
        verdict=verdict,
        word=words.verdict_word(verdict),
        whys=(Because(why, ""),),
        shows=shown_by(view, proof, seen),
        opinions=seen.opinions_on("proof", row.id),
    )


def of_finding(finding: Finding, view: FindingView, seen: Seen) -> VisitItem:
    """A finding that no requirement of the page speaks for."""
    return VisitItem(
        kind="finding",
        name=words.finding_name(finding.key),
        anchor=anchor("vi", view.anchor),
        href=view.anchor,
        title=view.title,
        verdict=view.verdict,
        word=view.word,
        whys=tuple(Because(why, "") for why in (view.sentence, view.reason) if why),
        shows=shown_in(view, seen),
        opinions=seen.opinions_on("finding", *finding.key),
    )


def worth(row: ProofRow) -> str | None:
    """What a proof is worth on a visit; None when nothing about it is left to look at."""
    if row.state != "present":
        return str(Verdict.NOT_TESTED)
    return str(Verdict.REVIEW) if row.reason or by_eye(row.kind) else None
