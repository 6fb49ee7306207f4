"""Who may answer phones and steer the mock: beyond loopback a token is needed."""

from urllib.parse import urlsplit

from mocks.psc.http.call import Call, Refused, json_answer, refuse
from mocks.psc.http.guard import Guard, _same


def require_address(guard: Guard, peer: str) -> None:
    """Raises `Refused` (403) when `peer` is in none of the networks that `guard` lets in."""
    if not guard.lets_in(peer):
        raise refuse("address_not_allowed", f"{peer} is not among the networks allowed", 403)


def require_token(call: Call) -> str | None:
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


def require_own_origin(call: Call) -> None:
    """Raises `Refused` (403) when a page of another origin sent this request."""
    origin = call.header("origin")
    if origin and urlsplit(origin).netloc != call.header("host"):
        data = {"error": "foreign_origin", "error_description": "sent by a page of another site"}
        raise Refused(json_answer(data, 403, refused_for="foreign_origin"))
