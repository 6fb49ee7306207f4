"""The columns of the published sheets, recognised whatever the accents, case, blanks, line breaks.

REM sheet "Exigences" (template of 2024) and "Exigences REM vague 2": a line a scenario, its proofs
in numbered columns. Convergence export: a line a proof.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from conformance.catalogue.official.model import Layout
from conformance.catalogue.official.words import folded

TITLES: Mapping[str, str] = {
    "perimeter": "Périmètre",
    "id": "ID",
    "chapter": "Chapitre",
    "function": "Fonction",
    "statement": "Exigence",
    "comment": "Commentaire",
    "nature": "Nature",
    "profile": "Profil",
    "scenario_id": "N° scénario",
    "scenario": "Scénario de conformité",
    "status": "Statut publication",
    "previous": "VA N-1",
    "former_profile": "Profil histo",
    "criticality": "Criticité",
    "order": "Ordre",
    "wave": "Vague",
    "corridor": "Corridor",
}
"""Our names for the columns, and how the official sheet writes them; the last two are our own."""

PROOF_ID, PROOF = "N° preuve", "Preuve"

_WRITTEN: Mapping[str, tuple[str, ...]] = {
    "perimeter": ("perimetre",),
    "id": ("id", "id exigence", "id de l exigence", "n exigence", "reference"),
    "chapter": ("chapitre", "section"),
    "function": ("fonction",),
    "statement": ("exigence", "enonce", "enonce de l exigence", "libelle de l exigence"),
    "comment": ("commentaire", "commentaires"),
    "nature": ("nature", "nature de l exigence"),
    "profile": ("profil", "profils"),
    "scenario_id": ("n scenario", "n du scenario", "id scenario", "n scenario de conformite"),
    "scenario": ("scenario", "scenario de conformite", "scenarios de conformite"),
    "status": ("statut publication", "statut de publication", "statut"),
    "previous": ("va n 1",),
    "former_profile": ("profil histo", "profil historique"),
    "criticality": ("criticite",),
    "order": ("ordre",),
    "wave": ("vague",),
    "corridor": ("corridor", "couloir"),
}
_NAMES = {written: name for name, several in _WRITTEN.items() for written in several}
_PROOF = re.compile(r"(n |n de la |id )?preuves?(?: n)?(?: (\d{1,2}))?")
_NUMBER = re.compile(r"^(?:no|num|numero)\b")
_ASIDE = re.compile(r"\([^()]*\)")
REQUIRED = ("id", "statement", "nature", "profile", "scenario_id", "scenario")
HEADING_WITHIN = 30
"""The heading is one of the first lines that hold anything: a title and a legend may come first."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each column stands (from 0). `proofs` are (number, text) by the number in the title.

    `missing` are the required ones that are not there, by their official titles; `twice` those
    that stand there again; `unknown` titles that name no column, as they are written.
    """

    layout: Layout
    places: Mapping[str, int]
    proofs: tuple[tuple[int | None, int | None], ...]
    missing: tuple[str, ...]
    twice: tuple[str, ...]
    unknown: tuple[str, ...] = ()


def columns_of(cells: Sequence[object]) -> Columns | None:
    """What the cells of a line name, when it is the heading of an official sheet."""
    places: dict[str, int] = {}
    twice: list[str] = []
    unknown: list[str] = []
    proofs: dict[int, dict[str, int]] = {}
    for place, value in enumerate(cells):
        title = _title(value) if isinstance(value, str) else ""
        proof = _PROOF.fullmatch(title)
        if proof:
            which = "id" if proof[1] else "text"
            proofs.setdefault(int(proof[2] or 0), {}).setdefault(which, place)
        elif title in _NAMES:
            name = _NAMES[title]
            twice += [TITLES[name]] if name in places else []
            places.setdefault(name, place)
        elif title:
            unknown.append(" ".join(str(value).split()))
    if "id" not in places or len(places) < 3:
        return None
    layout: Layout = "convergence" if 0 in proofs else "rem"
    numbered = [proofs[n] for n in sorted(proofs) if n or layout == "convergence"]
    pairs = tuple((pair.get("id"), pair.get("text")) for pair in numbered)
    missing = tuple(_missing(places, layout, pairs))
    return Columns(layout, places, pairs, missing, tuple(twice), tuple(unknown))


def _title(written: str) -> str:
    """A title folded; what it says between brackets counts only where it is known by it."""
    whole, short = (_NUMBER.sub("n", folded(text)) for text in (written, _ASIDE.sub(" ", written)))
    return whole if whole in _NAMES or _PROOF.fullmatch(whole) else short or whole


def _missing(
    places: Mapping[str, int], layout: Layout, proofs: Iterable[tuple[int | None, int | None]]
) -> list[str]:
    required = [name for name in REQUIRED if name != "nature" or layout == "rem"]
    missing = [TITLES[name] for name in required if name not in places]
    suffix = " 1" if layout == "rem" else ""
    if not any(identifier is not None for identifier, _text in proofs):
        missing.append(PROOF_ID + suffix)
    if not any(text is not None for _identifier, text in proofs):
        missing.append(PROOF + suffix)
    return missing
