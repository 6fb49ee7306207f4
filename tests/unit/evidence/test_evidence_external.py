"""What films and proofs say of who played the services."""

import csv
import time
from pathlib import Path
from typing import Any

import pytest

from common.recording import Blob
from conformance.catalogue import Catalogue, Piece, Proof, Scenario, Step, Text
from conformance.evidence.proofs.package import build_proofs
from conformance.evidence.screen.band import notice_of
from conformance.journal import JournalWriter
from conformance.plan.model import External, Stage
from conformance.reporting.banner import banner

SAID = Text(fr="Texte", en="Text")
BOTH = {"psc": "external", "mssante": "external"}
MIXED = {"psc": "external", "mssante": "mock"}


@pytest.mark.parametrize(
    ("stage", "notice"),
    [
        (Stage(), "RÉPÉTITION – PSC et MSSanté simulés"),
        (Stage(psc="external"), "RÉPÉTITION – MSSanté simulée – PSC externe"),
        (Stage(mssante="external"), "RÉPÉTITION – PSC simulé – MSSanté externe"),
        (Stage(psc="external", mssante="external"), "PSC externe – MSSanté externe"),
        (
            Stage(
                psc="external",
                mssante="external",
                external=External(psc_name="PSC bac à sable", mssante_name="Opérateur d'essai"),
            ),
            "PSC bac à sable – Opérateur d'essai",
        ),
    ],
)
def test_a_film_says_rehearsal_as_long_as_a_mock_takes_part(stage: Stage, notice: str) -> None:
    assert notice_of(stage) == notice


def deposits(folder: Path, stage: dict[str, str]) -> list[str]:
    """The `deposit` column of a bundle with one screenshot, before that stage."""
    writer = JournalWriter(folder, "main", b"k" * 32, time.perf_counter_ns())

    def tell(kind: str, *blobs: Blob, **data: Any) -> None:
        writer.record(kind, data, source="bench", blobs=blobs)

    tell("run.started", plan={}, product={"name": "x", "version": "1"}, rules={}, stage=stage)
    writer.scenario = "S.1"
    picture = Blob("x.png", "image/png", b"a picture")
    tell("ui.seen", picture, what="identity", present=True, text="", values={}, url=None)
    tell("scenario.finished", id="S.1", attempt=1, ended="completed")
    writer.close()
    step = Step(n=1, title=SAID, expected=SAID)
    scenario = Scenario(
        id="S.1", title=SAID, mode="web", waves=("1",), official=True, verifies=("R.1",),
        steps=(step,), trust="official", source="x",
    )  # fmt: skip
    piece = Piece(source="screenshot", pick="last")
    proof = Proof(
        id="P.1", kinds=("screenshot",), made_from=(piece,), title=SAID, trust="official",
        source="x", requirement="R.1", scenario="S.1",
    )  # fmt: skip
    build_proofs(folder, Catalogue((), (scenario,), (proof,), "", {}))
    with (folder / "proofs" / "index.csv").open(encoding="utf-8", newline="") as rows:
        return [row["deposit"] for row in csv.DictReader(rows)]


def test_what_shows_the_screen_is_a_rehearsal_unless_no_service_was_a_mock(tmp_path: Path) -> None:
    assert deposits(tmp_path / "outside", BOTH) == ["external"]
    assert deposits(tmp_path / "mixed", MIXED) == ["rehearsal"]
    assert deposits(tmp_path / "mocks", {"psc": "mock", "mssante": "mock"}) == ["rehearsal"]


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("stage", "word"), [({}, "REHEARSAL"), (MIXED, "REHEARSAL"), (BOTH, "TEST PLATFORMS")]
)
def test_every_report_begins_by_saying_that_it_is_no_result_of_the_ans(
    stage: dict[str, str], word: str
) -> None:
    said = banner(stage)

    assert said.word == word
    assert said.sentence.startswith("this is not a result of the ANS.")
    assert ("external PSC" in said.sentence) == (stage.get("psc") == "external")
