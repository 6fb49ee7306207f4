"""The end of a session: logged out of PSC when asked, spared when idle [PSC-ISSUES issue 39]."""

from collections.abc import Iterator

from conformance.checks.events import Events
from conformance.checks.observed.actions import ACT_READS, Act, acts
from conformance.checks.observed.exchanges import (
    answer,
    fingerprint,
    parameters,
    redirect_query,
    status,
)
from conformance.checks.observed.logins import LOGIN_READS, issued_tokens
from conformance.checks.registry import Said, broken, held, rule
from conformance.journal.events import Event

_READS = (*LOGIN_READS, *ACT_READS, "http.exchange:logout")


def _until(events: Events, after: Event, *names: str) -> Events:
    """The events from `after` to the next action of these names (or to the end)."""
    later = [act.started for act in acts(events, *names) if act.started.mono > after.mono]
    return events.between(after, later[0] if later else None)


@rule(
    "psc.logout.sent-with-hint",
    requires=["banc:PSCH-LOGOUT", "PSC/va1.01", "PSC.01"],
    reads=_READS,
    basis="ans",
    trust="secondary",
    source="[PSC-ISSUES issue 39] Guidance of PSC; [OIDC-LOGOUT §2] RP-Initiated Logout 1.0",
)
def logout_sent(events: Events) -> Iterator[Said]:
    """An explicit log-out asks PSC to end its session, with the last ID token as the hint."""
    done = [act for act in acts(events, "logout") if act.done]
    for number, act in enumerate(done, 1):
        before = [t for t in issued_tokens(events) if t.exchange.mono < act.started.mono]
        last = next((t.id_token for t in reversed(before) if t.id_token), None)
        if last is None or act.finished is None:
            continue
        name = f"logout {number}"
        sent = _until(events, act.started, "start_psc_login", "logout").exchanges("logout")
        hints = {fingerprint(parameters(e).get("id_token_hint")): e for e in sent}
        if not sent:
            yield broken(name, [act.finished], defect="not-sent")
        elif last in hints:
            yield held(name, [hints[last]])
        else:
            yield broken(name, sent, defect="no-hint" if set(hints) == {None} else "other-token")


@rule(
    "psc.logout.again-asks",
    requires=["banc:PSCH-RELOGIN"],
    reads=_READS,
    basis="ans",
    trust="assumed",
    source="[BANC-READING asked again] Ours; [FAQ-B film] ANS FAQ, last step of the film",
)
def again_asks(events: Events) -> Iterator[Said]:
    """After an explicit log-out, the next login authenticates the person afresh."""
    for number, act in enumerate([a for a in acts(events, "logout") if a.done], 1):
        starts = [a for a in acts(events, "start_psc_login") if a.started.mono > act.started.mono]
        if starts:
            yield from _asked_again(events, f"logout {number}", act, starts[0])


def _asked_again(events: Events, name: str, logout: Act, start: Act) -> Iterator[Said]:
    requests = _until(events, logout.started, "logout").exchanges("authorize", "ciba")
    again = next((request for request in requests), None)
    if again is None:
        if start.done and start.finished is not None:
            yield broken(name, [start.finished], defect="not-asked")
    elif again.data["route"] == "ciba":
        if status(again) == 200 and "auth_req_id" in answer(again):
            yield held(name, [again])
    elif again.data.get("facts", {}).get("silent") or "code" in redirect_query(again):
        yield broken(name, [again], defect="silent")
    elif status(again) < 400:
        yield held(name, [again])


@rule(
    "psc.logout.idle-spares-psc",
    requires=["banc:PSCH-IDLE"],
    reads=(*ACT_READS, "http.exchange:logout"),
    basis="ans",
    trust="secondary",
    source="[PSC-ISSUES issue 39] Guidance of PSC, as an issue quotes it",
)
def idle_spares_psc(events: Events) -> Iterator[Said]:
    """Logging out for inactivity ends the product's session only, not that of PSC."""
    for number, act in enumerate([a for a in acts(events, "idle") if a.done], 1):
        until = _until(events, act.started, "logout", "start_psc_login")
        sent = until.exchanges("logout")
        if sent:
            yield broken(f"idle {number}", sent)
            continue
        asked = [
            event
            for event in until.of("action.finished")
            if event.data["name"] == "connected_identity" and event.data["outcome"] == "done"
        ]
        if asked and asked[0].data["values"].get("connected") is False:
            yield held(f"idle {number}", asked[:1])
