"""Finds the mark of the phone page in a film: the time of the bench, as a QR code."""

import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import zxingcpp

from conformance.errors import BundleFault
from conformance.evidence.film.ffmpeg import film_input, find_ffmpeg
from conformance.locale import _

WORD = "BANC"
_TIME = re.compile(rf"^{WORD} ([0-9]{{10}}\.[0-9])$")
_QR = zxingcpp.barcode_formats_from_str("QRCode")
_LOOKS = 4
"""Pictures looked at in a second of film."""
_WIDTH, _HEIGHT = 1280, 720
_LONGEST_S = 600.0
_APART_S = 2.0
"""Seconds by which the marks of one take differ at most: they are late by a second or so."""


def start_by_mark(path: Path) -> float | None:
    """When the film at `path` began (epoch seconds) by the mark it shows; None when it shows none.

    The mark is drawn anew every second and is therefore a little late: of all that were read, the
    one that came soonest on the screen counts. One that stands still beside one that runs is left
    over from earlier. Raises `BundleFault` when marks disagree, as in a film that was cut, or when
    looking for them takes too long, `NotReady` without an ffmpeg.
    """
    begins: dict[float, float] = {}
    for place, shown in _readings(path):
        begins.setdefault(shown, shown - place / _LOOKS)
    takes = _takes(sorted(begins.values()))
    takes = [take for take in takes if len(take) > 1] or takes
    if len(takes) > 1:
        said = _(
            "{film}: its marks disagree by {seconds:.0f} s: expected a film without a cut, whose "
            "mark runs for two seconds, or --starts-at"
        )
        raise BundleFault(said.format(film=path, seconds=takes[-1][-1] - takes[0][-1]))
    return takes[0][-1] if takes else None


def _takes(begins: list[float]) -> list[list[float]]:
    """The moments, in order, parted where two are further apart than the marks of one take."""
    takes: list[list[float]] = []
    for begin in begins:
        if takes and begin - takes[-1][-1] <= _APART_S:
            takes[-1].append(begin)
        else:
            takes.append([begin])
    return takes


def _readings(path: Path) -> Iterator[tuple[int, float]]:
    """Number of each picture on which the mark can be read, and the time it says."""
    earlier = b""
    for number, picture in enumerate(_pictures(path)):
        if picture == earlier:  # most are: a desk at rest, or a recorder that leaves them out
            continue
        earlier = picture
        shaped = memoryview(picture).cast("B", (_HEIGHT, _WIDTH))
        for code in zxingcpp.read_barcodes(shaped, formats=_QR):
            if said := _TIME.match(code.text):
                yield number, float(said[1])


def _pictures(path: Path) -> Iterator[bytes]:
    """Grey pictures of one size, `_LOOKS` a second. Raises `BundleFault` when it takes too long."""
    fit = f"scale={_WIDTH}:{_HEIGHT}:force_original_aspect_ratio=decrease"
    box = f"pad={_WIDTH}:{_HEIGHT}:(ow-iw)/2:(oh-ih)/2"
    command = [find_ffmpeg(), "-hide_banner", "-nostdin", "-loglevel", "error"]
    command += [*film_input(path), "-map", "0:v:0"]
    command += ["-vf", f"fps={_LOOKS}:round=up,{fit},{box},format=gray", "-f", "rawvideo", "pipe:1"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        assert process.stdout is not None
        over = threading.Event()

        def give_up() -> None:
            over.set()
            process.kill()

        late = threading.Timer(_LONGEST_S, give_up)
        late.start()
        try:
            while len(picture := process.stdout.read(_WIDTH * _HEIGHT)) == _WIDTH * _HEIGHT:
                yield picture
            if over.is_set():
                said = _(
                    "{film}: no time to look for its mark to the end ({seconds:g} s): expected a "
                    "shorter film, or --starts-at"
                )
                raise BundleFault(said.format(film=path, seconds=_LONGEST_S))
        finally:
            late.cancel()
            process.kill()
