"""The bench as the browser of a product that shows no pages of its own to drive.

It follows links with a cookie jar of its own and records what crosses between it and the product.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urljoin, urlsplit

import httpx2
from lxml import html

from conformance.drivers.adapter.http import Answer, Dropped, NoAnswer, ask
from conformance.drivers.deadlines import Deadline
from conformance.drivers.exchanges import Crossing, ExchangeLog, bare
from conformance.locale import _

MOST_HOPS = 20
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Page:
    """Where the user agent stands: the last answer that was not a redirect."""

    url: str
    status: int
    body: bytes
    content_type: str

    def tree(self) -> html.HtmlElement | None:
        """The page as a tree with absolute links; None when it is not HTML."""
        if "html" not in self.content_type or not self.body.strip():
            return None
        tree: html.HtmlElement = html.document_fromstring(self.body, base_url=self.url)
        tree.make_links_absolute(self.url)
        return tree


class UserAgent:
    """A person's browser without a screen. `page` is where it stands."""

    def __init__(self, log: ExchangeLog, ca_file: Path | None = None) -> None:
        self.log = log
        self.page: Page | None = None
        self._verify = _trust(ca_file)
        self._client = self._new_client()

    def get(self, url: str, deadline: Deadline) -> Page:
        """Open `url` and follow where it leads. Raises a `NoAnswer`."""
        return self._go("GET", url, None, deadline)

    def submit(self, form: html.FormElement, values: Mapping[str, str], deadline: Deadline) -> Page:
        """Send a form of the page with `values` over what it holds. Raises a `NoAnswer`."""
        fields = dict(form.form_values()) | dict(values)
        url = form.action or (self.page.url if self.page else "")
        if form.method.upper() == "GET":
            return self._go("GET", f"{url.partition('?')[0]}?{urlencode(fields)}", None, deadline)
        return self._go("POST", url, fields, deadline)

    def peek(self, url: str, deadline: Deadline) -> Answer:
        """Ask `url` as a script of the page would, without leaving it. Raises a `NoAnswer`."""
        return self._ask("GET", url, None, deadline)

    def forget(self) -> None:
        """Drop cookies and page: a new visitor."""
        self._client.close()
        self._client = self._new_client()
        self.page = None

    def close(self) -> None:
        """Let go of the sockets."""
        self._client.close()

    def _go(
        self, method: str, url: str, form: Mapping[str, str] | None, deadline: Deadline
    ) -> Page:
        for _hop in range(MOST_HOPS):
            answer = self._ask(method, url, form, deadline)
            location = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not location:
                kind = answer.headers.get("content-type", "")
                self.page = Page(url, answer.status, answer.body, kind)
                return self.page
            if answer.status not in (307, 308):
                method, form = "GET", None
            url = urljoin(url, location)
        said = _("{count} redirects in a row, the last one to {url}")
        raise Dropped(said.format(count=MOST_HOPS, url=bare(url)))

    def _ask(
        self, method: str, url: str, form: Mapping[str, str] | None, deadline: Deadline
    ) -> Answer:
        began = self.log.mono()
        headers = {"origin": _origin(self.page.url)} if form is not None and self.page else {}
        try:
            answer = ask(self._client, method, url, deadline, form=form, headers=headers)
        except NoAnswer:
            self._record(method, url, form, began, None)
            raise
        self._record(method, url, form, began, answer)
        return answer

    def _record(
        self,
        method: str,
        url: str,
        form: Mapping[str, str] | None,
        began: int,
        answer: Answer | None,
    ) -> None:
        location = answer.headers.get("location") if answer else None
        self.log.record(
            Crossing(
                method=method,
                url=url,
                began=began,
                ended=self.log.mono(),
                status=answer.status if answer else None,
                request_headers=dict(self._client.headers),
                response_headers=answer.headers if answer else {},
                location=urljoin(url, location) if location else None,
                form=urlencode(form) if form else None,
                cut=answer is None,
            )
        )

    def _new_client(self) -> httpx2.Client:
        return httpx2.Client(
            verify=self._verify,
            trust_env=False,
            headers={
                "accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
                "accept-language": "fr-FR,fr;q=0.9",
                "user-agent": "banc",
            },
        )


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    """The system's authorities, and the bench's own."""
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
