"""Small views of an event: parameters of an HTTP exchange, fingerprints, the tenant around it."""

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.checks.events import Events
from conformance.journal.events import Event

Params = Mapping[str, Any]


def parameters(exchange: Event) -> Params:
    """What a request asked: its query and its form together."""
    return {**exchange.data["query"], **(exchange.data["request"].get("form") or {})}


def text(value: object) -> str:
    """A parameter as text; empty when it is absent, a secret, or was given more than once."""
    return value if isinstance(value, str) else ""


def fingerprint(value: object) -> str | None:
    """The fingerprint left in the place of a secret, None for anything else."""
    if isinstance(value, Mapping) and isinstance(value.get("fp"), str):
        return str(value["fp"])
    return None


def answer(exchange: Event) -> Params:
    """The JSON object of a response, empty when there is none."""
    found = exchange.data["response"].get("json")
    return found if isinstance(found, Mapping) else {}


def status(exchange: Event) -> int:
    """The HTTP status of a response, 0 when no answer came."""
    return int(exchange.data["response"].get("status") or 0)


def redirect_query(exchange: Event) -> Params:
    """The query of the address a response sends the browser to."""
    redirect = exchange.data["response"].get("redirect")
    found = redirect.get("query") if isinstance(redirect, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def bearer(exchange: Event) -> str | None:
    """Fingerprint of the access token a request carries in its Authorization header."""
    header = exchange.data["request"].get("headers", {}).get("authorization")
    if not isinstance(header, Mapping) or header.get("scheme") != "Bearer":
        return None
    return fingerprint(header.get("token"))


def authenticates_client(exchange: Event) -> bool:
    """Whether a request carries a client secret or assertion, by header or by form."""
    header = exchange.data["request"].get("headers", {}).get("authorization")
    if isinstance(header, Mapping) and header.get("scheme") == "Basic":
        return True
    form = exchange.data["request"].get("form") or {}
    if form.get("client_secret") or form.get("client_assertion"):
        return True
    return bool(exchange.data.get("facts", {}).get("client_certificate"))


def from_a_page(exchange: Event) -> bool:
    """Whether a request was made by a script in a browser: only browsers send these headers."""
    headers = exchange.data["request"].get("headers", {})
    return "origin" in headers or "sec-fetch-mode" in headers


def tenant_of(events: Events) -> Params:
    """The data of the tenant in force last, empty when none was recorded."""
    opened = events.of("tenant.opened")
    return opened[-1].data if opened else {}


def is_external(events: Events, service: str) -> bool:
    """Whether that service (`psc`, `mssante`) is external: its wire was not seen."""
    stage = tenant_of(events).get("stage")
    return isinstance(stage, Mapping) and stage.get(service) == "external"


def by_scenario(events: Events) -> Iterator[tuple[str, Events]]:
    """The events of a whole run, one scenario at a time, in order of first event."""
    parts: dict[str, list[Event]] = {}
    for event in events:
        parts.setdefault(event.scenario, []).append(event)
    for name, items in parts.items():
        facts = events.scenarios.get(name, events.scenario)
        yield name, Events(items, facts, events.documents, events.scenarios)
