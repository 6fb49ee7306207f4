"""A second window beside the product's: the bench's own phone page, on film with the rest."""

from dataclasses import replace

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from conformance.drivers.browser.chromium import Box, Chromium, ChromiumOptions
from conformance.drivers.browser.gestures import MovePointer
from conformance.drivers.browser.looking import centre_on_screen, visible
from conformance.errors import NotReady
from conformance.locale import _


class SideWindow:
    """A browser window without tabs, kept from one story to the next. Of one thread."""

    def __init__(self, options: ChromiumOptions, move_pointer: MovePointer | None = None) -> None:
        self._options = options
        self._move_pointer = move_pointer if options.display else None
        self._chromium: Chromium | None = None
        self._box: Box | None = None

    def show(self, url: str, box: Box, opened_by: str | None = None) -> None:
        """Show `url` at `box` (x, y, width, height). Raises `NotReady` if it cannot be shown.

        `opened_by` is an address that lets a new window in and leads to `url`.
        """
        fresh = self._chromium is None or self._chromium.closed or box != self._box
        if fresh:
            self.close()
            self._chromium = Chromium(replace(self._options, app=opened_by or url, box=box))
            self._box = box
        try:
            if not fresh:
                self._page.goto(url, wait_until="domcontentloaded", timeout=10_000)
            self._page.wait_for_url(url, wait_until="domcontentloaded", timeout=10_000)
        except PlaywrightError as error:
            first = error.message.splitlines()[0]
            said = _("side window: {url} cannot be shown ({reason})")
            raise NotReady(said.format(url=url, reason=first)) from error

    def click(self, selector: str, within: float = 10.0) -> None:
        """Click the first visible element. Raises `NotReady` if none comes within `within` s."""
        element = visible(self._page, selector)
        try:
            element.wait_for(state="visible", timeout=within * 1000)
            centre = centre_on_screen(self._page, element) if self._move_pointer else None
            if self._move_pointer and centre:
                self._move_pointer(*centre)
            element.click(timeout=within * 1000)
        except PlaywrightTimeout as error:
            said = _("side window: {selector} did not come within {seconds:g} s")
            raise NotReady(said.format(selector=repr(selector), seconds=within)) from error

    def text(self, selector: str) -> str | None:
        """The words of the first visible element, None when there is none."""
        element = visible(self._page, selector)
        return element.inner_text(timeout=2000) if element.count() else None

    def close(self) -> None:
        """Close the window."""
        if self._chromium is not None:
            self._chromium.close()
            self._chromium = None

    @property
    def _page(self) -> Page:
        if self._chromium is None:
            raise NotReady(_("side window: it was not opened"))
        return self._chromium.context.pages[0]
