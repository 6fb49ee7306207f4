"""What an authorization request must carry [IG-REST request]."""

import re
from collections.abc import Iterator

from conformance.checks.events import Events
from conformance.checks.observed.exchanges import by_scenario, parameters, tenant_of, text
from conformance.checks.registry import Said, broken, held, held_if, rule
from conformance.journal.events import Event

_READS = ("http.exchange:authorize",)
_IG = "[IG-REST request] ANS implementation guide on secured REST transport, v1.2.0"
_STATE_LENGTH = 22
"""Characters of base64url that carry 128 bits."""


def _requests(events: Events) -> Iterator[tuple[str, Event]]:
    for number, request in enumerate(events.exchanges("authorize"), 1):
        yield f"login {number}", request


@rule(
    "psc.request.response-type",
    requires=["PSC/va1.01", "PSC.01"],
    reads=_READS,
    basis="ans",
    trust="official",
    source=_IG,
)
def response_type(events: Events) -> Iterator[Said]:
    """The authorization request asks for a code: `response_type` is exactly `code`."""
    for name, request in _requests(events):
        sent = text(parameters(request).get("response_type"))
        yield held_if(sent == "code", name, [request], sent=sent)


@rule(
    "psc.request.scope",
    requires=["banc:PSCH-SCOPE", "PSC/va1.01", "PSC.01"],
    reads=_READS,
    basis="ans",
    trust="official",
    source=_IG,
)
def scope(events: Events) -> Iterator[Said]:
    """The authorization request asks for the scopes `openid` and `scope_all`, in any order."""
    for name, request in _requests(events):
        sent = text(parameters(request).get("scope"))
        missing = sorted({"openid", "scope_all"} - set(sent.split()))
        yield held_if(not missing, name, [request], sent=sent, missing=[*missing])


@rule(
    "psc.request.scope-minimal",
    requires=["banc:PSCH-SCOPE"],
    reads=_READS,
    basis="ours",
    trust="assumed",
    source="[BANC-READING scopes] Ours; [PSC-THIRD scopes] they are met in public clients",
)
def scope_minimal(events: Events) -> Iterator[Said]:
    """The authorization request asks for no scope beside `openid` and `scope_all`."""
    for name, request in _requests(events):
        extra = set(text(parameters(request).get("scope")).split()) - {"openid", "scope_all"}
        yield held_if(not extra, name, [request], extra=[*sorted(extra)])


@rule(
    "psc.request.acr-values",
    requires=["PSC.08", "banc:PSCH-ACR"],
    reads=_READS,
    basis="ans",
    trust="official",
    source="[PSC-REF1 acr_values] Arrêté of 4 April 2022; [PSC-DMN PSC 6] DMN référentiel",
)
def acr_values(events: Events) -> Iterator[Said]:
    """The authorization request carries `acr_values=eidas1`, under that name and no other."""
    for name, request in _requests(events):
        sent = parameters(request)
        value = text(sent.get("acr_values"))
        if value == "eidas1":
            yield held(name, [request], sent=value)
        elif not value and "acr" in sent:
            yield broken(name, [request], defect="misspelt", sent=text(sent["acr"]))
        elif not value:
            yield broken(name, [request], defect="absent")
        else:
            yield broken(name, [request], sent=value)


@rule(
    "psc.request.state-present",
    requires=["banc:PSCH-STATE", "PSC/va1.01", "PSC.01"],
    reads=_READS,
    basis="ans",
    trust="official",
    source=_IG,
)
def state_present(events: Events) -> Iterator[Said]:
    """The authorization request carries a `state`."""
    for name, request in _requests(events):
        yield held_if(text(parameters(request).get("state")), name, [request])


@rule(
    "psc.request.state-length",
    requires=["banc:PSCH-STATE"],
    reads=_READS,
    basis="ours",
    trust="assumed",
    source="[BANC-READING state length] Ours; after [RFC 6749 §10.10]: one guess in 2^128",
)
def state_length(events: Events) -> Iterator[Said]:
    """The `state` is long enough for 128 bits: 22 characters of base64url, or 32 hex digits."""
    for name, request in _requests(events):
        state = text(parameters(request).get("state"))
        if not state:
            continue
        least = 32 if re.fullmatch(r"[0-9A-Fa-f]+", state) else _STATE_LENGTH
        yield held_if(len(state) >= least, name, [request], least=least)


@rule(
    "psc.request.state-fresh",
    requires=["banc:PSCH-STATE", "PSC/va1.01", "PSC.01"],
    reads=_READS,
    basis="ans",
    trust="official",
    source=_IG,
    scope="run",
)
def state_fresh(events: Events) -> Iterator[Said]:
    """No `state` serves two authorization requests of the run."""
    yield from _never_repeated(events, "state")


@rule(
    "psc.request.nonce-present",
    requires=["banc:PSCH-NONCE", "PSC/va1.01", "PSC.01"],
    reads=_READS,
    basis="ans",
    trust="official",
    source=_IG,
)
def nonce_present(events: Events) -> Iterator[Said]:
    """The authorization request carries a `nonce`."""
    for name, request in _requests(events):
        yield held_if(text(parameters(request).get("nonce")), name, [request])


@rule(
    "psc.request.nonce-fresh",
    requires=["banc:PSCH-NONCE", "PSC/va1.01", "PSC.01"],
    reads=_READS,
    basis="ans",
    trust="official",
    source=_IG,
    scope="run",
)
def nonce_fresh(events: Events) -> Iterator[Said]:
    """No `nonce` serves two authorization requests of the run."""
    yield from _never_repeated(events, "nonce")


def _never_repeated(events: Events, parameter: str) -> Iterator[Said]:
    """Each value is judged at its second use and after; the first use of each holds."""
    first: dict[str, tuple[str, Event]] = {}
    for scenario, part in by_scenario(events):
        for name, request in _requests(part):
            value = text(parameters(request).get(parameter))
            if not value:
                continue
            subject = f"{scenario} {name}"
            if value in first:
                before, seen = first[value]
                yield broken(subject, [seen, request], before=before)
            else:
                first[value] = (subject, request)
                yield held(subject, [request])


@rule(
    "psc.request.redirect-uri",
    requires=["PSC/va1.01", "PSC.01"],
    reads=(*_READS, "tenant.opened"),
    basis="standard",
    trust="official",
    source="[OIDC-CORE §3.1.2.1] OpenID Connect Core: exact match with a registered value",
)
def redirect_uri(events: Events) -> Iterator[Said]:
    """The `redirect_uri` is, character for character, one registered for the client."""
    registered: dict[str, list[str]] = {
        client["id"]: client["redirect_uris"] for client in tenant_of(events).get("clients", [])
    }
    for name, request in _requests(events):
        sent = parameters(request)
        client = text(sent.get("client_id"))
        if client not in registered:
            yield broken(name, [request], defect="unknown-client")
        else:
            known = text(sent.get("redirect_uri")) in registered[client]
            yield held_if(known, name, [request])


@rule(
    "psc.request.wallet-host",
    requires=["PSC/va1.01", "PSC.01"],
    reads=_READS,
    basis="ans",
    trust="secondary",
    source="[PSC-DOC wallet] ANS documentation of PSC gives this address, not the realm's",
)
def wallet_host(events: Events) -> Iterator[Said]:
    """The browser is sent to the wallet's authorization address, not to that of the realm."""
    for name, request in _requests(events):
        yield held_if("/realms/" not in request.data["url"], name, [request])
