"""What a file is by its octets; its extension is never believed."""

import re
import zipfile
from pathlib import Path
from typing import Literal

Form = Literal[
    "video",
    "image",
    "audio",
    "pdf",
    "zip",
    "xdm",
    "office",
    "ole",
    "mail",
    "cda",
    "xml",
    "html",
    "link",
    "integer",
    "csv",
    "text",
    "binary",
    "empty",
]

HEAD = 65_536
_MP4_PARTS = frozenset({b"moov", b"mdat", b"free", b"wide", b"skip", b"pnot"})
_STILL_BRANDS = frozenset({b"heic", b"heix", b"mif1", b"avif"})
_HEADER = re.compile(rb"\A(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}", re.MULTILINE)
_MAIL_WORDS = re.compile(
    rb"^(?:from|to|date|message-id|received|mime-version|return-path):",
    re.IGNORECASE | re.MULTILINE,
)
_URL = re.compile(r"https?://[^\s\"'<>]+")
_CSV_LINE = re.compile(r"[^;,\t\n]*(?:[;,\t][^;,\t\n]*){2,}")


def form_of(path: Path) -> Form:
    """The form of the file. Raises `OSError` when it cannot be read."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    form = form_of_octets(head)
    return _archive(path) if form == "zip" else form


def form_of_octets(head: bytes) -> Form:
    """The form of what begins with `head`; an archive is a `zip`, whatever it holds."""
    if not head:
        return "empty"
    return _media(head) or _container(head) or _written(head)


def _media(head: bytes) -> Form | None:
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in _STILL_BRANDS:
            return "image"
        return "audio" if brand.startswith(b"M4A") else "video"
    if head[4:8] in _MP4_PARTS and head[:1] == b"\0":
        return "video"
    if head[:4] == b"RIFF":
        return {b"AVI ": "video", b"WEBP": "image", b"WAVE": "audio"}.get(head[8:12])  # type: ignore[return-value]
    starts: tuple[tuple[bytes, Form], ...] = (
        (b"\x1a\x45\xdf\xa3", "video"),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video"),
        (b"\x00\x00\x01\xba", "video"),
        (b"\x00\x00\x01\xb3", "video"),
        (b"FLV\x01", "video"),
        (b"\x89PNG\r\n\x1a\n", "image"),
        (b"\xff\xd8\xff", "image"),
        (b"GIF87a", "image"),
        (b"GIF89a", "image"),
        (b"II*\0", "image"),
        (b"MM\0*", "image"),
        (b"ID3", "audio"),
        (b"OggS", "audio"),
    )
    for start, form in starts:
        if head.startswith(start):
            return form
    return "image" if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0" else None


def _container(head: bytes) -> Form | None:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "ole"
    return "pdf" if b"%PDF-" in head[:1024] else None


def _written(head: bytes) -> Form:
    """A text by what it says; octets that are no text are `binary`."""
    text = as_text(head)
    if text is None:
        return "binary"
    plain = text.lstrip("\ufeff \t\r\n")
    low = plain[:4096].lower()
    if (
        low.startswith(("<?xml", "<clinicaldocument", "<registryobjects"))
        or "<clinicaldocument" in low
    ):
        return "html" if "<html" in low else "cda" if "<clinicaldocument" in low else "xml"
    if low.startswith(("<!doctype html", "<html")):
        return "html"
    unix = head.replace(b"\r\n", b"\n")
    if _HEADER.match(unix) and len(set(_MAIL_WORDS.findall(unix[:16_384]))) >= 2:
        return "mail"
    if re.fullmatch(r"\d{1,12}\s*", plain):
        return "integer"
    if _only_a_link(plain):
        return "link"
    lines = [line for line in plain.splitlines()[:20] if line]
    if len(lines) > 1 and all(_CSV_LINE.fullmatch(line) for line in lines[:-1]):
        return "csv"
    return "text"


def _only_a_link(text: str) -> bool:
    """A link, alone, named, or in the form of a shortcut of Windows."""
    found = _URL.findall(text)
    if not found or len(text) > 4096:
        return False
    return "[internetshortcut]" in text.lower() or len(text) - sum(map(len, found)) < 200


def as_text(octets: bytes) -> str | None:
    """UTF-8, UTF-16 with its mark or Windows-1252; None when it is no text."""
    if octets.startswith((b"\xff\xfe", b"\xfe\xff")):
        return octets.decode("utf-16", "replace")
    if b"\0" in octets:
        return None
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start >= len(octets) - 3 and len(octets) >= HEAD:  # cut inside a character
            return octets.decode("utf-8-sig", "ignore")
    controls = sum(octet < 9 or 13 < octet < 32 for octet in octets)
    return None if controls else octets.decode("cp1252", "replace")


def _archive(path: Path) -> Form:
    """What kind of archive a zip is, by the names in it; a broken one stays a `zip`."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name.upper() for name in archive.namelist()[:2000]]
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError):
        return "zip"
    if "[CONTENT_TYPES].XML" in names:
        return "office"
    return "xdm" if any(name.rpartition("/")[2] == "METADATA.XML" for name in names) else "zip"
