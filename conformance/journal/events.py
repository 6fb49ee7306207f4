"""One observed thing: the envelope that every kind shares (CONTRACTS §1)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

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
    raw = json.loads(line)
    event = Event(
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
    if not _typed(event):
        raise ValueError("a field of another type than an event has")
    return event


def _typed(event: Event) -> bool:
    """Whether a line that somebody else may have written has the types that readers count on."""
    texts = (event.at, event.tenant, event.scenario, event.source, event.kind, event.prev)
    return (
        all(isinstance(text, str) for text in texts)
        and isinstance(event.seq, int)
        and isinstance(event.mono, int)
        and isinstance(event.step, int | None)
        and isinstance(event.data, dict)
        and all(isinstance(blob.sha256, str) for blob in event.blobs)
    )
