"""The logins of a scenario, put together from what crossed the wire, and the tokens they gave."""

from dataclasses import dataclass
from typing import Any, Literal

from conformance.checks.events import Events
from conformance.checks.wire import answer, fingerprint, parameters, redirect_query, status, text
from conformance.journal.events import Event

LOGIN_READS = (
    "http.exchange:authorize",
    "http.exchange:wallet",
    "http.exchange:token",
    "http.exchange:ciba",
)


@dataclass(frozen=True, slots=True)
class Issued:
    """Tokens that the provider gave; fingerprints, and the end of the access token (ns, `mono`)."""

    exchange: Event
    national_id: str
    access: str | None
    refresh: str | None
    id_token: str | None
    expires: int


@dataclass(frozen=True, slots=True)
class Login:
    """One attempt to sign in: `request` is the authorization or the backchannel request.

    `grants` are the token requests made with what it gave, `issued` the tokens got, if any.
    """

    name: str
    flow: Literal["code", "ciba"]
    request: Event
    grants: tuple[Event, ...]
    issued: Issued | None


def logins(events: Events, flow: Literal["code", "ciba"] | None = None) -> list[Login]:
    """The logins of a scenario in order, named `login 1`, `login 2`…; those of `flow` only."""
    requests = events.exchanges("authorize", "ciba")
    found = [_login(events, requests, n) for n in range(len(requests))]
    return [login for login in found if flow in (None, login.flow)]


def issued_tokens(events: Events) -> list[Issued]:
    """Every set of tokens the provider gave, refreshed ones included, in order."""
    return [_issued(exchange) for exchange in events.exchanges("token") if _gave_tokens(exchange)]


def _login(events: Events, requests: list[Event], n: int) -> Login:
    request = requests[n]
    after = requests[n + 1] if n + 1 < len(requests) else None
    if request.data["route"] == "ciba":
        key, field = fingerprint(answer(request).get("auth_req_id")), "auth_req_id"
    else:
        key, field = _code_of(events, request, after), "code"
    grants = tuple(
        exchange
        for exchange in events.exchanges("token")
        if key and fingerprint(parameters(exchange).get(field)) == key
    )
    given = next((exchange for exchange in grants if _gave_tokens(exchange)), None)
    return Login(
        name=f"login {n + 1}",
        flow="ciba" if field == "auth_req_id" else "code",
        request=request,
        grants=grants,
        issued=_issued(given) if given else None,
    )


def _code_of(events: Events, request: Event, after: Event | None) -> str | None:
    """The code given for an authorization request: before the next one, with its state if any."""
    low, high = request.data["began"], after.data["began"] if after else None
    candidates = [
        redirect_query(exchange)
        for exchange in events.exchanges("authorize", "wallet")
        if exchange.data["began"] >= low
        and (high is None or exchange.data["began"] < high)
        and "code" in redirect_query(exchange)
    ]
    state = text(parameters(request).get("state"))
    same = [query for query in candidates if text(query.get("state")) == state]
    chosen = next(iter(same or candidates), None)
    return fingerprint(chosen["code"]) if chosen else None


def _gave_tokens(exchange: Event) -> bool:
    return status(exchange) == 200 and "access_token" in answer(exchange)


def _issued(exchange: Event) -> Issued:
    given = answer(exchange)
    lifetime = given.get("expires_in")
    seconds = lifetime if isinstance(lifetime, int | float) else 0
    return Issued(
        exchange=exchange,
        national_id=_national_id(given),
        access=fingerprint(given.get("access_token")),
        refresh=fingerprint(given.get("refresh_token")),
        id_token=fingerprint(given.get("id_token")),
        expires=int(exchange.data["ended"] + seconds * 1e9),
    )


def _national_id(given: Any) -> str:
    """Whose tokens these are: the last piece of `sub` (psc.md §2.4)."""
    for name in ("access_token", "id_token"):
        token = given.get(name)
        claims = token.get("claims", {}) if isinstance(token, dict) else {}
        subject = text(claims.get("sub"))
        if subject:
            return subject.rsplit(":", 1)[-1]
    return ""
