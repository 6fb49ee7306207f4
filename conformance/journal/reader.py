"""Reads journals back: whole lines only, the chain followed, one scenario at a time."""

import hashlib
import heapq
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeAlias

from conformance.journal.events import Event, event_of, load_line, parse_line
from conformance.journal.writer import FIRST_PREV

Places: TypeAlias = "list[tuple[str, array[int]]]"
"""Where the lines of a scenario begin: by part file, octets from its beginning, in order."""

_BRACKETS = frozenset({"run.started", "scenario.started", "scenario.finished"})
_BY_TIME = attrgetter("mono", "part", "seq")

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
    return (event_of(path.stem, raw) for _, raw in _lines(path, faults))


def _lines(path: Path, faults: list[JournalFault]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The lines that hold: where each begins, and its object."""
    prev, offset = FIRST_PREV, 0

    def stopped(number: int, kind: str, why: str) -> None:
        faults.append(JournalFault(path.stem, number, kind, f"{path.name}: line {number} {why}"))

    with path.open("rb") as lines:
        for number, line in enumerate(iter(lambda: lines.readline(_LONGEST_LINE), b""), 1):
            if len(line) == _LONGEST_LINE:
                return stopped(number, "broken", f"is over {_LONGEST_LINE} octets")
            if not line.endswith(b"\n"):
                return stopped(number, "truncated", f"is cut ({len(line)} octets)")
            try:
                raw = parse_line(line[:-1])
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                return stopped(number, "broken", f"is not an event ({error})")
            if raw["prev"] != prev or raw["seq"] != number:
                return stopped(number, "broken", "does not follow from the line before it")
            prev = hashlib.sha256(line[:-1]).hexdigest()
            yield offset, raw
            offset += len(line)


class Journal:
    """All parts of one bundle folder, merged on the clock of the run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.parts = sorted((folder / "journal").glob("*.jsonl"))
        self.faults: list[JournalFault] = []
        self.brackets: list[Event] = []

    def __iter__(self) -> Iterator[Event]:
        """Every event, by `mono`; reading afresh each time."""
        self.faults = []
        streams: list[Iterable[Event]] = [read_part(path, self.faults) for path in self.parts]
        return heapq.merge(*streams, key=_BY_TIME)

    def index(self) -> dict[str, Places]:
        """For each scenario, in order of first event: where its lines begin.

        On its way it notes `brackets`: the events by which run and scenarios begin and end, by
        `mono`, so that nobody reads a long journal again for them.
        """
        places: dict[str, Places] = defaultdict(list)
        self.faults, self.brackets = [], []
        for path in self.parts:
            spans: dict[str, array[int]] = {}
            for offset, raw in _lines(path, self.faults):
                scenario = raw["scenario"]
                if scenario not in spans:
                    spans[scenario] = array("Q")
                    places[scenario].append((path.name, spans[scenario]))
                spans[scenario].append(offset)
                if raw["kind"] in _BRACKETS:
                    self.brackets.append(event_of(path.stem, raw))
        self.brackets.sort(key=_BY_TIME)
        return dict(places)

    def slice(self, places: Places) -> list[Event]:
        """The events at `places` (from `index`), by `mono`."""
        events: list[Event] = []
        for name, offsets in places:
            part = Path(name).stem
            with (self.folder / "journal" / name).open("rb") as lines:
                for offset in offsets:
                    lines.seek(offset)
                    events.append(event_of(part, load_line(lines.readline()[:-1])))
        return sorted(events, key=_BY_TIME)
