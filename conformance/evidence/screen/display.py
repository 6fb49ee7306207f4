"""A screen of its own for a run: Xvfb, and openbox where native windows need a manager."""

import os
import select
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from Xlib.display import Display as XConnection
from Xlib.error import DisplayError

from conformance.errors import NotReady
from conformance.evidence.film.format import FILM_SIZE
from conformance.evidence.screen.layout import Area, screen_of
from conformance.evidence.screen.window_manager import start_manager
from conformance.locale import _, phrase

# The shell outlives Xvfb's parent by the time it takes to see its stdin close: a bench that is
# killed leaves no X server behind, and with it go the windows and the recorder.
_XVFB = 'Xvfb -displayfd 1 "$@" & exec >&-; read -r line; kill $!; wait $!'


@dataclass(slots=True)
class Display:
    """A running X display; `name` is what `DISPLAY` is set to, `screen` what windows can fill.

    `film_size` is the size of the film of it: the screen with the band below.
    """

    name: str
    screen: Area
    film_size: tuple[int, int]
    _server: subprocess.Popen[bytes]
    _folder: Path
    _manager: subprocess.Popen[bytes] | None = field(default=None)

    @classmethod
    def start(
        cls,
        width: int = FILM_SIZE[0],
        height: int = FILM_SIZE[1],
        *,
        manager: bool = True,
        within: float = 20.0,
    ) -> Self:
        """Start a display for films of `width` × `height` pixels, with openbox if there is one.

        Raises `NotReady` when Xvfb is absent or does not come up within `within` seconds.
        """
        if shutil.which("Xvfb") is None:
            said = _(
                "Xvfb is not installed, the screen cannot be filmed: install the package xvfb "
                "(banc doctor --install), or run with --no-video"
            )
            raise NotReady(said)
        screen = screen_of(width, height)
        server: subprocess.Popen[bytes] | None = None
        folder = Path(tempfile.mkdtemp(prefix="banc-display-"))
        try:
            server = _start_server(screen, folder)
            name = f":{_display_number(server, folder, within)}"
            display = cls(name, screen, (width, height), server, folder)
            if manager:
                display._manager = start_manager(name, folder, display.environment, within)
        except BaseException:
            if server is not None:
                _end(server)
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return display

    @property
    def environment(self) -> dict[str, str]:
        """The environment for programs that show their windows here."""
        return {**os.environ, "DISPLAY": self.name, "XCURSOR_SIZE": "32"}

    @property
    def alive(self) -> bool:
        """Whether the X server still answers."""
        if self._server.poll() is not None:
            return False
        try:
            XConnection(self.name).close()
        except (DisplayError, OSError):
            return False
        return True

    def stop(self) -> None:
        """End window manager and server; windows left on it lose their display."""
        if self._manager is not None:
            self._manager.terminate()
            _reap(self._manager)
        _end(self._server)
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _start_server(screen: Area, folder: Path) -> subprocess.Popen[bytes]:
    size = f"{screen.width}x{screen.height}x24"
    with (folder / "xvfb.log").open("wb") as log:
        return subprocess.Popen(
            ["sh", "-c", _XVFB, "sh", "-screen", "0", size, "-nolisten", "tcp", "-noreset"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )


def _display_number(server: subprocess.Popen[bytes], folder: Path, within: float) -> int:
    """The number that Xvfb chose, which it writes once it accepts connections."""
    assert server.stdout is not None
    ready, _, _ = select.select([server.stdout], [], [], within)
    said = server.stdout.readline().strip() if ready else b""
    if not said.isdigit():
        log = " / ".join((folder / "xvfb.log").read_text("utf-8", "replace").split("\n")[-4:])
        why = log.strip(" /") or phrase("no answer within {seconds:g} s", seconds=within)
        raise NotReady(phrase("Xvfb did not start: {reason}", reason=why))
    return int(said)


def _end(server: subprocess.Popen[bytes]) -> None:
    """Close the shell's stdin: it ends Xvfb, waits for it and ends."""
    for pipe in (server.stdin, server.stdout):
        if pipe is not None:
            pipe.close()
    _reap(server)


def _reap(process: subprocess.Popen[bytes], within: float = 10.0) -> None:
    try:
        process.wait(within)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
