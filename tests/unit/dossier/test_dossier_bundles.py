"""A dossier over sealed bundles made here: what counts, what is left out, what is written."""

import csv
import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from conformance import locale
from conformance.bundle.keys import signing_key
from conformance.bundle.seal import seal
from conformance.catalogue import Catalogue, load_catalogue
from conformance.catalogue.applicability import Candidate
from conformance.dossier.assembling import assemble
from conformance.dossier.model import Dossier, Product
from conformance.dossier.tables import harmless
from conformance.errors import BundleFault
from conformance.journal import JournalWriter

OURS = Product("Logiciel", "4.2", "7")
CANDIDATE = Candidate(("1", "2"), ("SGL",), (), ("web", "ciba"))
FILM, MAILS = "PSC.01.01.01", "MSS/va1.37.01.03"
COLUMNS = (
    "id", "file", "kind", "sha256", "product", "version", "build", "filmed_at", "deposit",
    "made_from", "state", "reason",
)  # fmt: skip


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("BANC_CONFIG", str(tmp_path / "keys"))
    locale.set_language("en")
    yield
    locale.set_language(locale.DEFAULT_LANGUAGE)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path, catalogue: Catalogue) -> Make:
    """`make(name, …)`: a sealed bundle with a film and two mails."""

    def bundle(
        name: str,
        *,
        build: str = "7",
        at: str = "2026-07-14T09:30:00Z",
        verdict: str = "pass",
        film: bytes = b"film",
        rows: list[dict[str, str]] | None = None,
        sealed: bool = True,
        **run: object,
    ) -> Path:
        folder = tmp_path / "reports" / name
        writer = JournalWriter(folder, "main", os.urandom(32), 0)
        writer.record("run.started", {"run_id": name}, source="bench")
        writer.close()
        (folder / "video").mkdir()
        (folder / "video" / "a.mp4").write_bytes(film)
        (folder / "proofs").mkdir()
        (folder / "proofs" / "mails.zip").write_bytes(b"two mails of " + name.encode())
        about = {"product": "Logiciel", "version": "4.2", "build": build, "filmed_at": at,
                 "state": "present"}  # fmt: skip
        told = rows or [
            about | {"id": FILM, "file": "../video/a.mp4", "kind": "video", "deposit": "rehearsal"},
            about | {"id": MAILS, "file": "mails.zip", "kind": "smtp_source", "deposit": "product"},
        ]
        with (folder / "proofs" / "index.csv").open("w", encoding="utf-8", newline="") as out:
            table = csv.DictWriter(out, COLUMNS, lineterminator="\n")
            table.writeheader()
            table.writerows(told)
        findings: list[dict[str, Any]] = [
            {
                "key": {"rule": "r", "scenario": scenario, "subject": "s"},
                "said": "held",
                "verdict": verdict,
                "params": {},
                "seen": [],
                "witness": "wire",
                "reason": None,
                "known": False,
            }
            for scenario in ("PSC.01.01@ecps", "banc:document-life")
        ]
        said = {
            "run_id": name,
            "product": {"name": "Logiciel", "version": "4.2", "build": build},
            "plan": {"mutant": None},
            "catalogue": {"sha256": catalogue.sha256},
            **run,
        }
        (folder / "run.json").write_text(json.dumps(said), encoding="utf-8")
        (folder / "findings.json").write_text(json.dumps({"findings": findings}), encoding="utf-8")
        if sealed:
            seal(folder, signing_key())
        return folder

    return bundle


def dossier(catalogue: Catalogue, *bundles: Path, **more: object) -> Dossier:
    return assemble(bundles, CANDIDATE, OURS, catalogue, lang="en", **more)  # type: ignore[arg-type]


def of(made: Dossier, proof: str) -> tuple[str, str]:
    line = next(line for line in made.lines if line.proof == proof)
    return line.state, line.evidence.bundle if line.evidence else ""


def zipped(folder: Path) -> Path:
    packed = folder.with_suffix(".zip")
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    return packed


def test_the_best_of_several_bundles_counts(make: Make, catalogue: Catalogue) -> None:
    older = make("1-older", build="6")
    refused = make("2-refused", verdict="fail")
    right = make("3-right")

    alone = dossier(catalogue, older)
    together = dossier(catalogue, older, refused, right)

    assert of(alone, MAILS) == ("to_redo", "1-older")
    assert of(together, MAILS) == ("ready", "3-right")
    assert of(together, FILM) == ("to_check", "3-right")
    assert together.left_out == ()


def test_why_a_proof_is_missing_is_said_by_the_newest_run_that_played_it(
    make: Make, catalogue: Catalogue
) -> None:
    def gap(reason: str) -> list[dict[str, str]]:
        return [{"id": FILM, "kind": "video", "state": "missing", "reason": reason}]

    played = make("1-played", rows=gap("film-not-made"))
    another = make("2-another", rows=gap("scenario-not-run"))

    reasons = [
        next(line.reasons[0] for line in dossier(catalogue, *bundles).lines if line.proof == FILM)
        for bundles in ((played, another), (another,))
    ]

    assert reasons == ["played without films (--no-video)", "its scenario was not run"]


def test_a_zip_and_a_folder_of_bundles_do_as_well(make: Make, catalogue: Catalogue) -> None:
    folder = make("run")
    packed = zipped(folder)
    shutil.rmtree(folder)

    from_zip = dossier(catalogue, packed)
    make("another", build="6")
    from_reports = dossier(catalogue, folder.parent)

    assert of(from_zip, MAILS) == ("ready", "run.zip")
    assert of(from_reports, MAILS) == ("ready", "run.zip")


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({"sealed": False}, "not sealed"),
        ({"product": {"name": "Autre", "version": "4.2"}}, "of the product Autre"),
        ({"plan": {"mutant": "no-nonce"}}, "faulty variant of the reference system (no-nonce)"),
        ({"catalogue": {"sha256": "f" * 64}}, "another version of the catalogue (ffffffffffff"),
        ({"product": "nonsense"}, "does not say what was run"),
    ],
)
def test_what_cannot_count_is_left_out_and_told(
    make: Make, catalogue: Catalogue, about: dict[str, object], why: str
) -> None:
    bad = make("bad", **about)
    good = make("good")

    made = dossier(catalogue, bad, good)

    [left] = made.left_out
    assert (left.bundle, of(made, MAILS)) == ("bad", ("ready", "good"))
    assert why in left.why


def test_a_bundle_that_was_altered_counts_for_nothing(make: Make, catalogue: Catalogue) -> None:
    folder, sound = make("run"), make("older", build="6")
    (folder / "video" / "a.mp4").write_bytes(b"another film")

    made = dossier(catalogue, folder, sound)

    assert of(made, FILM) == ("to_redo", "older")
    assert "video/a.mp4: altered" in made.left_out[0].why


def test_no_bundle_at_all_is_said_in_a_sentence_each_and_nothing_is_written(
    make: Make, catalogue: Catalogue, tmp_path: Path
) -> None:
    unsealed, foreign = make("a", sealed=False), make("b", product={"name": "Autre"})

    with pytest.raises(BundleFault) as fault:
        dossier(catalogue, unsealed, foreign, tmp_path / "none", out=tmp_path / "out")

    assert [word in line for word, line in
            zip(("not sealed", "Autre", "nothing is there"), str(fault.value).splitlines(),
                strict=True)] == [True] * 3  # fmt: skip
    assert not (tmp_path / "out").exists()


def test_the_same_bundle_twice_counts_once(make: Make, catalogue: Catalogue) -> None:
    folder = make("run")

    made = dossier(catalogue, folder, zipped(folder))

    assert "the same bundle as run" in made.left_out[0].why


def test_another_catalogue_is_taken_when_asked_and_is_to_check(
    make: Make, catalogue: Catalogue
) -> None:
    folder = make("run", catalogue={"sha256": "f" * 64})

    made = dossier(catalogue, folder, any_catalogue=True)

    assert of(made, MAILS) == ("to_check", "run")


@pytest.mark.parametrize("file", ["../../../etc/hostname", "/etc/hostname", "", "gone.zip"])
def test_a_file_outside_the_bundle_is_never_taken(
    make: Make, catalogue: Catalogue, file: str
) -> None:
    row = {"id": MAILS, "file": file, "kind": "smtp_source", "state": "present"}
    hostile = make("hostile", rows=[row])

    made = dossier(catalogue, hostile, make("sound"))

    assert of(made, MAILS) == ("ready", "sound")
    assert "which the bundle does not contain" in made.left_out[0].why


def test_one_file_a_proof_is_written_and_a_rehearsal_says_so(
    make: Make, catalogue: Catalogue, tmp_path: Path
) -> None:
    folder = make("run")

    made = dossier(catalogue, folder, out=tmp_path / "out")

    names = {line.proof: line.file for line in made.lines if line.file}
    assert names[FILM] == "PSC.01.01.01_REPETITION.mp4"
    assert names[MAILS] == "MSS_va1.37.01.03.zip"
    proofs = tmp_path / "out" / "proofs"
    assert {path.name for path in proofs.iterdir()} == {*names.values(), "index.csv"}
    film = folder / "video" / "a.mp4"
    assert (proofs / names[FILM]).read_bytes() == film.read_bytes()
    assert not (proofs / names[FILM]).samefile(film), "whoever edits it must not alter the bundle"
    rows = list(csv.DictReader(io.StringIO((proofs / "index.csv").read_text(encoding="utf-8"))))
    assert {row["id"]: row["deposit"] for row in rows}[FILM] == "rehearsal"


def test_the_table_opens_in_a_french_excel(
    make: Make, catalogue: Catalogue, tmp_path: Path
) -> None:
    locale.set_language("fr")
    folder = make("=cmd()")

    dossier(catalogue, folder, out=tmp_path / "out")

    octets = (tmp_path / "out" / "dossier.csv").read_bytes()
    assert octets.startswith(b"\xef\xbb\xbfPreuve;\xc3\x89tat;") and octets.endswith(b"\r\n")
    rows = list(csv.reader(io.StringIO(octets.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert "'=cmd()" in {cell for row in rows for cell in row}
    sheet = openpyxl.load_workbook(tmp_path / "out" / "dossier.xlsx").active
    assert isinstance(sheet, Worksheet)
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert "=cmd()" in {cell.value for cell in cells}
    assert {cell.data_type for cell in cells if cell.value == "=cmd()"} == {"s"}


@pytest.mark.parametrize("text", ["=1+1", "+33", "-1", "@SUM(A1)", " =1", "\t=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert harmless(text).startswith("'")
    assert harmless("a=1") == "a=1"


def test_a_new_dossier_replaces_its_own_files_and_no_others(
    make: Make, catalogue: Catalogue, tmp_path: Path
) -> None:
    out, folder = tmp_path / "out", make("run")
    dossier(catalogue, folder, out=out)
    (out / "proofs" / "MSS_va1.02.01.01.url").write_text("https://example.org", encoding="utf-8")
    (out / "proofs" / "MSS_va1.37.01.03.zip").write_bytes(b"changed by somebody")

    made = dossier(catalogue, folder, out=out)

    kept = {path.name for path in (out / "proofs").iterdir()}
    assert {"MSS_va1.02.01.01.url", "MSS_va1.37.01.03.zip"} <= kept
    assert {line.proof: line.file for line in made.lines}[MAILS] == "MSS_va1.37.01.03~2.zip"
    assert sum("PSC.01.01.01" in name for name in kept) == 1


def test_a_folder_of_something_else_is_left_alone(
    make: Make, catalogue: Catalogue, tmp_path: Path
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("x", encoding="utf-8")

    with pytest.raises(BundleFault, match="contains something else"):
        dossier(catalogue, make("run"), out=tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_a_film_among_several_pieces_goes_into_their_archive(
    make: Make, catalogue: Catalogue, tmp_path: Path
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("1-mail.eml", "x")
    row = {
        "id": MAILS, "file": "mails.zip", "kind": "smtp_source+video", "product": "Logiciel",
        "version": "4.2", "build": "7", "state": "present", "deposit": "rehearsal",
        "made_from": "mail@4/first=mail.eml; film@8/last=../video/a.mp4",
    }  # fmt: skip
    folder = make("run", rows=[row], sealed=False)
    (folder / "proofs" / "mails.zip").write_bytes(packed.getvalue())
    seal(folder, signing_key())

    dossier(catalogue, folder, out=tmp_path / "out")

    whole = tmp_path / "out" / "proofs" / "MSS_va1.37.01.03_REPETITION.zip"
    with zipfile.ZipFile(whole) as archive:
        assert archive.namelist() == ["1-mail.eml", "2-a.mp4"]
