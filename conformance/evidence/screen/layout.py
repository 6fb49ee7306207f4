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


def desktop_and_phone(screen: Area) -> Layout:
    """A native window on the left, its title bar included, the phone page on the right (CIBA)."""
    left = screen.width - _PHONE_WIDTH
    return Layout(
        Area(screen.x, screen.y, left, screen.height - TITLE_BAR),
        Area(screen.x + left, screen.y, _PHONE_WIDTH, screen.height),
    )
