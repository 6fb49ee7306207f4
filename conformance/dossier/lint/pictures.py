"""Whether a picture or a film can be read to its end."""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from conformance.dossier.lint.remarks import Remark
from conformance.errors import NotReady
from conformance.evidence.film.checks import check
from conformance.locale import _
from conformance.plan.model import Limits

_PNG = b"\x89PNG\r\n\x1a\n"
_LARGEST_PICTURE = 256 * 1024 * 1024
_TAIL = 64


def picture(name: str, path: Path) -> Iterator[Remark]:
    """A picture that was cut short, or that holds nothing."""
    if path.stat().st_size > _LARGEST_PICTURE:
        yield Remark(name, "not-checked", _("too large to be read"), severity="warning")
    elif not _whole(path):
        what = _("the picture is damaged or cut short")
        yield Remark(name, "unreadable", what, _("a picture that opens"))


def _whole(path: Path) -> bool:
    """PNG by its blocks and their sums, JPEG and GIF by their end mark; others by their size."""
    octets = path.read_bytes()
    if octets.startswith(_PNG):
        return _png_whole(octets)
    if octets.startswith(b"\xff\xd8"):
        return b"\xff\xd9" in octets[-max(_TAIL, len(octets) // 20) :]
    if octets.startswith(b"GIF8"):
        return octets.rstrip(b"\0").endswith(b";")
    if octets.startswith(b"RIFF"):
        return len(octets) >= int.from_bytes(octets[4:8], "little") + 8
    if octets.startswith(b"BM"):
        return len(octets) >= int.from_bytes(octets[2:6], "little")
    return len(octets) > 100


def _png_whole(octets: bytes) -> bool:
    place = len(_PNG)
    while place + 12 <= len(octets):
        (length,) = struct.unpack(">I", octets[place : place + 4])
        body = octets[place + 4 : place + 8 + length]
        end = place + 12 + length
        if end > len(octets) or struct.unpack(">I", octets[end - 4 : end])[0] != zlib.crc32(body):
            return False
        if body[:4] == b"IEND":
            return True
        place = end
    return False


def film(name: str, path: Path, limits: Limits) -> Iterator[Remark]:
    """A film that cannot be read to its end, is too long, or mostly black."""
    try:
        report = check(path, None, band=0)
    except NotReady as error:
        yield Remark(name, "not-checked", str(error), severity="warning")
        return
    if not report.readable:
        why = _bare(report.problems[0], path)
        yield Remark(name, "unreadable", why, _("a film that plays to its end"))
        return
    for problem in report.problems:
        yield Remark(name, "doubtful", _bare(problem, path), severity="warning")
    if limits.seconds is not None and report.duration > limits.seconds:
        what = _("lasts {seconds:.0f} s").format(seconds=report.duration)
        expected = _("at most {limit:g} s ([evidence.limits] seconds)").format(limit=limits.seconds)
        yield Remark(name, "too-long", what, expected)


def _bare(sentence: str, path: Path) -> str:
    """A sentence of the film checks without the name of the file, which stands beside it."""
    return sentence.removeprefix(path.name).lstrip("\u00a0\u202f :") or sentence
