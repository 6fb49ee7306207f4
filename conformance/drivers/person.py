"""What the bench may ask of the person in front of it, and what comes back.

The operator driver asks them to act in their product; a stage whose Pro Santé Connect is outside
asks them to sign in there. How it is asked (terminal, later a page) is behind `Person`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from conformance.journal import Event

DONE = "done"
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that a person may give: its word in the journal, and how it is shown."""

    word: str
    label: str


@dataclass(frozen=True, slots=True)
class Awaited:
    """An event that answers by itself when it crosses the wire: kind, test, and its sentence."""

    kind: str
    where: Callable[[Event], bool]
    told: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing asked of the person.

    `todo` says what to do or to look at, `official` is the text of the step it belongs to,
    `choices` the answers (the first is that of Enter), `awaited` moves on without an answer,
    `within` is how long to wait in seconds (None: as long as the person needs).
    """

    todo: str
    choices: tuple[Choice, ...]
    official: str = ""
    awaited: Awaited | None = None
    within: float | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What came back: the word of a choice, what was added in `note`, or the event that crossed.

    `word` is empty when nobody answered in time.
    """

    word: str
    note: str = ""
    crossed: Event | None = None


class Person(Protocol):
    """Somebody who can be asked; every answer is recorded as `operator.said`."""

    def ask(self, asked: Asked) -> Said:
        """Ask, and wait for the answer or for the event. Raises `KeyboardInterrupt` on Ctrl-C."""
        ...

    def tell(self, sentence: str) -> None:
        """Say something that asks for no answer."""
        ...
