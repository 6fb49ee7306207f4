"""Loads the catalogue: requirements, scenarios and proofs, ready to be asked."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from conformance.catalogue.model import (
    GENERAL,
    Alternative,
    Nature,
    Proof,
    Reading,
    Requirement,
    Scenario,
)
from conformance.catalogue.source import CatalogueError, Source, read_source, validation_problem

Row = TypeVar("Row", Requirement, Scenario, Proof, Reading, Alternative)
_STRONGEST: tuple[Nature, ...] = ("must", "must_not", "may")
_SHELVES = ("requirements", "scenarios", "proofs", "readings", "alternatives")


@dataclass(frozen=True)
class Catalogue:
    """All rows, in the order of their files. `sha256` is that of the files they were read from."""

    requirements: tuple[Requirement, ...]
    scenarios: tuple[Scenario, ...]
    proofs: tuple[Proof, ...]
    sha256: str
    places: Mapping[tuple[str, str], str]
    readings: tuple[Reading, ...] = ()
    alternatives: tuple[Alternative, ...] = ()

    @cached_property
    def _by_id(self) -> dict[str, list[Requirement]]:
        rows: dict[str, list[Requirement]] = {}
        for row in self.requirements:
            rows.setdefault(row.id, []).append(row)
        return rows

    @cached_property
    def _canonical(self) -> dict[str, str]:
        return {alias: row.id for row in self.requirements for alias in row.aliases}

    @cached_property
    def _scenarios(self) -> dict[str, Scenario]:
        return {row.id: row for row in self.scenarios}

    @cached_property
    def _proofs(self) -> dict[str, Proof]:
        return {proof.id: proof for proof in reversed(self.proofs)}

    @cached_property
    def _proofs_by_requirement(self) -> dict[str, list[Proof]]:
        grouped: dict[str, list[Proof]] = {}
        for proof in self.proofs:
            grouped.setdefault(proof.requirement, []).append(proof)
        return grouped

    @cached_property
    def requirement_ids(self) -> frozenset[str]:
        """Every requirement id, aliases left out."""
        return frozenset(self._by_id)

    def canonical(self, requirement_id: str) -> str | None:
        """The id itself, or the one it is an alias of; None when it is unknown."""
        if requirement_id in self._by_id:
            return requirement_id
        return self._canonical.get(requirement_id)

    def rows(self, requirement_id: str) -> tuple[Requirement, ...]:
        """Every row of an id or alias, over waves, corridors and profiles. Raises `KeyError`."""
        known = self.canonical(requirement_id)
        if known is None:
            raise KeyError(f"requirement {requirement_id!r} is not in the catalogue")
        return tuple(self._by_id[known])

    def any_requirement(self, requirement_id: str) -> Requirement:
        """The row of an id in its latest wave, whatever the plan. Raises `KeyError`."""
        return max(self.rows(requirement_id), key=lambda row: row.wave)

    def requirement(
        self, requirement_id: str, wave: str, corridor: str, profile: str = GENERAL
    ) -> Requirement:
        """The one row of a key. Raises `KeyError` naming the key when there is none."""
        for row in self.rows(requirement_id):
            if row.wave == wave and corridor in row.corridor and row.profile == profile:
                return row
        raise KeyError(
            f"requirement {requirement_id!r} has no row for wave {wave}, corridor {corridor}, "
            f"profile {profile}"
        )

    def scenario(self, scenario_id: str) -> Scenario:
        """A scenario by its id. Raises `KeyError` naming it."""
        if scenario_id not in self._scenarios:
            raise KeyError(f"scenario {scenario_id!r} is not in the catalogue")
        return self._scenarios[scenario_id]

    def proofs_for(self, requirement_id: str) -> tuple[Proof, ...]:
        """The proofs asked for a requirement, in the order of the catalogue."""
        return tuple(self._proofs_by_requirement.get(requirement_id, ()))

    def proof(self, proof_id: str) -> Proof:
        """A proof by its id. Raises `KeyError` naming it."""
        if proof_id not in self._proofs:
            raise KeyError(f"proof {proof_id!r} is not in the catalogue")
        return self._proofs[proof_id]

    def applicable(
        self,
        waves: str | Sequence[str],
        corridor: str | Sequence[str],
        profiles: Iterable[str] = (),
        modes: Collection[str] | None = None,
    ) -> tuple[Requirement, ...]:
        """The rows owed by a candidate of `corridor` (one or several) who chose `profiles`.

        `modes` are the ways in which people sign in to the product; None: not known, and no row is
        left out for it.
        """
        chosen = {GENERAL, *profiles}
        lanes = {corridor} if isinstance(corridor, str) else set(corridor)
        wanted = {waves} if isinstance(waves, str) else set(waves)
        return tuple(
            row
            for row in self.requirements
            if row.wave in wanted
            and row.profile in chosen
            and not lanes.isdisjoint(row.corridor)
            and not row.withdrawn
            and self.concerns(row, modes)
        )

    def concerns(self, row: Requirement, modes: Collection[str] | None) -> bool:
        """Whether a list that carries `row` concerns a product that signs people in by `modes`."""
        if modes is None or not row.applies_to:
            return True
        lists = [self._readings[name] for name in row.applies_to if name in self._readings]
        return not lists or any(
            row.wave in each.waves and (not each.modes or bool({*modes} & {*each.modes}))
            for each in lists
        )

    @cached_property
    def _readings(self) -> dict[str, Reading]:
        return {reading.id: reading for reading in self.readings}

    def natures(
        self,
        waves: str | Sequence[str],
        corridor: str | Sequence[str],
        profiles: Iterable[str] = (),
        modes: Collection[str] | None = None,
    ) -> dict[str, str]:
        """The nature of every owed id; where two rows are owed, the stronger one counts."""
        owed: dict[str, str] = {}
        rows = self.applicable(waves, corridor, profiles, modes)
        for nature in reversed(_STRONGEST):
            for row in rows:
                if row.nature == nature:
                    owed[row.id] = nature
        return owed


@cache
def built_in() -> Catalogue:
    """The catalogue of the bench itself, loaded once."""
    return load_catalogue()


def load_catalogue(folder: Path | None = None) -> Catalogue:
    """Read `requirements/*.yaml`, `scenarios/*.yaml` under `folder` (default: the bench's own).

    A scenario file may hold `proofs` beside its `scenarios`. Raises `CatalogueError`: file, line,
    key, value, what was expected.
    """
    root: Traversable = folder or resources.files("conformance.catalogue")
    digest = hashlib.sha256()
    reading = _Reading()
    for shelf in ("requirements", "scenarios"):
        for name, octets in _files(root.joinpath(shelf)):
            digest.update(f"{shelf}/{name}\0{len(octets)}\0".encode() + octets)
            reading.file(read_source(f"{shelf}/{name}", octets))
    return Catalogue(
        requirements=tuple(reading.requirements),
        scenarios=tuple(_with_proofs(row, reading.proofs) for row in reading.scenarios),
        proofs=tuple(reading.proofs),
        sha256=digest.hexdigest(),
        places=reading.places,
        readings=tuple(reading.readings),
        alternatives=tuple(reading.alternatives),
    )


def _files(shelf: Traversable) -> Iterator[tuple[str, bytes]]:
    if not shelf.is_dir():
        raise CatalogueError(f"{shelf}: no such folder, expected one of YAML files")
    for entry in sorted(shelf.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".yaml"):
            yield entry.name, entry.read_bytes()


class _Reading:
    """What was read so far, and where: the error about an id met twice names both places."""

    def __init__(self) -> None:
        self.requirements: list[Requirement] = []
        self.scenarios: list[Scenario] = []
        self.proofs: list[Proof] = []
        self.readings: list[Reading] = []
        self.alternatives: list[Alternative] = []
        self.places: dict[tuple[str, str], str] = {}

    def file(self, source: Source) -> None:
        """Take the rows of one file; keys that begin with `x-` only hold anchors."""
        if not isinstance(source.data, Mapping):
            raise source.error((), "expected a table of requirements, scenarios or proofs")
        for shelf, rows in source.data.items():
            if shelf.startswith("x-"):
                continue
            if shelf not in _SHELVES:
                raise source.error((shelf,), f"{shelf}: expected {', '.join(_SHELVES)}")
            if not isinstance(rows, list):
                raise source.error((shelf,), f"{shelf}: expected a list of rows")
            for n, row in enumerate(rows):
                self._row(shelf, row, (shelf, n), source)

    def _row(self, shelf: str, row: Any, path: tuple[str, int], source: Source) -> None:
        if shelf == "requirements":
            for one in _by_wave(row):
                requirement = _made(Requirement, one, path, source)
                for key in requirement.keys:
                    self._place("requirement", " / ".join(key), path, source)
                self.places.setdefault(("id", requirement.id), f"{source.name}:{source.line(path)}")
                self.requirements.append(requirement)
        elif shelf == "scenarios":
            scenario = _made(Scenario, row, path, source)
            self._place("scenario", scenario.id, path, source)
            self.scenarios.append(scenario)
        elif shelf == "proofs":
            proof = _made(Proof, row, path, source)
            self._place("proof", proof.id, path, source)
            self.proofs.append(proof)
        elif shelf == "readings":
            reading = _made(Reading, row, path, source)
            self._place("reading", reading.id, path, source)
            self.readings.append(reading)
        else:
            alternative = _made(Alternative, row, path, source)
            self._place("alternative", alternative.id, path, source)
            self.alternatives.append(alternative)

    def _place(self, kind: str, name: str, path: tuple[str, int], source: Source) -> None:
        before = self.places.get((kind, name))
        if before is not None:
            raise source.error(path, f"{kind} {name} stands already at {before}")
        self.places[kind, name] = f"{source.name}:{source.line(path)}"


def _with_proofs(scenario: Scenario, proofs: Iterable[Proof]) -> Scenario:
    """The scenario with, at each step, the proofs that show it."""
    own = [proof for proof in proofs if proof.scenario == scenario.id]
    steps = tuple(
        step.model_copy(update={"proofs": tuple(p.id for p in own if p.shows(step.n))})
        for step in scenario.steps
    )
    return scenario.model_copy(update={"steps": steps})


def _by_wave(row: Any) -> Iterator[Any]:
    """A row written with a list of waves is one row for each."""
    if isinstance(row, Mapping) and isinstance(row.get("wave"), list) and row["wave"]:
        for wave in row["wave"]:
            yield {**row, "wave": wave}
    else:
        yield row


def _made(model: type[Row], row: Any, path: tuple[str, int], source: Source) -> Row:
    try:
        return model.model_validate(row)
    except ValidationError as error:
        raise validation_problem(error, path, source) from error
