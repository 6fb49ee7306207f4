"""The earlier runs of a product in a folder of bundles: which of them a new run is held against.

A folder gives its newest bundle of the same product under the same plan whose run went to its end
and which is as it was sealed. Newer ones that cannot serve are set aside, each with a sentence.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from conformance.bundle.forms.findings import load_findings
from conformance.bundle.reading import contents, opened
from conformance.bundle.seal import MANIFEST
from conformance.bundle.verify import ALTERED, INTACT, verify
from conformance.errors import BundleFault
from conformance.journal import read_part
from conformance.locale import _

_MARKS = (MANIFEST, "run.json", "journal")


@dataclass(frozen=True, slots=True)
class Kin:
    """What two runs must share to be compared night after night: product, plan and selection."""

    product: str
    plan: tuple[tuple[str, ...], ...]
    strict: bool
    packs: frozenset[str]
    only: frozenset[str]

    @classmethod
    def of(cls, run: Mapping[str, Any]) -> Self:
        """From the data of `run.started`. Raises `BundleFault` when they say no such thing."""
        try:
            plan = run["plan"]
            parts = (sorted(map(str, plan[key])) for key in ("corridor", "waves", "profiles"))
            return cls(
                product=str(run["product"]["name"]),
                plan=tuple(tuple(part) for part in parts),
                strict=bool(plan["strict"]),
                packs=frozenset(map(str, plan["packs"])),
                only=frozenset(map(str, plan["only"])),
            )
        except (KeyError, TypeError) as error:
            said = _("run.started: not in the form of this bench ({reason})")
            raise BundleFault(said.format(reason=error)) from error

    def may_follow(self, earlier: "Kin") -> bool:
        """Whether a run like this one can be held against a whole run like `earlier`.

        A run of some scenarios (`--only`) follows a whole run of any packs, or one of the same
        scenarios; a whole run follows one of the same packs.
        """
        same = (self.product, self.plan, self.strict) == (
            earlier.product,
            earlier.plan,
            earlier.strict,
        )
        if self.only:
            return same and (not earlier.only or self.only == earlier.only)
        return same and not earlier.only and self.packs == earlier.packs


@dataclass(frozen=True, slots=True)
class Earlier:
    """A bundle to compare with; `at` is when its run began (RFC 3339, UTC)."""

    path: Path
    at: str
    run: Mapping[str, Any]
    findings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RunFound:
    """A run found in a folder: when it began and what it said of itself."""

    path: Path
    at: str
    run: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a folder gave: a bundle, or None on the first night; sentences on those set aside."""

    earlier: Earlier | None
    aside: tuple[str, ...] = ()


def choose(path: Path, kin: Kin) -> Chosen:
    """The bundle that `--against` means: `path` itself, or the newest of its kin in that folder.

    Raises `BundleFault` when a bundle that is named cannot serve, or when a folder holds bundles of
    that kin and every one that was finished has been altered since.
    """
    if path.is_dir() and not any((path / mark).exists() for mark in _MARKS):
        return _newest(path, kin)
    trouble = unusable(path)
    if trouble is not None:
        raise BundleFault(trouble[1])
    return Chosen(_loaded(path))


def runs_in(folder: Path) -> list[RunFound]:
    """The runs whose bundle (folder or zip) stands in `folder`, newest first; the rest is left."""
    found = [run for entry in sorted(folder.iterdir()) if (run := _run_found(entry)) is not None]
    return sorted(found, key=lambda run: (run.at, run.path.name), reverse=True)


def newest_bundle(reports: Path) -> Path:
    """The sealed bundle whose run began last in `reports`. Raises `BundleFault` without one."""
    for run in runs_in(reports) if reports.is_dir() else ():
        if run.path.suffix.lower() == ".zip" or (run.path / MANIFEST).is_file():
            return run.path
    said = _("{path}: contains no sealed bundle, expected that of the run")
    raise BundleFault(said.format(path=reports))


def unusable(path: Path) -> tuple[int, str] | None:
    """Why nothing can be held against that bundle (code of `verify`, sentence); None if it can."""
    verification = verify(path)
    if verification.code == INTACT:
        if _ended(path) == "completed":
            return None
        said = _("{path}: its run was cut short, expected one that went to its end")
        return verification.code, said.format(path=path)
    if verification.code != ALTERED:
        return verification.code, verification.sentences[0]
    said = _("{path}: altered since it was sealed ({what})")
    return ALTERED, said.format(path=path, what=verification.sentences[1])


def _newest(folder: Path, kin: Kin) -> Chosen:
    aside: list[str] = []
    altered = False
    for run in runs_in(folder):
        if not follows(kin, run.run):
            continue
        trouble = unusable(run.path)
        if trouble is None:
            return Chosen(_loaded(run.path), tuple(aside))
        altered = altered or trouble[0] == ALTERED
        aside.append(trouble[1])
    if altered:
        raise BundleFault(aside[0])
    return Chosen(None, tuple(aside))


def follows(kin: Kin, run: Mapping[str, Any]) -> bool:
    """Whether a run like `kin` can be held against the one of these `run.started` data."""
    try:
        return kin.may_follow(Kin.of(run))
    except BundleFault:  # of another version of the bench: no kin of ours
        return False


def _loaded(path: Path) -> Earlier:
    with opened(path) as folder:
        run = _begun(folder)
        if run is None:
            said = _("{path}: its journal does not say what was run")
            raise BundleFault(said.format(path=path))
        return Earlier(path, run[0], run[1], load_findings(folder))


def _run_found(entry: Path) -> RunFound | None:
    """The run of one entry of a folder; None when it is no bundle."""
    if entry.name.startswith("."):
        return None
    if entry.is_dir() and not entry.is_symlink():
        run = _begun(entry)
    elif entry.is_file() and entry.suffix.lower() == ".zip":
        try:
            with contents(entry) as found:
                run = _begun(found.folder)
        except BundleFault:
            return None
    else:
        return None
    return RunFound(entry, *run) if run is not None else None


def _begun(folder: Path) -> tuple[str, Mapping[str, Any]] | None:
    """When the run began, and the data of `run.started`: the first line of its journal."""
    part = folder / "journal" / "main.jsonl"
    first = next(read_part(part), None) if part.is_file() else None
    return (first.at, first.data) if first and first.kind == "run.started" else None


def _ended(path: Path) -> str | None:
    with opened(path) as folder:
        try:
            run = json.loads((folder / "run.json").read_bytes())
        except (FileNotFoundError, ValueError, RecursionError):
            return None
    return str(run.get("ended")) if isinstance(run, dict) else None
