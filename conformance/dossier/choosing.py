"""One line per proof owed: which evidence is the best, and what state it leaves the field in.

The rule of choice, for evidence of one proof over several bundles:

1. the product of the plan first: same name, version and build; then same version; then the others;
2. then the best verdict, decisions of people counted;
3. then the newest;
4. then the name of the bundle, so that the choice is the same on every machine.

What was recorded on another version or build is never more than *to redo*: a proof shows the
product that is deposited. A film or a screenshot is at best *to check*: only a decision makes it
ready.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from conformance.catalogue import Catalogue, Proof
from conformance.catalogue.applicability import Candidate, Owed
from conformance.dossier.model import Evidence, Line, Product, State
from conformance.judging.findings import WORST_FIRST, Verdict
from conformance.locale import _
from conformance.wording.labels import proof_reason
from conformance.wording.verdicts import verdict_word

BY_EYE = frozenset({"video", "screenshot"})
_REFUSED = frozenset({Verdict.FAIL, Verdict.ERROR, Verdict.NOT_READY})
_DOUBTFUL = frozenset({Verdict.REVIEW, Verdict.NOT_TESTED})
_ACCEPTED = frozenset({"conforme", "reserve"})
_BEST_FIRST = tuple(reversed(WORST_FIRST))


@dataclass(frozen=True, slots=True)
class Holdings:
    """What bundles hold: evidence by proof id, and for other proofs why there is none (a reason of
    `proofs/index.csv`)."""

    evidence: Mapping[str, Sequence[Evidence]]
    gaps: Mapping[str, str]


def lines_of(
    owed: Owed,
    candidate: Candidate,
    catalogue: Catalogue,
    product: Product,
    held: Holdings,
    lang: str,
) -> list[Line]:
    """The dossier of a candidate: a line for every deposit field that its catalogue shows it.

    Fields of other waves and corridors are not shown at all; `banc list owed` names them.
    """
    due = {proof.id for proof in owed.proofs}
    lines = []
    for proof in catalogue.proofs:
        if proof.id.startswith("banc:"):
            continue  # a piece of ours: the deposit has no field for it
        if proof.id in due:
            lines.append(_line(proof, owed, catalogue, product, held, lang))
        elif _shown_anyway(proof, candidate, catalogue):
            blank = _blank(proof, owed, lang, "not_applicable")
            said = proof.na_sentence.said(lang) if proof.na_sentence else ""
            why = owed.set_aside.get(proof.id, "")
            lines.append(replace(blank.because(why), sentence=said or why))
    return _one_is_enough(lines, owed)


def best(found: Iterable[Evidence], product: Product) -> Evidence | None:
    """The evidence that counts, by the rule at the top of this module; None when there is none."""
    return min(found, key=lambda each: _rank(each, product), default=None)


def _rank(found: Evidence, product: Product) -> tuple[int, int, int, str, str]:
    return (
        -nearness(found.product, product),
        _STATE_RANK[_quality(found)],
        _BEST_FIRST.index(Verdict(found.verdict)),
        _newest_first(found.at),
        found.bundle,
    )


_STATE_RANK: dict[State, int] = {"ready": 0, "to_check": 1, "to_redo": 2}


def _newest_first(at: str) -> str:
    """A text that sorts the newer moment before the older one; no moment at all last."""
    return "".join(chr(0x10FFFF - ord(c)) for c in at) if at else chr(0x10FFFF)


def nearness(theirs: Product, ours: Product) -> int:
    """3 same name, version and build; 2 same version; 1 same name; 0 another product."""
    if theirs.name != ours.name:
        return 0
    if theirs.version != ours.version:
        return 1
    return 3 if theirs.build == ours.build else 2


def _quality(found: Evidence) -> State:
    """The state in which a piece of evidence leaves its field, were it of the right build."""
    verdict = Verdict(found.verdict)
    if found.trouble or verdict in _REFUSED or found.decision == "non-conforme":
        return "to_redo"
    if found.decision in _ACCEPTED:
        return "ready"
    by_eye = bool(BY_EYE & set(found.kind.split("+")))
    doubtful = verdict in _DOUBTFUL or found.older_catalogue or found.decision == "visite"
    return "to_check" if by_eye or doubtful else "ready"


def _line(
    proof: Proof, owed: Owed, catalogue: Catalogue, product: Product, held: Holdings, lang: str
) -> Line:
    found = list(held.evidence.get(proof.id, ()))
    chosen = best(found, product)
    if chosen is None:
        return _blank(proof, owed, lang, "missing").because(
            _why_missing(proof, catalogue, held, lang)
        )
    state = _quality(chosen)
    reasons = list(_reasons(chosen))
    if nearness(chosen.product, product) < 3:
        state = "to_redo"
        said = _("recorded on {theirs}, the product of the plan is {ours}")
        reasons.insert(0, said.format(theirs=chosen.product.label, ours=product.label))
    reasons += _worse_since(chosen, found, product)
    line = _blank(proof, owed, lang, state).because(*reasons)
    return replace(line, evidence=chosen)


def _reasons(found: Evidence) -> Iterable[str]:
    if found.trouble:
        yield proof_reason(found.trouble)
    verdict = Verdict(found.verdict)
    if verdict in _REFUSED | _DOUBTFUL | {Verdict.WARNING}:
        yield _("verdict of the bench: {word}").format(word=verdict_word(found.verdict))
    if found.decided:
        yield found.decided
    elif _quality(found) == "to_check" and BY_EYE & set(found.kind.split("+")):
        yield _("a person must look at it")
    if found.older_catalogue:
        yield _("its run was judged by another version of the catalogue")


def _worse_since(chosen: Evidence, found: Iterable[Evidence], product: Product) -> list[str]:
    """The same build, recorded later, did worse: whoever reads the line must know it."""
    later = [
        other
        for other in found
        if other is not chosen
        and nearness(other.product, product) == nearness(chosen.product, product)
        and other.at > chosen.at
        and _STATE_RANK[_quality(other)] > _STATE_RANK[_quality(chosen)]
    ]
    if not later:
        return []
    newest = max(later, key=lambda other: other.at)
    said = _("a later run of the same product did worse: {bundle}, {word}")
    return [said.format(bundle=newest.bundle, word=verdict_word(newest.verdict))]


def _blank(proof: Proof, owed: Owed, lang: str, state: State) -> Line:
    choice = owed.choice(proof.id) or owed.choice(proof.scenario)
    if proof.external or (choice and choice.alternative.requirement != proof.requirement):
        choice = None
    return Line(
        proof=proof.id,
        requirement=proof.requirement,
        title=proof.title.said(lang),
        kinds=tuple(proof.kinds),
        constraints=tuple(proof.constraints),
        state=state,
        one_of=choice.alternative.scenarios if choice else (),
    )


def _why_missing(proof: Proof, catalogue: Catalogue, held: Holdings, lang: str) -> str:
    if proof.external:
        what = ", ".join(piece.what.said(lang) for piece in proof.made_from if piece.what)
        said = _("obtained elsewhere than on this bench")
        return f"{said} ({what})" if what else said
    if proof.id in held.gaps:
        return proof_reason(held.gaps[proof.id])
    story = next((row for row in catalogue.scenarios if row.id == proof.scenario), None)
    if story is None or story.reason is not None:
        return proof_reason("no-story")
    return _("no bundle shows it")


def _shown_anyway(proof: Proof, candidate: Candidate, catalogue: Catalogue) -> bool:
    """Whether a field that is not owed stands in the form of this wave and corridor."""
    if proof.requirement not in catalogue.requirement_ids:
        return False
    return any(
        row.wave in candidate.waves and bool({*row.corridor} & {*candidate.corridors})
        for row in catalogue.rows(proof.requirement)
    )


def _one_is_enough(lines: Sequence[Line], owed: Owed) -> list[Line]:
    """A missing field does not apply once another one of its choice is there."""
    there = {line.one_of: line.proof for line in lines if line.one_of and line.state in _THERE}
    return [
        _not_needed(line, there[line.one_of])
        if line.state == "missing" and line.one_of in there
        else line
        for line in lines
    ]


def _not_needed(line: Line, other: str) -> Line:
    said = _("one of {names} is enough, and {proof} is there").format(
        names=", ".join(line.one_of), proof=other
    )
    return replace(line, state="not_applicable", reasons=(said,), sentence=said, one_of=())


_THERE = frozenset({"ready", "to_check"})
