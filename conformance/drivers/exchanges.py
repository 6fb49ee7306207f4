"""What the bench saw cross between a person's browser and the product, as `http.exchange` data.

The mocks see their own side of a login; the callback on the product is only seen from here. What
an OAuth message keeps secret is labelled here, by the parameter it came in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from common.recording import Recorder, Secret, SecretRole
from conformance.locale import phrase

ROUTE = "product"

_SECRET_PARAMETERS: dict[str, SecretRole] = {
    "access_token": "access_token",
    "refresh_token": "refresh_token",
    "id_token": "id_token",
    "id_token_hint": "id_token",
    "code": "code",
    "auth_req_id": "auth_req_id",
    "client_secret": "client_secret",
    "client_assertion": "client_assertion",
    "code_verifier": "code_verifier",
    "password": "password",
}
_OAUTH_FIELDS = frozenset(
    {*_SECRET_PARAMETERS, "state", "session_state", "iss", "error", "error_description"}
) - {"password"}
_KEPT_HEADERS = frozenset(
    {"accept", "content-type", "content-length", "cache-control", "referrer-policy", "user-agent"}
    | {"www-authenticate", "strict-transport-security", "retry-after", "server"}
)


@dataclass(frozen=True, slots=True)
class Crossing:
    """One request and its answer as the user agent knows them; times on the clock of the run.

    `status` is None when no answer came; `location` is absolute; `form` the body of the request.
    """

    method: str
    url: str
    began: int
    ended: int
    status: int | None
    request_headers: Mapping[str, str]
    response_headers: Mapping[str, str]
    location: str | None = None
    form: str | None = None
    cut: bool = False
    facts: Mapping[str, Any] | None = None


class ExchangeLog:
    """Records the exchanges with the product's own origins, and no others."""

    def __init__(
        self, recorder: Recorder, tenant: str, addresses: Iterable[str], source: str
    ) -> None:
        self._recorder = recorder
        self._tenant = tenant
        self._origins = {origin_of(address) for address in addresses}
        self._source = source
        self._witness: Literal["screen", "wire"] = "screen" if source == "ui" else "wire"

    def concerns(self, url: str) -> bool:
        """Whether `url` is the product's."""
        return origin_of(url) in self._origins

    def mono(self) -> int:
        """The clock of the run."""
        return self._recorder.mono()

    def note(self, what: str, **values: Any) -> None:
        """Write a `bench.note`."""
        self._recorder.record(
            "bench.note", {"what": what, "values": values}, source="bench", tenant=self._tenant
        )

    def record(self, crossing: Crossing) -> None:
        """Write one exchange if it is with the product."""
        if self.concerns(crossing.url):
            self._recorder.record(
                "http.exchange",
                _data(crossing),
                source=self._source,
                tenant=self._tenant,
                witness=self._witness,
            )


def origin_of(url: str) -> str:
    """Scheme, host and port of `url`, the port always written."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    return f"{parts.scheme}://{parts.hostname}:{port}"


def answered(url: str, status: int) -> str:
    """That a page of the product failed by itself."""
    return phrase("{url} answered {status}", url=url, status=status)


def no_answer(url: str, code: str) -> str:
    """That a page did not come; `code` is the browser's."""
    return phrase("{url} gave no answer ({code})", url=url, code=code)


def bare(url: str) -> str:
    """`url` without user, query and fragment: what may be written of it."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def labelled(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Parameters with their secrets labelled; one given twice becomes a list."""
    table: dict[str, Any] = {}
    for name, value in pairs:
        role = _SECRET_PARAMETERS.get(name)
        item: str | Secret = Secret(role, value) if role and value else value
        if name in table:
            earlier = table[name] if isinstance(table[name], list) else [table[name]]
            table[name] = [*earlier, item]
        else:
            table[name] = item
    return table


def query_of(url: str) -> dict[str, Any]:
    """The query of `url`, secrets labelled."""
    return labelled(parse_qsl(urlsplit(url).query, keep_blank_values=True))


def secrets_in(url: str) -> tuple[Secret, ...]:
    """What in the query of `url` must not be shown to anybody, such as an ID token."""
    return tuple(value for value in query_of(url).values() if isinstance(value, Secret))


def _data(crossing: Crossing) -> dict[str, Any]:
    request: dict[str, Any] = {"headers": _headers(crossing.request_headers)}
    facts = dict(crossing.facts or {})
    if crossing.form:
        pairs = parse_qsl(crossing.form, keep_blank_values=True)
        request["form"] = labelled((n, v) for n, v in pairs if n in _OAUTH_FIELDS)
        facts["fields"] = sorted({name for name, _ in pairs})
    response: dict[str, Any] = {
        "status": crossing.status or 0,
        "headers": _headers(crossing.response_headers),
    }
    if crossing.location:
        response["redirect"] = {
            "url": bare(crossing.location),
            "query": query_of(crossing.location),
        }
    return {
        "route": ROUTE,
        "method": crossing.method,
        "url": bare(crossing.url),
        "query": query_of(crossing.url),
        "request": request,
        "response": response,
        "began": crossing.began,
        "ended": crossing.ended,
        "cut": crossing.cut,
        "refused_for": None,
        "facts": facts,
    }


def _headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The harmless ones: cookies, locations and the product's own tokens are left out."""
    return {n.lower(): v for n, v in headers.items() if n.lower() in _KEPT_HEADERS}
