"""Finds the mark of the phone page in a film: the time of the bench, as a QR code."""

import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import zxingcpp

from conformance.evidence.screen.ffmpeg import find_ffmpeg

WORD = "BANC"
_TIME = re.compile(rf"^{WORD} (\d{{9,11}}\.\d)$")
_QR = zxingcpp.barcode_formats_from_str("QRCode")
_LOOKS = 4
"""Pictures looked at in a second of film."""
_WIDTH, _HEIGHT = 1280, 720
_LONGEST_S = 600.0


def start_by_mark(path: Path) -> float | None:
    """When the film at `path` began (epoch seconds) by the mark it shows; None when it shows none.

    The mark is drawn anew every second and is therefore a little late: of all that were read, the
    one that came soonest on the screen counts. Raises `NotReady` without an ffmpeg.
    """
    begins = [shown - place / _LOOKS for place, shown in _readings(path)]
    return max(begins, default=None)


def _readings(path: Path) -> Iterator[tuple[int, float]]:
    """Number of each picture on which the mark can be read, and the time it says."""
    for number, picture in enumerate(_pictures(path)):
        shaped = memoryview(picture).cast("B", (_HEIGHT, _WIDTH))
        for code in zxingcpp.read_barcodes(shaped, formats=_QR):
            if said := _TIME.match(code.text):
                yield number, float(said[1])


def _pictures(path: Path) -> Iterator[bytes]:
    """Grey pictures of one size, `_LOOKS` a second."""
    fit = f"scale={_WIDTH}:{_HEIGHT}:force_original_aspect_ratio=decrease"
    box = f"pad={_WIDTH}:{_HEIGHT}:(ow-iw)/2:(oh-ih)/2"
    command = [find_ffmpeg(), "-hide_banner", "-nostdin", "-loglevel", "error"]
    command += ["-protocol_whitelist", "file,pipe", "-i", str(path), "-map", "0:v:0"]
    command += ["-vf", f"fps={_LOOKS}:round=up,{fit},{box},format=gray", "-f", "rawvideo", "pipe:1"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        assert process.stdout is not None
        late = threading.Timer(_LONGEST_S, process.kill)
        late.start()
        try:
            while len(picture := process.stdout.read(_WIDTH * _HEIGHT)) == _WIDTH * _HEIGHT:
                yield picture
        finally:
            late.cancel()
            process.kill()
