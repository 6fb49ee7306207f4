"""The closed vocabulary of actions and observations, and the outcomes of both.

Every driver speaks it: the browser by Playwright, the adapter by JSON over HTTP (its body is the
arguments, its answer the outcome, exactly with the names used here), the operator by a person.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from conformance.locale import _

OutcomeName = Literal["done", "refused", "unsupported", "unclear", "broken"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an action ended.

    `done` has `values`; `refused` the product's own words in `shown`; `broken` and `unclear` a
    `reason`. A time-out, a 5xx or a missing selector is never `refused`.
    """

    name: OutcomeName
    values: Mapping[str, Any] = field(default_factory=dict)
    shown: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What an observation found. `ready` is false when the set-up does not say how to look.

    `box` is [x, y, width, height] in pixels of the recorded screen (browser only).
    """

    what: str
    present: bool
    text: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    url: str | None = None
    box: tuple[float, float, float, float] | None = None
    ready: bool = True
    screenshot: bytes | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """One word of the vocabulary: its arguments and the values of `done`, name → meaning.

    `within` is its deadline in seconds.
    """

    name: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    within: float = 20.0


_OFFER = {
    "offer": "object {shown: bool, recipients: [addresses offered]}",
    "document_id": "the product's id of the new version",
}

ACTIONS: dict[str, Action] = {
    action.name: action
    for action in (
        Action("show_terms", {"form": "page | document | contract"}),
        Action("scroll_to_psc_terms"),
        Action("close_terms"),
        Action("go_to_login"),
        Action(
            "start_psc_login",
            {"means": "cps | ecps", "national_id": "8 + RPPS; who is to sign in"},
            {
                "open": "adapter, web: the URL the product sends its user's browser to",
                "digits": "CIBA: the two digits shown",
            },
        ),
        Action(
            "finish_psc_login",
            {"national_id": "who signs in", "means": "cps | ecps"},
            {},
            within=40.0,
        ),
        Action(
            "connected_identity",
            {},
            {
                "connected": "bool",
                "national_id": "SubjectNameID shown or known",
                "name": "the name shown",
            },
        ),
        Action("choose_practice", {"index": "0-based position in the choice"}),
        Action("go_to_logout"),
        Action("logout"),
        Action("idle", {"seconds": "how long the person does nothing"}, {}, within=90.0),
        Action("open_patient", {"ins": "INS number, 15 characters"}),
        Action(
            "create_document",
            {"ins": "of the patient", "title": "title", "text": "narrative of the report"},
            {"document_id": "the product's id"},
        ),
        Action(
            "send_document",
            {
                "document_id": "as created",
                "to": "list of MSSanté addresses",
                "cc": "list of MSSanté addresses",
                "patient": "bool: also to the patient's own mailbox",
            },
            {"sent": "bool"},
            within=30.0,
        ),
        Action(
            "replace_document",
            {"document_id": "the one replaced", "text": "narrative of the new version"},
            _OFFER,
            within=30.0,
        ),
        Action("delete_document", {"document_id": "the one deleted"}, _OFFER, within=30.0),
        Action("answer_offer", {"answer": "accept | decline"}, {}, within=30.0),
        Action(
            "write_message",
            {"to": "list of addresses", "subject": "free subject", "text": "body"},
            {"sent": "bool"},
            within=30.0,
        ),
        Action("reply", {"message_id": "of the message answered", "text": "body"}),
        Action("inbox", {}, {"messages": "list"}),
        Action("open_message", {"message_id": "Message-ID"}),
        Action("integrate", {"message_id": "Message-ID"}),
        Action("search_directory", {"query": "object of criteria"}),
        Action("configure_mailbox", {"address": "the mailbox"}),
        Action("export_traces", {}, {"log": "text"}),
        Action("restart", {}, {}, within=60.0),
    )
}

SEES: tuple[str, ...] = (
    "terms.psc",
    "psc.button",
    "login",
    "ciba.waiting",
    "ciba.digits",
    "identity",
    "practice-choice",
    "logout",
    "logged-out",
    "documents",
    "notify-offer",
    "recipients",
    "sent",
    "error",
    "inbox.row",
    "patient.proposed",
    "version.shown",
)


class Driver(Protocol):
    """Acts on one face of the product and looks at it. Not thread-safe; one story at a time."""

    witness: Literal["screen", "declared"]
    source: Literal["ui", "adapter", "operator"]

    def act(self, name: str, arguments: Mapping[str, Any], within: float) -> Outcome:
        """Do one action and give its one outcome within `within` seconds; never raises for it."""
        ...

    def see(self, what: str) -> Seen:
        """Look at one thing. Raises `NotReady` only for a word outside `SEES`."""
        ...

    def open(self) -> None:
        """Have its windows on the screen before a film begins. Raises `NotReady`."""
        ...

    def reset(self) -> None:
        """Forget cookies, pages and sessions: the next story starts as a new visitor."""
        ...

    def close(self) -> None:
        """Let go of browser, sockets and windows."""
        ...


def unknown_word(kind: str, word: str, known: Iterable[str]) -> str:
    """The sentence about a word outside the vocabulary."""
    said = _("{kind} {word}: not in the vocabulary, expected one of {known}")
    return said.format(kind=kind, word=repr(word), known=", ".join(known))


class Stopped(Exception):
    """A story ends here because an action was not `done`.

    `step` is that of the action when it is an earlier one: an operator corrected what they said.
    """

    def __init__(self, action: str, outcome: Outcome, step: int | None = None) -> None:
        why = outcome.reason or outcome.shown or outcome.name
        super().__init__(why if why.startswith(action) else f"{action}: {why}")
        self.action = action
        self.outcome = outcome
        self.step = step
