"""How the product gets and uses tokens: server-side, once, in time [IG-REST tokens]."""

from collections.abc import Iterator

from conformance.checks.events import Events
from conformance.checks.observed.exchanges import (
    authenticates_client,
    bearer,
    from_a_page,
    parameters,
    status,
    text,
)
from conformance.checks.observed.logins import LOGIN_READS, Login, issued_tokens, logins
from conformance.checks.registry import Said, broken, held, held_if, rule
from conformance.journal.events import Event

_STANDARD_NAME = "/.well-known/openid-configuration"
_PSC_NAME = "/.well-known/wallet-openid-configuration"


@rule(
    "psc.pkce.s256",
    requires=["PSC/va1.01", "PSC.01"],
    reads=LOGIN_READS,
    basis="standard",
    trust="official",
    source="[RFC 7636 §4.1, §4.2, §4.6] PKCE",
)
def pkce_s256(events: Events) -> Iterator[Said]:
    """Where PKCE is used, the challenge is S256 of a verifier of 43 to 128 allowed characters."""
    for login in logins(events, "code"):
        asked = parameters(login.request)
        challenge = text(asked.get("code_challenge"))
        if not challenge:
            continue
        if text(asked.get("code_challenge_method")) != "S256":
            yield broken(login.name, [login.request], defect="method")
            continue
        for grant in login.grants[:1]:
            yield _verifier(login, challenge, grant)


def _verifier(login: Login, challenge: str, grant: Event) -> Said:
    verifier = parameters(grant).get("code_verifier")
    seen = [login.request, grant]
    if not isinstance(verifier, dict):
        return broken(login.name, seen, defect="no-verifier")
    if not 43 <= verifier["length"] <= 128 or not verifier["alphabet"]:
        return broken(login.name, seen, defect="form")
    if verifier["s256"] != challenge:
        return broken(login.name, seen, defect="mismatch")
    return held(login.name, seen)


@rule(
    "psc.token.server-side",
    requires=["banc:PSCH-SECRET"],
    reads=LOGIN_READS,
    basis="ans",
    trust="secondary",
    source="[PSC-REF1 EXI PSC 22] as quoted; [PSC-DOC back channel] ANS documentation: no CORS",
)
def server_side(events: Events) -> Iterator[Said]:
    """Tokens are asked for by a server that authenticates, never by a page in a browser."""
    for login in logins(events):
        calls = [login.request] if login.flow == "ciba" else []
        calls += login.grants
        if not calls:
            continue
        pages = [call for call in calls if from_a_page(call)]
        bare = [call for call in calls if not authenticates_client(call)]
        if pages:
            yield broken(login.name, pages, defect="browser")
        elif bare:
            yield broken(login.name, bare, defect="unauthenticated")
        else:
            yield held(login.name, calls)


@rule(
    "psc.token.once",
    requires=["PSC/va1.01", "PSC.01"],
    reads=LOGIN_READS,
    basis="standard",
    trust="official",
    source="[RFC 6749 §4.1.2] OAuth 2.0: a code is used once",
)
def token_once(events: Events) -> Iterator[Said]:
    """An authorization code is redeemed once."""
    for login in logins(events, "code"):
        if login.grants:
            times = len(login.grants)
            yield held_if(times == 1, login.name, login.grants, times=times)


@rule(
    "psc.userinfo.read-in-time",
    requires=["banc:PSCH-USERINFO", "PSC/va1.01", "PSC.01"],
    reads=(*LOGIN_READS, "http.exchange:userinfo"),
    basis="ans",
    trust="official",
    source="[IG-REST userinfo] ANS implementation guide on secured REST transport, v1.2.0",
)
def userinfo_in_time(events: Events) -> Iterator[Said]:
    """UserInfo is read with an access token of that login that has not expired."""
    ends = {found.access: found.expires for found in issued_tokens(events)}
    found = logins(events)
    for place, login in enumerate(found):
        after = found[place + 1].request if place + 1 < len(found) else None
        reads = events.between(login.request, after).exchanges("userinfo")
        if not reads:
            continue
        good = [read for read in reads if status(read) == 200]
        if good:
            yield held(login.name, good[:1])
        elif any(bearer(read) not in ends for read in reads):
            yield broken(login.name, reads, defect="not-a-token")
        elif any(read.data["began"] > ends[bearer(read)] for read in reads):
            yield broken(login.name, reads, defect="late")


@rule(
    "psc.discovery.psc-name",
    requires=["PSC/va1.01", "PSC.01"],
    reads=("http.exchange:discovery", "http.exchange:"),
    basis="ans",
    trust="secondary",
    source="[PSC-CONNECTOR discovery] ANS connector: the document has a name of its own",
    scope="run",
)
def discovery_name(events: Events) -> Iterator[Said]:
    """The discovery document is asked for under the PSC name, not the standard one.

    Over the whole run: a product keeps the document, and in which scenario it asks is chance.
    """
    asked = [e for e in events.exchanges() if e.data["url"].endswith((_STANDARD_NAME, _PSC_NAME))]
    wrong = [exchange for exchange in asked if exchange.data["url"].endswith(_STANDARD_NAME)]
    if asked:
        yield held_if(not wrong, "discovery", wrong or asked[:1])
