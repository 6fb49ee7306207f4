"""CIBA requests and the polls that followed each [CIBA-CORE §10, §11]."""

from dataclasses import dataclass
from itertools import pairwise

from conformance.checks.events import Events
from conformance.checks.observed.exchanges import answer, status, text
from conformance.checks.observed.logins import Login, logins
from conformance.journal.events import Event

DEFAULT_INTERVAL = 5
"""Seconds between polls when the answer announces none [CIBA-CORE §7.3]."""

SLOW_DOWN_S = 5
"""Seconds a `slow_down` adds to the interval, for all later polls [CIBA-CORE §11]."""

JITTER_S = 0.2
"""What transport and scheduling may take off a gap that the client kept: never a conformity."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Two polls in a row, `seconds` apart, when at least `owed` seconds were to pass."""

    before: Event
    after: Event
    seconds: float
    owed: float

    @property
    def kept(self) -> bool:
        """Whether the client waited long enough."""
        return self.seconds >= self.owed - JITTER_S


def ciba_logins(events: Events) -> list[Login]:
    """The backchannel requests of a scenario; the polls of each are its `grants`."""
    return logins(events, "ciba")


def interval_of(login: Login) -> float:
    """The polling interval announced, in seconds."""
    value = answer(login.request).get("interval")
    return float(value) if isinstance(value, int | float) else float(DEFAULT_INTERVAL)


def error_of(poll: Event) -> str:
    """The `error` a poll was answered with, empty for a success."""
    return text(answer(poll).get("error"))


def ends(poll: Event) -> bool:
    """Whether a poll was told that the request is over: tokens, or an error that is final."""
    if status(poll) >= 500 or status(poll) == 0:
        return False
    return error_of(poll) not in ("authorization_pending", "slow_down")


def gaps(login: Login) -> list[Gap]:
    """The waits between polls; each `slow_down` received adds to what is owed afterwards."""
    owed = interval_of(login)
    found = []
    for before, after in pairwise(login.grants):
        if error_of(before) == "slow_down":
            owed += SLOW_DOWN_S
        seconds = (after.data["began"] - before.data["began"]) / 1e9
        found.append(Gap(before, after, seconds, owed))
    return found
