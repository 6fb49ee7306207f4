"""Who may answer phones and steer the mock: beyond loopback a token is needed."""

import hmac
import secrets
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from common.networks import AllowList
from mocks.psc.web import Call, Refused, json_answer, refuse


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

    def hold_address(self, peer: str) -> None:
        """Raises `Refused` (403) when `peer` is in none of the networks."""
        if not self.lets_in(peer):
            raise refuse("address_not_allowed", f"{peer} is not among the networks allowed", 403)

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


def hold_token(call: Call) -> str | None:
    """Raises `Refused` (401) unless the control token, when one is set, comes with the request.

    It may come as Bearer; for the phone page also in the query (there also a ticket), in which case
    the cookie is given back that keeps the page open from then on. Who answers phones by it does
    not steer the mock: the control API takes no cookie.
    """
    guard = call.guard
    if not (guard and guard.control_token):
        return None
    scheme, _, bearer = call.header("authorization").partition(" ")
    given = bearer.strip() if scheme.lower() == "bearer" else ""
    if _same(guard.control_token, given):
        return None
    on_phone = call.route == "phone"
    if on_phone and call.request.cookies.get("psc_control", "") in guard.opened:
        return None
    ticket = call.query.get("control_token") or ""
    cookie = guard.admitted(ticket) if call.method == "GET" and on_phone else None
    if cookie is not None:
        call.facts["phone_opened"] = True
        return cookie
    data = {"error": "invalid_token", "error_description": "the control token is needed"}
    challenge = {"www-authenticate": 'Bearer realm="psc-control"'}
    raise Refused(json_answer(data, 401, challenge, refused_for="invalid_token"))


def hold_own_origin(call: Call) -> None:
    """Raises `Refused` (403) when a page of another origin sent this request."""
    origin = call.header("origin")
    if origin and urlsplit(origin).netloc != call.header("host"):
        data = {"error": "foreign_origin", "error_description": "sent by a page of another site"}
        raise Refused(json_answer(data, 403, refused_for="foreign_origin"))


def _same(wanted: str, given: str) -> bool:
    return hmac.compare_digest(wanted.encode(), given.encode())
