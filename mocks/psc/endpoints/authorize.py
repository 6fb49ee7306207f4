"""The authorization endpoint of the wallet host: checks the request, spares or asks a login.

What the real service answers to a missing `scope_all`, `acr_values`, `state` or `nonce` is not
known: such a request is taken and recorded, the rules judge it [BANC-READING unknown answers].
"""

import re

from mocks.psc.endpoints.callback import back_with_code, back_with_error, live_session
from mocks.psc.endpoints.discovery import SCOPES
from mocks.psc.endpoints.wallet import show
from mocks.psc.http.call import Answer, Call, Params, Refused
from mocks.psc.http.rendering import page
from mocks.psc.settings import Client
from mocks.psc.state import Login, Session

_CHALLENGE = re.compile(r"[A-Za-z0-9\-._~]{43,128}")


def authorize(call: Call) -> Answer:
    """GET or POST `/auth`: the wallet page, or at once the callback inside a live session."""
    asked = call.form if call.method == "POST" else call.query
    client, redirect_uri = _destination(call, asked)
    call.facts["client"] = client.client_id
    login = _login(call, client, redirect_uri, asked)
    session = live_session(call)
    call.facts.update(login=login.n, sso=session is not None, silent=False)
    problem = _problem(asked)
    if problem is not None:
        return back_with_error(call, login, *problem)
    if session is not None and not _must_ask_again(asked, session, call.now):
        call.facts["silent"] = True
        return back_with_code(call, login, session)
    if asked.get("prompt") == "none":
        return back_with_error(call, login, "login_required", "no live session")
    call.tenant.state.logins[login.id] = login
    return show(call, login)


def _destination(call: Call, asked: Params) -> tuple[Client, str]:
    """Client and redirect URI. Raises `Refused` with a page, no redirect [RFC 6749 §4.1.2.1]."""
    client = call.tenant.clients.get(asked.get("client_id") or "")
    redirect_uri = asked.get("redirect_uri")
    repeated = [name for name in asked.repeated if name in ("client_id", "redirect_uri")]
    if client is None:
        code, words = "unknown_client", "Le service qui vous envoie ici n'est pas connu."
    elif redirect_uri is None or redirect_uri not in client.redirect_uris:
        code, words = "invalid_redirect_uri", "L'adresse de retour du service n'est pas déclarée."
    elif repeated:
        code, words = "invalid_request", f"Le paramètre {repeated[0]} est donné deux fois."
    else:
        return client, redirect_uri
    raise Refused(page("error.html", 400, refused_for=code, code=code, words=words))


def _login(call: Call, client: Client, redirect_uri: str, asked: Params) -> Login:
    return Login(
        n=call.tenant.state.next_login(),
        client=client,
        redirect_uri=redirect_uri,
        response_mode=asked.get("response_mode") or "query",
        scope=" ".join((asked.get("scope") or "").split()),
        state=asked.get("state"),
        nonce=asked.get("nonce"),
        code_challenge=asked.get("code_challenge"),
        code_challenge_method=asked.get("code_challenge_method") or "plain",
        created=call.now,
        login_hint=asked.get("login_hint") or "",
    )


def _problem(asked: Params) -> tuple[str, str] | None:
    """What the request is refused for through the callback: error and description."""
    challenge = asked.get("code_challenge")
    unknown = [name for name in (asked.get("scope") or "").split() if name not in SCOPES]
    if asked.repeated:
        return "invalid_request", f"parameter given twice: {asked.repeated[0]}"
    if asked.get("request") or asked.get("request_uri"):
        name = "request" if asked.get("request") else "request_uri"
        return f"{name}_not_supported", f"{name} is not supported"
    if asked.get("response_type") is None:
        return "invalid_request", "response_type is missing"
    if asked.get("response_type") != "code":
        return "unsupported_response_type", "response_type must be code"
    if asked.get("response_mode") not in (None, "query", "form_post"):
        return "invalid_request", "response_mode must be query or form_post"
    if unknown:
        return "invalid_scope", f"unknown scope: {unknown[0]}"
    if asked.get("code_challenge_method") not in (None, "S256", "plain"):
        return "invalid_request", "code_challenge_method must be S256 or plain"
    if challenge is None and asked.get("code_challenge_method"):
        return "invalid_request", "code_challenge is missing"
    if challenge is not None and not _CHALLENGE.fullmatch(challenge):
        return "invalid_request", "code_challenge must be 43 to 128 unreserved characters"
    return None


def _must_ask_again(asked: Params, session: Session, now: float) -> bool:
    """`prompt=login` and an overrun `max_age` ask the person again [OIDC-CORE §3.1.2.1]."""
    if "login" in (asked.get("prompt") or "").split():
        return True
    max_age = asked.get("max_age")
    return bool(max_age and max_age.isdecimal() and now - session.auth_time > int(max_age))
