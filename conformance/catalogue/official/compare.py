"""What differs between two catalogues: rows added, removed and changed, by their keys."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from conformance.catalogue.model import Nature
from conformance.catalogue.official.model import Imported, OfficialRow
from conformance.catalogue.official.words import plain

Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Facts:
    """A requirement under one key: all that its lines say together."""

    key: Key
    natures: tuple[Nature | None, ...]
    criticality: str
    status: str
    statements: tuple[str, ...]
    scenarios: dict[str, str]
    proofs: dict[str, str]


@dataclass(frozen=True, slots=True)
class Changed:
    """One row on both sides: each difference as (what, before, after).

    `what` is `profile`, `nature`, `criticality`, `status`, `scenario`, `proof`; or `statement`,
    `scenario-text`, `proof-text`, whose wordings are not given, only whose id.
    """

    key: Key
    differences: tuple[tuple[str, str, str], ...]


@dataclass(slots=True)
class Comparison:
    """Keys on one side only, and rows that differ."""

    added: list[Key] = field(default_factory=list)
    removed: list[Key] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not (self.added or self.removed or self.changed)


def compare(old: Imported, new: Imported) -> Comparison:
    """The difference from one to the other. A row that only changed its profile is one change."""
    before, after = facts_of(old.rows), facts_of(new.rows)
    gone, come = set(before) - set(after), set(after) - set(before)
    found = Comparison()
    moved = list(_moved(gone, come))
    for key in sorted(set(before) & set(after)):
        _note(found, before[key], after[key])
    for left, arrived in moved:
        _note(found, before[left], after[arrived])
    found.removed = sorted(gone - {left for left, _arrived in moved})
    found.added = sorted(come - {arrived for _left, arrived in moved})
    found.changed.sort(key=lambda each: each.key)
    return found


def facts_of(rows: Iterable[OfficialRow]) -> dict[Key, Facts]:
    """What is said under each key."""
    together: dict[Key, list[OfficialRow]] = defaultdict(list)
    for row in rows:
        for key in row.keys:
            together[key].append(row)
    return {key: _facts(key, several) for key, several in together.items()}


def _facts(key: Key, rows: list[OfficialRow]) -> Facts:
    return Facts(
        key=key,
        natures=tuple(dict.fromkeys(row.nature for row in rows)),
        criticality=next((row.criticality for row in rows if row.criticality), ""),
        status=next((row.status for row in rows if row.status), ""),
        statements=tuple(dict.fromkeys(_worded(row.said("statement")) for row in rows)),
        scenarios={r.scenario: _worded(r.said("scenario")) for r in rows if r.scenario},
        proofs={proof.id: _worded(proof.text) for row in rows for proof in row.proofs},
    )


def _worded(text: str) -> str:
    """A wording without its tags and line breaks: the two layouts break lines in their own way."""
    return " ".join(plain(text).split())


def _moved(gone: set[Key], come: set[Key]) -> Iterator[tuple[Key, Key]]:
    """Rows that left one profile for another: one of each on either side, nothing else."""
    sides: dict[Key, tuple[list[Key], list[Key]]] = defaultdict(lambda: ([], []))
    for place, keys in enumerate((gone, come)):
        for key in keys:
            sides[(*key[:3], "")][place].append(key)
    for left, arrived in sides.values():
        if len(left) == len(arrived) == 1:
            yield left[0], arrived[0]


def _note(found: Comparison, before: Facts, after: Facts) -> None:
    differences = tuple(_differences(before, after))
    if differences:
        found.changed.append(Changed(after.key, differences))


def _differences(before: Facts, after: Facts) -> Iterator[tuple[str, str, str]]:
    if before.key[3] != after.key[3]:
        yield "profile", before.key[3], after.key[3]
    if before.natures != after.natures:
        yield "nature", _list(before.natures), _list(after.natures)
    if before.criticality != after.criticality:
        yield "criticality", before.criticality, after.criticality
    if before.status != after.status:
        yield "status", before.status, after.status
    if before.statements != after.statements:
        yield "statement", "", ""
    for what, left, right in (
        ("scenario", before.scenarios, after.scenarios),
        ("proof", before.proofs, after.proofs),
    ):
        for name in left.keys() - right.keys():
            yield what, name, ""
        for name in right.keys() - left.keys():
            yield what, "", name
        for name in sorted(left.keys() & right.keys()):
            if left[name] != right[name]:
                yield f"{what}-text", name, name


def _list(natures: Iterable[Nature | None]) -> str:
    return ",".join(nature or "" for nature in natures)
