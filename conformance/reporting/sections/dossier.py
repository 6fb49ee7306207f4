"""The page « Dossier »: each deposit field that the plan of this run owes, from this run alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.bundle.forms.proofs import ProofRow
from conformance.catalogue import Catalogue
from conformance.catalogue.applicability import Candidate, owed_by
from conformance.dossier.choosing import Holdings, lines_of
from conformance.dossier.model import STATES, Evidence, Line, Product, state_word
from conformance.dossier.verdicts import scenario_verdicts
from conformance.judging.findings import Judgement
from conformance.locale import _
from conformance.reporting.additions import Opinion, Opinions
from conformance.reporting.views import ProofView
from conformance.wording import labels
from conformance.wording import verdicts as words


@dataclass(frozen=True, slots=True)
class DossierRow:
    """One deposit field, all words chosen; `href` leads from the bundle to its file."""

    proof: str
    title: str
    state: str
    word: str
    asked: str
    href: str
    file: str
    verdict: str
    verdict_word: str
    deposit: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DossierView:
    """The page: its rows, and how many have each state (`states`: state, word, count)."""

    product: str
    rows: tuple[DossierRow, ...]
    states: tuple[tuple[str, str, int], ...]


def dossier_view(
    judgement: Judgement,
    rows: Sequence[ProofRow],
    views: Sequence[ProofView],
    catalogue: Catalogue,
    opinions: Opinions,
    lang: str,
) -> DossierView:
    """The dossier of one run; `views` are the proofs of the report, which know their links."""
    run = judgement.run
    candidate = Candidate.of_run(run.get("plan") or {})
    product = _product(run.get("product") or {})
    verdicts = scenario_verdicts([finding.to_json() for finding in judgement.findings])
    scenarios = {proof.id: proof.scenario for proof in catalogue.proofs}
    held = Holdings(
        {
            row.id: [_evidence(row, verdicts(scenarios.get(row.id, "")), product, opinions)]
            for row in rows
            if row.state == "present"
        },
        {row.id: row.reason for row in rows if row.state != "present"},
    )
    owed = owed_by(candidate, catalogue)
    lines = lines_of(owed, candidate, catalogue, product, held, lang)
    links = {view.id: view for view in views}
    counts = [(state, sum(line.state == state for line in lines)) for state in STATES]
    return DossierView(
        product=f"{product.name} {product.label}",
        rows=tuple(_row(line, links.get(line.proof)) for line in lines),
        states=tuple((state, state_word(state), count) for state, count in counts if count),
    )


def _product(said: Mapping[str, Any]) -> Product:
    return Product(*(str(said.get(key) or "") for key in ("name", "version", "build")))


def _evidence(row: ProofRow, verdict: str, product: Product, opinions: Opinions) -> Evidence:
    by_role = opinions.get(("proof", (row.id,)), {})
    opinion = by_role.get("auditor") or by_role.get("vendor")
    return Evidence(
        proof=row.id,
        bundle="",
        file=row.file,
        kind=row.kind,
        sha256=row.sha256,
        product=product,
        at=row.filmed_at,
        deposit=row.deposit,
        verdict=verdict,
        trouble=row.reason,
        decision=opinion.choice if opinion else "",
        decided=_decided(opinion) if opinion else "",
    )


def _decided(opinion: Opinion) -> str:
    return _("{choice}, decided by {author} on {date}").format(
        choice=opinion.word, author=opinion.author, date=opinion.date[:10]
    )


def _row(line: Line, view: ProofView | None) -> DossierRow:
    found = line.evidence
    kinds = " / ".join(map(labels.proof_kind, line.kinds))
    remarks = list(line.reasons)
    if line.one_of:
        remarks.append(_("one of {names}").format(names=", ".join(line.one_of)))
    return DossierRow(
        proof=line.proof,
        title=line.title,
        state=line.state,
        word=state_word(line.state),
        asked=", ".join([kinds, *map(labels.constraint_word, line.constraints)]),
        href=view.href if view and found else "",
        file=view.file if view and found else "",
        verdict=found.verdict if found else "",
        verdict_word=words.verdict_word(found.verdict) if found else "",
        deposit=labels.deposit_word(found.deposit) if found else "",
        remarks=tuple(remarks),
    )
