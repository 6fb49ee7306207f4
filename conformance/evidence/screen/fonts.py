"""Finds a font for the band, and cuts text to the room it has."""

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

from conformance.errors import NotReady
from conformance.locale import _

_KNOWN_PLACES = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
    "/usr/share/fonts/TTF/DejaVuSans.ttf",
    "/usr/local/share/fonts/DejaVuSans.ttf",
    "/Library/Fonts/DejaVuSans.ttf",
    "/System/Library/Fonts/Supplemental/Arial.ttf",
    "C:/Windows/Fonts/DejaVuSans.ttf",
    "C:/Windows/Fonts/arial.ttf",
)


@cache
def find_font() -> Path:
    """A sans-serif font with French accents: DejaVu Sans where there is one.

    Raises `NotReady` naming what to install.
    """
    for place in (_asked_of_fontconfig(), *map(Path, _KNOWN_PLACES)):
        if place is not None and place.is_file():
            return place
    package = "fonts-dejavu-core" if sys.platform == "linux" else "DejaVu Sans"
    said = _(
        "no font for the band of the film: install {package} (banc doctor --install), or run "
        "with --no-video"
    )
    raise NotReady(said.format(package=package))


def _asked_of_fontconfig() -> Path | None:
    """What fontconfig gives for DejaVu Sans; another family is not what was asked."""
    matcher = shutil.which("fc-match")
    if matcher is None:
        return None
    asked = [matcher, "--format=%{family}\n%{file}", "DejaVu Sans:style=Book"]
    answer = subprocess.run(asked, capture_output=True, check=False, timeout=20)
    family, _, file = answer.stdout.decode("utf-8", "replace").partition("\n")
    return Path(file) if family.startswith("DejaVu Sans") and file else None


def width_of(text: str, font_size: float) -> float:
    """How wide `text` is when drawn at `font_size`, in pixels (kerning left out)."""
    advances, units_per_em, unknown = _metrics(find_font())
    return sum(advances.get(ord(c), unknown) for c in text) * font_size / units_per_em


def fitted(text: str, font_size: float, room: float) -> str:
    """`text` on one line, cut with an ellipsis where it would be wider than `room` pixels."""
    line = " ".join(text.split())
    if width_of(line, font_size) <= room:
        return line
    while line and width_of(line + "…", font_size) > room:
        line = line[:-1]
    return line.rstrip() + "…"


@cache
def _metrics(path: Path) -> tuple[dict[int, int], int, int]:
    """Advance width of each character, units per em, advance of a character it lacks."""
    with TTFont(path, lazy=True) as font:
        widths = font["hmtx"].metrics
        advances = {code: widths[glyph][0] for code, glyph in font.getBestCmap().items()}
        return advances, font["head"].unitsPerEm, widths[".notdef"][0]
