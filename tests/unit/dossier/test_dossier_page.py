"""The page « Dossier » of a report: every field, its state, a filter that needs no script."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from conformance import locale
from conformance.evidence.proofs.package import build_proofs
from conformance.journal import JournalWriter
from conformance.judging.judge import judge
from conformance.reporting.formats import page
from conformance.reporting.report import build

PLAN = {
    "waves": ["1", "2"],
    "corridor": ["LGC"],
    "profiles": [],
    "modes": ["web", "ciba"],
    "packs": ["tour"],
    "lifetimes": "short",
}


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    locale.set_language("fr")
    yield
    locale.set_language(locale.DEFAULT_LANGUAGE)


def rendered(folder: Path, **plan: Any) -> Any:
    """The page of a run that told PSC.01.01 on film, as a document."""
    writer = JournalWriter(folder, "main", b"k" * 32, time.perf_counter_ns())
    product = {"name": "<b>Logiciel", "version": "4.2", "build": "7", "editor": ""}
    about = {"run_id": "r1", "product": product, "plan": PLAN | plan, "rules": {}, "expected": []}
    writer.record("run.started", about, source="bench")
    writer.scenario = "PSC.01.01@ecps"
    started = {"id": writer.scenario, "attempt": 1, "mode": "web", "face": "web", "steps": 0,
               "driver": "browser", "fault": None, "twin": None}  # fmt: skip
    writer.record("scenario.started", started, source="bench")
    (folder / "video").mkdir()
    (folder / "video" / "a.mp4").write_bytes(b"no film")
    film = {"file": "video/a.mp4", "zero": 0, "epoch": 1_800_000_000.5}
    writer.record("film.started", film, source="bench")
    writer.record("film.finished", {"file": "video/a.mp4", "ok": True, "problems": []},
                  source="bench")  # fmt: skip
    ended = {"id": writer.scenario, "attempt": 1, "ended": "completed", "reason": None,
             "stopped_at": None}  # fmt: skip
    writer.record("scenario.finished", ended, source="bench")
    writer.close()
    judgement = judge(folder)
    report = build(folder, judgement, build_proofs(folder), "fr")
    return lxml.html.document_fromstring(page.render(report))


def row(document: Any, proof: str) -> Any:
    return next(
        tr for tr in document.xpath("//section[@id='dossier']//tbody/tr")
        if tr.xpath("string(th/text()[1])") == proof
    )  # fmt: skip


def test_every_field_has_a_line_with_its_state(tmp_path: Path) -> None:
    document = rendered(tmp_path)

    film, paper = row(document, "PSC.01.01.01"), row(document, "PSC.08.01.01")
    assert film.get("class") == "s-to_check"
    assert film.xpath(".//a/@href") == ["video/a.mp4"]
    assert "une personne doit la regarder" in film.text_content()
    assert "ne se dépose" in film.text_content() or "répétition" in film.text_content()
    assert (paper.get("class"), "manquant" in paper.text_content()) == ("s-missing", True)
    assert row(document, "PSC.01.03.01").get("class") == "s-not_applicable"
    assert "<b>Logiciel 4.2 (7)" in document.xpath("string(//section[@id='dossier']/p)")


def test_a_choice_is_named_on_its_line(tmp_path: Path) -> None:
    document = rendered(tmp_path)

    heavy = row(document, "PSC/va1.01.04.01").text_content()
    assert "un seul parmi PSC/va1.01.04, banc:psc-ciba-w1" in heavy


def test_the_filter_works_by_keyboard_and_without_a_script(tmp_path: Path) -> None:
    document = rendered(tmp_path)

    section = document.xpath("//section[@id='dossier']")[0]
    radios = section.xpath(".//input[@type='radio'][@name='dossier-state']")
    states = {r.get("id").removeprefix("show-") for r in radios}
    shown = {tr.get("class").removeprefix("s-") for tr in section.xpath(".//tbody/tr")}
    assert states == {"all", *shown}
    assert [r.get("id") for r in radios if r.get("checked") is not None] == ["show-all"]
    assert {label.get("for") for label in section.xpath(".//label")} == {
        r.get("id") for r in radios
    }
    assert all(f"#show-{state}:checked" in page.stylesheet() for state in shown)


def test_a_product_without_a_face_for_it_owes_no_film_of_it(tmp_path: Path) -> None:
    document = rendered(tmp_path, modes=["web"])

    heavy = row(document, "PSC/va1.01.04.01")
    assert heavy.get("class") == "s-not_applicable"
    assert "application web" in heavy.text_content()
