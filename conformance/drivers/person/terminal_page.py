"""What the terminal shows a person: plain text, wrapped at 80 columns at most.

No movement of the cursor and next to no colour: it reads the same over SSH or in a log.
"""

import os
import shutil
import textwrap
from collections.abc import Mapping
from typing import TextIO

from conformance.drivers.person.asking import Asked, Left, Opening, Place
from conformance.drivers.person.typed import options
from conformance.locale import _

WIDTH = 80
_NARROWEST = 20
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


class Page:
    """Writes paragraphs to `output`. Every method raises `Left` once nobody can read any more."""

    def __init__(self, output: TextIO, environment: Mapping[str, str] | None = None) -> None:
        self._output = output
        known = os.environ if environment is None else environment
        dull = known.get("NO_COLOR") or known.get("TERM", "dumb") == "dumb"
        self._bold = not dull and output.isatty()

    def opening(self, opening: Opening) -> None:
        """The head of a story."""
        self._write(f"\n{'=' * (self._width - 1)}\n")
        self._paragraph(f"{opening.name} – {opening.title}", "", bold=True)
        for line in (*opening.before, _("At any moment: back, fail, note …, pause, help.")):
            self._paragraph(f"- {line}", "", hang="  ")

    def place(self, place: Place) -> None:
        """The head of a step."""
        head = _("Step {n}/{steps}: {title}")
        self._write("\n")
        said = head.format(n=place.n, steps=place.steps, title=place.title)
        self._paragraph(said, "--- ", hang="    ", bold=True)
        self._paragraph(_("Expected: {what}").format(what=place.expected), "    ")

    def question(self, asked: Asked) -> None:
        """What is to be done or looked at, what is waited for, how to answer."""
        self._write("\n")
        if asked.official:
            self._paragraph(asked.official, "  ")
        for line in asked.todo.splitlines():
            self._paragraph(line, "  ")
        if asked.awaited is not None:
            said = _("The bench moves on by itself as soon as it has seen {what}.")
            self._paragraph(said.format(what=asked.awaited.told), "  ")
        self.prompt(asked)

    def prompt(self, asked: Asked) -> None:
        """How to answer, and the place to type."""
        self._paragraph(f"[{' | '.join(options(asked))}]", "  ", hang="   ")
        self._write("  > ")

    def help(self) -> None:
        """What may be typed at any moment."""
        self._paragraph(_("At any moment:"), "  ")
        self.lines(
            _("back: correct the answer before this one"),
            _("fail: it did not work; the bench asks how"),
            _("note …: keep a remark beside this step"),
            _("pause: take your time; Enter goes on"),
            _("help: this list; Ctrl-C ends the run, what was recorded is kept"),
        )

    def say(self, sentence: str, *, prompt: bool = False) -> None:
        """A sentence; `prompt`: with the place to type after it."""
        self._paragraph(sentence, "  ")
        if prompt:
            self._write("  > ")

    def interrupt(self, sentence: str) -> None:
        """A sentence that comes while the person may be typing."""
        self._write("\n")
        self._paragraph(sentence, "  ")

    def lines(self, *lines: str) -> None:
        """A list, one entry a line."""
        for line in lines:
            self._paragraph(line, "    ", hang="      ")

    @property
    def _width(self) -> int:
        return max(_NARROWEST, min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns))

    def _paragraph(
        self, text: str, indent: str, *, hang: str | None = None, bold: bool = False
    ) -> None:
        wrapped = textwrap.wrap(
            "".join(c if c.isprintable() else " " for c in text),
            self._width - 1,
            initial_indent=indent,
            subsequent_indent=indent if hang is None else hang,
            break_on_hyphens=False,
            break_long_words="://" not in text,  # an address is copied whole
        )
        for line in wrapped:
            self._write(f"{_BOLD}{line}{_PLAIN}\n" if bold and self._bold else f"{line}\n")

    def _write(self, text: str) -> None:
        encoding = getattr(self._output, "encoding", None) or "utf-8"
        try:
            self._output.write(text.encode(encoding, "replace").decode(encoding))
            self._output.flush()
        except (OSError, ValueError) as error:
            raise Left(_("the terminal of the operator is closed")) from error
