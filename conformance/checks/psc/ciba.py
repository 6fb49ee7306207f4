"""CIBA in poll mode: the backchannel request and the polls that follow [CIBA-CORE]."""

import re
from collections.abc import Iterator

from conformance.checks.events import Events
from conformance.checks.observed.exchanges import by_scenario, parameters, tenant_of, text
from conformance.checks.observed.logins import LOGIN_READS, Login
from conformance.checks.observed.polls import (
    JITTER_S,
    ciba_logins,
    ends,
    error_of,
    gaps,
    interval_of,
)
from conformance.checks.registry import Said, broken, held, held_if, rule
from conformance.documents.identifiers import national_id_kind
from conformance.journal.events import Event

_EDC = "[PSC-EDC request, binding message] ANS sample of a proxy e-Santé and its OpenAPI"
_FORBIDDEN = ("client_notification_token", "user_code", "login_hint_token", "id_token_hint")
_FEWEST = 3
"""Requests below which equal digits may be chance: two in a hundred pairs would be accused."""


@rule(
    "psc.ciba.scope",
    requires=["banc:PSCH-SCOPE", "PSC.01"],
    reads=LOGIN_READS,
    basis="ans",
    trust="secondary",
    source=_EDC,
)
def ciba_scope(events: Events) -> Iterator[Said]:
    """The backchannel request asks for the scopes `openid` and `scope_all`."""
    for login in ciba_logins(events):
        sent = text(parameters(login.request).get("scope"))
        missing = sorted({"openid", "scope_all"} - set(sent.split()))
        yield held_if(not missing, login.name, [login.request], sent=sent, missing=[*missing])


@rule(
    "psc.ciba.acr",
    requires=["PSC.08", "banc:PSCH-ACR"],
    reads=LOGIN_READS,
    basis="ans",
    trust="secondary",
    source=_EDC,
)
def ciba_acr(events: Events) -> Iterator[Said]:
    """The backchannel request carries `acr_values=eidas1`."""
    for login in ciba_logins(events):
        sent = parameters(login.request)
        value = text(sent.get("acr_values"))
        if value:
            yield held_if(value == "eidas1", login.name, [login.request], sent=value)
        else:
            defect = "misspelt" if "acr" in sent else "absent"
            yield broken(login.name, [login.request], defect=defect, sent=text(sent.get("acr")))


@rule(
    "psc.ciba.login-hint",
    requires=["PSC.01"],
    reads=(*LOGIN_READS, "tenant.opened"),
    basis="ans",
    trust="official",
    source="[PSC-CIBA login_hint] ANS page on CIBA; [FAQ-X identifiers] ANS FAQ, its form",
)
def login_hint(events: Events) -> Iterator[Said]:
    """The `login_hint` is a national identifier, its type digit included (8 and 11 digits)."""
    known = {person["national_id"] for person in tenant_of(events).get("people", [])}
    for login in ciba_logins(events):
        sent = text(parameters(login.request).get("login_hint"))
        if f"8{sent}" in known:
            yield broken(login.name, [login.request], defect="no-type", sent=sent)
        else:
            yield held_if(national_id_kind(sent), login.name, [login.request], sent=sent)


@rule(
    "psc.ciba.binding-message",
    requires=["banc:PSCH-CIBA-BM"],
    reads=LOGIN_READS,
    basis="ans",
    trust="secondary",
    source=_EDC,
)
def binding_message(events: Events) -> Iterator[Said]:
    """The `binding_message` is exactly two digits."""
    for login in ciba_logins(events):
        sent = text(parameters(login.request).get("binding_message"))
        good = re.fullmatch(r"[0-9]{2}", sent)
        yield held_if(good, login.name, [login.request], length=len(sent))


@rule(
    "psc.ciba.binding-fresh",
    requires=["banc:PSCH-CIBA-BM"],
    reads=LOGIN_READS,
    basis="ans",
    trust="secondary",
    source=_EDC,
    scope="run",
)
def binding_fresh(events: Events) -> Iterator[Said]:
    """The two digits are drawn afresh for each request: they are not always the same."""
    requests = [login.request for _, part in by_scenario(events) for login in ciba_logins(part)]
    drawn = {text(parameters(request).get("binding_message")) for request in requests} - {""}
    if len(drawn) > 1:
        yield held("requests", requests, requests=len(requests))
    elif drawn and len(requests) >= _FEWEST:
        yield broken("requests", requests, requests=len(requests))


@rule(
    "psc.ciba.channel",
    requires=["PSC.01"],
    reads=LOGIN_READS,
    basis="ans",
    trust="secondary",
    source=_EDC,
)
def channel(events: Events) -> Iterator[Said]:
    """The `channel`, when given, is `CARD` or `MOBILE`."""
    for login in ciba_logins(events):
        sent = parameters(login.request)
        if "channel" in sent:
            value = text(sent["channel"])
            yield held_if(value in ("CARD", "MOBILE"), login.name, [login.request], sent=value)


@rule(
    "psc.ciba.no-forbidden-parameter",
    requires=["PSC.01"],
    reads=LOGIN_READS,
    basis="standard",
    trust="official",
    source="[CIBA-CORE §7.1] OpenID CIBA: one hint, no notification token in poll mode",
)
def no_forbidden_parameter(events: Events) -> Iterator[Said]:
    """The request has one hint, and nothing that poll mode or PSC does not know."""
    for login in ciba_logins(events):
        sent = parameters(login.request)
        present = [name for name in _FORBIDDEN if name in sent]
        yield held_if(not present, login.name, [login.request], present=[*present])


@rule(
    "psc.ciba.polling-interval",
    requires=["banc:PSCH-CIBA-POLL", "PSC.01"],
    reads=(*LOGIN_READS, "scenario.finished"),
    basis="standard",
    trust="official",
    source="[CIBA-CORE §7.3, §11] OpenID CIBA",
    when="any",
)
def polling_interval(events: Events) -> Iterator[Said]:
    """Between two polls at least the announced interval passes (seconds, clock of the bench)."""
    for login in ciba_logins(events):
        found = gaps(login)
        early = [gap for gap in found if gap.seconds < interval_of(login) - JITTER_S]
        interval = int(interval_of(login))
        if early:
            yield broken(login.name, [early[0].before, early[0].after], interval=interval)
        elif found and _last_answer(login, events):
            yield held(login.name, login.grants, interval=interval)


@rule(
    "psc.ciba.slow-down-honoured",
    requires=["banc:PSCH-CIBA-POLL", "PSC.01"],
    reads=LOGIN_READS,
    basis="standard",
    trust="official",
    source="[CIBA-CORE §11] OpenID CIBA",
    when=("ciba.slow-down",),
)
def slow_down_honoured(events: Events) -> Iterator[Said]:
    """After `slow_down`, every later poll of that request waits at least 5 s longer."""
    for login in ciba_logins(events):
        told = next((poll for poll in login.grants if error_of(poll) == "slow_down"), None)
        if told is None:
            continue
        later = [gap for gap in gaps(login) if gap.before.mono >= told.mono]
        early = [gap for gap in later if not gap.kept]
        if early:
            owed = int(early[0].owed)
            yield broken(login.name, [told, early[0].after], owed=owed)
        elif later:
            yield held(login.name, [told, *(gap.after for gap in later)], owed=int(later[0].owed))


@rule(
    "psc.ciba.stops-after-end",
    requires=["banc:PSCH-CIBA-POLL", "PSC.01"],
    reads=(*LOGIN_READS, "scenario.finished"),
    basis="standard",
    trust="official",
    source="[CIBA-CORE §11] OpenID CIBA: the other errors are final",
    when="any",
)
def stops_after_end(events: Events) -> Iterator[Said]:
    """Once a request is over, by tokens or by a final error, no poll asks for it again."""
    for login in ciba_logins(events):
        last = _last_answer(login, events)
        if last is None:
            continue
        later = [poll for poll in login.grants if poll.mono > last.mono]
        if not later:
            yield held(login.name, [last])
        elif error := error_of(last):
            yield broken(login.name, [last, later[0]], error=error)
        else:
            yield broken(login.name, [last, later[0]], defect="tokens")


def _last_answer(login: Login, events: Events) -> Event | None:
    """The poll that was told that the request is over; None while the story left it open.

    Whether a request left open is asked for once more, and what the reset after the story answers
    then, is chance: it differs from run to run.
    """
    last = next((poll for poll in login.grants if ends(poll)), None)
    told = events.first("scenario.finished")
    return last if last and (told is None or last.mono <= told.mono) else None
