"""Asks how something failed: which of the outcomes other than `done` it was."""

from collections.abc import Callable

from conformance.drivers.person.asking import BROKEN, HOW_IT_FAILED, REFUSED, UNCLEAR, Said
from conformance.drivers.person.terminal_page import Page
from conformance.drivers.person.typed import command_of
from conformance.locale import N_, _

_WORDS = {
    REFUSED: N_("Copy the words on its screen:"),
    UNCLEAR: N_("What does it show? (Enter: nothing to add)"),
    BROKEN: N_("What does it show? (Enter: nothing to add)"),
}


def failure(page: Page, line: Callable[[], str]) -> Said | None:
    """The outcome that the person chooses, with the product's words; None when nothing failed."""
    page.say(_("What happened?"))
    page.lines(*(f"{n} : {_(label)}" for n, label in enumerate(HOW_IT_FAILED.values(), 1)))
    page.say(_("[1 to 5 | Enter: back to the question]"), prompt=True)
    while (answer := line()) and not command_of(answer)[0]:
        if answer not in {str(n) for n in range(1, len(HOW_IT_FAILED) + 1)}:
            page.say(_("Type a number from 1 to 5."), prompt=True)
            continue
        word = list(HOW_IT_FAILED)[int(answer) - 1]
        if word not in _WORDS:
            return Said(word)
        page.say(_(_WORDS[word]), prompt=True)
        shown = line()
        if shown or word != REFUSED:
            return Said(word, shown)
        page.say(_("Without words on its screen it is no refusal (3 or 4)."), prompt=True)
    return None
