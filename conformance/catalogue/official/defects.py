"""What is amiss in an official workbook: a closed list of codes, their weight and their sentences.

An error makes that a row cannot be keyed or a proof not deposited as it stands; a warning is told
and lived with: the published catalogues have many (broken prefixes, ids used twice, blanks).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from conformance.catalogue.lint import MOST_PROOFS
from conformance.catalogue.official.kinds import misspelt_hosts
from conformance.catalogue.official.model import Defect, OfficialRow, Severity
from conformance.locale import N_, _

_CODES: dict[str, tuple[Severity, str]] = {
    "blank-id": ("error", N_("a statement without an ID, listed as {id}")),
    "proof-without-id": ("error", N_("a proof without a number, listed as {id}")),
    "scenario-without-id": ("error", N_("a scenario or proofs without a scenario number")),
    "same-line-twice": ("warning", N_("the same scenario and proofs as on line {line}")),
    "scenario-reused": ("error", N_("scenario {id} has another text on line {line}")),
    "proof-reused": ("error", N_("proof {id} is asked under {other} too, on line {line}")),
    "too-many-proofs": ("error", N_("{count} proofs under scenario {id}, expected at most {most}")),
    "id-is-a-date": ("error", N_("column {title} contains a date: the spreadsheet changed what "
                                 "was typed")),
    "cell-is-a-date": (
        "warning", N_("column {title} contains a date: the spreadsheet changed what was typed")
    ),
    "nature-unknown": ("error", N_("nature {value} is not known, counted as DOIT")),
    "requirement-reused": ("warning", N_("the key of line {line} with another statement")),
    "scenario-prefix": ("warning", N_("scenario {id} does not begin with its requirement")),
    "proof-prefix": ("warning", N_("proof {id} does not begin with its scenario {scenario}")),
    "blanks-in-id": ("warning", N_("blanks around {id} (perhaps non-breaking), taken out")),
    "letter-case": ("warning", N_("{written} is known as {id}, and read so")),
    "no-scenario": ("warning", N_("DOIT without a scenario: no proof is asked")),
    "no-proof": ("warning", N_("scenario {id} without a numbered proof")),
    "blank-statement": ("warning", N_("an ID without a statement")),
    "blank-scenario": ("warning", N_("scenario {id} without a text")),
    "blank-proof": ("warning", N_("proof {id} without a text")),
    "misspelt-host": ("warning", N_("proof {id} names {host}: {near}?")),
    "column-twice": ("warning", N_("column {title} appears twice, the first is read")),
}  # fmt: skip


def defect(code: str, place: int, about: str = "", **values: object) -> Defect:
    """One defect, weighed. Raises `KeyError` for a code that nobody gave words to."""
    said = {name: str(value) for name, value in values.items()}
    return Defect(code=code, severity=_CODES[code][0], place=place, about=about, values=said)


def sentence(found: Defect) -> str:
    """What is amiss, in the language of the reader."""
    return _(_CODES[found.code][1]).format_map(defaultdict(str, found.values))


def defects_of(rows: Sequence[OfficialRow]) -> list[Defect]:
    """What is amiss between the rows; what was amiss in their cells is found while reading."""
    found = [*_rows(rows), *_reused_scenarios(rows), *_reused_proofs(rows), *_reused_ids(rows)]
    return sorted(found, key=lambda each: (each.place, each.code))


def _rows(rows: Iterable[OfficialRow]) -> Iterator[Defect]:
    with_scenario = {key for row in rows if row.scenario or row.proofs for key in row.keys}
    for row in rows:
        if not row.said("statement"):
            yield defect("blank-statement", row.place, row.id)
        if row.nature != "may" and not with_scenario & set(row.keys):
            yield defect("no-scenario", row.place, row.id)
        if row.scenario and not row.scenario.startswith("banc:"):
            yield from _scenario(row)
        for proof in row.proofs:
            own = row.scenario.startswith("banc:") or proof.id.startswith("banc:")
            if row.scenario and not own and not proof.id.startswith(f"{row.scenario}."):
                about = {"id": proof.id, "scenario": row.scenario}
                yield defect("proof-prefix", row.place, row.id, **about)
            if not proof.text:
                yield defect("blank-proof", row.place, row.id, id=proof.id)
            for host, near in misspelt_hosts(proof.text):
                yield defect("misspelt-host", row.place, row.id, id=proof.id, host=host, near=near)


def _scenario(row: OfficialRow) -> Iterator[Defect]:
    if not row.scenario.startswith(f"{row.id}."):
        yield defect("scenario-prefix", row.place, row.id, id=row.scenario)
    if not row.said("scenario"):
        yield defect("blank-scenario", row.place, row.id, id=row.scenario)
    if not row.proofs:
        yield defect("no-proof", row.place, row.id, id=row.scenario)


def _reused_scenarios(rows: Iterable[OfficialRow]) -> Iterator[Defect]:
    first: dict[str, OfficialRow] = {}
    proofs: dict[str, dict[str, None]] = defaultdict(dict)
    seen: dict[tuple[object, ...], int] = {}
    for row in rows:
        before = first.setdefault(row.scenario, row) if row.scenario else row
        if before.said("scenario") != row.said("scenario") and row.said("scenario"):
            yield defect("scenario-reused", row.place, row.id, id=row.scenario, line=before.place)
        proofs[row.scenario] |= dict.fromkeys(proof.id for proof in row.proofs)
        same = (row.keys, row.scenario, row.variant, tuple(proof.id for proof in row.proofs))
        if same in seen:
            yield defect("same-line-twice", row.place, row.id, line=seen[same])
        seen.setdefault(same, row.place)
    for scenario, row in first.items():
        if len(proofs[scenario]) > MOST_PROOFS:
            about = {"id": scenario, "count": len(proofs[scenario]), "most": MOST_PROOFS}
            yield defect("too-many-proofs", row.place, row.id, **about)


def _reused_proofs(rows: Iterable[OfficialRow]) -> Iterator[Defect]:
    """A proof is one field of the deposit: under two scenarios it cannot be two things."""
    first: dict[str, OfficialRow] = {}
    for row in rows:
        for proof in row.proofs:
            before = first.setdefault(proof.id, row)
            if (before.scenario or before.id) != (row.scenario or row.id):
                about = {"id": proof.id, "other": before.scenario or before.id}
                yield defect("proof-reused", row.place, row.id, line=before.place, **about)


def _reused_ids(rows: Iterable[OfficialRow]) -> Iterator[Defect]:
    first: dict[tuple[str, str, str, str], int] = {}
    told: set[tuple[str, int]] = set()
    for row in rows:
        for key in row.keys:
            before = first.setdefault(key, row.place)
            if row.variant and (row.id, row.variant) not in told:
                told.add((row.id, row.variant))
                yield defect("requirement-reused", row.place, row.id, line=before)
