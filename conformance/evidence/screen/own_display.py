"""The display in front of a person, filmed as it is: no screen of the bench's own is started.

The band is added below the picture of the screen, as on any film of the bench: no window of the
person can cover it.
"""

import ctypes
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from Xlib.display import Display as XConnection
from Xlib.error import DisplayError

from common.recording import Recorder
from conformance.evidence.film.ffmpeg import run_ffmpeg
from conformance.evidence.film.format import BAND_HEIGHT
from conformance.evidence.screen.backends import BACKENDS, NO_BACKEND, Backend, backend_named
from conformance.evidence.screen.band import Band, notice_of
from conformance.evidence.screen.recorder import Film
from conformance.locale import _
from conformance.plan import Plan

_PICTURE_WITHIN_S = 10.0


@dataclass(frozen=True, slots=True)
class OwnScreen:
    """The person's display; `film_size` is that of its film, the band included."""

    name: str
    film_size: tuple[int, int]


class OwnStudio:
    """Films the person's own display when there is one; `why_not` says so when there is none."""

    display: str | None = None

    def __init__(
        self,
        folder: Path,
        plan: Plan,
        recorder: Recorder,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._folder = folder
        self._plan = plan
        self._recorder = recorder
        found = _found(plan, os.environ if environment is None else environment)
        self.why_not = found if isinstance(found, str) else None
        self._found = None if isinstance(found, str) else found
        self._filming = False

    def film(self, name: str, most: int | None = None) -> Film | None:
        """Start the film of a scenario, of at most `most` octets. Raises `NotReady`."""
        if self._found is None:
            return None
        backend, screen = self._found
        product = self._plan.product
        film = Film.start(
            self._folder,
            name,
            screen,
            self._recorder,
            band=Band(product.name, product.version, product.build, notice_of(self._plan.stage)),
            rate=self._plan.evidence.rate,
            backend=backend,
            most=most,
        )
        self._filming = True
        return film

    def picture(self) -> bytes | None:
        """The display now, as PNG; None when it is not filmed, or cannot be taken."""
        if self._found is None or not self._filming:
            return None
        backend, screen = self._found
        grab = backend.grab(screen, screen.film_size[1] - BAND_HEIGHT, 1)
        png = ["-frames:v", "1", "-f", "image2pipe", "-c:v", "png", "pipe:1"]
        try:
            taken = run_ffmpeg(["-loglevel", "error", *grab, *png], _PICTURE_WITHIN_S)
        except subprocess.TimeoutExpired:
            return None
        return taken.stdout or None

    def stop(self) -> None:
        """Nothing was started."""


def _found(plan: Plan, environment: Mapping[str, str]) -> tuple[Backend, OwnScreen] | str:
    """How the display is filmed, or why it is not."""
    wanted = plan.evidence.screen
    if wanted == "auto":
        wanted = "gdigrab" if sys.platform == "win32" else "x11grab"
    if wanted == NO_BACKEND or wanted not in BACKENDS:
        return _("no film is made: evidence.screen is {value}").format(value=repr(wanted))
    backend = backend_named(wanted)
    assert backend is not None
    if wanted == "gdigrab":
        return backend, OwnScreen("desktop", _with_band(_windows_size()))
    if wanted == "avfoundation":
        width, height = plan.evidence.size
        return backend, OwnScreen("screen", (width, height))
    return _x_display(backend, environment)


def _x_display(backend: Backend, environment: Mapping[str, str]) -> tuple[Backend, OwnScreen] | str:
    if environment.get("XDG_SESSION_TYPE") == "wayland" or environment.get("WAYLAND_DISPLAY"):
        return _("no film is made: a Wayland session cannot be filmed from here")
    name = environment.get("DISPLAY", "")
    if not name:
        return _("no film is made: there is no display here (DISPLAY is not set)")
    try:
        connection = XConnection(name)
    except (DisplayError, OSError) as error:
        said = _("no film is made: display {name} does not answer ({reason})")
        return said.format(name=name, reason=" ".join(str(error).split()))
    try:
        screen = connection.screen()
        size = (int(screen.width_in_pixels), int(screen.height_in_pixels))
    finally:
        connection.close()
    return backend, OwnScreen(name, _with_band((size[0] // 2 * 2, size[1] // 2 * 2)))


def _windows_size() -> tuple[int, int]:
    """The size of the desktop, as Windows tells it (SM_CXSCREEN, SM_CYSCREEN)."""
    user32: Any = ctypes.windll.user32  # type: ignore[attr-defined,unused-ignore]
    return int(user32.GetSystemMetrics(0)), int(user32.GetSystemMetrics(1))


def _with_band(size: tuple[int, int]) -> tuple[int, int]:
    """Even numbers, as H.264 wants them and as the band's filter makes them."""
    width, height = size
    return (width + 1) // 2 * 2, (height + BAND_HEIGHT + 1) // 2 * 2
