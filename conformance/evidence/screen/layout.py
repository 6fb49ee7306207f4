"""Where windows stand on the recorded screen, in pixels from its top left corner.

The film is higher than the screen by the band (`conformance.evidence.screen.band`), so nothing
here has to leave room for it.
"""

from dataclasses import dataclass

from conformance.evidence.film.format import BAND_HEIGHT

TITLE_BAR = 28
_PHONE_WIDTH = 460


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of the screen: top left corner and size, in pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def geometry(self) -> str:
        """As X and Tk write it: `WIDTHxHEIGHT+X+Y`."""
        return f"{self.width}x{self.height}+{self.x}+{self.y}"

    @property
    def chromium_arguments(self) -> list[str]:
        """What puts a window of Chromium there."""
        return [
            f"--window-position={self.x},{self.y}",
            f"--window-size={self.width},{self.height}",
        ]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the product stands, and the phone page when it is on the film too."""

    product: Area
    phone: Area | None = None


def screen_of(film_width: int, film_height: int) -> Area:
    """The screen that a film of this size shows: all of it but the band."""
    return Area(0, 0, film_width, film_height - BAND_HEIGHT)


def browser_only(screen: Area) -> Layout:
    """The product's browser on the whole screen (the official web scenarios ask for it)."""
    return Layout(screen)


def browser_and_phone(screen: Area) -> Layout:
    """The product's browser on the left, the bench's phone page on the right."""
    return Layout(_left(screen, title_bar=0), _right(screen))


def desktop_and_phone(screen: Area) -> Layout:
    """A native window on the left, its title bar included, the phone page on the right (CIBA)."""
    return Layout(_left(screen, title_bar=TITLE_BAR), _right(screen))


def _left(screen: Area, title_bar: int) -> Area:
    return Area(screen.x, screen.y, screen.width - _PHONE_WIDTH, screen.height - title_bar)


def _right(screen: Area) -> Area:
    left = screen.x + screen.width - _PHONE_WIDTH
    return Area(left, screen.y, _PHONE_WIDTH, screen.height)
