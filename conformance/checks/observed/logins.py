"""The logins of a scenario, put together from what crossed the wire, and the tokens they gave."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any, Literal

from conformance.checks.events import Events
from conformance.checks.observed.exchanges import (
    answer,
    fingerprint,
    parameters,
    redirect_query,
    status,
    text,
)
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
    requests = sorted(events.exchanges("authorize", "ciba"), key=lambda e: e.data["began"])
    grants = _grants(events)
    codes = _codes(events, requests)
    found = []
    for place, request in enumerate(requests):
        ciba = request.data["route"] == "ciba"
        key = fingerprint(answer(request).get("auth_req_id")) if ciba else codes.get(place)
        redeemed = tuple(grants.get(key or "", ()))
        given = next((exchange for exchange in redeemed if _gave_tokens(exchange)), None)
        name = f"login {place + 1}"
        issued = _issued(given) if given else None
        found.append(Login(name, "ciba" if ciba else "code", request, redeemed, issued))
    return [login for login in found if flow in (None, login.flow)]


def issued_tokens(events: Events) -> list[Issued]:
    """Every set of tokens the provider gave, refreshed ones included, in order."""
    return [_issued(exchange) for exchange in events.exchanges("token") if _gave_tokens(exchange)]


def _grants(events: Events) -> dict[str, list[Event]]:
    """The token requests, by the code or the request id they present."""
    found: dict[str, list[Event]] = {}
    for exchange in events.exchanges("token"):
        form = parameters(exchange)
        for field in ("code", "auth_req_id"):
            key = fingerprint(form.get(field))
            if key is not None:
                found.setdefault(key, []).append(exchange)
    return found


def _codes(events: Events, requests: list[Event]) -> dict[int, str | None]:
    """The code given for each authorization request: before the next, with its state if any."""
    began = [request.data["began"] for request in requests]
    states = [text(parameters(request).get("state")) for request in requests]
    found: dict[int, str | None] = {}
    matched: set[int] = set()
    for exchange in events.exchanges("authorize", "wallet"):
        query = redirect_query(exchange)
        place = bisect_right(began, exchange.data["began"]) - 1
        if "code" not in query or place < 0 or place in matched:
            continue
        same = text(query.get("state")) == states[place]
        if same or place not in found:
            found[place] = fingerprint(query["code"])
        if same:
            matched.add(place)
    return found


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
    """Whose tokens these are: the last piece of `sub` [PSC-POC ID token]."""
    for name in ("access_token", "id_token"):
        token = given.get(name)
        claims = token.get("claims", {}) if isinstance(token, dict) else {}
        subject = text(claims.get("sub"))
        if subject:
            return subject.rsplit(":", 1)[-1]
    return ""
