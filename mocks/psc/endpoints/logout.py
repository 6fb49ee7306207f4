"""RP-initiated logout [OIDC-LOGOUT] [PSC-CONNECTOR logout]."""

import json
from dataclasses import dataclass

from joserfc import jws
from joserfc.errors import JoseError

from mocks.psc.endpoints.callback import live_session
from mocks.psc.http.call import Answer, Call, Params, Refused, redirect
from mocks.psc.http.rendering import page
from mocks.psc.settings import Client
from mocks.psc.state import Session


@dataclass(frozen=True, slots=True)
class _Hint:
    """What an ID token of ours says: for which client, of which session (None: forgotten)."""

    client_id: str
    session: Session | None


def logout(call: Call) -> Answer:
    """GET or POST `/logout`: ends the session of the hint; without a hint, asks the person."""
    asked = call.form if call.method == "POST" else call.query
    call.facts["hint"] = asked.get("id_token_hint") is not None
    if asked.repeated:
        raise _sorry("invalid_request", f"Le paramètre {asked.repeated[0]} est donné deux fois.")
    hint = _hint(call, asked)
    client = _client(call, asked, hint)
    back = _way_back(asked, client)
    session = hint.session if hint else None
    if hint is None:
        session = live_session(call)
        if session is not None and asked.get("confirm") != "1":
            fields = [(name, value) for name, value in asked.pairs if name != "confirm"]
            action = call.request.url.path
            return page("logout_confirm.html", action=action, fields=fields)
    return _end(call, asked, session, back)


def _end(call: Call, asked: Params, session: Session | None, back: str | None) -> Answer:
    call.facts["ended"] = session is not None and not session.ended
    if session is not None:
        call.facts.update(session=session.id, national_id=session.person.national_id)
        session.ended = True
    if back is None:
        answer = page("logged_out.html")
    else:
        state = asked.get("state")
        answer = redirect(back, [("state", state)] if state is not None else [])
    cookie = call.request.cookies.get(call.tenant.cookie)
    if session is not None and cookie == session.cookie and cookie:
        answer.response.delete_cookie(call.tenant.cookie, path="/", httponly=True, samesite="lax")
    return answer


def _hint(call: Call, asked: Params) -> _Hint | None:
    """The ID token given, expired or not. Raises `Refused` when it is not one of ours."""
    value = asked.get("id_token_hint")
    if value is None:
        return None
    try:
        signed = jws.deserialize_compact(value, call.keys.signing, algorithms=["RS256"])
        claims = _claims(signed.payload)
    except (JoseError, ValueError) as error:
        raise _sorry("invalid_id_token_hint", "L'ID token présenté n'est pas valable.") from error
    if claims.get("iss") != call.tenant.issuer or claims.get("typ") != "ID":
        raise _sorry("invalid_id_token_hint", "L'ID token présenté vient d'ailleurs.")
    session = call.tenant.state.sessions.get(str(claims.get("sid")))
    return _Hint(str(claims.get("aud")), session)


def _claims(payload: bytes) -> dict[str, object]:
    claims = json.loads(payload)
    if not isinstance(claims, dict):
        raise ValueError("the claims are not an object")
    return claims


def _client(call: Call, asked: Params, hint: _Hint | None) -> Client | None:
    named = asked.get("client_id")
    if named is not None and hint is not None and named != hint.client_id:
        raise _sorry("invalid_request", "client_id et id_token_hint désignent deux services.")
    client_id = hint.client_id if hint else named
    if client_id is None:
        return None
    client = call.tenant.clients.get(client_id)
    if client is None:
        raise _sorry("unknown_client", "Le service qui demande la déconnexion n'est pas connu.")
    call.facts["client"] = client.client_id
    return client


def _way_back(asked: Params, client: Client | None) -> str | None:
    """The registered address to return to. Raises `Refused` unless it is exactly one of them."""
    wanted = asked.get("post_logout_redirect_uri")
    if wanted is None:
        return None
    if client is None or wanted not in client.post_logout_redirect_uris:
        words = "L'adresse de retour après déconnexion n'est pas déclarée."
        raise _sorry("invalid_redirect_uri", words)
    return wanted


def _sorry(code: str, words: str) -> Refused:
    return Refused(page("error.html", 400, refused_for=code, code=code, words=words))
