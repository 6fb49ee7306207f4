"""Who may answer phones and steer the mock: beyond loopback a token is needed."""

import hmac
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address
from urllib.parse import urlsplit

from mocks.psc.web import Call, Refused, json_answer, refuse


@dataclass(frozen=True, slots=True)
class Guard:
    """Who is let in: `networks` (none: everybody), and the token of phone and control, if any."""

    control_token: str | None = None
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    def hold_address(self, peer: str) -> None:
        """Raises `Refused` (403) when `peer` is in none of the networks."""
        if self.networks and not any(ip_address(peer) in one for one in self.networks):
            raise refuse("address_not_allowed", f"{peer} is not among the networks allowed", 403)


def hold_token(call: Call) -> str | None:
    """Raises `Refused` (401) unless the control token, when one is set, comes with the request.

    It may come as Bearer, as the cookie of the phone page, or in the query; in the last case it is
    given back, for the page to keep it in a cookie.
    """
    wanted = call.control_token
    if not wanted:
        return None
    scheme, _, bearer = call.header("authorization").partition(" ")
    given = bearer.strip() if scheme.lower() == "bearer" else ""
    if _same(wanted, given) or _same(wanted, call.request.cookies.get("psc_control", "")):
        return None
    from_query = call.query.get("control_token") or ""
    if call.method == "GET" and _same(wanted, from_query):
        return from_query
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
