"""The newcomer's command: four films, a sealed bundle, a report that opens; then hands off it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from junitparser import JUnitXml
from playwright.sync_api import sync_playwright

from conformance.bundle.verify import verify
from conformance.drivers.browser.chromium import find_chromium
from conformance.evidence.film.checks import check

pytestmark = pytest.mark.xdist_group("tour")

TOUR = {"PSC.01.01@ecps", "banc:psc-ciba-w1@ecps", "PSC.01.03@ecps", "banc:document-life"}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`banc run` as a newcomer types it."""
    reports = tmp_path_factory.mktemp("tour")
    command = [sys.executable, "-m", "conformance.cli", "run", "--reports", str(reports)]

    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    [folder] = reports.iterdir()
    assert str(folder / "report.html") in done.stdout
    assert done.stdout.strip().splitlines()[-1].startswith("refus 0 · ")
    return folder


def events_of(bundle: Path, kind: str) -> list[dict[str, object]]:
    lines = (bundle / "journal" / "main.jsonl").read_text(encoding="utf-8").splitlines()
    return [event["data"] for line in lines if (event := json.loads(line))["kind"] == kind]


def test_four_films_pass_their_checks(bundle: Path) -> None:
    films = events_of(bundle, "film.finished")

    reports = [check(bundle / str(film["file"]), float(str(film["duration"]))) for film in films]

    assert len(films) == 4
    assert [film["problems"] for film in films] == [[]] * 4
    assert all(report.ok for report in reports)
    assert {(film["width"], film["height"]) for film in films} == {(1920, 1080)}
    assert all(int(str(film["chapters"])) >= 10 for film in films)


def test_the_digits_of_both_ciba_films_were_on_the_screen(bundle: Path) -> None:
    seen = [s for s in events_of(bundle, "ui.seen") if s["what"] == "ciba.digits"]

    assert len(seen) == 4
    assert all(s["present"] and str(s["text"]).isdigit() for s in seen)


def test_the_bundle_is_sealed_and_a_changed_byte_is_named(bundle: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(bundle, tmp_path / "copy")
    victims = ["journal/main.jsonl", "video/PSC.01.01@ecps.mp4", "report.html", "findings.json"]
    victims += [f"blobs/{sorted((copy / 'blobs').iterdir())[0].name}"]
    assert verify(bundle, deep=True).code == 0

    for victim in victims:
        path = copy / victim
        octets = path.read_bytes()
        middle = len(octets) // 2
        path.write_bytes(octets[:middle] + bytes([octets[middle] ^ 1]) + octets[middle + 1 :])
        told = verify(copy)
        path.write_bytes(octets)

        assert told.code == 1
        assert any(victim in sentence for sentence in told.sentences), (victim, told.sentences)


def test_the_report_plays_the_film_at_the_step_that_was_clicked(bundle: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto((bundle / "report.html").as_uri())

        scenario = page.locator("#s-PSC_01_01_ecps")
        button = scenario.locator(".steps > li").nth(7).locator("h4 > a.jump")
        wanted = float(button.get_attribute("data-second") or "0")
        button.focus()
        page.keyboard.press("Enter")
        page.wait_for_function(
            "w => Math.abs(document.querySelector('#s-PSC_01_01_ecps video').currentTime - w) < 1",
            arg=wanted,
        )

        assert wanted > 0
        assert page.locator("html").get_attribute("lang") == "fr"
        assert page.get_by_text("RÉPÉTITION").first.is_visible()
        page.set_viewport_size({"width": 390, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert complaints == []
        browser.close()


def test_build_servers_get_stable_names(bundle: Path) -> None:
    suites = JUnitXml.fromfile(str(bundle / "junit.xml"))

    names = {case.name for suite in suites for case in suite}

    assert names == TOUR
    assert len(list((bundle / "allure-results").glob("*-result.json"))) == 4
