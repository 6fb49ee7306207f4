"""How each system hands its screen to ffmpeg."""

from dataclasses import dataclass
from typing import Protocol

from conformance.errors import NotReady
from conformance.locale import _


class Screen(Protocol):
    """What a backend needs to know of the screen it records."""

    @property
    def name(self) -> str:
        """The display, as `DISPLAY` names it."""
        ...

    @property
    def film_size(self) -> tuple[int, int]:
        """Width and height of the film, band included."""
        ...


class Backend(Protocol):
    """A way to record a whole screen."""

    @property
    def name(self) -> str:
        """As `[evidence] screen` of banc.toml calls it."""
        ...

    def grab(self, screen: Screen, screen_height: int, rate: int) -> list[str]:
        """The input arguments of ffmpeg for `rate` pictures a second, the pointer included."""
        ...


@dataclass(frozen=True, slots=True)
class X11Grab:
    """An X display (Linux)."""

    name: str = "x11grab"

    def grab(self, screen: Screen, screen_height: int, rate: int) -> list[str]:
        """The whole display: no window, no part of it is chosen."""
        size = f"{screen.film_size[0]}x{screen_height}"
        return [
            *("-f", "x11grab", "-framerate", str(rate), "-video_size", size),
            *("-draw_mouse", "1", "-i", screen.name),
        ]


@dataclass(frozen=True, slots=True)
class GdiGrab:
    """The desktop of Windows, at its own size. Written from ffmpeg's manual, never run."""

    name: str = "gdigrab"

    def grab(self, screen: Screen, screen_height: int, rate: int) -> list[str]:
        """The whole desktop."""
        return [*("-f", "gdigrab", "-framerate", str(rate), "-draw_mouse", "1"), "-i", "desktop"]


@dataclass(frozen=True, slots=True)
class AvFoundation:
    """The first screen of macOS, at its own size. Written from ffmpeg's manual, never run."""

    name: str = "avfoundation"

    def grab(self, screen: Screen, screen_height: int, rate: int) -> list[str]:
        """The first screen, without sound."""
        return [
            *("-f", "avfoundation", "-framerate", str(rate), "-capture_cursor", "1"),
            *("-i", "Capture screen 0:none"),
        ]


BACKENDS: dict[str, Backend] = {
    backend.name: backend for backend in (X11Grab(), GdiGrab(), AvFoundation())
}
NO_BACKEND = "none"


def backend_named(name: str) -> Backend | None:
    """The backend of that name; None for `none`. Raises `NotReady` for an unknown name."""
    if name == NO_BACKEND:
        return None
    if name not in BACKENDS:
        expected = ", ".join((*BACKENDS, NO_BACKEND))
        said = _("evidence.screen: {value} is no recorder, expected one of {known}")
        raise NotReady(said.format(value=repr(name), known=expected))
    return BACKENDS[name]
