"""What handlers are handed and hand back: one request read whole, one answer ready to send."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import Response

from mocks.faults import Fired
from mocks.psc.http.guard import Guard
from mocks.psc.keys import Keys
from mocks.psc.settings import Client
from mocks.psc.tenant import Tenant

BODY_LIMIT = 65536
"""Octets of a request body read at most: the largest honest one is a logout with its ID token."""

_NO_STORE = {"cache-control": "no-store", "pragma": "no-cache"}


class Params:
    """Query or form parameters: the first value of each name, and which names came twice."""

    __slots__ = ("_first", "pairs", "repeated")

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.pairs = pairs
        self._first: dict[str, str] = {}
        self.repeated: list[str] = []
        for name, value in pairs:
            if name in self._first:
                self.repeated.append(name)
            else:
                self._first[name] = value

    def get(self, name: str) -> str | None:
        """The value of `name`, or None; an empty value counts as absent [RFC 6749 §3.1]."""
        return self._first.get(name) or None

    @classmethod
    def parse(cls, text: str) -> "Params":
        """Read `application/x-www-form-urlencoded` text. Raises `ValueError` over 100 fields."""
        return cls(parse_qsl(text, keep_blank_values=True, max_num_fields=100) if text else [])


@dataclass(slots=True)
class Call:
    """One request to one tenant. `began` is on the clock of the run (ns), `now` in epoch seconds.

    `tail` is what follows the fixed part of the path; `facts` goes into the record; `fired` are the
    faults that struck; `guard` says what opens phone and control, when something must.
    """

    request: Request
    tenant: Tenant
    keys: Keys
    route: str | None
    method: str
    tail: str
    query: Params
    form: Params
    json: object
    body: dict[str, object] | None
    began: int
    now: float
    guard: Guard | None = None
    facts: dict[str, object] = field(default_factory=dict)
    fired: list[Fired] = field(default_factory=list)

    def header(self, name: str) -> str:
        """A request header by its lower-case name, empty when absent."""
        return self.request.headers.get(name, "")

    def strike(self, name: str) -> Fired | None:
        """Give the fault `name` its chance; what fired is recorded with this exchange."""
        fired = self.tenant.faults.strike(name)
        if fired is not None:
            self.fired.append(fired)
        return fired

    def owner(self, client: Client, method: str) -> None:
        """Note the authenticated client among the facts."""
        self.facts["client"] = client.client_id
        self.facts["method"] = method


@dataclass(slots=True)
class Answer:
    """A response and what the record says of it.

    `json` is the body when it is JSON, `redirect` where a browser is sent (`query` unlabelled, also
    for `form_post`), `refused_for` the error code; a `quiet` answer leaves no record.
    """

    response: Response
    json: object = None
    redirect: tuple[str, list[tuple[str, str]], str] | None = None
    refused_for: str | None = None
    quiet: bool = False


class Refused(Exception):
    """A request is refused with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.refused_for)
        self.answer = answer


def json_answer(
    data: object,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    refused_for: str | None = None,
) -> Answer:
    """A JSON answer that no cache keeps."""
    content = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    # A lone surrogate of the client's, echoed in a description, stays the escape it was.
    octets = content.encode("utf-8", "backslashreplace")
    response = Response(octets, status, {**_NO_STORE, **(headers or {})}, "application/json")
    return Answer(response, json=data, refused_for=refused_for)


def error(code: str, description: str, status: int = 400) -> Answer:
    """An OAuth error in JSON [RFC 6749 §5.2]; 401 carries its challenge."""
    headers = {"www-authenticate": 'Basic realm="psc"'} if status == 401 else None
    return json_answer(
        {"error": code, "error_description": description}, status, headers, refused_for=code
    )


def refuse(code: str, description: str, status: int = 400) -> Refused:
    """The exception that answers an OAuth error."""
    return Refused(error(code, description, status))


def redirect(
    url: str, pairs: Iterable[tuple[str, str]], status: int = 302, refused_for: str | None = None
) -> Answer:
    """Send the browser to `url` with these parameters added to its query."""
    parts, pairs = urlsplit(url), list(pairs)
    query = "&".join(filter(None, (parts.query, urlencode(pairs))))
    response = Response(
        b"", status, {**_NO_STORE, "location": urlunsplit(parts._replace(query=query))}
    )
    return Answer(
        response,
        redirect=(url, parse_qsl(query, keep_blank_values=True), "query"),
        refused_for=refused_for,
    )


FormKind = Literal["form", "json", "other", "none"]


def kind_of_body(content_type: str, octets: bytes) -> FormKind:
    """How a body is to be read, by its declared type."""
    media = content_type.partition(";")[0].strip().lower()
    if media == "application/x-www-form-urlencoded":
        return "form"
    if not octets:
        return "none"
    return "json" if media == "application/json" else "other"
