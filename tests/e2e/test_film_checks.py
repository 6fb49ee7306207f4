"""Films that must not count, made by ffmpeg without a screen: the checks say what is wrong."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.evidence.film.checks import FilmReport, check
from conformance.evidence.film.ffmpeg import run_ffmpeg
from conformance.locale import set_language

SIZE = (320, 240)
ENCODING = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-pix_fmt", "yuv420p")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("fr")


def _film(path: Path, *sources: str, cut: str = "null", more: tuple[str, ...] = ()) -> Path:
    """A film of these lavfi sources, one after the other."""
    inputs = [word for source in sources for word in ("-f", "lavfi", "-i", source)]
    joined = "".join(f"[{n}]" for n in range(len(sources)))
    graph = f"{joined}concat=n={len(sources)}:v=1,{cut}"
    done = run_ffmpeg(
        ["-y", "-v", "error", *inputs, "-filter_complex", graph, *ENCODING, *more, str(path)]
    )
    assert done.returncode == 0, done.stderr.decode()
    return path


def _moving(seconds: float) -> str:
    return f"testsrc=size=320x240:rate=10:duration={seconds}"


def _black(seconds: float) -> str:
    return f"color=black:size=320x240:rate=10:duration={seconds}"


def _refused(report: FilmReport, sentence: str) -> bool:
    return not report.ok and any(sentence in problem for problem in report.problems)


def test_a_sound_film_has_no_problem_and_states_its_limit(tmp_path: Path) -> None:
    film = _film(tmp_path / "a.mp4", _moving(3))

    report = check(film, 3.0, SIZE)

    assert report.problems == ()
    assert (report.duration, report.frames, report.longest_gap) == (3.0, 30, 0.1)
    assert report.limits == ("no-windows-date",)


@pytest.mark.parametrize("expected", [1.9, 4.1])
def test_a_film_more_than_a_second_off_its_scenario_is_refused(
    tmp_path: Path, expected: float
) -> None:
    film = _film(tmp_path / "a.mp4", _moving(3))

    report = check(film, expected, SIZE)

    assert report.problems == (f"a.mp4: lasts 3.0 s, the scenario {expected:.1f} s",)


def test_a_film_with_too_many_black_pictures_is_refused(tmp_path: Path) -> None:
    mostly = _film(tmp_path / "a.mp4", _moving(2), _black(2))
    hardly = _film(tmp_path / "b.mp4", _black(1), _moving(5))

    assert _refused(check(mostly, 4.0, SIZE), "of its pictures are black, at most 25% expected")
    assert check(hardly, 6.0, SIZE).problems == ()


def test_a_band_full_of_text_does_not_hide_that_the_screen_is_black(tmp_path: Path) -> None:
    drawn = "drawbox=x=0:y=192:w=320:h=48:color=white:t=fill"
    film = _film(tmp_path / "a.mp4", _black(2), cut=drawn)

    assert check(film, 2.0, SIZE, band=48).black_share == 1
    assert check(film, 2.0, SIZE, band=0).black_share == 0


def test_a_film_of_another_size_is_refused(tmp_path: Path) -> None:
    film = _film(tmp_path / "a.mp4", _moving(2))

    report = check(film, 2.0, (1920, 1080))

    assert report.problems == ("a.mp4: its size is 320×240, expected 1920×1080",)


def test_a_take_with_a_hole_in_it_is_refused(tmp_path: Path) -> None:
    hole = r"select=lt(t\,1)+gt(t\,4)"
    film = _film(tmp_path / "a.mp4", _moving(6), cut=hole, more=("-fps_mode", "vfr"))

    assert _refused(check(film, 6.0, SIZE), "the take is interrupted for 3.")


def test_a_missing_chapter_is_refused(tmp_path: Path) -> None:
    film = _film(tmp_path / "a.mp4", _moving(2))

    report = check(film, 2.0, SIZE, chapters=3)

    assert report.problems == ("a.mp4: 0 chapters, 3 steps were filmed",)


@pytest.mark.parametrize("flags", ["+faststart", "+frag_keyframe+empty_moov", "+write_colr"])
def test_a_truncated_film_is_refused(tmp_path: Path, flags: str) -> None:
    film = _film(tmp_path / "a.mp4", _moving(4), more=("-movflags", flags))
    octets = film.read_bytes()
    film.write_bytes(octets[: len(octets) * 2 // 3])

    report = check(film, 4.0, SIZE)

    assert not report.ok


def test_a_film_damaged_in_the_middle_is_refused(tmp_path: Path) -> None:
    film = _film(tmp_path / "a.mp4", _moving(4), more=("-movflags", "+faststart"))
    octets = bytearray(film.read_bytes())
    middle = len(octets) // 2
    octets[middle : middle + 600] = bytes(600)
    film.write_bytes(octets)

    assert _refused(check(film, 4.0, SIZE), "not readable to the end")


@pytest.mark.parametrize(
    "octets", [b"", b"\0", b"not a film", b"\0\0\0\x18ftypmp42" + bytes(2000), bytes(range(256))]
)
def test_what_is_no_film_is_refused_without_an_exception(tmp_path: Path, octets: bytes) -> None:
    film = tmp_path / "a.mp4"
    film.write_bytes(octets)

    report = check(film, 4.0, SIZE)

    assert report.problems and report.problems[0].startswith("a.mp4: not readable to the end (")
    assert report.black_share == 1


def test_a_film_that_is_not_there_is_refused(tmp_path: Path) -> None:
    report = check(tmp_path / "a.mp4", 4.0, SIZE)

    assert report.problems == ("a.mp4: not readable to the end (the file is missing or empty)",)


def test_problems_are_said_in_the_language_of_the_run(tmp_path: Path) -> None:
    set_language("fr")

    report = check(tmp_path / "a.mp4", 4.0, SIZE)

    assert report.problems == ("a.mp4 : illisible jusqu'au bout (le fichier est absent ou vide)",)
