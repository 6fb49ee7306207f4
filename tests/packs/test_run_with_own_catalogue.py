"""A run held to the vendor's own workbook: no official text leaves, and anybody can judge it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from types import SimpleNamespace

import pytest

from conformance.bench.workbooks import Invented, invented, write_rem
from conformance.bundle.verify import verify
from conformance.catalogue import catalogue_for, catalogue_in, catalogue_note, load_catalogue
from conformance.catalogue.official import folder
from conformance.catalogue.official.reading import read_workbook
from conformance.catalogue.official.recorded import read_kept
from conformance.errors import CatalogueFault
from conformance.evidence.proofs.package import build_proofs
from conformance.journal import Journal
from conformance.judging.findings import Verdict, findings_json
from conformance.judging.judge import judge
from conformance.run.finish import finish
from conformance.run.session import RunSession

pytestmark = pytest.mark.xdist_group("own-catalogue")

ROWS = 1_712
OWN = "Une phrase inventée pour EX PSC 01."
MARKS = ("me imaginaire ", "Manipulation invent", "fiche invent", "(fiche ", "phrase invent")
"""One of them stands in every sentence of the workbook, without an accent that JSON escapes."""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The desk of a vendor: banc.toml and an imported workbook of 1 712 invented rows."""
    desk = tmp_path_factory.mktemp("desk")
    book = write_rem(desk / "REM-INV-LGC-Va2.xlsx", [each.rem() for each in invented(ROWS)])
    imported = read_workbook(book).model_copy(update={"filled": {"EX PSC 01": OWN}})
    folder.save(desk / "kept", imported)
    reference = resources.files("mocks.lps").joinpath("banc.adapter.toml").read_text("utf-8")
    text = reference.replace("\nprofiles =", '\ncatalogue = "kept"\nprofiles =', 1)
    (desk / "banc.toml").write_text(text, encoding="utf-8", newline="\n")
    return desk


@pytest.fixture(scope="module")
def bundle(own: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One story told, judged, reported and sealed."""
    reports, keys = tmp_path_factory.mktemp("reports"), tmp_path_factory.mktemp("keys")
    command = [sys.executable, "-m", "conformance.cli", "run", "--no-video"]
    command += ["--only", "PSC.01.01@ecps", "--reports", str(reports)]
    command += ["--config", str(own / "banc.toml")]
    done = subprocess.run(
        command, env=os.environ | {"BANC_CONFIG": str(keys)}, capture_output=True, text=True,
        encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return next(reports.iterdir())


def sentences() -> list[str]:
    """Everything that the invented workbook says."""
    told = [each for row in invented(ROWS) for each in _words(row)]
    return [*told, OWN]


def _words(row: Invented) -> list[str]:
    steps = row.scenario.split("\n")[3:]
    return [row.statement, row.scenario.split("\n")[1], *steps, *(text for _id, text in row.proofs)]


def test_no_official_sentence_is_in_the_bundle(bundle: Path) -> None:
    assert all(any(mark in said for mark in MARKS) for said in sentences())

    leaked = {
        (path.name, mark)
        for path in bundle.rglob("*")
        if path.is_file()
        for octets in [path.read_bytes()]
        for mark in MARKS
        if mark.encode() in octets
    }

    assert leaked == set()
    assert verify(bundle, deep=True).code == 0


def test_the_run_is_judged_the_same_without_the_workbook(
    bundle: Path, own: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(bundle, elsewhere)
    recorded = json.loads((bundle / "findings.json").read_bytes())

    judgement = judge(elsewhere)
    proofs = build_proofs(elsewhere)

    catalogue = catalogue_in(elsewhere)
    assert findings_json(judgement) == recorded
    assert catalogue.sha256 == catalogue_for(own / "kept").sha256
    assert (elsewhere / "proofs/index.csv").read_bytes() == (
        bundle / "proofs/index.csv"
    ).read_bytes()
    assert {row.id for row in proofs} >= {each.proofs[0][0] for each in invented(ROWS)}


def test_every_row_is_in_the_report_and_folded(bundle: Path) -> None:
    judgement = judge(bundle)
    page = (bundle / "report.html").read_text(encoding="utf-8")

    for row in invented(ROWS):
        verdict = judgement.requirements[row.id]
        assert (verdict.verdict, verdict.reason) == (Verdict.REVIEW, "by-person")
        assert f">{row.id}<br>" in page
    assert judgement.requirements["EX PSC 01"].reason == "held-by-eye"
    assert judgement.requirements["EX PSC 03"].reason == "text-unknown"
    assert page.count('<details class="untested" id="p-') == 10
    assert "REM-INV-LGC-Va2.xlsx, 1712 lignes" in page
    assert len(page) < 6_000_000


def test_a_bundle_of_the_same_version_says_nothing_of_it(bundle: Path) -> None:
    assert catalogue_note(bundle) == ""


def test_texts_go_along_only_when_they_are_asked_for(own: Path, tmp_path: Path) -> None:
    option = SimpleNamespace(
        banc_config=str(own / "banc.toml"), banc_reports=str(tmp_path), banc_with_texts=True,
        banc_like=None, banc_no_video=True, banc_video="all", banc_max_size=None, banc_lang="fr",
        banc_lifetimes=None, banc_mutant=None, banc_strict=False, banc_packs=[], banc_only=[],
    )  # fmt: skip

    session = RunSession.start(option, tmp_path)
    session.close(interrupted=False)

    catalogue = catalogue_in(session.folder)

    assert catalogue.any_requirement("EX PSC 01").text == OWN
    assert catalogue.any_requirement("PSC/INV.0001").text == Invented(1).statement
    assert catalogue.sha256 == catalogue_for(own / "kept").sha256


def altered(bundle: Path, target: Path, change: Callable[[Path], object]) -> Path:
    """A copy of the bundle, with the blob of its catalogue changed."""
    shutil.copytree(bundle, target)
    journal = Journal(target)
    journal.index()
    change(target / "blobs" / journal.brackets[0].data["catalogue"]["kept"])
    return target


@pytest.mark.parametrize(
    ("change", "said"),
    [(lambda blob: blob.unlink(), "manque"), (lambda blob: blob.write_bytes(b"{}"), "endommagé")],
    ids=["missing", "damaged"],
)
def test_a_skeleton_that_is_gone_is_one_sentence(
    bundle: Path, tmp_path: Path, change: Callable[[Path], object], said: str
) -> None:
    broken = altered(bundle, tmp_path / "broken", change)

    with pytest.raises(CatalogueFault, match=f"le catalogue de l'éditeur .* {said}"):
        judge(broken)
    for name in ("manifest.json", "manifest.jws"):
        (broken / name).unlink()
    with pytest.raises(CatalogueFault, match=said):
        finish(broken)


def test_another_version_of_our_rows_is_named_and_judged_all_the_same(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from conformance.catalogue import choosing

    ours = load_catalogue()
    first, *rest = ours.requirements
    newer = ours.__class__(
        (first.model_copy(update={"nature": "may"}), *rest), ours.scenarios, ours.proofs,
        "0" * 64, ours.places, ours.readings, ours.alternatives,
    )  # fmt: skip
    choosing._kept.cache_clear()
    monkeypatch.setattr(choosing, "built_in", lambda: newer)

    note, judgement = catalogue_note(bundle), judge(bundle)

    choosing._kept.cache_clear()
    assert note == (
        f"Le catalogue n'est pas de la version de ce banc (1 diffèrent : {first.id}) : "
        "jugé avec celui de ce banc"
    )
    assert judgement.requirements["PSC/INV.0001"].verdict is Verdict.REVIEW


def test_what_a_bundle_keeps_names_the_workbook_and_its_hash(bundle: Path, own: Path) -> None:
    journal = Journal(bundle)
    journal.index()
    about = journal.brackets[0].data["catalogue"]

    kept = read_kept((bundle / "blobs" / about["kept"]).read_bytes())

    assert about["imported"]["name"] == "REM-INV-LGC-Va2.xlsx"
    assert about["imported"]["texts"] is False
    assert kept.imported is not None
    assert kept.imported.filled == {"EX PSC 01": ""}
    assert len(kept.imported.rows) == ROWS
    assert str(own) not in json.dumps(about)
