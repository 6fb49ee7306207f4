"""`banc dossier` over 20 sealed bundles that hold 300 proofs each: verified, chosen, written.

Each bundle has a journal of one scenario (two logins and a mail) and 300 small proof files; the
catalogue is the bench's own, its proofs numbered on until there are 300. Wall time, as a person
waits for it; the start of Python is not in the figure.
"""

import csv
import json
import shutil
import time
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

from joserfc.jwk import OKPKey

from conformance.bench.measures.journals import Pattern
from conformance.bench.model import Effort, Measured, MeasureFailed
from conformance.bundle.keys import SigningKey
from conformance.bundle.seal import seal
from conformance.catalogue import Catalogue, load_catalogue
from conformance.catalogue.applicability import Candidate
from conformance.dossier.assembling import assemble
from conformance.dossier.model import Product

PROOFS, BUNDLES = 300, 20
_EVENTS = 60
_PRODUCT = Product("bench", "1", "1")
_CANDIDATE = Candidate(("1", "2"), ("LGC", "SGL"))


def dossier_of_300_proofs(effort: Effort, folder: Path) -> Measured:
    """Seconds from the bundles to `proofs/`, CSV and XLSX."""
    catalogue = _three_hundred()
    reports = folder / "reports"
    _bundles(folder, reports, catalogue)
    rounds = []
    for number in range(effort.of(effort.rounds, quick=1)):
        out = folder / f"out-{number}"
        began = time.perf_counter()
        made = assemble([reports], _CANDIDATE, _PRODUCT, catalogue, out=out)
        rounds.append(time.perf_counter() - began)
        if len(made.lines) != PROOFS or made.left_out:
            raise MeasureFailed(f"{len(made.lines)} lines, left out: {made.left_out[:1]}")
    return Measured(rounds, 1, None, {"proofs": PROOFS, "bundles": BUNDLES})


def _three_hundred() -> Catalogue:
    """The catalogue with 300 deposit fields, all of them owed."""
    catalogue = load_catalogue()
    owed = {row.id for row in _CANDIDATE.rows(catalogue)}
    proofs = [p for p in catalogue.proofs if p.requirement in owed and not p.id.startswith("banc:")]
    numbered = (
        proof.model_copy(update={"id": f"{proof.id}.{number}"})
        for number, proof in enumerate(islice(cycle(proofs), PROOFS))
    )
    return replace(catalogue, proofs=tuple(numbered), alternatives=())


def _bundles(folder: Path, reports: Path, catalogue: Catalogue) -> None:
    pattern = Pattern(folder / "pattern", folder / "keys", _EVENTS)
    key = SigningKey(OKPKey.generate_key("Ed25519"), "run")
    for number in range(BUNDLES):
        bundle = reports / f"run-{number:02d}"
        pattern.repeat(1, bundle)
        _fill(bundle, number, catalogue)
        seal(bundle, key)
    shutil.rmtree(folder / "pattern")


def _fill(bundle: Path, number: int, catalogue: Catalogue) -> None:
    """What a run leaves beside its journal: 300 proofs, their index, findings and run.json."""
    about = {"product": _PRODUCT.name, "version": _PRODUCT.version, "build": _PRODUCT.build}
    run = {
        "run_id": bundle.name,
        "product": {"name": _PRODUCT.name},
        "plan": {},
        "catalogue": {"sha256": catalogue.sha256},
    }
    proofs = bundle / "proofs"
    proofs.mkdir()
    columns = ("id", "file", "kind", *about, "filmed_at", "deposit", "made_from", "state", "reason")
    with (proofs / "index.csv").open("w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, columns, restval="", lineterminator="\n")
        table.writeheader()
        for place, proof in enumerate(catalogue.proofs):
            name = f"{place}.eml"
            (proofs / name).write_bytes(b"Subject: x\r\n\r\n" + b"x" * 4_000)
            row = about | {"id": proof.id, "file": name, "kind": "smtp_source", "state": "present"}
            at = f"2026-07-{number + 1:02d}T09:30:00Z"
            table.writerow(row | {"filmed_at": at, "deposit": "product"})
    findings: list[dict[str, object]] = [
        {
            "key": {"rule": f"r{n}", "scenario": f"{scenario.id}@ecps", "subject": "login 1"},
            "said": "held",
            "verdict": "pass",
            "params": {},
            "seen": [],
            "witness": "wire",
            "reason": None,
            "known": False,
        }
        for scenario in catalogue.scenarios
        for n in range(10)
    ]
    (bundle / "findings.json").write_text(json.dumps({"findings": findings}), encoding="utf-8")
    (bundle / "run.json").write_text(json.dumps(run), encoding="utf-8")
