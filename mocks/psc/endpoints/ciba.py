"""CIBA in poll mode: the backchannel request and the answers to polling [CIBA-CORE]."""

import re
from dataclasses import replace

from common.identities import Professional
from common.recording import Secret
from mocks.faults import Fired
from mocks.psc.endpoints.client_auth import authenticate, form_of
from mocks.psc.endpoints.discovery import SCOPES
from mocks.psc.http.call import Answer, Call, json_answer, refuse
from mocks.psc.settings import Client
from mocks.psc.state import CibaRequest, Grant, Means, Session, Status
from mocks.psc.tenant import Tenant

_BINDING_MESSAGE = re.compile(r"[a-zA-Z0-9\-._+/!?#]{1,50}")
_SLOWER = 5
"""Seconds that `slow_down` adds to the interval, for good [CIBA-CORE §11]."""

_EARLY = 20_000_000
"""Nanoseconds a poll may come early: the coarsest timers of clients tick every 15.6 ms."""

_REMEMBERED = 10
"""Seconds past expiry and interval during which a request is still known [KEYCLOAK-CIBA memory]."""


def backchannel(call: Call) -> Answer:
    """POST `/ext/ciba/auth`: a request that waits on the phone of the person named."""
    form_of(call)
    client = authenticate(call)
    if not client.ciba:
        raise refuse("unauthorized_client", "CIBA is not enabled for this client")
    scope = _require_request(call)
    tenant = call.tenant
    person = tenant.people.get(call.form.get("login_hint") or "")
    if call.strike("ciba.unknown-user") or person is None:
        raise refuse(tenant.config.unknown_user, "invalid user")
    expiry = call.form.get("requested_expiry")
    lifetime = tenant.lifetimes.ciba
    request = CibaRequest(
        n=tenant.state.next_request(),
        client=client,
        person=person,
        means=Means.CARD if call.form.get("channel") == "CARD" else Means.MOBILE,
        scope=scope,
        digits=call.form.get("binding_message") or "",
        created=call.now,
        expires_in=min(int(expiry), lifetime) if expiry else lifetime,
        interval=tenant.interval,
    )
    tenant.state.ciba[request.id] = request
    tenant.bell.ring()
    call.facts.update(
        request=request.n,
        national_id=person.national_id,
        auth_mode=request.means.value,
        interval=request.interval,
        expires_in=request.expires_in,
    )
    return json_answer(
        {"auth_req_id": request.id, "expires_in": request.expires_in, "interval": request.interval}
    )


def _require_request(call: Call) -> str:
    """The scope of a request that is well formed. Raises `Refused` [KEYCLOAK-CIBA errors]."""
    form = call.form
    scope = (form.get("scope") or "").split()
    if not scope:
        raise refuse("invalid_request", "scope is missing")
    if "openid" not in scope or any(name not in SCOPES for name in scope):
        raise refuse("invalid_scope", "scope lacks openid or names an unknown one")
    hints = [n for n in ("login_hint", "login_hint_token", "id_token_hint") if form.get(n)]
    if hints != ["login_hint"]:
        raise refuse("invalid_request", "login_hint is needed, and no other hint")
    for name in ("client_notification_token", "user_code", "request"):
        if form.get(name):
            raise refuse("invalid_request", f"{name} is not supported in poll mode")
    message = form.get("binding_message")
    if message is not None and not _BINDING_MESSAGE.fullmatch(message):
        raise refuse("invalid_binding_message", "binding_message has unexpected characters")
    if form.get("channel") not in (None, "CARD", "MOBILE"):
        raise refuse("invalid_request", "channel must be CARD or MOBILE")
    expiry = form.get("requested_expiry")
    if expiry is not None and not (expiry.isascii() and expiry.isdecimal() and int(expiry) > 0):
        raise refuse("invalid_request", "requested_expiry must be a positive integer")
    return " ".join(scope)


def poll(call: Call, client: Client) -> Grant:
    """The grant of a request that was approved. Raises `Refused` for every other answer."""
    value = call.form.get("auth_req_id")
    if value is None:
        raise refuse("invalid_request", "auth_req_id is missing")
    request = call.tenant.state.ciba.get(value)
    if request is None or request.client.client_id != client.client_id:
        raise refuse("invalid_grant", "auth_req_id unknown, used or of another client")
    early = _note_poll(call, request)
    _strike_before(call, request)
    if request.status is Status.EXPIRED or call.now >= request.expires_at:
        if call.now >= request.expires_at + request.interval + _REMEMBERED:
            del call.tenant.state.ciba[value]
            raise refuse("invalid_grant", "auth_req_id is forgotten")
        raise refuse("expired_token", "the request expired")
    fired = _slow_down_struck(call, request)
    if early or fired:
        request.interval += _SLOWER
        raise refuse("slow_down", f"polled too soon: wait {request.interval} s from now on")
    if request.status is Status.REFUSED:
        raise refuse("access_denied", "the person refused")
    if request.status is Status.PENDING:
        raise refuse("authorization_pending", "the person has not answered yet")
    del call.tenant.state.ciba[value]
    return _grant(call, client, request)


def _note_poll(call: Call, request: CibaRequest) -> bool:
    """Count the poll among the facts; says whether it came before the interval was over."""
    gap = None if request.last_poll is None else call.began - request.last_poll
    request.polls += 1
    request.last_poll = call.began
    call.facts.update(
        poll={"request": request.n, "n": request.polls, "gap_ns": gap},
        interval=request.interval,
        national_id=request.person.national_id,
        auth_mode=request.means.value,
    )
    return gap is not None and gap + _EARLY < request.interval * 1_000_000_000


def _strike_before(call: Call, request: CibaRequest) -> None:
    """Faults that answer in the person's stead: expired at once, denied when approved."""
    if request.status in (Status.PENDING, Status.APPROVED):
        _turn(call, request, "ciba.expired", Status.EXPIRED)
    if request.status is Status.APPROVED:
        _turn(call, request, "ciba.access-denied", Status.REFUSED)


def _turn(call: Call, request: CibaRequest, name: str, status: Status) -> None:
    fired = call.strike(name)
    if fired is not None:
        fired.taints.append(Secret("auth_req_id", request.id))
        request.status = status
        call.tenant.bell.ring()


def _slow_down_struck(call: Call, request: CibaRequest) -> Fired | None:
    wanted = call.tenant.faults.value_of("ciba.slow-down") or 1
    return call.strike("ciba.slow-down") if request.polls == wanted else None


def _grant(call: Call, client: Client, request: CibaRequest) -> Grant:
    person = request.person
    if call.strike("ciba.subject-foreign"):
        person = _somebody_else(call.tenant, person)
    session = Session(
        person=person,
        means=request.means,
        lifetimes=call.tenant.lifetimes,
        auth_time=request.answered_at,
        last_seen=call.now,
    )
    call.tenant.state.open_session(session)
    return Grant(
        client_id=client.client_id,
        session=session,
        scope=request.scope,
        nonce=None,
        auth_time=request.answered_at,
        person=person,
    )


def _somebody_else(tenant: Tenant, person: Professional) -> Professional:
    """Another person of the tenant; an invented one when there is no other."""
    others = (p for p in tenant.people.values() if p.national_id != person.national_id)
    return next(others, replace(person, key="stranger", national_id="899700099996"))
