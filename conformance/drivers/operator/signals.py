"""What on the wire ends an action of a person, and what shows that they are at another step.

One table (`SIGNALS`) says to which actions an event belongs.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.drivers.person.asking import Awaited
from conformance.journal import Event
from conformance.locale import N_, _


@dataclass(frozen=True, slots=True)
class Signal:
    """An event that shows what the person just did; `word` is its name in the journal."""

    word: str
    kind: str
    fits: Callable[[Event], bool]
    actions: frozenset[str]
    told: str

    def seen_in(self, event: Event) -> bool:
        """Whether `event` is one of these."""
        return event.kind == self.kind and self.fits(event)


def _asks_to_sign_in(event: Event) -> bool:
    return event.data["route"] in ("authorize", "ciba")


def _gives_tokens(event: Event) -> bool:
    """Tokens of a new login: a renewal is the product's own business."""
    data = event.data
    if data["route"] != "token" or "access_token" not in data["facts"].get("issued", ()):
        return False
    return bool((data["request"].get("form") or {}).get("grant_type") != "refresh_token")


def _asks_to_sign_out(event: Event) -> bool:
    return bool(event.data["route"] == "logout")


def _always(event: Event) -> bool:
    return True


REQUEST = Signal(
    "login-request",
    "http.exchange",
    _asks_to_sign_in,
    frozenset({"start_psc_login"}),
    N_("a request to sign in at Pro Santé Connect"),
)
TOKENS = Signal(
    "tokens",
    "http.exchange",
    _gives_tokens,
    frozenset({"start_psc_login", "finish_psc_login"}),
    N_("the tokens of a login"),
)
LOGOUT = Signal(
    "logout",
    "http.exchange",
    _asks_to_sign_out,
    frozenset({"logout", "idle"}),
    N_("a request to sign out of Pro Santé Connect"),
)
MAIL = Signal(
    "mail",
    "mail.accepted",
    _always,
    frozenset({"send_document", "answer_offer", "write_message", "reply"}),
    N_("a mail at the MSSanté operator"),
)
SIGNALS = (REQUEST, TOKENS, LOGOUT, MAIL)


class Finished:
    """The end of a login: its tokens, then an answer of UserInfo. Asked of each event once."""

    def __init__(self) -> None:
        self._tokens = False

    def __call__(self, event: Event) -> bool:
        self._tokens = self._tokens or _gives_tokens(event)
        answered = bool(event.data["response"].get("status") == 200)
        return self._tokens and event.data["route"] == "userinfo" and answered


class Delivered:
    """Mails at the operator that together reach everybody named, and somebody at `domain`."""

    def __init__(self, recipients: Iterable[str], domain: str = "") -> None:
        self._missing = {address.casefold() for address in recipients}
        self._domain = domain.casefold()

    def __call__(self, event: Event) -> bool:
        reached = {to["address"].casefold() for to in event.data["envelope"]["to"]}
        self._missing -= reached
        if any(address.endswith(f"@{self._domain}") for address in reached):
            self._domain = ""
        return not self._missing and not self._domain


def struck(heard: Iterable[Event]) -> bool:
    """Whether a fault is armed: the wire does not tell then what the product made of it."""
    return any(event.kind == "fault.armed" for event in heard)


def awaited(name: str, arguments: Mapping[str, Any], heard: list[Event]) -> Awaited | None:
    """What ends the action of that name by itself, if anything does.

    `heard` is what crossed so far in the story. A login that a fault strikes has no such end: the
    wire does not tell whether the product took what it was given.
    """
    if name == "start_psc_login":
        return Awaited(REQUEST.kind, REQUEST.fits, _(REQUEST.told))
    if name == "finish_psc_login" and not struck(heard):
        return Awaited(
            TOKENS.kind, Finished(), _("the tokens of the login and a reading of UserInfo")
        )
    if name == "logout":
        return Awaited(LOGOUT.kind, LOGOUT.fits, _(LOGOUT.told))
    if name in ("send_document", "write_message"):
        to = [*arguments.get("to", ()), *arguments.get("cc", ())]
        domain = _patient_domain(heard) if arguments.get("patient") else ""
        return Awaited(MAIL.kind, Delivered(to, domain), _("the mail to every recipient"))
    if name == "answer_offer" and arguments.get("answer") == "accept":
        told = _("the mail to every earlier recipient")
        return Awaited(MAIL.kind, Delivered(_reached(heard)), told)
    return Awaited(MAIL.kind, MAIL.fits, _(MAIL.told)) if name == "reply" else None


def _patient_domain(heard: list[Event]) -> str:
    opened = [event for event in heard if event.kind == "tenant.opened"]
    return str(opened[-1].data.get("patient_domain", "")) if opened else ""


def _reached(heard: list[Event]) -> list[str]:
    mails = [event for event in heard if event.kind == "mail.accepted"]
    return [to["address"] for mail in mails for to in mail.data["envelope"]["to"]]
