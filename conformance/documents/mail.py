"""Reads one message as it came over the wire (RFC 5322, MIME): nothing repaired, nothing guessed.

Raw headers are kept beside their decoded forms, because several rules are about the raw form
(an 8-bit subject, a doubled header).
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

from conformance.documents.faults import Unreadable

MAX_OCTETS = 64 * 1024 * 1024
MAX_PARTS = 500
MAX_DEPTH = 30
MAX_HEADER = 20_000

_BASE64 = re.compile(rb"[A-Za-z0-9+/\s]*={0,2}\s*")


@dataclass(frozen=True, slots=True)
class Address:
    """One address of a header: `name` decoded, `address` as written, without angle brackets."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the MIME tree.

    `path` is its place (`1`, `2.1`; empty for the message itself), `octets` its content without
    transfer encoding (empty for a multipart), `sound` whether that decoding lost nothing.
    """

    path: str
    media_type: str
    charset: str | None
    disposition: str | None
    filename: str | None
    encoding: str
    octets: bytes = field(repr=False)
    sound: bool = True
    children: tuple["Part", ...] = ()

    def walk(self) -> Iterator["Part"]:
        """This part and all below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Mail:
    """A message: `headers` are the raw pairs in order, values unfolded but not decoded."""

    headers: tuple[tuple[str, bytes], ...]
    subject: str
    sender: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    message_id: str | None
    root: Part

    def raw(self, name: str) -> list[bytes]:
        """The raw values of every header `name`."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def header(self, name: str) -> str | None:
        """The first header `name`, decoded; None when there is none."""
        values = self.raw(name)
        return decoded(values[0]) if values else None

    @property
    def leaves(self) -> list[Part]:
        """Every part that is no multipart."""
        return [part for part in self.root.walk() if not part.children]

    @property
    def attachments(self) -> list[Part]:
        """The leaves that are attached: they say so, carry a file name, or are no text."""
        return [
            part
            for part in self.leaves
            if part.disposition == "attachment"
            or part.filename is not None
            or not part.media_type.startswith(("text/", "multipart/"))
        ]


def read_mail(octets: bytes) -> Mail:
    """Read a message.

    Raises `Unreadable`: `empty`, `too-large`, `no-header`, `too-deep`, `too-many-parts`.
    """
    if not octets.strip():
        raise Unreadable("empty", "the message is empty: headers and a body were expected")
    if len(octets) > MAX_OCTETS:
        size = f"the message has {len(octets)} octets"
        raise Unreadable("too-large", f"{size}: at most {MAX_OCTETS} are read")
    try:
        message = message_from_bytes(octets, policy=policy.compat32)
        root = _part(message, "", 0, [0])
    except RecursionError as error:
        raise _too_deep() from error
    headers = tuple((key, _unfolded(str(value))) for key, value in message.raw_items())
    if not headers:
        raise Unreadable(
            "no-header", "the message has no header: lines `Name: value` were expected"
        )
    return Mail(
        headers=headers,
        subject=_first(headers, "subject"),
        sender=_addresses(headers, "from"),
        to=_addresses(headers, "to"),
        cc=_addresses(headers, "cc"),
        message_id=_first(headers, "message-id") or None,
        root=root,
    )


def decoded(value: bytes) -> str:
    """A raw header value, encoded words (RFC 2047) decoded; octets that are no text as U+FFFD."""
    text = value.decode("utf-8", "replace")[:MAX_HEADER]
    try:
        pieces = decode_header(text)
    except (binascii.Error, ValueError):
        return text
    return "".join(_piece(piece, charset) for piece, charset in pieces)


def _piece(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    try:
        return piece.decode(charset or "utf-8", "replace")
    except LookupError:
        return piece.decode("utf-8", "replace")


def _part(message: "Message[str, str]", path: str, depth: int, count: list[int]) -> Part:
    count[0] += 1
    if depth > MAX_DEPTH:
        raise _too_deep()
    if count[0] > MAX_PARTS:
        raise Unreadable("too-many-parts", f"the message has more than {MAX_PARTS} parts")
    nested = message.get_payload() if message.is_multipart() else []
    children = tuple(
        _part(child, f"{path}.{n}".lstrip("."), depth + 1, count)
        for n, child in enumerate(nested, 1)
        if isinstance(child, Message)
    )
    octets, sound = (b"", True) if children else _content(message)
    return Part(
        path=path,
        media_type=message.get_content_type(),
        charset=_parameter(message, "charset"),
        disposition=_disposition(message),
        filename=_filename(message),
        encoding=_encoding(message),
        octets=octets,
        sound=sound,
        children=children,
    )


def _content(message: "Message[str, str]") -> tuple[bytes, bool]:
    """The octets of a leaf, and whether base64 was whole."""
    payload = message.get_payload()
    raw = payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""
    if _encoding(message) == "base64":
        packed = b"".join(raw.split())
        whole = bool(_BASE64.fullmatch(packed)) and len(packed) % 4 == 0
        kept = re.sub(rb"[^A-Za-z0-9+/]", b"", packed)
        if len(kept) % 4 == 1:
            kept = kept[:-1]
        return base64.b64decode(kept + b"=" * (-len(kept) % 4)), whole
    content = message.get_payload(decode=True)
    return (content if isinstance(content, bytes) else raw), True


def _encoding(message: "Message[str, str]") -> str:
    return str(message.get("content-transfer-encoding", "")).strip().lower()


def _disposition(message: "Message[str, str]") -> str | None:
    value = str(message.get("content-disposition", "")).split(";")[0].strip().lower()
    return value or None


def _parameter(message: "Message[str, str]", name: str) -> str | None:
    value = message.get_param(name)
    if isinstance(value, tuple):
        value = value[2]
    return str(value).strip().lower() if value is not None else None


def _filename(message: "Message[str, str]") -> str | None:
    """The file name of either form (RFC 2231 or an encoded word), decoded."""
    try:
        name = message.get_filename()
    except (ValueError, LookupError):
        return None
    return decoded(name.encode("utf-8", "surrogateescape")) if name is not None else None


def _unfolded(value: str) -> bytes:
    return re.sub(rb"\r?\n(?=[ \t])", b"", value.encode("utf-8", "surrogateescape")).strip()


def _first(headers: tuple[tuple[str, bytes], ...], name: str) -> str:
    return next((decoded(value) for key, value in headers if key.lower() == name), "")


def _addresses(headers: tuple[tuple[str, bytes], ...], name: str) -> tuple[Address, ...]:
    """The addresses of every header `name`; names are decoded after the split, as RFC 2047 asks."""
    values = [v.decode("utf-8", "replace")[:MAX_HEADER] for k, v in headers if k.lower() == name]
    return tuple(
        Address(decoded(shown.encode()), address)
        for shown, address in getaddresses(values)
        if shown or address
    )


def _too_deep() -> Unreadable:
    return Unreadable("too-deep", f"the message nests more than {MAX_DEPTH} parts in one another")
