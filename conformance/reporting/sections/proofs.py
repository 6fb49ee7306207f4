"""The proofs of a report: each deposit field, its file, what it is made of, or why it is empty."""

from collections.abc import Sequence

from conformance.bundle.forms.proofs import ProofRow
from conformance.catalogue import Catalogue, Proof
from conformance.reporting.views import ProofView
from conformance.wording import labels

_BY_EYE = frozenset({"video", "screenshot"})


def proof_views(rows: Sequence[ProofRow], catalogue: Catalogue, lang: str) -> list[ProofView]:
    """A view of each row, in their order. A proof unknown to the catalogue keeps its id."""
    known = {proof.id: proof for proof in catalogue.proofs}
    return [_view(row, known.get(row.id), lang) for row in rows]


def by_eye(kind: str) -> bool:
    """Whether a person must look at a proof of this kind (`video`, `document+pdfa1`…)."""
    return bool(_BY_EYE & set(kind.split("+")))


def _view(row: ProofRow, proof: Proof | None, lang: str) -> ProofView:
    in_video = row.file.startswith("../")
    href = row.file.removeprefix("../") if in_video else f"proofs/{row.file}"
    return ProofView(
        id=row.id,
        title=proof.title.said(lang) if proof else "",
        requirement=proof.requirement if proof else "",
        kind=labels.proof_kind(row.kind),
        href=href if row.file else "",
        file=row.file.removeprefix("../"),
        pieces=_pieces(proof, lang) if proof else (),
        state=row.state,
        word=labels.proof_state(row.state, by_eye(row.kind)),
        reason=labels.proof_reason(row.reason),
        deposit=labels.deposit_word(row.deposit),
    )


def _pieces(proof: Proof, lang: str) -> tuple[str, ...]:
    """What the proof is made of, in the order of its archive; a remark of the catalogue last."""
    made = [piece.what.said(lang) for piece in proof.made_from if piece.what]
    return (*made, proof.pieces.said(lang)) if proof.pieces else tuple(made)
