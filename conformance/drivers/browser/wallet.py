"""The person's own gestures on the PSC wallet page of the bench: choose, confirm, wait.

The page is the bench's, so what is clicked on it stands here and not in `banc.toml`.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from conformance.drivers.actions import Outcome
from conformance.drivers.browser.gestures import SLICE_S, ActionEnded, Hands
from conformance.drivers.browser.looking import visible
from conformance.drivers.browser.page_watch import PageWatch
from conformance.drivers.deadlines import Deadline
from conformance.locale import _

MARKS = {
    "choice": "[data-testid=wallet-submit]",
    "card": "[data-testid=wallet-card-confirm]",
    "waiting": "[data-testid=wallet-digits]",
}


class SignInPages(Protocol):
    """Where a person signs in at PSC in the bench's browser, whoever plays it."""

    def identify(
        self,
        arguments: Mapping[str, Any],
        watch: PageWatch,
        deadline: Deadline,
        *,
        patient: bool = False,
    ) -> bool:
        """Whether the person may sign in now; `patient` waits for the page. Raises as `Hands`."""
        ...

    def authenticate(
        self, arguments: Mapping[str, Any], watch: PageWatch, deadline: Deadline
    ) -> None:
        """End what is to be done there. Raises as `Hands`."""
        ...


class WalletPage:
    """The wallet page in a browser."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands

    def shows(self, mark: str, watch: PageWatch) -> bool:
        """Whether the page on top is that one of the wallet's."""
        return not watch.leaving and visible(watch.page, MARKS[mark]).count() > 0

    def identify(
        self,
        arguments: Mapping[str, Any],
        watch: PageWatch,
        deadline: Deadline,
        *,
        patient: bool = False,
    ) -> bool:
        """Choose means and person where the choice is asked; `patient` waits for the page.

        Gives whether the person's choice is made. Raises as `Hands.play`.
        """
        if patient:
            self._hands.find("wallet", ", ".join(MARKS.values()), watch, deadline)
        if self.shows("choice", watch):
            for test_id in (
                f"wallet-means-{arguments['means']}",
                f"wallet-person-{arguments['national_id']}",
                "wallet-submit",
            ):
                self._click(f"[data-testid={test_id}]", watch, deadline)
            self._hands.arrive(watch, deadline)
        return self.shows("card", watch) or self.shows("waiting", watch)

    def authenticate(
        self, arguments: Mapping[str, Any], watch: PageWatch, deadline: Deadline
    ) -> None:
        """Confirm with the card, or wait until the phone has answered, if a wallet page is there.

        Raises as `Hands.play`; the phone's silence is `unclear`.
        """
        self._hands.arrive(watch, deadline)
        self.identify(arguments, watch, deadline)
        if self.shows("card", watch):
            self._click(MARKS["card"], watch, deadline)
        while self.shows("waiting", watch):
            self._hands.look_up(watch)
            if deadline.passed:
                said = _("the phone did not answer within {seconds:g} s")
                reason = said.format(seconds=deadline.seconds)
                raise ActionEnded(Outcome("unclear", reason=reason))
            watch.wait("framenavigated", min(SLICE_S, deadline.left))
        self._hands.arrive(watch, deadline)

    def _click(self, selector: str, watch: PageWatch, deadline: Deadline) -> None:
        element = self._hands.find("wallet", selector, watch, deadline)
        self._hands.point(element, watch)
        element.click(timeout=deadline.left_ms())
