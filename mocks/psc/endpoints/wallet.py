"""The wallet pages: choice of the means and of the person, card, waiting for the phone.

They work without JavaScript; a script only spares the reader a click while the phone is awaited.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from starlette.responses import StreamingResponse

from mocks.psc.endpoints.callback import back_with_code, back_with_error, open_session
from mocks.psc.http.call import Answer, Call, Refused, redirect
from mocks.psc.http.rendering import page
from mocks.psc.phone import login_deadline
from mocks.psc.state import Login, Means, Status
from mocks.psc.tenant import Tenant

LOGIN_LASTS = 600
"""Seconds a wallet page stays open before its login is dropped (assumption: not documented)."""

STREAM = {"cache-control": "no-store", "x-accel-buffering": "no"}
"""Headers of an event stream: no cache, and no proxy that holds it back."""

_MEANS = {"cps": Means.CARD, "ecps": Means.MOBILE}


def show(call: Call, login: Login) -> Answer:
    """The page that fits where the login stands."""
    tenant = call.tenant
    common: dict[str, Any] = {
        "action": f"{tenant.prefix}/wallet/{login.id}",
        "service": login.client.shown,
        "person": login.person,
    }
    if login.status is Status.CHOOSING:
        chosen = login.login_hint if login.login_hint in tenant.people else ""
        people = list(tenant.people.values())
        return page("wallet_choose.html", people=people, chosen=chosen, **common)
    if login.status is Status.CARD:
        return page("wallet_card.html", **common)
    return page("wallet_wait.html", digits=login.digits, **common)


def wallet(call: Call) -> Answer:
    """GET or POST `/wallet/<login>`, and its event stream `/wallet/<login>/events`."""
    name, _, rest = call.tail.partition("/")
    login = _find(call, name)
    call.facts.update(client=login.client.client_id, login=login.n)
    if call.method == "GET" and rest == "events":
        return Answer(_events(call.tenant, login), quiet=True)
    if call.method == "POST":
        return _submitted(call, login)
    if login.status is Status.PENDING and call.now >= login_deadline(login, call.tenant.lifetimes):
        login.status = Status.EXPIRED
    if login.status is Status.APPROVED:
        return _finish(call, login)
    if login.status in (Status.REFUSED, Status.EXPIRED):
        refused = login.status is Status.REFUSED
        words = "the person refused" if refused else "no answer from the person"
        return _give_up(call, login, words)
    answer = show(call, login)
    answer.quiet = login.shown
    login.shown = True
    return answer


def _submitted(call: Call, login: Login) -> Answer:
    step = call.form.get("step")
    call.facts["step"] = step
    if step == "cancel":
        return _give_up(call, login, "cancelled by the person")
    if step == "card" and login.status is Status.CARD:
        login.status = Status.APPROVED
        return _finish(call, login)
    if step == "choose" and login.status is Status.CHOOSING:
        return _chosen(call, login)
    raise Refused(_sorry(400, "wrong_step", "Cette étape de la connexion est déjà passée."))


def _chosen(call: Call, login: Login) -> Answer:
    means = _MEANS.get(call.form.get("means") or "")
    person = call.tenant.people.get(call.form.get("national_id") or "")
    if means is None or person is None:
        words = "Choisissez un moyen de connexion et un professionnel, puis validez."
        raise Refused(_sorry(400, "incomplete_choice", words))
    login.means, login.person, login.asked_at = means, person, call.now
    call.facts.update(auth_mode=means.value, national_id=person.national_id)
    if means is Means.CARD:
        login.status = Status.CARD
    else:
        login.digits = f"{secrets.randbelow(100):02d}"
        login.status = Status.PENDING
        call.tenant.bell.ring()
    return redirect(f"{call.tenant.prefix}/wallet/{login.id}", (), status=303)


def _give_up(call: Call, login: Login, words: str) -> Answer:
    call.tenant.state.logins.pop(login.id, None)
    call.tenant.bell.ring()
    return back_with_error(call, login, "access_denied", words)


def _finish(call: Call, login: Login) -> Answer:
    call.tenant.state.logins.pop(login.id, None)
    session = open_session(call, login)
    return back_with_code(call, login, session)


def _find(call: Call, name: str) -> Login:
    login = call.tenant.state.logins.get(name)
    if login is None:
        raise Refused(_sorry(400, "unknown_login", "Cette connexion est terminée ou inconnue."))
    if call.now > login.created + LOGIN_LASTS:
        del call.tenant.state.logins[name]
        raise Refused(_sorry(400, "expired_login", "Cette connexion a expiré."))
    return login


def _sorry(status: int, code: str, words: str) -> Answer:
    return page("error.html", status, refused_for=code, code=code, words=words)


def _events(tenant: Tenant, login: Login) -> StreamingResponse:
    """Says `answered` once the phone has answered, or the time is over."""

    def waiting() -> float:
        """Seconds left to wait; 0 when there is nothing to wait for."""
        if login.status is not Status.PENDING or tenant.bell.closed:
            return 0.0
        if tenant.state.logins.get(login.id) is not login:
            return 0.0
        return max(0.0, login_deadline(login, tenant.lifetimes) - tenant.clock())

    async def lines() -> AsyncIterator[bytes]:
        async with tenant.bell.listen() as changed:
            yield b": waiting\n\n"
            while left := waiting():
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), left)
                changed.clear()
        yield b"event: answered\ndata: 1\n\n"

    return StreamingResponse(lines(), media_type="text/event-stream", headers=STREAM)
