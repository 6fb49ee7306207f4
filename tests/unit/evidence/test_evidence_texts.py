"""What is written on and beside a film: band, chapters, captions; where windows stand."""

import sys
from pathlib import Path

import pytest

from conformance.errors import NotReady
from conformance.evidence.film.chapters import Mark, ffmetadata, webvtt
from conformance.evidence.film.format import BAND_HEIGHT, FILM_SIZE
from conformance.evidence.screen import fonts
from conformance.evidence.screen.backends import BACKENDS, backend_named
from conformance.evidence.screen.band import NOTICE, Band, BandFiles, band_filter
from conformance.evidence.screen.fonts import fitted, width_of
from conformance.evidence.screen.layout import (
    browser_only,
    desktop_and_phone,
    screen_of,
)
from conformance.evidence.screen.recorder import file_name

MARKS = [Mark(0.25, 1, "Afficher les CGU"), Mark(3661.5, 2, "A=B; C#D \\ E --> <F> & G")]


def test_cues_last_until_the_next_step_and_escape_what_webvtt_reads() -> None:
    assert webvtt(MARKS, 3700) == (
        "WEBVTT\n\n"
        "1\n00:00:00.250 --> 01:01:01.500\nétape 1 – Afficher les CGU\n\n"
        "2\n01:01:01.500 --> 01:01:40.000\nétape 2 – A=B; C#D \\ E --&gt; &lt;F&gt; &amp; G\n"
    )


def test_chapters_escape_what_ffmpeg_reads() -> None:
    lines = ffmetadata(MARKS, 3700).splitlines()

    assert lines[0] == ";FFMETADATA1"
    assert lines[3:6] == ["START=250", "END=3661500", "title=étape 1 – Afficher les CGU"]
    assert lines[-1] == "title=étape 2 – A\\=B\\; C\\#D \\\\ E --> <F> & G"


def test_steps_after_the_end_of_the_film_stay_inside_it() -> None:
    lines = ffmetadata([Mark(-1, 1, "avant"), Mark(99, 2, "après")], 10).splitlines()

    assert [line for line in lines if line.startswith(("START", "END"))] == [
        "START=0",
        "END=9999",
        "START=9999",
        "END=10000",
    ]


def test_a_film_without_steps_has_no_cue() -> None:
    assert webvtt([], 10) == "WEBVTT\n"
    assert ffmetadata([], 10) == ";FFMETADATA1\n"


def test_names_of_films_are_legal_on_every_file_system() -> None:
    assert file_name("banc:MSS/va1.37@ecps") == "banc_MSS_va1.37@ecps"


def test_the_band_says_rehearsal_product_and_step(tmp_path: Path) -> None:
    texts = BandFiles(tmp_path, Band("Logiciel", "2.4", "7"), "PSC.01.01", 1920)
    texts.show(3, "Choisir 100 % : l'e-CPS")

    said = {path.stem: path.read_text(encoding="utf-8") for path in tmp_path.glob("*.txt")}
    assert said["notice"] == NOTICE == "RÉPÉTITION – PSC et MSSanté simulés"
    assert said["product"] == "Logiciel 2.4 (7)"
    assert said["step"] == "PSC.01.01 · étape 3"
    assert said["title"] == "Choisir 100 % : l'e-CPS"
    assert not list(tmp_path.glob("*.part"))


def test_no_text_of_the_band_is_ever_an_empty_file(tmp_path: Path) -> None:
    texts = BandFiles(tmp_path, Band("", "", ""), "", 1920)
    texts.show(1, "")

    assert all(path.stat().st_size > 0 for path in tmp_path.glob("*.txt"))


def test_only_the_clock_is_computed_and_only_the_step_is_read_again() -> None:
    texts = {text.split("textfile=")[1].split(".")[0]: text for text in _texts()}

    assert {name for name, text in texts.items() if "expansion=normal" in text} == {"date", "time"}
    assert {name for name, text in texts.items() if "reload=1" in text} == {"step", "title"}


def _texts() -> list[str]:
    return [part for part in band_filter().split(",drawtext=") if "textfile=" in part]


def test_a_long_title_is_cut_where_its_room_ends() -> None:
    title = "Établissement de santé " * 20

    cut = fitted(title, 17, 300)

    assert cut.endswith("…") and title.startswith(cut[:-1])
    assert 270 < width_of(cut, 17) <= 300
    assert fitted("Court\n titre", 17, 300) == "Court titre"
    assert fitted("Trop long", 17, 1) == "…"


@pytest.mark.usefixtures("english")
def test_without_a_font_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    fonts.find_font.cache_clear()
    monkeypatch.setattr(fonts, "_KNOWN_PLACES", ())
    monkeypatch.setattr(fonts, "_asked_of_fontconfig", lambda: None)
    monkeypatch.setattr(sys, "platform", "linux")

    with pytest.raises(NotReady, match="install fonts-dejavu-core"):
        fonts.find_font()

    fonts.find_font.cache_clear()


def test_windows_share_the_screen_without_covering_each_other_or_the_band() -> None:
    screen = screen_of(*FILM_SIZE)
    layout = desktop_and_phone(screen)

    assert screen.height == FILM_SIZE[1] - BAND_HEIGHT
    assert browser_only(screen).product == screen
    assert layout.phone is not None
    assert layout.product.x + layout.product.width <= layout.phone.x
    assert layout.phone.x + layout.phone.width == screen.width
    assert max(layout.product.height, layout.phone.height) <= screen.height
    assert layout.product.geometry == "1460x1004+0+0"


@pytest.mark.usefixtures("english")
def test_an_unknown_recorder_is_named() -> None:
    assert backend_named("none") is None
    with pytest.raises(NotReady, match="'obs' is no recorder, expected one of x11grab, gdigrab"):
        backend_named("obs")


def test_every_recorder_shows_the_pointer() -> None:
    class Screen:
        name = ":7"
        film_size = FILM_SIZE

    shown = {name: " ".join(b.grab(Screen(), 1032, 10)) for name, b in BACKENDS.items()}

    assert "-draw_mouse 1" in shown["x11grab"] and "-video_size 1920x1032" in shown["x11grab"]
    assert "-draw_mouse 1" in shown["gdigrab"]
    assert "-capture_cursor 1" in shown["avfoundation"]
