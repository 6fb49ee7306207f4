"""`banc dossier` and `banc dossier lint` as a vendor types them, on a real run with decisions."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.worlds.command import Banc

pytestmark = pytest.mark.xdist_group("dossier-commands")  # one run is made for all of them

PROOF = "MSS/va1.37.01.01"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest run that leaves proofs: a document sent, replaced, deleted."""
    folder = tmp_path_factory.mktemp("dossier")
    reports = folder / "reports"
    command = [
        sys.executable, "-m", "conformance.cli", "run", "--no-video", "--only",
        "banc:document-life", "--reports", str(reports),
    ]  # fmt: skip
    subprocess.run(command, check=False, capture_output=True, timeout=300, cwd=folder)
    [made] = reports.iterdir()
    return made


def test_a_dossier_is_told_in_80_columns_and_written(
    banc: Banc, bundle: Path, tmp_path: Path
) -> None:
    told = banc("dossier", bundle, "--out", tmp_path / "out")

    assert told.code == 1  # films and links are still missing
    assert all(len(line) <= 80 for line in told.out.splitlines())
    assert "à vérifier" in told.out and "manquant" in told.out and "prêt" in told.out
    names = {path.name for path in (tmp_path / "out" / "proofs").iterdir()}
    assert {"MSS_va1.37.01.01_REPETITION.zip", "MSS_va1.37.01.03.zip", "index.csv"} == names
    assert (tmp_path / "out" / "dossier.xlsx").is_file()


def test_a_machine_reads_it_as_json(banc: Banc, bundle: Path) -> None:
    told = banc("dossier", bundle, "--json")

    data = json.loads(told.out)
    line = next(line for line in data["lines"] if line["proof"] == PROOF)
    assert line["state"] == "to_check"
    assert line["evidence"]["deposit"] == "rehearsal"
    assert data["counts"]["ready"] == 1


def test_a_decision_of_a_person_makes_it_ready(banc: Banc, bundle: Path, tmp_path: Path) -> None:
    copy = tmp_path / "run"
    shutil.copytree(bundle, copy)
    decide = ("decide", copy, "--on", PROOF, "--author", "A. Diteur", "--role", "auditor")
    assert banc(*decide, "--decision", "reserve", "--new-key").code == 0

    told = banc("dossier", copy, "--json")

    line = next(line for line in json.loads(told.out)["lines"] if line["proof"] == PROOF)
    assert (line["state"], line["evidence"]["decision"]) == ("ready", "reserve")
    assert "A. Diteur" in line["reasons"][-1]


def test_what_is_no_bundle_is_one_sentence(banc: Banc, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"no zip")

    told = banc("dossier", tmp_path / "a.zip", tmp_path / "nothing")

    assert (told.code, told.out) == (2, "")
    first, second = told.err.splitlines()
    assert first.endswith("ni un dossier, ni un zip")
    assert "nothing" in second


def test_a_dossier_of_a_rehearsal_would_be_refused(
    banc: Banc, bundle: Path, tmp_path: Path
) -> None:
    banc("dossier", bundle, "--out", tmp_path / "out")

    told = banc("dossier", "lint", tmp_path / "out")
    machine = json.loads(banc("dossier", "lint", tmp_path / "out", "--json").out)

    assert told.code == 1
    assert all(len(line) <= 80 for line in told.out.splitlines())
    found = [(r["file"], r["code"]) for r in machine["remarks"]]
    assert found == [("MSS_va1.37.01.01_REPETITION.zip", "rehearsal")]
    assert (machine["files"], machine["fields"]) == (2, 2)


def test_a_folder_that_is_none_is_one_sentence(banc: Banc, tmp_path: Path) -> None:
    told = banc("dossier", "lint", tmp_path / "nothing")

    assert (told.code, told.out) == (2, "")
    assert "attendu un dossier de preuves" in told.err


def test_help_says_what_it_does(banc: Banc) -> None:
    drawn, lint = banc("dossier", "--help"), banc("dossier", "lint", "--help")

    assert drawn.code == lint.code == 0
    assert "--out" in drawn.out and "banc dossier lint" in drawn.out
    assert "Personal data" in lint.out
