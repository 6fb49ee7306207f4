"""Reads journals back: whole lines only, the chain followed, one scenario at a time."""

import hashlib
import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from conformance.journal.events import Event, parse_event
from conformance.journal.writer import FIRST_PREV

_LONGEST_LINE = 16 * 1024 * 1024
"""A line of ours is some kB; a stranger's bundle must not fill the memory with one."""


@dataclass(frozen=True, slots=True)
class JournalFault:
    """What is wrong with a part: `truncated` (last line cut) or `broken` (chain or line)."""

    part: str
    line: int
    kind: str
    sentence: str


def read_part(path: Path, faults: list[JournalFault] | None = None) -> Iterator[Event]:
    """The events of one part, in order; stops at the first line that does not hold.

    What stopped it is added to `faults`: a cut last line is `truncated` (a killed run), anything
    else is `broken`.
    """
    faults = [] if faults is None else faults
    part, prev = path.stem, FIRST_PREV
    with path.open("rb") as lines:
        for number, line in enumerate(iter(lambda: lines.readline(_LONGEST_LINE), b""), 1):
            if len(line) == _LONGEST_LINE:
                sentence = f"{path.name}: line {number} is over {_LONGEST_LINE} octets"
                faults.append(JournalFault(part, number, "broken", sentence))
                return
            if not line.endswith(b"\n"):
                sentence = f"{path.name}: line {number} is cut ({len(line)} octets)"
                faults.append(JournalFault(part, number, "truncated", sentence))
                return
            try:
                event = parse_event(part, line[:-1])
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                sentence = f"{path.name}: line {number} is not an event ({error})"
                faults.append(JournalFault(part, number, "broken", sentence))
                return
            if event.prev != prev or event.seq != number:
                sentence = f"{path.name}: line {number} does not follow from the line before it"
                faults.append(JournalFault(part, number, "broken", sentence))
                return
            prev = hashlib.sha256(line[:-1]).hexdigest()
            yield event


class Journal:
    """All parts of one bundle folder, merged on the clock of the run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.parts = sorted((folder / "journal").glob("*.jsonl"))
        self.faults: list[JournalFault] = []

    def __iter__(self) -> Iterator[Event]:
        """Every event, by `mono`; reading afresh each time."""
        self.faults = []
        streams: list[Iterable[Event]] = [read_part(path, self.faults) for path in self.parts]
        return heapq.merge(*streams, key=lambda event: (event.mono, event.part, event.seq))

    def index(self) -> dict[str, list[tuple[str, int]]]:
        """For each scenario, in order of first event: where its lines begin (part file, offset)."""
        places: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self.faults = []
        for path in self.parts:
            offsets = _line_offsets(path)
            for event, offset in zip(read_part(path, self.faults), offsets, strict=False):
                places[event.scenario].append((path.name, offset))
        return dict(places)

    def slice(self, places: list[tuple[str, int]]) -> list[Event]:
        """The events at `places` (from `index`), by `mono`."""
        events: list[Event] = []
        by_file: dict[str, list[int]] = defaultdict(list)
        for name, offset in places:
            by_file[name].append(offset)
        for name, offsets in by_file.items():
            with (self.folder / "journal" / name).open("rb") as lines:
                for offset in offsets:
                    lines.seek(offset)
                    events.append(parse_event(Path(name).stem, lines.readline()[:-1]))
        return sorted(events, key=lambda event: (event.mono, event.part, event.seq))


def _line_offsets(path: Path) -> Iterator[int]:
    offset = 0
    with path.open("rb") as lines:
        for line in lines:
            yield offset
            offset += len(line)
