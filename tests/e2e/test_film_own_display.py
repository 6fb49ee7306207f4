"""The display in front of a person is filmed as it is, with the band; without one nothing is."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.evidence.film.format import BAND_HEIGHT
from conformance.evidence.screen.display import Display
from conformance.evidence.screen.own_display import OwnStudio
from conformance.journal import JournalWriter
from conformance.plan import load_plan

PLAN = load_plan(None)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[JournalWriter]:
    writer = JournalWriter(tmp_path, "main", os.urandom(32), time.perf_counter_ns())
    yield writer
    writer.close()


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed")
def test_the_display_of_a_person_is_filmed_whole_above_the_band(
    tmp_path: Path, journal: JournalWriter
) -> None:
    with Display.start(640, 360 + BAND_HEIGHT, manager=False) as display:
        studio = OwnStudio(tmp_path, PLAN, journal, {"DISPLAY": display.name})
        before = studio.picture()
        film = studio.film("PSC.01.01@cps")
        assert film is not None
        film.caption(1, "Afficher les conditions")
        assert film.wait_for_frame(15)
        picture = studio.picture()
        report = film.stop()

    assert studio.why_not is None and before is None
    assert (report.width, report.height) == (640, 360 + BAND_HEIGHT)
    assert "no-windows-date" in report.limits
    assert picture is not None and picture.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "DISPLAY"),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "Wayland"),
        ({"DISPLAY": ":9999"}, ":9999"),
    ],
)
def test_without_a_display_to_film_it_says_why(
    tmp_path: Path, journal: JournalWriter, environment: dict[str, str], said: str
) -> None:
    studio = OwnStudio(tmp_path, PLAN, journal, environment)

    assert studio.film("PSC.01.01@cps") is None and studio.picture() is None
    assert said in (studio.why_not or "")
