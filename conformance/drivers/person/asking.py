"""What the bench may ask of the person in front of it, and what comes back.

The operator driver asks them to act in their product; a stage whose Pro Santé Connect is external
asks them to sign in there. How it is asked (terminal, later a page) is behind `Person`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from conformance.journal import Event
from conformance.locale import N_

DONE = "done"
YES, NO = "yes", "no"
TEXT = "text"
BACK = "back"
REFUSED, UNSUPPORTED, UNCLEAR, BROKEN = "refused", "unsupported", "unclear", "broken"
MISTAKE = "mistake"
FAILURES = (REFUSED, UNSUPPORTED, UNCLEAR, BROKEN, MISTAKE)
HOW_IT_FAILED = {
    REFUSED: N_("the product says no, with words on its screen"),
    UNSUPPORTED: N_("the product cannot do this"),
    UNCLEAR: N_("neither success nor refusal is shown"),
    BROKEN: N_("the product crashed: error page, frozen, closed, no answer"),
    MISTAKE: N_("my own mistake: this scenario must be run again"),
}
"""The words for each failure, to be translated; numbered from 1 in this order."""


class Left(KeyboardInterrupt):
    """Nobody answers any more: the input ended. It ends the run as Ctrl-C does, in a sentence."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that a person may give: its word in the journal, and how it is shown."""

    word: str
    label: str


@dataclass(frozen=True, slots=True)
class Awaited:
    """An event that answers by itself when it crosses the wire: kind, test, and its sentence.

    `where` is called once for each event of the kind, in their order: it may count.
    """

    kind: str
    where: Callable[[Event], bool]
    told: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing asked of the person.

    `todo` says what to do or to look at, `official` is the text of the step it belongs to,
    `choices` the answers (the first is that of Enter, unless `enter` is false), `awaited` moves on
    without an answer, `within` is how long to wait in seconds (None: as long as the person needs).

    `text`: any other line is an answer too; `accepts` gives a sentence on one that is none.
    `fails`: the person may say that it failed, and how. `back`: they may return to what they said
    before. `overheard` is called with each event that crosses meanwhile and may give a sentence on
    it. Events after number `since` count (None: those from now on). `about` names it in the
    journal.
    """

    todo: str
    choices: tuple[Choice, ...]
    official: str = ""
    awaited: Awaited | None = None
    within: float | None = None
    enter: bool = True
    text: bool = False
    accepts: Callable[[str], str | None] = lambda line: None
    fails: bool = False
    back: bool = False
    overheard: Callable[[Event], str | None] | None = None
    since: int | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What came back: the word of a choice, what was added in `note`, or the event that crossed.

    `word` is empty when nobody answered in time, `text` when `note` is the line that was typed,
    `back` when they want to return, one of `FAILURES` when it failed; `note` is then what the
    product showed.
    """

    word: str
    note: str = ""
    crossed: Event | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """A story that begins: its name, its title, and what must be so before its first step."""

    name: str
    title: str
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """An official step that begins: its number, how many there are, its title and its result."""

    n: int
    steps: int
    title: str
    expected: str


class Person(Protocol):
    """Somebody who can be asked; every answer is recorded as `operator.said`."""

    def ask(self, asked: Asked) -> Said:
        """Ask, and wait for the answer or for the event. Raises `KeyboardInterrupt` on Ctrl-C.

        Raises `Left` (one of those) when nobody can answer any more.
        """
        ...

    def tell(self, sentence: str) -> None:
        """Say something that asks for no answer."""
        ...

    def begin(self, opening: Opening) -> None:
        """Say which story begins."""
        ...

    def enter(self, place: Place) -> None:
        """Say which step begins."""
        ...
