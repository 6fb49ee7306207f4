"""One film: the whole screen from before the first step to after the last, in one take.

The file is written under its final name as fragmented MP4, so that what a killed run leaves is a
film; once stopped it is copied, without re-encoding, into one with chapters and captions.
"""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Self

from common.recording import Recorder
from conformance.errors import NotReady
from conformance.evidence.film.chapters import Mark
from conformance.evidence.film.checks import FilmReport, check
from conformance.evidence.film.ffmpeg import Recording
from conformance.evidence.film.finishing import finish_file
from conformance.evidence.film.format import BAND_HEIGHT
from conformance.evidence.screen.backends import Backend, Screen, X11Grab
from conformance.evidence.screen.band import Band, BandFiles, band_filter
from conformance.journal.kinds import FilmFinished, FilmStarted
from conformance.locale import _
from conformance.plan.sizes import in_words

_ENCODING = (
    *("-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-crf", "26"),
    *("-pix_fmt", "yuv420p", "-threads", "1"),
)
_SURVIVING = ("-movflags", "+frag_every_frame+empty_moov+default_base_moof", "-flush_packets", "1")


def file_name(scenario_id: str) -> str:
    """The scenario's id as a file name: `/` and `:` become `_`, no other name is touched."""
    return scenario_id.replace("/", "_").replace(":", "_")


class Film:
    """A film being made; `file` is its path inside the bundle folder. One thread at a time."""

    def __init__(
        self, folder: Path, file: str, scenario_id: str, backend: Backend, recorder: Recorder
    ) -> None:
        """For `start` and nobody else."""
        self.file = file
        self.path = folder / file
        self._scenario = scenario_id
        self._backend = backend
        self._recorder = recorder
        self._marks: list[Mark] = []
        self._problems: list[str] = []
        self._texts_folder = Path(tempfile.mkdtemp(prefix="banc-film-"))
        self._zero = 0
        self._most: int | None = None

    @classmethod
    def start(
        cls,
        folder: Path,
        scenario_id: str,
        display: Screen,
        recorder: Recorder,
        *,
        band: Band,
        rate: int = 10,
        backend: Backend | None = None,
        within: float = 20.0,
        most: int | None = None,
    ) -> Self:
        """Start filming `display` into `folder/video/`; returns once a picture has been encoded.

        Records `film.started`. Raises `NotReady` when ffmpeg, a font or the display is missing, or
        when no picture comes within `within` seconds. The take ends by itself at `most` octets.
        """
        file = free_name(folder, scenario_id)
        film = cls(folder.resolve(), file, scenario_id, backend or X11Grab(), recorder)
        film._most = most
        try:
            film._roll(display, band, rate, within)
        except BaseException:
            shutil.rmtree(film._texts_folder, ignore_errors=True)
            raise
        return film

    def _roll(self, display: Screen, band: Band, rate: int, within: float) -> None:
        width, height = display.film_size
        self._texts = BandFiles(self._texts_folder, band, self._scenario, width)
        arguments = [*self._backend.grab(display, height - BAND_HEIGHT, rate)]
        # A recorder that was held up takes what it missed in one burst of pictures: one is kept for
        # each tick, and none is made up for the time it stood still, so that the hole shows.
        ticks = ("-enc_time_base", f"1:{rate}", "-fps_mode", "vfr", "-g", str(rate))
        arguments += ["-vf", band_filter(), *_ENCODING, *ticks, *_SURVIVING]
        arguments += () if self._most is None else ("-fs", str(self._most))
        self._recording = Recording([*arguments, str(self.path)], self._texts_folder)
        epoch = self._recording.wait_for_first_frame(within)
        self._zero = self._recorder.mono() - round((time.time() - epoch) * 1e9)
        self._size = self._recording.size
        started = FilmStarted(
            file=self.file,
            backend=self._backend.name,
            width=self._size[0],
            height=self._size[1],
            rate=rate,
            epoch=epoch,
            zero=self._zero,
        )
        self._recorder.record("film.started", asdict(started), source="bench", witness="screen")

    @property
    def alive(self) -> bool:
        """Whether pictures are still being taken."""
        return self._recording.alive

    @property
    def pid(self) -> int:
        """The process id of the recorder."""
        return self._recording.pid

    def wait_for_frame(self, number: int, within: float = 60.0) -> bool:
        """Wait until that many pictures are recorded; false if the recorder ends, or is late."""
        return self._recording.wait_for_frame(number, within)

    @property
    def seconds(self) -> float:
        """How long it has been filming."""
        return (self._recorder.mono() - self._zero) / 1e9

    def caption(self, n: int, title: str) -> None:
        """A step begins: the band shows it, a chapter and a subtitle will start here.

        A disk that refuses the text of the band is a problem of the film, not of the scenario.
        """
        self._marks.append(Mark(self.seconds, n, title))
        try:
            self._texts.show(n, title)
        except OSError as error:
            sentence = _("{name}: the band does not show step {n} ({why})")
            self._problems.append(sentence.format(name=self.path.name, n=n, why=error))

    def stop(self, expected_duration: float | None = None) -> FilmReport:
        """End the take, add chapters and captions, check the film, record `film.finished`.

        `expected_duration` is the scenario's, in seconds; by default the time since the first
        picture. What is wrong with the film is in the report: nothing is raised for it, and what
        was recorded is kept.
        """
        expected = self.seconds if expected_duration is None else expected_duration
        self._end_the_take()
        try:
            finish_file(self.path, self._marks, expected)
        except (OSError, subprocess.SubprocessError) as error:
            sentence = _("{name}: chapters and captions could not be added ({why})")
            self._problems.append(sentence.format(name=self.path.name, why=error))
        report = check(
            self.path,
            expected,
            self._size,
            chapters=len(self._marks),
            limits=_limits_of(self._backend),
            already=self._problems,
        )
        self._record(report)
        return report

    def _end_the_take(self) -> None:
        died = not self._recording.alive
        try:
            code = self._recording.quit()
        finally:
            shutil.rmtree(self._texts_folder, ignore_errors=True)
        if died and code == 0 and self._most is not None:
            sentence = _("{name}: cut short, the results having reached their ceiling ({size})")
            self._problems.append(sentence.format(name=self.path.name, size=in_words(self._most)))
        elif died or code != 0:
            sentence = _("{name}: the recorder stopped by itself ({why})")
            why = self._recording.last_words or _("code {code}").format(code=code)
            self._problems.append(sentence.format(name=self.path.name, why=why))

    def _record(self, report: FilmReport) -> None:
        finished = FilmFinished(
            file=self.file,
            ok=report.ok,
            duration=report.duration,
            expected_duration=report.expected_duration,
            width=report.width,
            height=report.height,
            black_share=report.black_share,
            problems=list(report.problems),
            chapters=report.chapters,
            limits=list(report.limits),
        )
        data: Mapping[str, object] = asdict(finished)
        self._recorder.record("film.finished", data, source="bench", witness="screen")


def _limits_of(backend: Backend) -> tuple[str, ...]:
    """A screen of Windows shows its date; no other does."""
    return () if backend.name == "gdigrab" else ("no-windows-date",)


def free_name(folder: Path, scenario_id: str, suffix: str = ".mp4") -> str:
    """`video/<scenario>.mp4`, numbered from 2 when there is one already, whatever its case.

    Its captions must be free too. Raises `NotReady` when ten thousand are taken.
    """
    video = folder / "video"
    video.mkdir(parents=True, exist_ok=True)
    taken = {path.stem.lower() for path in video.iterdir()}
    stem = file_name(scenario_id)
    names = (stem if n == 1 else f"{stem}_{n}" for n in range(1, 10_000))
    for name in names:
        if name.lower() not in taken:
            return f"video/{name}{suffix}"
    said = _("{path}: too many films of {scenario}")
    raise NotReady(said.format(path=video, scenario=scenario_id))
