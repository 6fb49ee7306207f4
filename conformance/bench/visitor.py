"""A thin HTTP client on one connection kept alive, with a cookie jar, that costs little itself."""

import base64
import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from conformance.bench.model import MeasureFailed

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_WITHIN = 10


@dataclass(frozen=True, slots=True)
class Page:
    """An answer: `location` is empty when it sends nowhere."""

    status: int
    location: str
    body: bytes

    def json(self) -> dict[str, Any]:
        """The body as JSON."""
        loaded: dict[str, Any] = json.loads(self.body)
        return loaded


class Visitor:
    """One connection to one origin. Raises `MeasureFailed` for an answer that was not awaited."""

    def __init__(self, origin: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=_WITHIN)
        self._cookies: dict[str, str] = {}

    def get(self, url: str, awaited: int = 200) -> Page:
        """GET `url` (a path, or a URL of this origin)."""
        return self._ask("GET", url, None, {}, awaited)

    def post(
        self,
        url: str,
        form: Mapping[str, str],
        awaited: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        """POST a form to `url`."""
        return self._ask("POST", url, urlencode(form), {**_FORM, **(headers or {})}, awaited)

    def forget(self) -> None:
        """Empty the cookie jar: the next login is somebody else's."""
        self._cookies.clear()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _ask(
        self, method: str, url: str, body: str | None, headers: dict[str, str], awaited: int
    ) -> Page:
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self._cookies.items())
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        page = Page(answer.status, answer.getheader("Location") or "", answer.read())
        self._keep(answer.headers.get_all("Set-Cookie") or [])
        if page.status != awaited:
            said = page.body[:200].decode("utf-8", "replace")
            raise MeasureFailed(
                f"{method} {parts.path}: status {page.status}, expected {awaited}: {said}"
            )
        return page

    def _keep(self, cookies: list[str]) -> None:
        for cookie in cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            if value:
                self._cookies[name] = value
            else:
                self._cookies.pop(name, None)


def basic(client_id: str, secret: str) -> dict[str, str]:
    """The header of `client_secret_basic` [RFC 6749 §2.3.1]."""
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()
    return {"Authorization": "Basic " + base64.b64encode(pair).decode()}
