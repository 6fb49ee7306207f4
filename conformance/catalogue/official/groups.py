"""The requirements of a workbook: lines of one key and statement drawn together, under our ids."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from conformance.catalogue.loader import Catalogue
from conformance.catalogue.model import GENERAL, Corridor, Nature, Wave
from conformance.catalogue.official.model import OfficialRow
from conformance.catalogue.official.words import folded, plain

Key = tuple[str, str, str, str]


@dataclass(slots=True)
class Group:
    """One requirement of the workbook; `name` is its id in the merged catalogue.

    A built-in row that knows the official id as an alias keeps its own id, by which rules name it.
    """

    name: str
    profile: str
    first: OfficialRow
    rows: list[OfficialRow] = field(default_factory=list)
    corridors: tuple[Corridor, ...] = ()

    @property
    def waves(self) -> tuple[Wave, ...]:
        """The waves that ask it."""
        return self.first.waves

    @property
    def nature(self) -> Nature | None:
        """The strongest that its lines say."""
        said = {row.nature for row in self.rows}
        order: tuple[Nature, ...] = ("must", "must_not", "may")
        return next((nature for nature in order if nature in said), None)

    @property
    def keys(self) -> tuple[Key, ...]:
        """Every (id, wave, corridor, profile) that it stands for."""
        return tuple((self.name, w, c, self.profile) for w in self.waves for c in self.corridors)

    def cell(self, name: str) -> str:
        """The first line's wording of a column that says something."""
        return next((row.said(name) for row in self.rows if row.said(name)), "")

    @property
    def text(self) -> str | None:
        """Statement and remark as they are written; None without texts."""
        statement, comment = plain(self.cell("statement")), plain(self.cell("comment"))
        return "\n\n".join(filter(None, (statement, comment))) or None

    @property
    def criticality(self) -> str:
        """The first that its lines say."""
        return next((row.criticality for row in self.rows if row.criticality), "")

    @property
    def status(self) -> str:
        """The publication status that its first line has."""
        return next((row.status for row in self.rows if row.status), "")


class Names:
    """Which id of ours an official id has, and how profiles are spelt."""

    def __init__(self, built_in: Catalogue, rows: Sequence[OfficialRow]) -> None:
        self._built_in = built_in
        self._present = {key for row in rows for key in row.keys}
        self._profiles = {folded(row.profile): row.profile for row in built_in.requirements}

    def profile(self, written: str) -> str:
        """As the built-in rows spell it, whatever the accents, case or blanks."""
        return self._profiles.get(folded(written), written)

    def of(self, row: OfficialRow) -> str:
        """Its own id, or the one it is an alias of unless that is a row of the workbook too."""
        known = self._built_in.canonical(row.id)
        if known is None or known == row.id:
            return row.id
        beside = {(known, *key[1:]) for key in row.keys}
        return row.id if beside & self._present else known


def groups_of(rows: Iterable[OfficialRow], names: Names) -> list[Group]:
    """The requirements, in the order of the sheet."""
    groups: dict[tuple[object, ...], Group] = {}
    for row in rows:
        name, profile = names.of(row), names.profile(row.profile or GENERAL)
        key = (name, row.id, row.waves, row.corridors, profile, row.variant)
        if key not in groups:
            groups[key] = Group(name, profile, row, corridors=row.corridors)
        groups[key].rows.append(row)
    return list(groups.values())
