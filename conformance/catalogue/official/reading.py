"""Reads a workbook into official rows: ids cleaned, keys found, defects listed, nothing dropped."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from conformance.catalogue.loader import Catalogue, built_in
from conformance.catalogue.official.columns import PROOF_ID, TITLES
from conformance.catalogue.official.defects import defect, defects_of
from conformance.catalogue.official.keys import Keys, Said, nature_of, profile_of
from conformance.catalogue.official.kinds import kinds_of
from conformance.catalogue.official.model import (
    CELLS,
    Defect,
    Imported,
    OfficialProof,
    OfficialRow,
    Source,
)
from conformance.catalogue.official.steps import steps_of
from conformance.catalogue.official.table import Line, Table, read_table
from conformance.catalogue.official.words import clean_id
from conformance.errors import CatalogueFault
from conformance.locale import _

_OF_REQUIREMENT = (
    "perimeter",
    "id",
    "chapter",
    "function",
    "statement",
    "comment",
    "nature",
    "profile",
    "status",
    "previous",
    "former_profile",
    "criticality",
    "order",
)
_SAYING = ("id", "statement", "scenario_id", "scenario")
_IDS = (TITLES["id"], TITLES["scenario_id"], PROOF_ID)
_LONGEST = 200


def read_workbook(
    path: Path, said: Said | None = None, sheet: str | None = None, today: date | None = None
) -> Imported:
    """All rows of the official sheet in `path`, with what is amiss in it.

    `said` is what the user says of wave and corridor, for rows that do not. Raises
    `CatalogueFault`: what the file is instead, what it lacks, or what must be said.
    """
    table = read_table(path, sheet)
    reading = _Reading(Keys.of(path, table.sheet, said or Said()))
    reading.found += [defect("column-twice", 0, title=title) for title in table.twice]
    rows = tuple(reading.rows(table))
    source = Source(
        name=path.name[-255:],
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        date=(today or date.today()).isoformat(),
        sheet=" ".join(table.sheet.split())[:100],
        layout=table.layout,
        lines=len(table.lines),
    )
    found = sorted([*reading.found, *defects_of(rows)], key=lambda each: (each.place, each.code))
    return Imported(source=source, rows=rows, defects=tuple(found))


@dataclass(slots=True)
class _Reading:
    keys: Keys
    found: list[Defect] = field(default_factory=list)
    _known: Mapping[str, str] = field(default_factory=lambda: _spellings(built_in()))
    _statements: dict[tuple[str, str, str, str], list[str]] = field(default_factory=dict)

    def rows(self, table: Table) -> Iterator[OfficialRow]:
        """A row for each requirement and scenario, in the order of the sheet."""
        whole = self._carried(table.lines)
        if table.layout == "convergence":
            whole = _gathered(whole)
        for line in whole:
            yield self._row(line)

    def _carried(self, lines: Iterable[Line]) -> Iterator[Line]:
        """Lines under a merged cell have only their first line's requirement: it goes on."""
        above: Line | None = None
        for line in lines:
            cells = line.cells
            if not any(clean_id(cells.get(name, "")) for name in _SAYING) and not line.proofs:
                continue  # a title between two chapters
            if above is not None and not clean_id(cells["id"]) and not cells["statement"]:
                carried = {name: above.cells.get(name, "") for name in _OF_REQUIREMENT}
                above = Line(line.place, {**cells, **carried}, line.proofs, line.dates)
            else:
                above = line
            yield above

    def _row(self, line: Line) -> OfficialRow:
        cells, place = line.cells, line.place
        name = self._id(cells.get("id", ""), place)
        if not name or name.startswith("banc:"):
            name = name or f"banc:ligne-{place}"
            self.found.append(defect("blank-id", place, name, id=name))
        for title in line.dates:
            code = "id-is-a-date" if title in _IDS else "cell-is-a-date"
            self.found.append(defect(code, place, name, title=title))
        statement, perimeter = cells.get("statement", ""), cells.get("perimeter", "")
        waves = self.keys.waves_of(cells.get("wave") or perimeter, place)
        corridors = self.keys.corridors_of(name, cells.get("corridor") or perimeter, place)
        profile = profile_of(cells.get("profile", ""))[:_LONGEST]
        nature = nature_of(cells.get("nature", ""), statement)
        if nature is None:
            shown = repr(cells.get("nature", "")[:60])
            self.found.append(defect("nature-unknown", place, name, value=shown))
        scenario = self._id(cells.get("scenario_id", ""), place)
        unnumbered = not scenario and (line.proofs or cells.get("scenario"))
        if unnumbered or scenario.startswith("banc:"):
            scenario = scenario or f"banc:{name.removeprefix('banc:')}:scenario"
            self.found.append(defect("scenario-without-id", place, name))
        return OfficialRow(
            place=place,
            id=name,
            waves=waves,
            corridors=corridors,
            profile=profile,
            nature=nature,
            criticality=cells.get("criticality", "")[:100],
            status=cells.get("status", "")[:100],
            variant=self._variant((name, waves[0], corridors[0], profile), statement),
            scenario=scenario,
            steps=min(len(steps_of(cells.get("scenario", ""))), _LONGEST),
            proofs=tuple(self._proofs(line, name, scenario)),
            cells={cell: cells[cell] for cell in CELLS if cells.get(cell)},
        )

    def _proofs(self, line: Line, name: str, scenario: str) -> Iterator[OfficialProof]:
        for number, (written, text) in enumerate(line.proofs, 1):
            proof = self._id(written, line.place)
            if not proof or proof.startswith("banc:"):
                proof = proof or f"banc:{scenario.removeprefix('banc:')}:{number}"
                self.found.append(defect("proof-without-id", line.place, name, id=proof))
            yield OfficialProof(id=proof, kinds=kinds_of(text), text=text)

    def _id(self, written: str, place: int) -> str:
        name = clean_id(written)
        if name != written:
            self.found.append(defect("blanks-in-id", place, name, id=repr(name)))
        known = self._known.get(name.casefold(), name)
        if known != name:
            self.found.append(defect("letter-case", place, known, written=name, id=known))
            name = known
        if len(name) > _LONGEST:
            said = _("{path}: line {line}: {length} characters in an id, expected at most {limit}")
            about = {"line": place, "length": len(name), "limit": _LONGEST}
            raise CatalogueFault(said.format(path=self.keys.path, **about))
        return name

    def _variant(self, key: tuple[str, str, str, str], statement: str) -> int:
        """0 for the first statement under a key, 1 for another one, and so on."""
        known = self._statements.setdefault(key, [])
        if statement not in known:
            known.append(statement)
        return known.index(statement)


def _spellings(built_in: Catalogue) -> dict[str, str]:
    """How the ids that the bench knows are spelt, by the same without case.

    Ids that differ by case only are one for the deposit; one that we do not know stays as written.
    """
    rows = built_in.requirements
    ids = [
        *(row.id for row in rows),
        *(scenario.id for scenario in built_in.scenarios),
        *(proof.id for proof in built_in.proofs),
        *(alias for row in rows for alias in row.aliases),
    ]
    return {name.casefold(): name for name in reversed(ids)}


def _gathered(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines of one scenario, a proof each, as one line with all its proofs."""
    together: dict[tuple[str, ...], Line] = {}
    told = ("perimeter", "id", "statement", "profile", "scenario_id", "scenario")
    for line in lines:
        key = tuple(line.cells.get(name, "") for name in told)
        first = together.get(key)
        if first is None:
            together[key] = line
        else:
            both = dict.fromkeys([*first.proofs, *line.proofs])
            dates = (*first.dates, *line.dates)
            together[key] = Line(first.place, first.cells, tuple(both), dates)
    yield from together.values()
