"""Finds ffmpeg, runs it to the end, or keeps one recording and tells how it goes."""

import contextlib
import re
import shutil
import subprocess
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from conformance.errors import NotReady
from conformance.locale import _

_START = re.compile(r"Duration: N/A, start: ([0-9.]+)")
_SIZE = re.compile(r"Stream #0:0.*: Video: h264.*?, (\d{2,5})x(\d{2,5})")
_KEPT_LINES = 40
_CONTAINERS = "mov,mp4,matroska,webm,avi,asf,flv,mpegts,mpeg,ogg"
MOST_PIXELS = 8192 * 4320
"""Of a picture: the largest screens there are; ffmpeg would ask for gigabytes for any more."""


def film_input(path: Path) -> list[str]:
    """Arguments that open one film, whoever made it, and nothing but that film.

    A playlist in disguise would show other files of the disk, and a `:` in a name would be taken
    for a protocol.
    """
    held = ["-protocol_whitelist", "file", "-format_whitelist", _CONTAINERS]
    return [*held, "-max_pixels", str(MOST_PIXELS), "-i", f"file:{path.absolute()}"]


def find_ffmpeg() -> str:
    """The ffmpeg of the system (5.1 or later), else the one of the imageio-ffmpeg wheel.

    Raises `NotReady` naming what to install.
    """
    found = shutil.which("ffmpeg")
    if found:
        return found
    try:
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        said = _(
            "ffmpeg is neither on the PATH nor in the imageio-ffmpeg wheel: install the package "
            "ffmpeg (banc doctor --install), or run with --no-video"
        )
        raise NotReady(said) from error


def run_ffmpeg(
    arguments: Sequence[str], within: float = 120.0
) -> subprocess.CompletedProcess[bytes]:
    """Run ffmpeg to its end, in a session of its own; its output is in the result.

    Raises `subprocess.TimeoutExpired` after `within` seconds, `NotReady` without an ffmpeg.
    """
    return subprocess.run(
        [find_ffmpeg(), "-hide_banner", "-nostdin", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=within,
        check=False,
        start_new_session=True,
    )


class Recording:
    """One ffmpeg that records until told to stop. Its state is read by two threads of ours.

    It has a session of its own: a Ctrl-C meant for the bench would make it quit without closing
    its file.
    """

    def __init__(self, arguments: Sequence[str], cwd: Path) -> None:
        command = [find_ffmpeg(), "-hide_banner", "-y", "-loglevel", "info", "-nostats"]
        command += ["-stats_period", "0.1", "-progress", "pipe:1", *arguments]
        self._news = threading.Condition()
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._ended = False
        self.frames = 0
        self.epoch: float | None = None
        self.size: tuple[int, int] = (0, 0)
        self._process = subprocess.Popen(
            command,
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self._readers = [
            threading.Thread(target=read, name=f"ffmpeg-{self._process.pid}", daemon=True)
            for read in (self._read_progress, self._read_log)
        ]
        for reader in self._readers:
            reader.start()

    @property
    def pid(self) -> int:
        """The process id of ffmpeg."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still records."""
        return not self._ended

    @property
    def last_words(self) -> str:
        """The end of its log, on one line."""
        with self._news:
            return " / ".join(list(self._lines)[-3:])

    def wait_for_first_frame(self, within: float) -> float:
        """The wall clock (epoch, seconds) of frame 0, once a frame has been encoded.

        Raises `NotReady` with ffmpeg's last words if it ends first or takes longer than `within`.
        """
        with self._news:
            self._news.wait_for(lambda: self._ended or self._has_begun(), within)
            if self._has_begun() and self.epoch is not None:
                return self.epoch
        self.kill()
        said = _("the screen recorder ended: {words}")
        if not self._ended:
            said = _("the screen recorder gave no picture within {seconds:g} s: {words}")
        raise NotReady(said.format(seconds=within, words=self.last_words))

    def wait_for_frame(self, number: int, within: float) -> bool:
        """Wait until that many pictures are encoded; false if it ends, or takes longer."""
        with self._news:
            self._news.wait_for(lambda: self._ended or self.frames >= number, within)
            return self.frames >= number

    def quit(self, within: float = 10.0) -> int:
        """Ask it, by `q`, to close its file, and give its exit code; killed after `within`."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # it is gone already: the exit code says how
            self._process.stdin.write(b"q\n")
            self._process.stdin.flush()
        try:
            self._process.wait(within)
        except subprocess.TimeoutExpired:
            self._process.kill()
        return self._reap()

    def kill(self) -> None:
        """Stop it at once; the file keeps what was written."""
        self._process.kill()
        self._reap()

    def _reap(self) -> int:
        code = self._process.wait()
        for reader in self._readers:
            reader.join()
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # what could not be flushed has no reader any more
            self._process.stdin.close()
        return code

    def _has_begun(self) -> bool:
        return self.frames > 0 and self.epoch is not None and self.size != (0, 0)

    def _read_progress(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                key, _, value = line.decode("ascii", "replace").strip().partition("=")
                if key == "frame" and value.isdigit():
                    with self._news:
                        self.frames = int(value)
                        self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def _read_log(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as lines:
            for raw in lines:
                self._note(raw.decode("utf-8", "replace").strip())

    def _note(self, line: str) -> None:
        with self._news:
            self._lines.append(line)
            if self.epoch is None and (start := _START.search(line)):
                self.epoch = float(start[1])
            if size := _SIZE.search(line):
                self.size = (int(size[1]), int(size[2]))
            self._news.notify_all()
