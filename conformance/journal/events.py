"""One observed thing: the envelope that every kind shares."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Any, TypeAlias

from pydantic_core import from_json

_TYPES = (
    ("seq", int),
    ("at", str),
    ("mono", int),
    ("tenant", str),
    ("scenario", str),
    ("step", (int, NoneType)),
    ("source", str),
    ("witness", str),
    ("kind", str),
    ("data", dict),
    ("blobs", list),
    ("prev", str),
)

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True)
class BlobRef:
    """Where an event's octets are: `blobs/<sha256>` of the bundle."""

    name: str
    media_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a journal part.

    `mono` is in nanoseconds since the run began and is what rules compute with; `at` is for people.
    `data` has the shape of the dataclass of its kind (`conformance.journal.kinds`).
    """

    part: str
    seq: int
    at: str
    mono: int
    tenant: str
    scenario: str
    step: int | None
    source: str
    witness: str
    kind: str
    data: Mapping[str, Any]
    blobs: tuple[BlobRef, ...]
    prev: str

    @property
    def ref(self) -> str:
        """How findings point at this event: `part:seq`."""
        return f"{self.part}:{self.seq}"

    @property
    def seconds(self) -> float:
        """Seconds since the run began."""
        return self.mono / 1e9


def parse_event(part: str, line: bytes) -> Event:
    """Read one line. Raises `ValueError` (or `KeyError`) if it is not an event."""
    return event_of(part, parse_line(line))


def parse_line(line: bytes) -> dict[str, Any]:
    """The JSON object of one line, checked for the types that readers need.

    A stranger may have written it: raises `ValueError`, `KeyError` or `TypeError` if it is not
    an event.
    """
    raw = load_line(line)
    for key, kind in _TYPES:
        if not isinstance(raw[key], kind):
            raise ValueError("a field of another type than an event has")
    for blob in raw["blobs"]:
        if not all(isinstance(blob[key], str) for key in BlobRef.__slots__):
            raise ValueError("a field of another type than an event has")
    return raw


def load_line(line: bytes) -> dict[str, Any]:
    """The JSON of a line that `parse_line` took before. Raises `ValueError` if it is no JSON."""
    try:
        raw: dict[str, Any] = from_json(line)
    except ValueError:
        # It refuses half characters (lone surrogates), which somebody else's writer may have kept.
        raw = _whole(json.loads(line))
    return raw


def _whole(value: Any) -> Any:
    """`value` with every half character in its texts written as its escape."""
    if isinstance(value, str):
        return whole_text(value)
    if isinstance(value, dict):
        return {whole_text(key): _whole(item) for key, item in value.items()}
    return [_whole(item) for item in value] if isinstance(value, list) else value


def whole_text(text: str) -> str:
    """`text` as UTF-8 can hold it: a product may send half a character, which stays visible."""
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode()


def event_of(part: str, raw: Mapping[str, Any]) -> Event:
    """The event of an object that `parse_line` gave."""
    return Event(
        part=part,
        seq=raw["seq"],
        at=raw["at"],
        mono=raw["mono"],
        tenant=raw["tenant"],
        scenario=raw["scenario"],
        step=raw["step"],
        source=raw["source"],
        witness=raw["witness"],
        kind=raw["kind"],
        data=raw["data"],
        blobs=tuple(BlobRef(b["name"], b["media_type"], b["sha256"]) for b in raw["blobs"]),
        prev=raw["prev"],
    )
