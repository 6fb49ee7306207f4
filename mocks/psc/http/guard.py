"""Who is let in: the networks allowed, the control token, tickets and cookies of the phone page."""

import hmac
import secrets
from dataclasses import dataclass, field

from common.networks import AllowList


@dataclass(frozen=True, slots=True)
class Guard:
    """Who is let in: the networks allowed, and the token of phone and control, if any.

    `tickets` open the phone page once each, `opened` are the cookies of the browsers that did.
    """

    control_token: str | None = None
    allowed: AllowList = field(default_factory=AllowList)
    tickets: set[str] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)

    def lets_in(self, peer: str) -> bool:
        """Whether the address `peer` is in one of the networks."""
        return self.allowed.lets_in(peer)

    def ticket(self) -> str:
        """A new ticket; any thread may call."""
        ticket = secrets.token_urlsafe(18)
        self.tickets.add(ticket)
        return ticket

    def admitted(self, ticket: str) -> str | None:
        """The cookie for who brought the token, or a ticket that nobody has used yet."""
        if not (self.control_token and _same(self.control_token, ticket)):
            if ticket not in self.tickets:
                return None
            self.tickets.discard(ticket)
        cookie = secrets.token_urlsafe(24)
        self.opened.add(cookie)
        return cookie


def _same(wanted: str, given: str) -> bool:
    return hmac.compare_digest(wanted.encode(), given.encode())
