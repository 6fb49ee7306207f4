"""The way back to the service: session, code or error, and the faults that strike there."""

import secrets

from common.recording import Secret
from mocks.psc.http.call import Answer, Call, redirect
from mocks.psc.http.rendering import page
from mocks.psc.state import Code, Login, Session

_ERRORS = ("access_denied", "login_required", "server_error", "temporarily_unavailable")


def live_session(call: Call) -> Session | None:
    """The session that the browser's cookie opens, when it still spares an authentication."""
    cookie = call.request.cookies.get(call.tenant.cookie)
    session = call.tenant.state.cookies.get(cookie) if cookie else None
    return session if session is not None and session.live(call.now) else None


def open_session(call: Call, login: Login) -> Session:
    """Authenticate the person of `login`: a new session with its cookie value."""
    assert login.person is not None and login.means is not None
    session = Session(
        person=login.person,
        means=login.means,
        lifetimes=call.tenant.lifetimes,
        auth_time=call.now,
        last_seen=call.now,
        cookie=secrets.token_urlsafe(24),
    )
    call.tenant.state.open_session(session)
    return session


def back_with_code(call: Call, login: Login, session: Session) -> Answer:
    """The callback with a new code; the faults of the callback strike here."""
    for error in _ERRORS:
        if call.strike(f"callback.error-{error.replace('_', '-')}"):
            return back_with_error(call, login, error, "scripted")
    state = login.state
    if state is not None and call.strike("callback.state-altered"):
        state = secrets.token_urlsafe(24)
    if state is not None and call.strike("callback.state-missing"):
        state = None
    value = secrets.token_urlsafe(32)
    call.tenant.state.codes[value] = Code(login, session, call.now + call.tenant.lifetimes.code)
    for fired in call.fired:
        fired.taints.append(Secret("code", value))
    session.last_seen = call.now
    call.facts.update(
        issued=["code"],
        national_id=session.person.national_id,
        session=session.id,
        auth_mode=session.means.value,
    )
    pairs = [("code", value), ("session_state", session.id), ("iss", call.tenant.issuer)]
    answer = _callback(login, [("state", state), *pairs] if state is not None else pairs)
    answer.response.set_cookie(
        call.tenant.cookie,
        session.cookie,
        path="/",
        httponly=True,
        samesite="lax",
        secure=call.request.url.scheme == "https",
    )
    return answer


def back_with_error(call: Call, login: Login, error: str, description: str) -> Answer:
    """The callback with an error [RFC 6749 §4.1.2.1]."""
    pairs = [("error", error), ("error_description", description), ("iss", call.tenant.issuer)]
    if login.state is not None:
        pairs.append(("state", login.state))
    answer = _callback(login, pairs)
    answer.refused_for = error
    return answer


def _callback(login: Login, pairs: list[tuple[str, str]]) -> Answer:
    if login.response_mode != "form_post":
        return redirect(login.redirect_uri, pairs)
    answer = page("form_post.html", action=login.redirect_uri, pairs=pairs)
    answer.redirect = (login.redirect_uri, pairs, "form_post")
    return answer
