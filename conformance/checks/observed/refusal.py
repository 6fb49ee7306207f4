"""The one place where "refused" is concluded, from four facts.

The fault fired during the attempt; the product itself said no; afterwards nobody is connected and
nothing uses what had to be refused; the same story without the fault was done in the same run.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.checks.events import Events
from conformance.checks.observed.actions import ACT_READS, Act, acts
from conformance.checks.observed.exchanges import bearer, fingerprint, parameters
from conformance.checks.registry import Said, broken, held, unclear
from conformance.journal.events import Event

REFUSAL_READS = (
    *ACT_READS,
    "fault.fired",
    "http.exchange:token",
    "http.exchange:userinfo",
    "smtp.command",
    "imap.command",
)
_ATTEMPT = ("start_psc_login", "finish_psc_login")
_TOKENS = frozenset({"access_token", "refresh_token"})
"""What may serve to find out that it must be refused, but not after the refusal.

A code is never to be redeemed at all; a request id asked for again is another rule's business.
"""


@dataclass(frozen=True, slots=True)
class _Attempt:
    name: str
    fired: Event
    last: Act
    connected: Event | None


def refused(events: Events, fault: str) -> Iterator[Said]:
    """Whether the login that `fault` struck was refused.

    Says nothing when the fault did not fire, the twin was not done, or the product crashed.
    """
    attempt = _attempt(events, fault)
    if attempt is None or not events.scenario.twin_done or attempt.last.finished is None:
        return
    outcome, said = attempt.last.outcome, [attempt.fired, attempt.last.finished]
    uses = list(_later_uses(events, attempt.fired, attempt.last.finished))
    if outcome in ("broken", "unsupported"):
        return
    if outcome == "done":
        yield broken(attempt.name, said, defect="accepted")
    elif uses:
        yield broken(attempt.name, [attempt.fired, *uses], defect="used")
    elif outcome == "unclear":
        yield unclear(attempt.name, said, reason="outcome")
    elif attempt.connected is None:
        yield unclear(attempt.name, said, reason="identity-not-asked")
    elif attempt.connected.data["values"].get("connected"):
        yield broken(attempt.name, [attempt.fired, attempt.connected], defect="connected")
    else:
        yield held(attempt.name, [*said, attempt.connected])


def accepted(events: Events, fault: str) -> Iterator[Said]:
    """Whether the login that `fault` struck succeeded, as it must for a harmless peculiarity.

    Says nothing when the fault did not fire or the twin was not done.
    """
    attempt = _attempt(events, fault)
    if attempt is None or not events.scenario.twin_done or attempt.last.finished is None:
        return
    outcome, said = attempt.last.outcome, [attempt.fired, attempt.last.finished]
    if outcome in ("refused", "broken"):
        yield broken(attempt.name, said, defect=outcome)
    elif outcome == "unclear":
        yield unclear(attempt.name, said, reason="outcome")
    elif outcome == "done" and attempt.connected is None:
        yield unclear(attempt.name, said, reason="identity-not-asked")
    elif outcome == "done" and attempt.connected is not None:
        if attempt.connected.data["values"].get("connected"):
            yield held(attempt.name, [*said, attempt.connected])
        else:
            yield broken(attempt.name, [*said, attempt.connected], defect="not-connected")


def _attempt(events: Events, fault: str) -> _Attempt | None:
    """The login during which the fault first fired, up to its last action."""
    fired = next((e for e in events.of("fault.fired") if e.data["name"] == fault), None)
    if fired is None:
        return None
    begun = acts(events, "start_psc_login")
    number = sum(1 for act in begun if act.started.mono < fired.mono)
    after = next((act.started for act in begun if act.started.mono > fired.mono), None)
    steps = [
        act
        for act in acts(events, *_ATTEMPT)
        if act.finished is not None
        and act.finished.mono > fired.mono
        and (after is None or act.started.mono < after.mono)
    ]
    if not steps:
        return None
    asked = [
        act.finished
        for act in acts(events, "connected_identity")
        if act.finished is not None
        and act.done
        and act.started.mono > steps[-1].started.mono
        and (after is None or act.started.mono < after.mono)
    ]
    return _Attempt(f"login {number}", fired, steps[-1], asked[0] if asked else None)


def _later_uses(events: Events, fired: Event, finished: Event) -> Iterator[Event]:
    """What presents a tainted code once the fault struck, or a tainted token once refused."""
    taints = fired.data["taints"]
    codes = {taint["fp"] for taint in taints if taint.get("secret") == "code"}
    tokens = {taint["fp"] for taint in taints if taint.get("secret") in _TOKENS}
    for event in events:
        if event.kind == "http.exchange":
            when, form = event.data["began"], parameters(event)
            shown = {bearer(event), *(fingerprint(form.get(name)) for name in form)}
        elif event.kind in ("smtp.command", "imap.command"):
            when, shown = event.mono, {fingerprint((event.data.get("auth") or {}).get("token"))}
        else:
            continue
        if (when > fired.mono and shown & codes) or (when > finished.mono and shown & tokens):
            yield event
