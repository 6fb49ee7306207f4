"""The values that go with an action that was done, asked one after the other of the operator."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from conformance.drivers.operator.questions import LOOKS
from conformance.drivers.person.asking import BACK, NO, TEXT, YES, Choice, Said
from conformance.locale import _
from conformance.locale.system import sentence_of

_MOST_LOG = 5_000_000
_USUAL = "usual"
_OFFERS, _WHOM = LOOKS["notify-offer"], LOOKS["recipients"]

Question = Callable[..., Said]
"""Asks with the fields of `Asked`."""
Found = dict[str, Any] | None
"""Values, or None when the person wants to return to the question before."""


def values_of(name: str, arguments: Mapping[str, Any], question: Question) -> Found:
    """What an action's `done` carries, as `ACTIONS` says it."""
    ask = _VALUES.get(name)
    return {} if ask is None else ask(name, arguments, question)


def corrected(name: str, arguments: Mapping[str, Any], question: Question, before: Found) -> Found:
    """The values declared anew; the document keeps the name that the story goes on with."""
    if name != "replace_document" or not before:
        return values_of(name, arguments, question)
    offer = _offered(name, arguments, question)
    return None if offer is None else {"document_id": before["document_id"], **offer}


def can_correct(name: str) -> bool:
    """Whether anything that was asked about an action can still be said otherwise."""
    return name in _CORRECTED


def items_of(text: str) -> list[str]:
    """A list as it was typed, with commas or semicolons between."""
    return [item.strip() for item in text.replace(";", ",").split(",") if item.strip()]


def _sent(name: str, arguments: Mapping[str, Any], question: Question) -> Found:
    return {"sent": True}


def _created(name: str, arguments: Mapping[str, Any], question: Question) -> Found:
    asked = _("What shall the bench call this document in its next questions (name or number)?")
    return _identified(name, str(arguments["title"]), asked, question)


def _identified(name: str, usual: str, asked: str, question: Question) -> Found:
    said = question(
        todo=asked,
        choices=(Choice(_USUAL, usual),),
        text=True,
        about=f"{name}.document_id",
    )
    if said.word == BACK:
        return None
    return {"document_id": said.note if said.word == TEXT else usual}


def _replaced(name: str, arguments: Mapping[str, Any], question: Question) -> Found:
    asked = _("What shall the bench call the new version in its next questions (name or number)?")
    document = _identified(name, str(arguments["document_id"]), asked, question)
    offer = None if document is None else _offered(name, arguments, question)
    return None if document is None or offer is None else document | offer


def _offered(name: str, arguments: Mapping[str, Any], question: Question) -> Found:
    said = question(
        todo=_(_OFFERS.question),
        choices=(Choice(YES, _("yes")), Choice(NO, _("no"))),
        enter=False,
        about=f"{name}.offer",
    )
    if said.word == BACK:
        return None
    if said.word == NO:
        return {"offer": {"shown": False, "recipients": []}}
    listed = question(
        todo=_(_WHOM.question),
        choices=(Choice(NO, _("it shows none")),),
        text=True,
        enter=False,
        about=f"{name}.recipients",
    )
    if listed.word == BACK:
        return None
    return {"offer": {"shown": True, "recipients": items_of(listed.note)}}


def _deleted(name: str, arguments: Mapping[str, Any], question: Question) -> Found:
    offer = _offered(name, arguments, question)
    return None if offer is None else {"document_id": arguments["document_id"], **offer}


def _messages(name: str, arguments: Mapping[str, Any], question: Question) -> Found:
    said = question(
        todo=_("Which subjects does the inbox show? Copy them, with commas between."),
        choices=(Choice(NO, _("it shows none")),),
        text=True,
        enter=False,
        about=f"{name}.messages",
    )
    if said.word == BACK:
        return None
    return {"messages": [{"subject": subject} for subject in items_of(said.note)]}


def _traces(name: str, arguments: Mapping[str, Any], question: Question) -> Found:
    said = question(
        todo=_("Where is the file with the traces? Type its path."),
        choices=(),
        text=True,
        enter=False,
        accepts=_no_log,
        about=f"{name}.log",
    )
    if said.word == BACK:
        return None
    return {"log": Path(said.note).read_bytes().decode("utf-8", "replace")}


def _no_log(path: str) -> str | None:
    """What is wrong with a file of traces; None when it can be read."""
    try:
        size = Path(path).stat().st_size
        Path(path).open("rb").close()
    except OSError as error:
        return sentence_of(error)
    if size > _MOST_LOG:
        said = _("{path}: {size} octets, expected at most {most}")
        return said.format(path=path, size=size, most=_MOST_LOG)
    return None


_VALUES: dict[str, Callable[[str, Mapping[str, Any], Question], Found]] = {
    "create_document": _created,
    "send_document": _sent,
    "replace_document": _replaced,
    "delete_document": _deleted,
    "write_message": _sent,
    "inbox": _messages,
    "export_traces": _traces,
}
_CORRECTED = frozenset(_VALUES) - {"create_document", "send_document", "write_message"}
