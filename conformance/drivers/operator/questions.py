"""What a person is asked to look at: closed questions, or words to copy."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from conformance.drivers.actions import Seen
from conformance.drivers.person.asking import NO, TEXT, YES, Choice, Said
from conformance.locale import N_, _

_DIGITS = re.compile(r"[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Look:
    """How a look is asked: a closed question, or words to copy (`text`, `digits`, `list`).

    `read` is what “yes” declares to stand on the screen.
    """

    question: str
    kind: Literal["yes", "text", "digits", "list"] = "yes"
    read: str = ""


LOOKS: dict[str, Look] = {
    "terms.psc": Look(
        N_("Can a paragraph that names “Pro Santé Connect” be read on the screen?"),
        read="Pro Santé Connect",
    ),
    "psc.button": Look(N_("Which text does the Pro Santé Connect button bear? Copy it."), "text"),
    "login": Look(N_("Is the login zone on the screen?")),
    "ciba.waiting": Look(N_("Does your product say that it waits for the phone?")),
    "ciba.digits": Look(N_("Which two digits does your product show?"), "digits"),
    "identity": Look(N_("Which name does your product show as signed in? Copy it."), "text"),
    "practice-choice": Look(N_("Does your product offer a choice between places of practice?")),
    "logout": Look(N_("Is the logout command on the screen?")),
    "logged-out": Look(N_("Does your product show that nobody is signed in any more?")),
    "documents": Look(N_("Are the patient's documents on the screen?")),
    "notify-offer": Look(N_("Does your product offer to write to the recipients?")),
    "recipients": Look(
        N_(
            "Whom does it offer to write to? Copy the addresses (the names, if it shows no "
            "addresses), with commas between."
        ),
        "list",
    ),
    "sent": Look(N_("Does your product say that the message was sent?")),
    "error": Look(N_("Does your product show an error? Copy its words."), "text"),
    "inbox.row": Look(N_("Which subject does the first row of the inbox show? Copy it."), "text"),
    "patient.proposed": Look(N_("Which patient does your product propose? Copy the name."), "text"),
    "version.shown": Look(N_("Which version of the document does it show? Copy it."), "text"),
}


def answer_of(seen: Seen) -> str:
    """What was answered to a look, as the person said it."""
    closed = LOOKS[seen.what].kind == "yes"
    if not seen.present:
        return _("no") if closed else _("it shows none")
    return _("yes") if closed else seen.text


def question_of(what: str) -> dict[str, Any]:
    """How a look is asked: the fields of `Asked` that belong to it."""
    look = LOOKS[what]
    if look.kind == "yes":
        choices = (Choice(YES, _("yes")), Choice(NO, _("no")))
        return {"todo": _(look.question), "choices": choices, "enter": False}
    asked: dict[str, Any] = {"todo": _(look.question), "text": True, "enter": False}
    if look.kind == "digits":
        asked["accepts"] = _two_digits
    return {**asked, "choices": (Choice(NO, _("it shows none")),)}


def seen_of(what: str, said: Said, picture: bytes | None) -> Seen:
    """What the person declared to stand on the screen; `picture` is that screen, as PNG."""
    text = said.note if said.word == TEXT else LOOKS[what].read if said.word == YES else ""
    if LOOKS[what].kind == "digits":
        text = text.replace(" ", "")
    return Seen(what, present=said.word != NO, text=text, screenshot=picture)


def _two_digits(line: str) -> str | None:
    if _DIGITS.fullmatch(line.replace(" ", "")):
        return None
    return _("Two digits are expected, such as 42.")
