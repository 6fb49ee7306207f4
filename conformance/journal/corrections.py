"""What an operator declared and then corrected: the correction stands, in the place of the first.

Only declarations can be corrected, and both stay in the journal; what crossed the wire stands.
"""

from collections.abc import Sequence
from dataclasses import replace

from conformance.journal.events import Event

_DECLARED = frozenset({"ui.seen", "action.finished"})


def in_effect(events: Sequence[Event]) -> Sequence[Event]:
    """`events` with each declaration in its last wording, at the moment of its first."""
    corrections = [event for event in events if _declared(event) and _amends(event)]
    if not corrections:
        return events
    first = {event.ref: event for event in events if _declared(event) and not _amends(event)}
    last = {
        _amends(event): event
        for event in corrections
        if _amends(event) in first and first[_amends(event)].kind == event.kind
    }
    dropped = {event.ref for event in corrections if _amends(event) in last}
    return [_worded(event, last.get(event.ref)) for event in events if event.ref not in dropped]


def _worded(event: Event, correction: Event | None) -> Event:
    return event if correction is None else replace(correction, mono=event.mono, at=event.at)


def _declared(event: Event) -> bool:
    return event.kind in _DECLARED and event.source == "operator" and event.witness == "declared"


def _amends(event: Event) -> str:
    """The event that this one corrects; empty for none."""
    named = event.data.get("amends")
    return named if isinstance(named, str) else ""
