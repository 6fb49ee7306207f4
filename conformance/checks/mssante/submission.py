"""How the product talks to the mail server: TLS first, then XOAUTH2 [MSS-REF2]."""

from collections.abc import Iterator

from conformance.checks.events import Events
from conformance.checks.observed.exchanges import fingerprint, tenant_of
from conformance.checks.observed.logins import LOGIN_READS, Issued, issued_tokens
from conformance.checks.registry import Said, broken, held, held_if, rule
from conformance.journal.events import Event

_NEEDS_TLS = ("AUTH", "MAIL", "RCPT", "DATA", "BDAT")
_MARK = "⟦"
"""What stands in a recorded line in the place of a secret."""

_OLD = ("SSLv2", "SSLv3", "TLSv1", "TLSv1.0", "TLSv1.1")


def _sessions(events: Events) -> list[tuple[str, list[Event]]]:
    """The SMTP connections of a scenario in order, `session 1`, `session 2`…"""
    by_connection: dict[str, list[Event]] = {}
    for command in events.of("smtp.command"):
        by_connection.setdefault(command.data["connection"], []).append(command)
    return [(f"session {n}", found) for n, found in enumerate(by_connection.values(), 1)]


@rule(
    "mss.smtp.tls-before-auth",
    requires=["ECO.1.0.1", "MSS/va1.03"],
    reads=("smtp.command",),
    basis="ans",
    trust="official",
    source="[CATALOGUE-W1 MSS/va1.03] ANS, wave 1; [MSS-REF2 ECO.1.0.1] Référentiel MSSanté 2",
)
def tls_before_auth(events: Events) -> Iterator[Said]:
    """No authentication and no mail is begun before STARTTLS has succeeded."""
    for name, commands in _sessions(events):
        begun = [command for command in commands if command.data["verb"] in _NEEDS_TLS]
        if begun:
            clear = [command for command in begun if not command.data["tls"]]
            verb = clear[0].data["verb"] if clear else begun[0].data["verb"]
            yield held_if(not clear, name, clear[:1] or begun[:1], verb=verb)


@rule(
    "mss.smtp.never-in-clear",
    requires=["ECO.1.2.1", "MSS/va1.03"],
    reads=("smtp.command",),
    basis="ans",
    trust="official",
    source="[CATALOGUE-W1 MSS/va1.03] ANS, wave 1; [MSS-REF2 ECO.1.2.1] Référentiel MSSanté 2",
)
def never_in_clear(events: Events) -> Iterator[Said]:
    """No token, password or other credential crosses a connection that is not encrypted."""
    for name, commands in _sessions(events):
        shown = [command for command in commands if _MARK in command.data["line"]]
        clear = [command for command in shown if not command.data["tls"]]
        if shown:
            yield held_if(not clear, name, clear or shown)


@rule(
    "mss.smtp.tls-version",
    requires=["ECO.1.1.1", "MSS/va1.03"],
    reads=("tls.handshake",),
    basis="ans",
    trust="secondary",
    source="[MSS-REF2 ECO.1.1.1] Référentiel MSSanté 2",
    no_mutant="the mock operator agrees on nothing below TLS 1.2, so no product can be seen there",
)
def tls_version(events: Events) -> Iterator[Said]:
    """The connection to the mail server uses TLS 1.2 or later."""
    agreed = [e for e in events.of("tls.handshake") if e.source == "smtp" and e.data["ok"]]
    for number, handshake in enumerate(agreed, 1):
        version = handshake.data["version"]
        if version:
            yield held_if(version not in _OLD, f"session {number}", [handshake], version=version)


@rule(
    "mss.smtp.xoauth2-token",
    requires=["ECO.1.2.1"],
    reads=("smtp.command", "tenant.opened", *LOGIN_READS),
    basis="ans",
    trust="secondary",
    source="[CATALOGUE-W2 SC.MSS/CONF.07] ANS draft of wave 2; [MSS-REF2 ECO.1.2.1] MSSanté 2",
)
def xoauth2_token(events: Events) -> Iterator[Said]:
    """The session opens by XOAUTH2 with a live PSC access token of the owner of the mailbox.

    A token that had expired is no fault when it was refused and a fresh one came after it.
    """
    issued = issued_tokens(events)
    sessions = _sessions(events)
    attempts = [(name, c) for name, found in sessions for c in found if _shows_who(c)]
    for place, (name, command) in enumerate(attempts):
        defect = _defect(events, issued, command)
        recovered = defect == "expired" and any(
            _defect(events, issued, later) is None for _, later in attempts[place + 1 :]
        )
        if defect is None:
            yield held(name, [command])
        elif not (recovered and not _succeeded(command)):
            yield broken(name, [command], defect=defect)


def _shows_who(command: Event) -> bool:
    """Whether a line authenticates: not `AUTH XOAUTH2` alone, nor the end of a refused dialogue."""
    auth = command.data.get("auth")
    if not auth:
        return False
    return auth.get("token") is not None or auth.get("mechanism") != "XOAUTH2"


def _succeeded(command: Event) -> bool:
    return str(command.data["reply"]).startswith("235")


def _defect(events: Events, issued: list[Issued], command: Event) -> str | None:
    """What is wrong with one authentication, None when nothing is."""
    auth = command.data["auth"]
    if auth.get("mechanism") != "XOAUTH2":
        return "mechanism"
    token = fingerprint(auth.get("token"))
    given = next((found for found in issued if found.access and found.access == token), None)
    if given is None:
        return "not-issued"
    if given.national_id != _owner(events, str(auth.get("user") or "")):
        return "other-person"
    return "expired" if command.mono > given.expires else None


def _owner(events: Events, address: str) -> str | None:
    """The national identifier of the person whose mailbox this is."""
    for mailbox in tenant_of(events).get("mailboxes", []):
        if str(mailbox.get("address", "")).lower() == address.lower():
            found = mailbox.get("owner")
            return str(found) if found else None
    return None
