"""Films of a real Xvfb: what is recorded, what survives, what is refused."""

import json
import os
import select
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from Xlib import X
from Xlib.display import Display as XConnection

from conformance.errors import NotReady
from conformance.evidence.film.checks import check
from conformance.evidence.film.ffmpeg import find_ffmpeg, run_ffmpeg
from conformance.evidence.film.recovery import recover_films
from conformance.evidence.screen.band import Band
from conformance.evidence.screen.display import Display
from conformance.evidence.screen.pointer import Pointer
from conformance.evidence.screen.recorder import Film
from conformance.journal import Journal, JournalWriter
from conformance.locale import set_language

pytestmark = pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed")

BAND = Band("Logiciel d'essai", "2.4.1", "7")
SIZE = (640, 360)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("fr")


@pytest.fixture
def display() -> Iterator[Display]:
    with Display.start(*SIZE) as running:
        yield running


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[JournalWriter]:
    writer = JournalWriter(tmp_path, "main", os.urandom(32), time.perf_counter_ns())
    writer.scenario = "PSC.01.01@ecps"
    yield writer
    writer.close()


@pytest.fixture
def window(display: Display) -> Iterator[XConnection]:
    """An orange window over the whole screen."""
    connection = XConnection(display.name)
    yield _painted(connection, display)
    connection.close()


def _painted(connection: XConnection, display: Display) -> XConnection:
    screen, area = connection.screen(), display.screen
    colour = screen.default_colormap.alloc_named_color("orange").pixel
    window = screen.root.create_window(
        0, 0, area.width, area.height, 0, screen.root_depth,
        background_pixel=colour, override_redirect=True, event_mask=X.ExposureMask,
    )  # fmt: skip
    window.map()
    while connection.next_event().type != X.Expose:
        continue
    window.clear_area()
    connection.sync()
    return connection


def _picture(path: Path, at: float, crop: str = "null") -> bytes:
    """The RGB octets of one picture of the film."""
    raw = ["-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]
    return run_ffmpeg(["-v", "error", "-ss", str(at), "-i", str(path), "-vf", crop, *raw]).stdout


def test_a_film_shows_the_screen_and_tells_the_journal(
    tmp_path: Path, display: Display, window: XConnection, journal: JournalWriter
) -> None:
    film = Film.start(tmp_path, "MSS/va1.37:b@ecps", display, journal, band=BAND)
    film.caption(1, "Aller à la zone de connexion")
    film.wait_for_frame(12)
    film.caption(2, "S'authentifier : e-CPS")
    film.wait_for_frame(24)
    report = film.stop()
    events = {event.kind: event for event in Journal(tmp_path)}

    assert film.file == "video/MSS_va1.37_b@ecps.mp4"
    assert report.problems == ()
    assert (report.width, report.height, report.chapters) == (*SIZE, 2)
    assert report.black_share == 0
    assert report.limits == ("no-windows-date",)
    assert events["film.started"].data["file"] == film.file
    assert events["film.started"].data["zero"] <= events["film.started"].mono
    assert events["film.finished"].data["ok"] is True
    assert events["film.finished"].data["limits"] == ["no-windows-date"]
    captions = film.path.with_suffix(".vtt").read_text(encoding="utf-8")
    assert captions.startswith("WEBVTT\n")
    assert "step 2 – S'authentifier : e-CPS" in captions
    corner = _picture(film.path, 1.0, "crop=8:8:300:150")
    assert corner[0] > 200 and corner[2] < 60, "the orange of the window"
    assert sorted(path.name for path in film.path.parent.iterdir()) == [
        "MSS_va1.37_b@ecps.mp4",
        "MSS_va1.37_b@ecps.vtt",
    ]


def test_the_band_changes_with_the_step_and_the_screen_above_does_not(
    tmp_path: Path, display: Display, window: XConnection, journal: JournalWriter
) -> None:
    film = Film.start(tmp_path, "PSC.01.01", display, journal, band=BAND)
    film.caption(1, "MMMMMMMM")
    film.wait_for_frame(10)
    film.caption(2, "||||||||")
    film.wait_for_frame(25)
    film.stop()

    left_of_band = "crop=160:48:0:312"
    assert _difference(film.path, left_of_band) > 2
    assert _difference(film.path, "crop=640:312:0:0") < 1


def _difference(path: Path, crop: str) -> float:
    """Mean difference, of 255, between a picture of the first step and one of the second."""
    early, late = _picture(path, 0.6, crop), _picture(path, 2.2, crop)
    return sum(abs(a - b) for a, b in zip(early, late, strict=True)) / len(early)


def test_the_pointer_is_on_the_film_where_it_was_moved(
    tmp_path: Path, display: Display, window: XConnection, journal: JournalWriter
) -> None:
    with Pointer(display.name) as pointer:
        pointer.move(10, 10)
        film = Film.start(tmp_path, "PSC.01.01", display, journal, band=BAND)
        film.wait_for_frame(8)
        pointer.move(400, 200)
        position = pointer.position
        film.wait_for_frame(20)
    film.stop()

    assert position == (400, 200)
    around = "crop=32:32:392:192"
    before, after = _picture(film.path, 0.3, around), _picture(film.path, 1.8, around)
    assert max(abs(a - b) for a, b in zip(before, after, strict=True)) > 60


def test_a_click_reaches_the_window_under_the_pointer(display: Display) -> None:
    connection = XConnection(display.name)
    _painted(connection, display)
    for child in connection.screen().root.query_tree().children:
        child.change_attributes(event_mask=X.ButtonPressMask | X.ButtonReleaseMask)
    connection.sync()

    with Pointer(display.name) as pointer:
        pointer.click(50, 60)

    pressed, released = connection.next_event(), connection.next_event()
    connection.close()
    assert (pressed.type, pressed.root_x, pressed.root_y) == (X.ButtonPress, 50, 60)
    assert released.type == X.ButtonRelease


def test_what_a_killed_recorder_leaves_is_readable_up_to_its_last_second(
    tmp_path: Path, display: Display, window: XConnection, journal: JournalWriter
) -> None:
    film = Film.start(tmp_path, "PSC.01.01", display, journal, band=BAND)
    film.wait_for_frame(30)
    filmed = film.seconds
    os.kill(film.pid, signal.SIGKILL)
    os.waitid(os.P_PID, film.pid, os.WEXITED | os.WNOWAIT)

    left = check(film.path, filmed, SIZE)
    assert left.problems == ()

    report = film.stop()
    assert not report.ok
    assert "the recorder stopped by itself" in report.problems[0]
    assert check(film.path, filmed, SIZE).problems == ()


def test_a_film_whose_whole_bench_was_killed_is_readable_and_nothing_is_left_running(
    tmp_path: Path,
) -> None:
    script = tmp_path / "bench.py"
    script.write_text(_LONELY_BENCH, encoding="utf-8")
    bench = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)], stdout=subprocess.PIPE, cwd=Path.cwd(),
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )  # fmt: skip
    assert bench.stdout is not None
    about = json.loads(bench.stdout.readline())

    bench.kill()
    bench.wait()
    gone = _wait_gone(about["recorder"])

    film = tmp_path / about["file"]
    assert gone, "the recorder ends with the display of a killed bench"
    assert check(film, 1.5, SIZE).problems == ()

    assert recover_films(tmp_path) == []
    assert check(film, 1.5, SIZE, chapters=1).problems == ()
    captions = film.with_suffix(".vtt").read_text(encoding="utf-8")
    assert "step 1 – Une étape" in captions
    whole = film.read_bytes()
    assert recover_films(tmp_path) == [] and film.read_bytes() == whole


_LONELY_BENCH = """
import json, os, sys, time
from pathlib import Path
from Xlib.display import Display as XConnection
from conformance.evidence.screen.band import Band
from conformance.evidence.screen.display import Display
from conformance.evidence.screen.recorder import Film
from conformance.journal import JournalWriter

folder = Path(sys.argv[1])
display = Display.start(640, 360)
connection = XConnection(display.name)
root = connection.screen().root
root.change_attributes(background_pixel=0xffffff)
root.clear_area()
connection.sync()
writer = JournalWriter(folder, "main", os.urandom(32), time.perf_counter_ns())
writer.scenario = "PSC.01.01"
film = Film.start(folder, "PSC.01.01", display, writer, band=Band("P", "1"))
writer.record("step.started", {"n": 1, "title": "Une étape"}, source="bench")
film.wait_for_frame(15)
print(json.dumps({"file": film.file, "recorder": film.pid}), flush=True)
film.wait_for_frame(10_000)
"""


def _wait_gone(pid: int) -> bool:
    """Whether a process that is no child of ours ends within 20 s."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], 20)[0])
    finally:
        os.close(handle)


def test_a_hole_in_the_take_is_not_filled_with_made_up_pictures(
    tmp_path: Path, display: Display, window: XConnection, journal: JournalWriter
) -> None:
    film = Film.start(tmp_path, "PSC.01.01", display, journal, band=BAND)
    film.wait_for_frame(5)
    os.kill(film.pid, signal.SIGSTOP)
    time.sleep(2.3)  # what is tested is that time passes unfilmed
    os.kill(film.pid, signal.SIGCONT)
    film.wait_for_frame(15)
    report = film.stop()

    assert report.longest_gap > 2
    assert any("the take is interrupted for" in problem for problem in report.problems)


def test_a_disk_that_fills_up_spoils_the_film_but_not_what_was_recorded(
    tmp_path: Path,
    display: Display,
    window: XConnection,
    journal: JournalWriter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    binaries = tmp_path / "bin"
    binaries.mkdir()
    limited = binaries / "ffmpeg"
    # A file may not grow beyond 20 blocks of 512 octets: writes then fail as on a full disk.
    limited.write_text(
        f"#!/bin/sh\ntrap '' XFSZ\nulimit -f 20\nexec {find_ffmpeg()} \"$@\"\n", encoding="utf-8"
    )
    limited.chmod(limited.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{binaries}{os.pathsep}{os.environ['PATH']}")

    film = Film.start(tmp_path, "PSC.01.01", display, journal, band=BAND)
    film.caption(1, "Une étape")
    film.wait_for_frame(300)
    died = not film.alive
    report = film.stop(expected_duration=30)

    assert died
    assert not report.ok
    assert any("stopped by itself" in problem for problem in report.problems)
    assert film.path.stat().st_size > 4096
    finished = [event for event in Journal(tmp_path) if event.kind == "film.finished"]
    assert finished[0].data["ok"] is False


def test_a_second_film_of_the_same_scenario_does_not_replace_the_first(
    tmp_path: Path, display: Display, window: XConnection, journal: JournalWriter
) -> None:
    films = []
    for scenario in ("PSC.01.01", "psc.01.01"):
        film = Film.start(tmp_path, scenario, display, journal, band=BAND)
        film.stop()
        films.append(film.file)

    assert films == ["video/PSC.01.01.mp4", "video/psc.01.01_2.mp4"]


def test_an_empty_screen_is_filmed_and_refused_as_black(
    tmp_path: Path, display: Display, journal: JournalWriter
) -> None:
    film = Film.start(tmp_path, "PSC.01.01", display, journal, band=BAND)
    film.wait_for_frame(15)
    report = film.stop()

    assert report.black_share == 1
    assert report.problems == (
        "PSC.01.01.mp4: 100% of its pictures are black, at most 25% expected",
    )


def test_a_display_that_is_not_there_is_not_ready_and_says_so(
    tmp_path: Path, journal: JournalWriter
) -> None:
    class Nowhere:
        name = ":50999"
        film_size = SIZE

    with pytest.raises(NotReady, match="the screen recorder ended"):
        Film.start(tmp_path, "PSC.01.01", Nowhere(), journal, band=BAND)
    with pytest.raises(NotReady, match="display :50999 does not answer"):
        Pointer(Nowhere.name)


def test_a_stopped_display_is_not_alive() -> None:
    display = Display.start(*SIZE, manager=False)
    before = display.alive
    display.stop()

    assert (before, display.alive) == (True, False)


def test_native_windows_get_a_title_bar(display: Display) -> None:
    connection = XConnection(display.name)
    screen = connection.screen()
    window = screen.root.create_window(0, 0, 300, 200, 0, screen.root_depth)
    window.change_attributes(event_mask=X.StructureNotifyMask)
    window.map()

    event = connection.next_event()
    while event.type != X.ReparentNotify:
        event = connection.next_event()
    connection.close()
    assert event.parent.id != screen.root.id, "the manager put a frame around it"


def test_no_xvfb_is_not_ready_and_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(NotReady, match="install the package xvfb"):
        Display.start()


def test_without_an_ffmpeg_on_the_path_the_one_of_the_wheel_records(
    tmp_path: Path,
    display: Display,
    window: XConnection,
    journal: JournalWriter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("imageio_ffmpeg")
    monkeypatch.setattr("conformance.evidence.film.ffmpeg.shutil.which", lambda _name: None)
    assert "imageio_ffmpeg" in find_ffmpeg()

    film = Film.start(tmp_path, "PSC.01.01", display, journal, band=BAND)
    film.caption(1, "Une étape")
    film.wait_for_frame(10)
    report = film.stop()

    assert report.problems == ()
    assert report.chapters == 1
