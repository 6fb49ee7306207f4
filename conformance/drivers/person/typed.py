"""What a person types: lines from a terminal or a pipe, whatever their octets, and their commands.

A thread reads, so that the bench can wait for a line and for an event at once. It reads octets
without a buffer of Python's: one that is blocked there at the end would hold up the interpreter.
"""

import os
import stat
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from io import UnsupportedOperation
from typing import Protocol, TextIO

from common.folding import fold_accents
from conformance.drivers.person.asking import BACK, NO, YES, Asked, Choice
from conformance.locale import _

LONGEST = 2000
_BLOCK = 4096
_MOST_OCTETS = 4 * LONGEST

FAIL, NOTE, PAUSE, HELP = "fail", "note", "pause", "help"
COMMANDS = {
    "retour": BACK,
    "back": BACK,
    "echec": FAIL,
    "fail": FAIL,
    "note": NOTE,
    "pause": PAUSE,
    "aide": HELP,
    "help": HELP,
    "?": HELP,
}
_YES_NO = {"o": YES, "oui": YES, "y": YES, "yes": YES, "n": NO, "non": NO, "no": NO}


@dataclass(frozen=True, slots=True)
class Typed:
    """One line, without its end; `at` on the monotonic clock, `cut` when it was absurdly long."""

    text: str
    cut: bool = False
    at: float = field(default_factory=time.monotonic)


class RawInput(Protocol):
    """What octets are read from, as soon as there are some; none at the end."""

    def read(self, size: int, /) -> bytes | None: ...


class Typing:
    """Hands each line to `put`, then None once the input has ended; `start` begins to read."""

    def __init__(self, source: RawInput, put: Callable[[Typed | None], None]) -> None:
        self._source = source
        self._put = put
        self._thread = threading.Thread(target=self._read, name="typing", daemon=True)
        self._held = bytearray()
        self._cut = False

    def start(self) -> None:
        """Begin to read; harmless when it already does."""
        if self._thread.ident is None:
            self._thread.start()

    def _read(self) -> None:
        try:
            while octets := self._source.read(_BLOCK):
                self._take(octets)
        except (OSError, ValueError):
            pass  # the terminal is gone: its end is said below
        if self._held:
            self._line()
        self._put(None)

    def _take(self, octets: bytes) -> None:
        *ended, rest = octets.split(b"\n")
        for piece in ended:
            self._hold(piece)
            self._line()
        self._hold(rest)

    def _hold(self, piece: bytes) -> None:
        room = _MOST_OCTETS - len(self._held)
        self._cut = self._cut or len(piece) > room
        self._held += piece[:room]

    def _line(self) -> None:
        text = decoded(bytes(self._held))
        self._put(Typed(text[:LONGEST], cut=self._cut or len(text) > LONGEST))
        self._held.clear()
        self._cut = False


def decoded(octets: bytes) -> str:
    """A typed line as text: UTF-8, else as old terminals of Western Europe write it."""
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        text = octets.decode("cp1252", "replace")
    return "".join(c if c.isprintable() else " " for c in text).strip()


def plain(text: str) -> str:
    """`text` without accents and capitals: how commands and choices are compared."""
    return " ".join(fold_accents(text.casefold()).split())


def command_of(line: str) -> tuple[str, str]:
    """The command that a line begins with and what follows it; an empty command for none."""
    first, _space, rest = line.strip().partition(" ")
    word = COMMANDS.get(plain(first), "")
    if word and word != NOTE and rest.strip():
        return "", ""  # « retour au cabinet » is an answer
    return word, rest.strip()


def yes_or_no(line: str) -> str:
    """`yes`, `no`, or nothing when the line says neither."""
    return _YES_NO.get(plain(line), "")


def unreachable(source: TextIO | None) -> str | None:
    """Why nobody can be asked through `source`; None when it is a terminal, a pipe or a file."""
    said = _(
        "an operator is asked step by step and there is no terminal to ask in: start the run from "
        "a terminal (under pytest with -s), or give it a pipe"
    )
    try:
        if source is None or source.closed:
            return said
        number = source.fileno()
        mode = os.fstat(number).st_mode
    except (OSError, ValueError, UnsupportedOperation):
        return said
    given = stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)
    return None if given or os.isatty(number) else said


def raw_input_of(source: TextIO) -> RawInput:
    """The unbuffered octets of a standard input."""
    return open(source.fileno(), "rb", buffering=0, closefd=False)


def options(asked: Asked) -> list[str]:
    """The answers that `asked` takes, as they are shown: `Enter: done`, `n: no`…"""
    shown = [f"{key} : {choice.label}" for key, choice in _keys(asked)]
    if asked.text:
        shown.insert(0, _("type the text"))
    shown += [_("fail")] if asked.fails else []
    shown += [_("back")] if asked.back else []
    return [*shown, _("help")]


def choice_of(asked: Asked, line: str) -> Choice | None:
    """The choice that a line makes, by its key, its word or its label."""
    said = plain(line)
    for key, choice in _keys(asked):
        if not said and key == _("Enter"):
            return choice
        if said in (plain(key), plain(choice.word), plain(choice.label)):
            return choice
        if yes_or_no(line) == choice.word:
            return choice
    return None


def _keys(asked: Asked) -> list[tuple[str, Choice]]:
    """What is typed for each choice."""
    letters = {YES: _("y"), NO: _("n")}
    keyed: list[tuple[str, Choice]] = []
    for place, choice in enumerate(asked.choices):
        number = str(place + 1)
        first = place == 0 and asked.enter
        keyed.append((_("Enter") if first else letters.get(choice.word, number), choice))
    return keyed
