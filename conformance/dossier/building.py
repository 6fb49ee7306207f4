"""Writes a dossier: `proofs/`, one file per proof id, and the tables beside it.

Files that somebody else put into `proofs/` are never touched: only what an earlier dossier wrote
there, and nobody has changed since, makes room for the new one.
"""

import csv
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from conformance.bundle.reading import name_problem, sha256_of
from conformance.dossier.model import Dossier, Evidence, Line
from conformance.dossier.tables import write_csv, write_xlsx
from conformance.errors import BundleFault
from conformance.locale import _

INDEX = "index.csv"
REHEARSAL = "REPETITION"
"""Stands in the name of every file on which a mock can be seen: it is none to be deposited."""

COLUMNS = (
    "id", "file", "kind", "sha256", "product", "version", "build", "filmed_at", "deposit",
    "state", "bundle",
)  # fmt: skip
_ILLEGAL = str.maketrans(dict.fromkeys('<>:"/\\|?*', "_"))


def build(dossier: Dossier, folder: Path) -> Dossier:
    """Write the dossier into `folder`; gives it with the names of its files.

    Raises `BundleFault` when the folder is not one of a dossier, `OSError` when it cannot be
    written.
    """
    proofs = folder / "proofs"
    if folder.is_dir() and any(folder.iterdir()) and not (proofs / INDEX).is_file():
        said = _("{path}: contains something else, expected an empty folder or an earlier dossier")
        raise BundleFault(said.format(path=folder))
    proofs.mkdir(parents=True, exist_ok=True)
    _make_room(proofs)
    taken = {entry.name.lower() for entry in proofs.iterdir()}
    lines = [_placed(line, proofs, taken) for line in dossier.lines]
    _write_index(proofs / INDEX, lines)
    done = replace(dossier, lines=lines)
    write_csv(done, folder / "dossier.csv")
    write_xlsx(done, folder / "dossier.xlsx")
    return done


def _make_room(proofs: Path) -> None:
    """Take away what the earlier dossier wrote and nobody has changed since."""
    index = proofs / INDEX
    if not index.is_file():
        return
    with index.open(encoding="utf-8", newline="", errors="replace") as lines:
        for row in csv.DictReader(lines):
            name, sha256 = row.get("file") or "", row.get("sha256")
            path = proofs / name
            own = name and name_problem(name) is None and "/" not in name
            if own and path.is_file() and not path.is_symlink() and sha256_of(path) == sha256:
                path.unlink()


def _placed(line: Line, proofs: Path, taken: set[str]) -> Line:
    found = line.evidence
    if found is None or found.path is None:
        return line
    films = _films(found)
    suffix = found.path.suffix.lower()
    name = free_name(line.proof, suffix, found.deposit == "rehearsal", taken)
    if films:
        _pack(found.path, films, proofs / name)
        return replace(line, file=name, evidence=replace(found, sha256=sha256_of(proofs / name)))
    shutil.copyfile(found.path, proofs / name)
    return replace(line, file=name)


def free_name(proof: str, suffix: str, rehearsal: bool, taken: set[str]) -> str:
    """The id as a file name, legal on every system and like no other whatever its case."""
    plain = "".join(c if c.isprintable() else "_" for c in proof.translate(_ILLEGAL))
    stem = plain.strip(" .")[:120] or "_"
    if name_problem(f"{stem}{suffix}") is not None:
        stem = f"_{stem}"
    ending = f"_{REHEARSAL}{suffix}" if rehearsal else suffix
    name, number = f"{stem}{ending}", 1
    while name.lower() in taken:
        number += 1
        name = f"{stem}~{number}{ending}"
    taken.add(name.lower())
    return name


def _films(found: Evidence) -> list[tuple[int, Path]]:
    """The films among several pieces, with their place: a bundle leaves them out of its archive."""
    if found.path is None or found.path.suffix.lower() != ".zip":
        return []
    names = [name for piece in found.made_from.split("; ") for name in _pieces(piece)]
    folder = found.path.parent.parent / "video"
    return [
        (number, folder / name.removeprefix("../video/"))
        for number, name in enumerate(names, 1)
        if name.startswith("../video/") and _inside(folder, name.removeprefix("../video/"))
    ]


def _pieces(said: str) -> Iterator[str]:
    yield from filter(None, said.partition("=")[2].split(","))


def _inside(folder: Path, name: str) -> bool:
    path = folder / name
    return "/" not in name and "\\" not in name and path.is_file() and not path.is_symlink()


def _pack(archive: Path, films: Sequence[tuple[int, Path]], target: Path) -> None:
    """The archive of a proof with the films that belong to it, stored as they are."""
    shutil.copyfile(archive, target)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_STORED) as packed:
        for number, film in films:
            packed.write(film, f"{number}-{film.name}")


def _write_index(path: Path, lines: Iterable[Line]) -> None:
    """`proofs/index.csv`: what stands there, for machines and for `banc dossier lint`."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for line in lines:
            if line.evidence is not None and line.file:
                writer.writerow(_indexed(line, line.evidence))


def _indexed(line: Line, found: Evidence) -> dict[str, str]:
    return {
        "id": line.proof,
        "file": line.file,
        "kind": found.kind,
        "sha256": found.sha256,
        "product": found.product.name,
        "version": found.product.version,
        "build": found.product.build,
        "filmed_at": found.at,
        "deposit": found.deposit,
        "state": line.state,
        "bundle": found.bundle,
    }
