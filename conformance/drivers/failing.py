"""Asks how something failed: which of the outcomes other than `done` it was."""

from collections.abc import Callable

from conformance.drivers.person import BROKEN, MISTAKE, REFUSED, UNCLEAR, UNSUPPORTED, Said
from conformance.drivers.terminal_page import Page
from conformance.drivers.typed import command_of
from conformance.locale import N_, _

_HOW = (
    (REFUSED, N_("the product says no, with words on its screen")),
    (UNSUPPORTED, N_("the product cannot do this")),
    (UNCLEAR, N_("neither success nor refusal is shown")),
    (BROKEN, N_("the product crashed: error page, frozen, closed, no answer")),
    (MISTAKE, N_("my own mistake: this scenario must be run again")),
)
_WORDS = {
    REFUSED: N_("Copy the words on its screen:"),
    UNCLEAR: N_("What does it show? (Enter: nothing to add)"),
    BROKEN: N_("What does it show? (Enter: nothing to add)"),
}


def failure(page: Page, line: Callable[[], str]) -> Said | None:
    """The outcome that the person chooses, with the product's words; None when nothing failed."""
    page.say(_("What happened?"))
    page.lines(*(f"{n} : {_(label)}" for n, (_word, label) in enumerate(_HOW, 1)))
    page.say(_("[1 to 5 | Enter: back to the question]"), prompt=True)
    while (answer := line()) and not command_of(answer)[0]:
        if answer not in {str(n) for n in range(1, len(_HOW) + 1)}:
            page.say(_("Type a number from 1 to 5."), prompt=True)
            continue
        word = _HOW[int(answer) - 1][0]
        if word not in _WORDS:
            return Said(word)
        page.say(_(_WORDS[word]), prompt=True)
        shown = line()
        if shown or word != REFUSED:
            return Said(word, shown)
        page.say(_("Without words on its screen it is no refusal (3 or 4)."), prompt=True)
    return None
