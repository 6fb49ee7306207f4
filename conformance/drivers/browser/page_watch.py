"""What happens in the browser while an action goes on: documents, failures, crashes, questions.

Handlers only note: nothing that they call waits for the browser.
"""

import contextlib
import re
import time
from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Dialog, Download, Frame, Page, Request, Response
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from conformance.drivers.deadlines import Deadline
from conformance.drivers.exchanges import (
    Crossing,
    ExchangeLog,
    answered,
    bare,
    no_answer,
    origin_of,
)
from conformance.locale import _

MOST_DOCUMENTS = 40
"""Documents loaded in one action beyond which the product is going round in circles."""

_NET_ERROR = re.compile(r"net::(ERR_[A-Z0-9_]+)")
_NO_BODY = frozenset({204, 205})
_NEVER_THERE = frozenset(
    {
        "ERR_CONNECTION_REFUSED",
        "ERR_NAME_NOT_RESOLVED",
        "ERR_ADDRESS_UNREACHABLE",
        "ERR_CONNECTION_TIMED_OUT",
        "ERR_INTERNET_DISCONNECTED",
        "ERR_UNSAFE_PORT",
        "ERR_SSL_PROTOCOL_ERROR",
    }
)


@dataclass(slots=True)
class Failure:
    """Why a document did not come: Chromium's code and the address without its query."""

    code: str
    url: str

    @property
    def never_there(self) -> bool:
        """Whether nobody answers at that address, or its certificate is not trusted."""
        return self.code in _NEVER_THERE or self.code.startswith("ERR_CERT_")


def net_error(error: PlaywrightError) -> str | None:
    """Chromium's code in a message of the library, without the rest (it may hold a query)."""
    found = _NET_ERROR.search(error.message)
    return found[1] if found else None


class PageWatch:
    """Follows the page on top of a browser window, and records documents of the product."""

    def __init__(self, context: BrowserContext, log: ExchangeLog) -> None:
        self.answered = False
        self.origins: set[str] = set()
        self.accept_dialogs = False
        self.dialog_text = ""
        self._context = context
        self._log = log
        self._pages: list[Page] = []
        self._loading: dict[Request, Response | None] = {}
        self.begin()
        context.on("page", self._on_page)
        context.on("request", self._on_request)
        context.on("response", self._on_response)
        context.on("requestfinished", self._on_finished)
        context.on("requestfailed", self._on_failed)
        context.on("dialog", self._on_dialog)
        for page in context.pages:
            self._on_page(page)

    def begin(self) -> None:
        """A new action: what went wrong before is no longer its business."""
        self.problem: str | None = None
        self.failure: Failure | None = None
        self.asked: list[str] = []
        self._downloads: set[str] = set()
        self.accept_dialogs = False
        self.dialog_text = ""
        self._documents = 0
        self._arriving: Request | None = None

    @property
    def page(self) -> Page:
        """The page on top: the last one opened that is still there."""
        if not self._pages:
            self._on_page(self._context.new_page())
        return self._pages[-1]

    @property
    def leaving(self) -> bool:
        """Whether the page on top is on its way to another document."""
        return self._arriving is not None

    def settle(self, within: float) -> None:
        """Wait until the documents under way are whole, so that they are recorded in this action.

        A body that does not end within `within` seconds is recorded when it fails.
        """
        deadline = Deadline(within)
        while any(response is not None for response in self._loading.values()):
            if deadline.passed:
                return
            self.wait("requestfinished", deadline.left)

    def wait(self, event: str, within: float) -> None:
        """Let the browser speak until `event` of the context or page, at most `within` seconds."""
        source = self.page if event == "framenavigated" else self._context
        with contextlib.suppress(PlaywrightTimeout):
            source.wait_for_event(event, timeout=max(1.0, within * 1000))

    def forget(self) -> None:
        """Record what never ended as cut, and start afresh."""
        for request, response in list(self._loading.items()):
            self._record(request, response, cut=True)
        self._loading.clear()
        self.origins.clear()
        self.begin()

    def _on_page(self, page: Page) -> None:
        if page in self._pages:
            return
        self._pages.append(page)
        self._arriving = None
        page.on("close", self._on_close)
        page.on("crash", lambda _page: self._note(_("the page crashed")))
        page.on("download", self._on_download)
        page.on("framenavigated", self._on_navigated)

    def _on_close(self, page: Page) -> None:
        if page in self._pages:
            self._pages.remove(page)
        self._arriving = None

    def _on_request(self, request: Request) -> None:
        if not _is_document(request):
            return
        self._loading[request] = None
        self._arriving = request
        self._documents += 1
        if self._documents > MOST_DOCUMENTS:
            url = bare(request.url)
            said = _("{count} documents in one action, the last one {url}")
            self._note(said.format(count=MOST_DOCUMENTS, url=url))

    def _on_response(self, response: Response) -> None:
        request = response.request
        if request not in self._loading:
            return
        self._loading[request] = response
        self.origins.add(origin_of(request.url))
        if self._log.concerns(request.url):
            self.answered = True
            if response.status >= 500:
                self._note(answered(bare(request.url), response.status))
        attached = response.headers.get("content-disposition", "").startswith("attachment")
        if attached:
            self._downloading(request.url)
        if self._arriving is request and (attached or response.status in _NO_BODY):
            self._arriving = None

    def _on_navigated(self, frame: Frame) -> None:
        if frame.parent_frame is None:
            self._arriving = None

    def _on_finished(self, request: Request) -> None:
        if request in self._loading:
            self._record(request, self._loading.pop(request))

    def _on_failed(self, request: Request) -> None:
        if request not in self._loading:
            return
        response = self._loading.pop(request)
        if self._arriving is request:
            self._arriving = None
        code = (request.failure or "").removeprefix("net::")
        self._record(request, response, cut=True, code=code)
        if code == "ERR_ABORTED":
            return
        self.failure = Failure(code, bare(request.url))
        if self._log.concerns(request.url) or code == "ERR_TOO_MANY_REDIRECTS":
            self._note(no_answer(bare(request.url), code))

    def _on_download(self, download: Download) -> None:
        self._arriving = None
        self._downloading(download.url)

    def _downloading(self, url: str) -> None:
        if url not in self._downloads:
            self._downloads.add(url)
            self._log.note("download", url=bare(url))

    def _on_dialog(self, dialog: Dialog) -> None:
        accept = dialog.type in ("alert", "beforeunload") or self.accept_dialogs
        self.asked.append(dialog.message)
        self._log.note("dialog", type=dialog.type, message=dialog.message, accepted=accept)
        with contextlib.suppress(PlaywrightError):
            if accept:
                dialog.accept(self.dialog_text)
            else:
                dialog.dismiss()

    def _note(self, problem: str) -> None:
        """The first thing that went wrong explains the others."""
        self.problem = self.problem or problem

    def _record(
        self, request: Request, response: Response | None, *, cut: bool = False, code: str = ""
    ) -> None:
        began, ended = self._times(request)
        self._log.record(
            Crossing(
                method=request.method,
                url=request.url,
                began=began,
                ended=ended,
                status=response.status if response else None,
                request_headers=request.headers,
                response_headers=response.headers if response else {},
                location=_location(request, response),
                form=_form(request),
                cut=cut,
                facts={"error": code} if code else None,
            )
        )

    def _times(self, request: Request) -> tuple[int, int]:
        """When it began and ended, on the clock of the run (the browser tells its wall clock)."""
        now = self._log.mono()
        timing = request.timing
        start = timing.get("startTime", -1)
        if start <= 0:
            return now, now
        began = now - int((time.time() * 1000 - start) * 1e6)
        lasted = max(timing.get("responseEnd", -1), timing.get("responseStart", -1))
        return min(began, now), min(now, began + int(lasted * 1e6)) if lasted >= 0 else now


def _is_document(request: Request) -> bool:
    """Whether it loads a page (not a frame, a picture or a script's call)."""
    if not request.is_navigation_request():
        return False
    try:
        return request.frame.parent_frame is None
    except PlaywrightError:  # a window that is only opening has no frame yet: it is a page
        return True


def _location(request: Request, response: Response | None) -> str | None:
    location = response.headers.get("location") if response else None
    if location is None:
        return None
    following = request.redirected_to
    return following.url if following else location


def _form(request: Request) -> str | None:
    if "x-www-form-urlencoded" not in request.headers.get("content-type", ""):
        return None
    try:
        return request.post_data
    except (PlaywrightError, UnicodeDecodeError):
        return None
