"""Who calls the back channel: client_secret_basic or client_secret_post [PSC-OPENIDDICT]."""

import hmac
from urllib.parse import unquote_plus

from mocks.psc.http.call import Call, refuse
from mocks.psc.http.labels import basic_credentials
from mocks.psc.settings import Client


def form_of(call: Call) -> None:
    """Refuse a request with a parameter that is repeated. Raises `Refused`."""
    if call.body is not None or call.json is not None:
        raise refuse("invalid_request", "the body must be application/x-www-form-urlencoded")
    if call.form.repeated:
        raise refuse("invalid_request", f"parameter given twice: {call.form.repeated[0]}")


def authenticate(call: Call) -> Client:
    """The authenticated client, noted among the facts. Raises `Refused` (401 `invalid_client`)."""
    header, form = call.header("authorization"), call.form
    scheme, _, rest = header.partition(" ")
    posted_secret = form.get("client_secret")
    if header and posted_secret:
        raise refuse("invalid_request", "two client authentication methods in one request")
    if form.get("client_assertion"):
        # Advertised by the real service, not usable there [PSC-OPENIDDICT client authentication].
        raise refuse("invalid_client", "private_key_jwt is not supported", 401)
    if header:
        pair = basic_credentials(rest) if scheme.lower() == "basic" else None
        if pair is None:
            raise refuse("invalid_client", "the Authorization header cannot be read", 401)
        client_id, secret, method = unquote_plus(pair[0]), pair[1], "client_secret_basic"
    else:
        client_id, secret = form.get("client_id") or "", posted_secret or ""
        method = "client_secret_post"
    client = call.tenant.clients.get(client_id)
    if client is None or not _same_secret(client.secret, secret, method):
        raise refuse("invalid_client", "unknown client or wrong secret", 401)
    if client.authentication not in (method, "both"):
        raise refuse("invalid_client", f"{method} is not the method of this client", 401)
    if form.get("client_id") not in (None, client_id):
        raise refuse("invalid_client", "client_id differs from the authenticated client", 401)
    call.owner(client, method)
    return client


def _same_secret(expected: str, given: str, method: str) -> bool:
    """Basic credentials are encoded [RFC 6749 §2.3.1]; many clients do not: both are taken."""
    forms = (given, unquote_plus(given)) if method == "client_secret_basic" else (given,)
    return any(hmac.compare_digest(expected.encode(), form.encode()) for form in forms)
