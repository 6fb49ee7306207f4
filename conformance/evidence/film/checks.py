"""What a film must be before it counts: readable, whole, as long as its scenario, not black.

One pass of ffmpeg: every packet is read for its time and every picture decoded; the key frames
(one a second in our films) are looked at, small and without the band.
"""

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from conformance.evidence.film.ffmpeg import MOST_PIXELS, film_input, run_ffmpeg
from conformance.evidence.film.format import BAND_HEIGHT
from conformance.locale import _

TOLERANCE_S = 1.0
MOST_BLACK = 0.25
LONGEST_GAP_S = 2.0
_BLACK_PICTURE_PERCENT = 98

_SIZE = re.compile(r"Stream #0:\d+.*: Video: .*?, (\d{2,5})x(\d{2,5})")
_BLACK = re.compile(r"\bpblack:\s*(\d+)")
_CHAPTER = re.compile(r"^\s*(?:\[info\] )?\s*Chapter #0:\d+", re.MULTILINE)
_TIME_BASE = re.compile(r"^#tb 0: (\d+)/(\d+)", re.MULTILINE)
_ERROR = re.compile(r"\[(?:error|fatal)\]\s*(.*)")


@dataclass(frozen=True, slots=True)
class FilmReport:
    """What the checks of one film found: seconds, pixels, shares from 0 to 1.

    `limits` names what a film made here can never show (`no-windows-date`: the official web
    scenarios ask for the date in the corner of Windows), so that nobody takes it for a pass.
    """

    duration: float
    expected_duration: float
    width: int
    height: int
    black_share: float
    chapters: int
    frames: int
    longest_gap: float
    problems: tuple[str, ...]
    limits: tuple[str, ...] = field(default=("no-windows-date",))
    readable: bool = True

    @property
    def ok(self) -> bool:
        """Whether nothing was found wrong with it."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class _Probe:
    """What ffmpeg said of a file."""

    size: tuple[int, int]
    times: Sequence[float]
    black: Sequence[int]
    chapters: int
    errors: Sequence[str]

    @property
    def readable(self) -> bool:
        """Whether it was read to its end, and held pictures."""
        return bool(self.times and self.black and not self.errors)

    @property
    def gaps(self) -> list[float]:
        return [b - a for a, b in zip(self.times, self.times[1:], strict=False)]

    @property
    def duration(self) -> float:
        """From the first picture to the end of the last, which lasts as long as the usual one."""
        if not self.times:
            return 0.0
        usual = sorted(self.gaps)[len(self.gaps) // 2] if self.gaps else 0.0
        return self.times[-1] - self.times[0] + usual

    @property
    def black_share(self) -> float:
        """Share of the decoded pictures with nothing on them; all of them when there is none."""
        if not self.black:
            return 1.0
        return sum(p >= _BLACK_PICTURE_PERCENT for p in self.black) / len(self.black)


def check(
    path: Path,
    expected_duration: float | None,
    size: tuple[int, int] | None = None,
    *,
    chapters: int | None = None,
    band: int = BAND_HEIGHT,
    limits: Sequence[str] = ("no-windows-date",),
    already: Sequence[str] = (),
) -> FilmReport:
    """Check the film at `path`; it never raises for what is wrong with the film.

    `size` and `chapters` are compared when given; `band` pixels at the bottom are no part of the
    screen; `already` are problems known beforehand. `expected_duration` is None for a film made
    elsewhere, which begins and ends when it likes and leaves out pictures on which nothing moves.
    Raises `NotReady` without an ffmpeg.
    """
    probe = _probe(path, band)
    problems = [*already, *_problems(probe, path, expected_duration, size, chapters)]
    return FilmReport(
        duration=round(probe.duration, 3),
        expected_duration=round(expected_duration or 0.0, 3),
        width=probe.size[0],
        height=probe.size[1],
        black_share=round(probe.black_share, 3),
        chapters=probe.chapters,
        frames=len(probe.times),
        longest_gap=round(max(probe.gaps, default=0.0), 3),
        problems=tuple(problems),
        limits=tuple(limits),
        readable=probe.readable,
    )


def _problems(
    probe: _Probe,
    path: Path,
    expected: float | None,
    size: tuple[int, int] | None,
    chapters: int | None,
) -> list[str]:
    """One sentence for each thing wrong; an unreadable film has that one problem only."""
    name = path.name
    if not probe.readable:
        why = probe.errors[0] if probe.errors else _("no picture in it")
        return [_("{name}: not readable to the end ({why})").format(name=name, why=why)]
    problems = []
    if expected is not None and abs(probe.duration - expected) > TOLERANCE_S:
        sentence = _("{name}: lasts {duration:.1f} s, the scenario {expected:.1f} s")
        problems.append(sentence.format(name=name, duration=probe.duration, expected=expected))
    if probe.black_share > MOST_BLACK:
        sentence = _("{name}: {share:.0%} of its pictures are black, at most {most:.0%} expected")
        problems.append(sentence.format(name=name, share=probe.black_share, most=MOST_BLACK))
    gap = max(probe.gaps, default=0.0)
    if expected is not None and gap > LONGEST_GAP_S:
        sentence = _("{name}: the take is interrupted for {gap:.1f} s")
        problems.append(sentence.format(name=name, gap=gap))
    if size is not None and probe.size != size:
        sentence = _("{name}: its size is {actual}, expected {expected}")
        sizes = {"actual": _pixels(probe.size), "expected": _pixels(size)}
        problems.append(sentence.format(name=name, **sizes))
    if chapters is not None and probe.chapters != chapters:
        sentence = _("{name}: {actual} chapters, {expected} steps were filmed")
        problems.append(sentence.format(name=name, actual=probe.chapters, expected=chapters))
    return problems


def _pixels(size: tuple[int, int]) -> str:
    return f"{size[0]}×{size[1]}"


def _probe(path: Path, band: int) -> _Probe:
    if not path.is_file() or path.stat().st_size == 0:
        return _Probe((0, 0), (), (), 0, (_("the file is missing or empty"),))
    small = f"crop=iw:ih-{band}:0:0,scale=480:-2:flags=fast_bilinear"
    looked_at = rf"select=eq(pict_type\,I),{small},blackframe=amount=0:threshold=24"
    arguments = ["-loglevel", "level+info", *film_input(path), "-map", "0:v:0", "-vf", looked_at]
    arguments += ["-f", "null", "-", "-map", "0:v:0", "-c", "copy", "-f", "framecrc", "pipe:1"]
    try:
        done = run_ffmpeg(arguments)
    except subprocess.TimeoutExpired as late:
        why = _("ffmpeg did not finish reading it within {within:g} s").format(within=late.timeout)
        return _Probe((0, 0), (), (), 0, (why,))
    log = done.stderr.decode("utf-8", "replace")
    errors = [_in_words(line.strip(), path) for line in _ERROR.findall(log)]
    if done.returncode != 0 and not errors:
        errors = [_("ffmpeg ended with code {code}").format(code=done.returncode)]
    size = _SIZE.search(log)
    return _Probe(
        size=(int(size[1]), int(size[2])) if size else (0, 0),
        times=_times(done.stdout.decode("ascii", "replace")),
        black=[int(percent) for percent in _BLACK.findall(log)],
        chapters=_chapters_of_input(log),
        errors=errors,
    )


def _in_words(error: str, path: Path) -> str:
    """What ffmpeg says of a film, without the folder in which it lies."""
    # Later versions say of a streaming playlist that they do not take it for one by its name.
    if "Format not on whitelist" in error or "m3u8/hls" in error:
        return _("no film inside, but a playlist or another kind of file")
    if "max pixel count" in error:
        return _("pictures of more than {most} pixels").format(most=MOST_PIXELS)
    return error.replace(f"file:{path.absolute()}", path.name)


def _chapters_of_input(log: str) -> int:
    """Chapters are listed for the input, then again for outputs that could carry them."""
    return len(_CHAPTER.findall(log.split("Output #0", 1)[0]))


def _times(framecrc: str) -> list[float]:
    """The presentation times of all packets, in seconds, in order."""
    base = _TIME_BASE.search(framecrc)
    if base is None:
        return []
    unit = int(base[1]) / int(base[2])
    rows = (line.split(",") for line in framecrc.splitlines() if line and line[0] != "#")
    return sorted(int(row[2]) * unit for row in rows if len(row) > 2)
