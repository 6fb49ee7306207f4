"""What a check is handed: the events it declared, indexed, and its only door to octets."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.journal.events import Event


@dataclass(frozen=True, slots=True)
class ScenarioFacts:
    """What is known of the scenario under judgement, from its own events and the run's index.

    `why` is the sentence with which it ended, when that was not its last step; no check reads it.
    """

    id: str
    mode: str = ""
    face: str = ""
    driver: str = ""
    fault: str | None = None
    twin: str | None = None
    ended: str = ""
    twin_done: bool | None = None
    stopped_at: int | None = None
    why: str = ""


NO_SCENARIO = ScenarioFacts("")


@dataclass(slots=True)
class Documents:
    """Blobs by hash, and what was parsed out of them, kept for the checks that come after."""

    read: Callable[[str], bytes]
    _parsed: dict[tuple[str, str], Any] = field(default_factory=dict)

    def octets(self, sha256: str) -> bytes:
        """The octets of a blob. Raises `KeyError` if the bundle lacks it."""
        return self.read(sha256)

    def parsed(self, how: str, sha256: str, parse: Callable[[bytes], Any]) -> Any:
        """`parse` applied to a blob once; `how` names the parser."""
        key = (how, sha256)
        if key not in self._parsed:
            self._parsed[key] = parse(self.read(sha256))
        return self._parsed[key]

    def forget(self) -> None:
        """Drop what was parsed: the next scenario reads documents of its own."""
        self._parsed.clear()


def _no_blobs(sha256: str) -> bytes:
    raise KeyError(sha256)


@dataclass(slots=True)
class Events(Sequence[Event]):
    """The events of one scenario (or, for a rule of scope `run`, of all), by time."""

    items: Sequence[Event]
    scenario: ScenarioFacts = NO_SCENARIO
    documents: Documents = field(default_factory=lambda: Documents(_no_blobs))
    scenarios: dict[str, ScenarioFacts] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: Any) -> Any:
        return self.items[index]

    def __iter__(self) -> Iterator[Event]:
        return iter(self.items)

    def of(self, *kinds: str) -> list[Event]:
        """The events of these kinds."""
        return [event for event in self.items if event.kind in kinds]

    def exchanges(self, *routes: str) -> list[Event]:
        """The HTTP exchanges on these routes of the mocks (all routes when none is named)."""
        return [
            event
            for event in self.items
            if event.kind == "http.exchange" and (not routes or event.data["route"] in routes)
        ]

    def first(self, kind: str) -> Event | None:
        """The first event of `kind`, if any."""
        return next((event for event in self.items if event.kind == kind), None)

    def between(self, after: Event | None, before: Event | None) -> "Events":
        """The events strictly after one and strictly before another (either may be open)."""
        low = after.mono if after else -1
        chosen = [
            e for e in self.items if e.mono > low and (before is None or e.mono < before.mono)
        ]
        return Events(chosen, self.scenario, self.documents, self.scenarios)


class Shelves:
    """The events of one scenario by kind, and by kind and route: found without a look at each."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._by_kind: dict[str, list[tuple[int, Event]]] = defaultdict(list)
        self._by_route: dict[tuple[str, object], list[tuple[int, Event]]] = defaultdict(list)
        for entry in enumerate(events):
            kind, route = entry[1].kind, entry[1].data.get("route")
            self._by_kind[kind].append(entry)
            if isinstance(route, str) or kind == "http.exchange":
                self._by_route[kind, str(route or "")].append(entry)

    def wanted(self, reads: Iterable[str]) -> list[Event]:
        """The events of the kinds in `reads`, in their order.

        `http.exchange:token` wants that route, `http.exchange:` the paths that no mock knows.
        """
        found: dict[int, Event] = {}
        for word in reads:
            kind, colon, route = word.partition(":")
            found |= self._by_route.get((kind, route), ()) if colon else self._by_kind.get(kind, ())
        return [found[place] for place in sorted(found)]
