"""A person asked in the terminal, one thing at a time: `Person` over lines that are typed."""

import os
import queue
import time
from collections import deque
from typing import TextIO

from conformance.drivers.person.asking import BACK, DONE, TEXT, Asked, Left, Opening, Place, Said
from conformance.drivers.person.failures import failure
from conformance.drivers.person.terminal_page import Page
from conformance.drivers.person.typed import (
    FAIL,
    HELP,
    LONGEST,
    NOTE,
    PAUSE,
    RawInput,
    Typed,
    Typing,
    choice_of,
    command_of,
    raw_input_of,
    unreachable,
)
from conformance.errors import NotReady
from conformance.journal import Event, JournalWriter
from conformance.locale import _

REFLEX_S = 1.0
"""A bare Enter this soon after the bench moved on by itself was meant for what came before."""


class TerminalPerson:
    """Whoever types at `source` and reads `output`; what they say is recorded.

    `hurried`: they press Enter by hand, so that one may come too late for its question.
    """

    def __init__(
        self, writer: JournalWriter, source: RawInput, output: TextIO, *, hurried: bool = False
    ) -> None:
        self._writer = writer
        self._page = Page(output)
        self._hurried = hurried
        self._news: queue.SimpleQueue[Event | Typed | None] = queue.SimpleQueue()
        self._typing = Typing(source, self._news.put)
        self._typed: deque[Typed] = deque()
        self._crossed: deque[Event] = deque()
        self._asked_at = self._moved_at = float("-inf")
        self._sure = False

    def begin(self, opening: Opening) -> None:
        """Say which story begins."""
        self._page.opening(opening)

    def enter(self, place: Place) -> None:
        """Say which step begins."""
        self._page.place(place)

    def tell(self, sentence: str) -> None:
        """Say something that asks for no answer."""
        self._page.say(sentence)

    def ask(self, asked: Asked) -> Said:
        """Ask, and wait for the answer or for the event. Raises `Left` when the input has ended."""
        self._typing.start()
        self._forget_events()
        self._page.question(asked)
        self._asked_at, self._sure = time.monotonic(), False
        since = self._writer.last_seq if asked.since is None else asked.since
        until = None if asked.within is None else time.monotonic() + asked.within
        with self._writer.following(self._news.put, since):
            while True:
                item = self._next(until)
                if item is None:
                    return Said("")
                said = (
                    self._answered(asked, item)
                    if isinstance(item, Typed)
                    else self._seen(asked, item)
                )
                if said is not None:
                    if said.crossed is None:
                        self._moved_at = float("-inf")
                    return said

    def line(self) -> str:
        """The next line, whatever crosses meanwhile (it is looked at afterwards).

        Raises `Left` when the input has ended.
        """
        while True:
            if self._typed:
                return self._typed.popleft().text
            self._sort(self._news.get())

    def record(self, choice: str, note: str = "", about: str = "") -> None:
        """Write what the person said."""
        said = {"step": self._writer.step, "choice": choice, "note": note, "about": about}
        self._writer.record(
            "operator.said", said, source="operator", tenant="default", witness="declared"
        )

    def _next(self, until: float | None) -> Event | Typed | None:
        """What comes first, an event or a line; None once it is `until`."""
        while not self._crossed and not self._typed:
            left = None if until is None else max(0.0, until - time.monotonic())
            try:
                self._sort(self._news.get(timeout=left))
            except queue.Empty:
                return None
        return self._crossed.popleft() if self._crossed else self._typed.popleft()

    def _sort(self, item: Event | Typed | None) -> None:
        if isinstance(item, Event):
            self._crossed.append(item)
        elif isinstance(item, Typed):
            self._typed.append(item)
        else:
            self._news.put(None)  # so that whoever asks again is told again
            said = _("Nobody answers any more: the input has ended. The run stops here.")
            self._page.interrupt(said)
            raise Left(said)

    def _forget_events(self) -> None:
        """What crossed during an earlier question is heard again by the new one, from its number.

        Lines typed ahead stay.
        """
        self._crossed.clear()
        while not self._news.empty():
            item = self._news.get()
            if isinstance(item, Typed):
                self._typed.append(item)
            elif item is None:
                self._news.put(None)
                return

    def _seen(self, asked: Asked, event: Event) -> Said | None:
        """An event crossed: it answers, or there may be something to say about it."""
        awaited = asked.awaited
        if awaited is not None and event.kind == awaited.kind and awaited.where(event):
            self._page.interrupt(_("Seen: {what}.").format(what=awaited.told))
            self._moved_at = time.monotonic()
            return Said(DONE, crossed=event)
        if asked.overheard is not None and (remark := asked.overheard(event)):
            self._page.interrupt(remark)
            self._page.prompt(asked)
        return None

    def _answered(self, asked: Asked, typed: Typed) -> Said | None:
        """A line was typed: an answer, a command, or neither."""
        if not typed.text and self._by_reflex(typed):
            return None
        command, rest = command_of(typed.text)
        if command:
            return self._obeyed(asked, command, rest)
        choice = choice_of(asked, typed.text)
        if choice is not None:
            return self._chosen(asked, choice.word, by_enter=not typed.text)
        if asked.text and typed.text:
            wrong = asked.accepts(typed.text)
            if wrong is None:
                return self._worded(asked, typed)
            self._page.say(wrong)
        else:
            self._page.say(_("That is no answer to this question."))
        self._page.prompt(asked)
        return None

    def _by_reflex(self, typed: Typed) -> bool:
        """Whether a bare Enter was meant for an earlier question; the person is told."""
        if not self._hurried:
            return False
        if typed.at >= max(self._asked_at, self._moved_at + REFLEX_S):
            return False
        self._page.say(_("(That Enter came too early: it is not counted.)"), prompt=True)
        return True

    def _chosen(self, asked: Asked, word: str, *, by_enter: bool) -> Said | None:
        if asked.awaited is not None and by_enter and not self._sure:
            self._sure = True
            said = _("The bench has not seen {what}. Enter once more: it is done all the same.")
            self._page.say(said.format(what=asked.awaited.told), prompt=True)
            return None
        self.record(word, about=asked.about)
        return Said(word)

    def _worded(self, asked: Asked, typed: Typed) -> Said:
        if typed.cut:
            said = _("(Too long: only the first {count} characters are kept.)")
            self._page.say(said.format(count=LONGEST))
        self.record(TEXT, typed.text, asked.about)
        return Said(TEXT, typed.text)

    def _obeyed(self, asked: Asked, command: str, rest: str) -> Said | None:
        """One of the commands that are understood at any moment."""
        if command == BACK and asked.back:
            self.record(BACK, about=asked.about)
            return Said(BACK)
        if command == FAIL and asked.fails:
            said = failure(self._page, self.line)
            if said is not None:
                self.record(said.word, said.note, asked.about)
                return said
            self._page.question(asked)
            return None
        if command == NOTE:
            self._note(rest, asked.about)
        elif command == PAUSE:
            self._pause(asked.about)
        elif command == HELP:
            self._page.help()
        else:
            self._page.say(_not_here(command))
        self._page.prompt(asked)
        return None

    def _note(self, text: str, about: str) -> None:
        if not text:
            self._page.say(_("Your note:"), prompt=True)
            text = self.line()
        if text:
            self.record(NOTE, text, about)
            self._page.say(_("Noted."))

    def _pause(self, about: str) -> None:
        self.record(PAUSE, about=about)
        self._page.say(_("The scenario is paused. Enter: go on."), prompt=True)
        self.line()
        self.record("resume", about=about)


def _not_here(command: str) -> str:
    if command == BACK:
        return _("There is no earlier answer to go back to.")
    return _("This question has no failure: answer it, or use note.")


def person_at(writer: JournalWriter, source: TextIO | None, output: TextIO) -> TerminalPerson:
    """The person at a standard input. Raises `NotReady` when it is neither terminal nor pipe."""
    why = unreachable(source)
    if source is None or why is not None:
        raise NotReady(why or "")
    hurried = os.isatty(source.fileno())
    return TerminalPerson(writer, raw_input_of(source), output, hurried=hurried)
