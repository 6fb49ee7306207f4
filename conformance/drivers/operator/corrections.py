"""The questions of a story in their order, so that a person may return to what they declared.

An amended declaration is an event of its own that names the one it corrects; judges take the
correction in its place. What the bench did with the first answer stays done, and what crossed the
wire stays what it was.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from conformance.drivers.actions import Outcome, Seen, Stopped
from conformance.drivers.person.asking import Person
from conformance.journal import Event, JournalWriter
from conformance.locale import _

Result = Outcome | Seen


@dataclass(slots=True)
class Echo:
    """What was not asked, an earlier turn having said it already: `follow` reads it there."""

    name: str
    follow: Callable[[Any], Result]
    since: int
    given: Result


@dataclass(slots=True)
class Turn:
    """One question: `ask` gives None when the person wants to return to the one before.

    `again` asks it anew, told what was answered: the same object when that stands.
    """

    name: str
    ask: Callable[[], Result | None]
    again: Callable[[Any], Result | None]
    since: int = 0
    given: Result | None = None
    echoes: list[Echo] = field(default_factory=list)


class Turns:
    """What was asked so far in one story."""

    def __init__(self, writer: JournalWriter, person: Person) -> None:
        self._writer = writer
        self._person = person
        self._past: list[Turn] = []

    def __len__(self) -> int:
        return len(self._past)

    def forget(self) -> None:
        """A new story begins."""
        self._past.clear()

    def take(self, turn: Turn) -> Result:
        """Ask, going back as often as the person wants to.

        Raises `Stopped` when an action turns out not to have been done.
        """
        turn.since = self._writer.last_seq
        while (result := turn.ask()) is None:
            self._back()
        turn.given = result
        self._past.append(turn)
        return result

    def echo(self, turn: Turn, name: str, follow: Callable[[Any], Result]) -> Result:
        """Answer from `turn` what would be asked again; corrected with it."""
        echo = Echo(name, follow, self._writer.last_seq, follow(turn.given))
        turn.echoes.append(echo)
        return echo.given

    def _back(self) -> None:
        """From the answer before, forward again to the question that waits."""
        place = len(self._past) - 1
        if place < 0:
            self._person.tell(_("There is no earlier answer to go back to."))
        while 0 <= place < len(self._past):
            turn = self._past[place]
            assert turn.given is not None
            result = turn.again(turn.given)
            if result is None:
                place = max(0, place - 1)
                continue
            if result is not turn.given:
                self._amend(turn, result)
            place += 1

    def _amend(self, turn: Turn, result: Result) -> None:
        before, turn.given = turn.given, result
        event = self._reword(turn, result)
        if event is None:
            return
        self._person.tell(_("Corrected. What the bench did with the first answer stays done."))
        was_done = isinstance(before, Outcome) and before.name == "done"
        if was_done and isinstance(result, Outcome) and result.name != "done":
            raise Stopped(turn.name, result, event.step)
        for echo in turn.echoes:
            echo.given = echo.follow(result)
            self._reword(echo, echo.given)

    def _reword(self, said: Turn | Echo, result: Result) -> Event | None:
        """Write a declaration anew; the event that it corrects, None when none was made."""
        event = self._declared(said)
        if event is None:
            return None
        now, self._writer.step = self._writer.step, event.step
        try:
            self._writer.record(
                event.kind,
                {**event.data, **_changes(event, result), "amends": event.ref},
                source="operator",
                tenant=event.tenant,
                witness="declared",
            )
        finally:
            self._writer.step = now
        return event

    def _declared(self, said: Turn | Echo) -> Event | None:
        """The event that says what was declared then: the first of the operator's after it."""
        kind = "ui.seen" if isinstance(said.given, Seen) else "action.finished"
        key = "what" if kind == "ui.seen" else "name"
        return next(
            (
                event
                for event in self._writer.recent()
                if event.seq > said.since
                and (event.kind, event.source) == (kind, "operator")
                and event.data[key] == said.name
            ),
            None,
        )


def _changes(event: Event, result: Result) -> dict[str, Any]:
    """The fields that a correction says anew. The story goes on with the id that it was given."""
    if isinstance(result, Seen):
        return {"present": result.present, "text": result.text, "values": dict(result.values)}
    values = dict(result.values)
    if "document_id" in event.data["values"] and result.name == "done":
        values["document_id"] = event.data["values"]["document_id"]
    return {
        "outcome": result.name,
        "values": values,
        "shown": result.shown,
        "reason": result.reason,
    }
