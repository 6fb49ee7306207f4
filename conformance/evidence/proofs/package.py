"""The proof package: one file per proof id, and `proofs/index.csv`."""

import csv
import hashlib
import io
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from conformance.bundle.forms.proofs import ProofRow, State
from conformance.catalogue import Catalogue, Proof, Scenario, catalogue_in
from conformance.catalogue.applicability import Candidate, owed_by
from conformance.catalogue.model import Piece
from conformance.evidence.proofs.pieces import Found, Trail
from conformance.journal import Event, Journal
from conformance.journal.services import SERVICES, external_services

_NEVER = (1980, 1, 1, 0, 0, 0)  # the same archive for the same pieces, whenever it is made


def build_proofs(folder: Path, catalogue: Catalogue | None = None) -> list[ProofRow]:
    """Make `proofs/` anew from the journal, blobs and films of the bundle in `folder`.

    A row for every proof of a scenario that was run, and for every proof that the plan owes.
    Raises `OSError` when a file cannot be read or written.
    """
    known = catalogue or catalogue_in(folder)
    journal = Journal(folder)
    places = journal.index()
    run = _run(journal.slice(places.get("", [])))
    shutil.rmtree(folder / "proofs", ignore_errors=True)
    (folder / "proofs").mkdir()
    told = {
        base: journal.slice(places[name])
        for base, name in _best_run(journal, places).items()
        if any(proof.scenario == base for proof in known.proofs)
    }
    external = external_services(run.get("stage") or {})
    package = _Package(folder, run, mocked=external != frozenset(SERVICES))
    owed = {proof.id for proof in owed_by(Candidate.of_run(run.get("plan", {})), known).proofs}
    for proof in known.proofs:
        if proof.scenario in told or proof.id in owed:
            package.add(proof, known.scenario(proof.scenario), told.get(proof.scenario))
    package.write_index()
    return package.rows


def _run(events: Iterable[Event]) -> Mapping[str, Any]:
    return next((event.data for event in events if event.kind == "run.started"), {})


def _best_run(journal: Journal, names: Iterable[str]) -> dict[str, str]:
    """For each scenario of the catalogue, the name of its best run.

    A scenario run with several means (`PSC.01.01@ecps`) is shown by the first that was completed.
    """
    best: dict[str, str] = {}
    completed: set[str] = set()
    ends = [event for event in journal.brackets if event.kind == "scenario.finished"]
    whole = {event.scenario for event in ends if event.data["ended"] == "completed"}
    for name in names:
        base = name.partition("@")[0]
        if not base or base in completed:
            continue
        if name in whole:
            completed.add(base)
            best[base] = name
        else:
            best.setdefault(base, name)
    return best


class _Package:
    """The rows and files being made in `folder/proofs`."""

    def __init__(self, folder: Path, run: Mapping[str, Any], *, mocked: bool) -> None:
        self.rows: list[ProofRow] = []
        self._mocked = mocked
        self._filmed = (run.get("environment") or {}).get("video") != "none"
        product = run.get("product", {})
        self._folder = folder
        self._product = {key: str(product.get(key) or "") for key in ("version", "build")}
        self._product["product"] = str(product.get("name") or "")
        self._names: set[str] = set()

    def add(self, proof: Proof, scenario: Scenario, events: Sequence[Event] | None) -> None:
        """One proof: its pieces found and written, or a row that says why not."""
        if events is None:
            pieces: list[tuple[Piece, list[Found]]] = [(piece, []) for piece in proof.made_from]
        else:
            trail = Trail(self._folder, events, mocked=self._mocked, filmed=self._filmed)
            pieces = [(piece, trail.find(piece, proof.kinds)) for piece in proof.made_from]
        state, reason = _state(scenario, pieces, told=events is not None)
        if reason == "nothing-recorded" and events is not None:
            lacking = (piece for piece, files in pieces if not files)
            reason = next(map(trail.why_missing, lacking), reason)
        if state == "present" and not reason and not _completed(events or ()):
            reason = "scenario-not-completed"
        found = [file for _piece, files in pieces for file in files]
        written = self._write(proof.id, found) if state == "present" else ("", "")
        self.rows.append(
            ProofRow(
                id=proof.id,
                file=written[0],
                kind="+".join(dict.fromkeys(file.kind for file in found)) or proof.kinds[0],
                sha256=written[1],
                filmed_at=min((file.at for file in found), default=""),
                deposit=_deposit(found),
                made_from="; ".join(_said(piece, files) for piece, files in pieces),
                state=state,
                reason=reason,
                **self._product,
            )
        )

    def _write(self, proof_id: str, found: Sequence[Found]) -> tuple[str, str]:
        """Put the pieces of one proof under one name; the file (from `proofs/`) and its hash."""
        if len(found) == 1 and found[0].film is not None:
            with found[0].film.open("rb") as film:
                digest = hashlib.file_digest(film, "sha256").hexdigest()
            return f"../video/{found[0].film.name}", digest
        if len(found) == 1:
            octets, suffix = found[0].octets, f".{found[0].name.rpartition('.')[2].lower()}"
        else:
            octets, suffix = _zipped(found), ".zip"
        name = self._free_name(proof_id, suffix)
        (self._folder / "proofs" / name).write_bytes(octets)
        return name, hashlib.sha256(octets).hexdigest()

    def _free_name(self, proof_id: str, suffix: str) -> str:
        """The id as a file name, numbered when another id gave the same one (whatever its case)."""
        stem, number = proof_id.replace("/", "_").replace(":", "_"), 1
        name = f"{stem}{suffix}"
        while name.lower() in self._names:
            number += 1
            name = f"{stem}_{number}{suffix}"
        self._names.add(name.lower())
        return name

    def write_index(self) -> None:
        """`index.csv`, one line a proof, in the order of the catalogue."""
        columns = [column.name for column in fields(ProofRow)]
        with (self._folder / "proofs" / "index.csv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(asdict(row) for row in self.rows)


def _state(
    scenario: Scenario, pieces: Sequence[tuple[Piece, list[Found]]], *, told: bool
) -> tuple[State, str]:
    """What became of a proof: every piece found, or why not."""
    if any(piece.source == "external" for piece, _files in pieces):
        return "not_tested", "obtained-elsewhere"
    if not told:
        return ("not_tested", "no-story") if scenario.reason else ("missing", "scenario-not-run")
    if not all(files for _piece, files in pieces):
        return "missing", "nothing-recorded"
    doubts = (file.reason for _piece, files in pieces for file in files if file.reason)
    return "present", next(doubts, "")


def _completed(events: Iterable[Event]) -> bool:
    ends = [event.data["ended"] for event in events if event.kind == "scenario.finished"]
    return "completed" in ends


def _deposit(found: Sequence[Found]) -> str:
    if not found:
        return ""
    made = {one.deposit for one in found}
    return next(worth for worth in ("rehearsal", "external", "product") if worth in made)


def _said(piece: Piece, files: Sequence[Found]) -> str:
    place = f"{piece.source}@{piece.step}" if piece.step else piece.source
    names = "elsewhere" if piece.source == "external" else "missing"
    if files:
        names = ",".join(f"../video/{f.name}" if f.film else f.name for f in files)
    return f"{place}/{piece.pick}={names}"


def _zipped(found: Sequence[Found]) -> bytes:
    """Several pieces as one file, numbered in their order; a film among them stays where it is."""
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, file in _numbered(found):
            member = zipfile.ZipInfo(f"{number}-{file.name}", _NEVER)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, file.octets)
    return octets.getvalue()


def _numbered(found: Sequence[Found]) -> Iterator[tuple[int, Found]]:
    return ((n, file) for n, file in enumerate(found, 1) if file.film is None)
