"""What a person's answer makes of an action, and what one declaration says of another."""

from collections.abc import Mapping
from typing import Any

from conformance.drivers.actions import Outcome, OutcomeName, Seen
from conformance.drivers.person.asking import HOW_IT_FAILED, TEXT, Said
from conformance.locale import _


def connected(said: Said) -> Outcome:
    """Who is signed in, as the person typed it."""
    return Outcome("done", {"connected": said.word == TEXT, "name": said.note})


def failed(said: Said) -> Outcome:
    """The outcome of a failure, with the product's words where they belong."""
    name: OutcomeName = said.word  # type: ignore[assignment]  # one of FAILURES
    if name == "refused":
        return Outcome(name, shown=said.note)
    return Outcome(name, reason=said.note or _("said by the operator"))


def outcome_words(outcome: Outcome) -> str:
    """An outcome in one word or with the product's own."""
    if outcome.name == "done":
        return _("it was done")
    return outcome.shown or _(HOW_IT_FAILED[outcome.name])


def looks_in(given: Any) -> dict[str, Seen]:
    """The looks that an action's values or another look already answer, by their word."""
    if isinstance(given, Seen):
        return {given.what: given} if given.what == "identity" else {}
    if given.name == "refused" and given.shown:
        return {"error": Seen("error", True, given.shown)}
    offer = given.values.get("offer")
    if not isinstance(offer, Mapping):
        return {}
    found = list(offer["recipients"])
    return {
        "notify-offer": Seen("notify-offer", bool(offer["shown"])),
        "recipients": Seen("recipients", bool(found), ", ".join(found)),
    }


def identity_in(given: Any) -> Outcome:
    """Who is signed in, from the look at the identity on the screen."""
    return Outcome("done", {"connected": given.present, "name": given.text})
