"""The bench's own window on a CIBA film: the phone page, on which the real pointer presses."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from conformance.drivers.actions import NotReady
from conformance.drivers.chromium import Chromium, ChromiumOptions
from conformance.drivers.looking import centre_on_screen
from conformance.evidence.screen.layout import Area

_WITHIN_MS = 10_000.0


class PhoneWindow:
    """The e-CPS phone in a window of its own, beside the product's. One thread only."""

    def __init__(
        self,
        url: str,
        area: Area,
        display: str,
        certificate: Path,
        move_pointer: Callable[[float, float], None],
    ) -> None:
        self._move_pointer = move_pointer
        self._browser = Chromium(
            ChromiumOptions(
                display=display,
                box=(area.x, area.y, area.width, area.height),
                trusted_certificates=(certificate,),
                app=url,
            )
        )
        self._page: Page = self._browser.context.pages[0]

    def answer(self, request: str, approve: bool) -> None:
        """Press the button of that request. Raises `NotReady` when the page does not show it."""
        section = self._page.locator(
            "[data-testid=phone-request]", has=self._page.locator(f'input[value="{request}"]')
        )
        button = section.get_by_test_id("phone-approve" if approve else "phone-refuse")
        try:
            button.wait_for(state="visible", timeout=_WITHIN_MS)
            place = centre_on_screen(self._page, button)
            if place is not None:
                self._move_pointer(*place)
            button.click(timeout=_WITHIN_MS)
            section.wait_for(state="detached", timeout=_WITHIN_MS)
        except PlaywrightTimeout as error:
            raise NotReady("the phone page does not show the pending request") from error

    def close(self) -> None:
        """Close the window."""
        self._browser.close()
