"""The catalogue that a bundle keeps: what ours was, and the skeleton of the vendor's own.

The blob `catalogue.json` that `run.started` names holds a digest of each row of the bench that ran,
and of an imported catalogue ids, keys, natures, profiles and kinds of proof, no official text
(unless its owner asked for it): enough to judge again anywhere without the workbook.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import rfc8785
from pydantic import BaseModel, ConfigDict, Field

from conformance.catalogue.loader import Catalogue
from conformance.catalogue.official.folder import why
from conformance.catalogue.official.model import Imported
from conformance.errors import CatalogueFault
from conformance.locale import _

BLOB = "catalogue.json"
MEDIA_TYPE = "application/json"
SCHEMA = 1
_LARGEST = 64 * 1024 * 1024
_WORDS = {"statement", "text", "title", "source", "reason", "pieces", "na_sentence", "what",
          "prerequisites", "derogation"}  # fmt: skip


class Kept(BaseModel):
    """What the blob holds. `rows` are digests by `requirement ID`, `scenario ID`, `proof ID`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    version: int = Field(alias="schema")
    sha256: str
    rows: dict[str, str]
    imported: Imported | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a run writes: `data` for `run.started`, the octets of the blob."""

    data: dict[str, Any]
    octets: bytes


def recorded(
    built_in: Catalogue, whole: Catalogue, imported: Imported | None, *, with_texts: bool = False
) -> Recorded:
    """What a run judged by `whole` keeps of it; texts only `with_texts`."""
    bare = None
    if imported is not None:
        bare = imported if with_texts else imported.without_texts()
    kept = {
        "schema": SCHEMA,
        "sha256": built_in.sha256,
        "rows": digests(built_in),
        "imported": bare.model_dump(mode="json") if bare else None,
    }
    octets = json.dumps(kept, ensure_ascii=False, sort_keys=True).encode()
    data: dict[str, Any] = {
        "sha256": whole.sha256,
        "built_in": built_in.sha256,
        "kept": hashlib.sha256(octets).hexdigest(),
        "imported": _about(imported, with_texts) if imported is not None else None,
    }
    return Recorded(data, octets)


def _about(imported: Imported, with_texts: bool) -> dict[str, Any]:
    source = imported.source.model_dump(mode="json") if imported.source else {}
    filled = sorted(imported.filled)
    return {**source, "rows": len(imported.rows), "filled": filled, "texts": with_texts}


def kept_in(folder: Path) -> bytes | None:
    """What the bundle in `folder` keeps, as octets that `read_kept` reads; None when nothing.

    Raises `CatalogueFault` when the vendor's catalogue that judged its run is not there, or
    is not what was put there: its verdicts would be those of other requirements.
    """
    about, imported = _named(folder)
    if about is None:
        return None
    path = folder / "blobs" / about
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError("too large")
        octets = path.read_bytes()
        if hashlib.sha256(octets).hexdigest() != about:
            raise ValueError("not the octets that were put there")
        read_kept(octets)
        return octets
    except FileNotFoundError as error:
        if not imported:
            return None
        said = _("{path}: the vendor's catalogue that this run used is missing")
        raise CatalogueFault(said.format(path=f"blobs/{about}")) from error
    except (ValueError, RecursionError, OSError) as error:
        if not imported:
            return None  # our own rows are in this bench too; verify names the altered file
        said = _("{path}: the vendor's catalogue that this run used is damaged ({reason})")
        raise CatalogueFault(said.format(path=f"blobs/{about}", reason=why(error))) from error


def _named(folder: Path) -> tuple[str | None, bool]:
    """The SHA-256 of the blob that `run.started` names, and whether it holds an import."""
    from conformance.journal import read_part

    for path in sorted((folder / "journal").glob("*.jsonl")):
        for event in islice(read_part(path), 1):
            if event.kind != "run.started":
                continue
            about = event.data.get("catalogue")
            about = about if isinstance(about, Mapping) else {}
            kept = about.get("kept")
            if isinstance(kept, str) and len(kept) == 64 and kept.isalnum():
                return kept, bool(about.get("imported"))
    return None, False


@lru_cache(maxsize=4)
def read_kept(octets: bytes) -> Kept:
    """The blob as values. Raises `ValueError` or `RecursionError` when it is none."""
    return Kept.model_validate(json.loads(octets))


def digests(catalogue: Catalogue) -> dict[str, str]:
    """What weighs of each row, hashed: wording is left out, two benches may word one row apart."""
    rows: dict[str, list[Any]] = {}
    for requirement in catalogue.requirements:
        rows.setdefault(f"requirement {requirement.id}", []).append(_weighs(requirement))
    for scenario in catalogue.scenarios:
        rows.setdefault(f"scenario {scenario.id}", []).append(_weighs(scenario))
    for proof in catalogue.proofs:
        rows.setdefault(f"proof {proof.id}", []).append(_weighs(proof))
    return {
        name: hashlib.sha256(rfc8785.dumps(several)).hexdigest()[:16]
        for name, several in sorted(rows.items())
    }


def _weighs(row: BaseModel) -> Any:
    dumped = row.model_dump(mode="json")
    dumped["reason"] = dumped.get("reason") is not None
    return _without_words(dumped)


def _without_words(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if k not in _WORDS or isinstance(v, bool)}
        return {k: _without_words(v) for k, v in kept.items()}
    return [_without_words(item) for item in value] if isinstance(value, list) else value


def version_note(folder: Path, built_in: Catalogue) -> str:
    """One sentence when the bundle was judged with another version of our rows; else empty."""
    octets = kept_in(folder)
    if octets is None:
        return ""
    kept, own = read_kept(octets), digests(built_in)
    differing = sorted(
        {name.partition(" ")[2] for name in own.keys() | kept.rows.keys()
         if own.get(name) != kept.rows.get(name)}
    )  # fmt: skip
    if not differing:
        return ""
    said = _("The catalogue is not of this bench's version ({count} differ: {ids}): judged by "
             "this bench's")  # fmt: skip
    shown = ", ".join(differing[:8]) + (", …" if len(differing) > 8 else "")
    return said.format(count=len(differing), ids=shown)
