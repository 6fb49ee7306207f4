"""The band under the recorded screen: step, product, the word rehearsal, date and time.

The band is added below the picture of the screen, it is no part of the screen: by construction no
window can cover it, and nothing of it is drawn over or into the product.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from conformance.evidence.film.format import BAND_HEIGHT
from conformance.evidence.screen.fonts import find_font, fitted
from conformance.locale import _
from conformance.plan.model import Stage

NOTICE = "RÉPÉTITION – PSC et MSSanté simulés"

_MOCKS = {"psc": "PSC simulé", "mssante": "MSSanté simulée"}

_SIZE, _EDGE, _ROOM_FOR_CLOCK = 17, 16, 190
_FIRST_LINE, _SECOND_LINE = BAND_HEIGHT - 19, BAND_HEIGHT - 40  # baselines, from the bottom
_GREY, _WHITE, _AMBER, _PALE = "0x1b1f24", "white", "0xffc247", "0xc9d1d9"


@dataclass(frozen=True, slots=True)
class Band:
    """What stands in the middle of the band for the whole film; build may be empty."""

    product: str
    version: str
    build: str = ""
    notice: str = NOTICE

    @property
    def identity(self) -> str:
        """Product, version and build, on one line."""
        build = f" ({self.build})" if self.build else ""
        return f"{self.product} {self.version}{build}"


def notice_of(stage: Stage) -> str:
    """What the band says of the services: RÉPÉTITION as long as one of them is simulated.

    The names of platforms are those of `[stage.external]`; the band is French on every film.
    """
    if not stage.external_services:
        return NOTICE
    external = stage.external
    named = {
        "psc": external.psc_name or "PSC externe",
        "mssante": external.mssante_name or "MSSanté externe",
    }
    simulated = [word for name, word in _MOCKS.items() if name not in stage.external_services]
    others = [word for name, word in named.items() if name in stage.external_services]
    return " – ".join([*(["RÉPÉTITION"] if simulated else []), *simulated, *others])


class BandFiles:
    """The texts of one film's band, read by ffmpeg at each frame from a folder of its own."""

    def __init__(self, folder: Path, band: Band, scenario: str, film_width: int) -> None:
        self._folder = folder
        self._scenario = scenario
        self._side = film_width * 0.36 - _EDGE
        centre = film_width * 0.28
        shutil.copyfile(find_font(), folder / "font.ttf")
        self._put("notice", fitted(band.notice, _SIZE, centre))
        self._put("product", fitted(band.identity, _SIZE, centre))
        self._put("date", "%{localtime:%d/%m/%Y}")
        self._put("time", "%{localtime:%T} %{localtime:%Z}")
        self.show(None, "")

    def show(self, n: int | None, title: str) -> None:
        """Put a step on the left; None stands for what comes before the first."""
        said = f"{self._scenario} · {_('step {n}').format(n=n)}" if n else self._scenario
        self._put("step", fitted(said, _SIZE, self._side))
        self._put("title", fitted(title, _SIZE, self._side))

    def _put(self, name: str, text: str) -> None:
        # An empty file cannot be mapped into memory and would end the recording; replacing is
        # atomic, so that a frame never shows half a text.
        part = self._folder / f"{name}.part"
        part.write_text(text or " ", encoding="utf-8", newline="\n")
        os.replace(part, self._folder / f"{name}.txt")  # noqa: PTH105 -- says atomic


def band_filter() -> str:
    """The ffmpeg filter that adds the band, for a process whose folder holds the texts."""
    right = f"w-tw-{_EDGE}"
    pad = f"pad=ceil(iw/2)*2:ceil((ih+{BAND_HEIGHT})/2)*2:0:0:color={_GREY}"
    texts = (
        _text("step", str(_EDGE), _FIRST_LINE, _PALE, changes=True),
        _text("title", str(_EDGE), _SECOND_LINE, _WHITE, changes=True),
        _text("notice", "(w-tw)/2", _FIRST_LINE, _AMBER),
        _text("product", "(w-tw)/2", _SECOND_LINE, _WHITE),
        _text("date", right, _FIRST_LINE, _PALE, computed=True),
        _text("time", right, _SECOND_LINE, _WHITE, computed=True),
    )
    return ",".join(("format=yuv420p", pad, *texts))


def _text(
    name: str, x: str, baseline: int, colour: str, *, changes: bool = False, computed: bool = False
) -> str:
    return (
        f"drawtext=fontfile=font.ttf:textfile={name}.txt:reload={int(changes)}"
        f":expansion={'normal' if computed else 'none'}"
        f":x={x}:y=h-{baseline}-ascent:fontsize={_SIZE}:fontcolor={colour}"
    )
