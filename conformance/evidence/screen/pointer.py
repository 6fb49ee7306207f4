"""Moves the X pointer as a hand would, so that the film shows what is clicked (XTEST)."""

from types import TracebackType
from typing import Self

from Xlib import X
from Xlib.display import Display as XConnection
from Xlib.error import DisplayError
from Xlib.ext import xtest

from conformance.errors import NotReady
from conformance.locale import _

_GLIDE_STEPS = 8
_STEP_MS = 15


class Pointer:
    """The pointer of one display, over a connection of its own. Not thread-safe."""

    def __init__(self, display: str) -> None:
        """Connect to `display` (`:99`). Raises `NotReady` if it does not answer or lacks XTEST."""
        try:
            self._connection = XConnection(display)
        except (DisplayError, OSError) as error:
            said = _("display {name} does not answer ({reason})")
            raise NotReady(said.format(name=display, reason=error)) from error
        if not self._connection.has_extension("XTEST"):
            self._connection.close()
            said = _("display {name} lacks XTEST: its pointer cannot be moved")
            raise NotReady(said.format(name=display))
        self._root = self._connection.screen().root

    @property
    def position(self) -> tuple[int, int]:
        """Where it is, in pixels from the top left corner."""
        place = self._root.query_pointer()
        return int(place.root_x), int(place.root_y)

    def move(self, x: float, y: float) -> None:
        """Glide to a point of the screen, 120 ms; returns once it is there.

        The server does the pacing (the delay of each XTEST motion), so a film of ten pictures a
        second shows the way there.
        """
        from_x, from_y = self.position
        for step in range(1, _GLIDE_STEPS + 1):
            part = step / _GLIDE_STEPS
            eased = part * part * (3 - 2 * part)
            xtest.fake_input(
                self._connection,
                X.MotionNotify,
                x=round(from_x + (x - from_x) * eased),
                y=round(from_y + (y - from_y) * eased),
                time=_STEP_MS,
            )
        self._connection.sync()

    def click(self, x: float | None = None, y: float | None = None, button: int = 1) -> None:
        """Press and release `button` where the pointer is, or after moving to (x, y)."""
        if x is not None and y is not None:
            self.move(x, y)
        xtest.fake_input(self._connection, X.ButtonPress, detail=button)
        xtest.fake_input(self._connection, X.ButtonRelease, detail=button, time=_STEP_MS)
        self._connection.sync()

    def close(self) -> None:
        """Close the connection; the pointer stays where it is."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
