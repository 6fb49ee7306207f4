"""Signing in at an external Pro Santé Connect: its pages are the person's.

Nothing there is clicked or read by the bench, which only sees in its browser that the product's
page was left, and that it is back.
"""

from collections.abc import Mapping
from typing import Any

from conformance.drivers.actions import Outcome
from conformance.drivers.browser.gestures import SLICE_S, ActionEnded, Hands
from conformance.drivers.browser.page_watch import PageWatch
from conformance.drivers.deadlines import Deadline
from conformance.drivers.exchanges import ExchangeLog
from conformance.drivers.person.sign_in import Guide
from conformance.locale import _


class ExternalPages:
    """The pages of an external PSC in the bench's browser: the counterpart of `WalletPage`."""

    def __init__(self, hands: Hands, log: ExchangeLog, guide: Guide) -> None:
        self._hands = hands
        self._log = log
        self._guide = guide

    def identify(
        self,
        arguments: Mapping[str, Any],
        watch: PageWatch,
        deadline: Deadline,
        *,
        patient: bool = False,
    ) -> bool:
        """Whether the browser stands on a page that is not the product's; `patient` waits for it.

        Raises `ActionEnded` when something broke, or when none came in time.
        """
        while patient and not self._away(watch):
            self._hands.look_up(watch)
            if deadline.passed:
                said = _("the product did not leave its own pages within {seconds:g} s")
                reason = said.format(seconds=deadline.seconds)
                raise ActionEnded(Outcome("unclear", reason=reason))
            watch.wait("framenavigated", min(SLICE_S, deadline.left))
        return self._away(watch)

    def authenticate(
        self, arguments: Mapping[str, Any], watch: PageWatch, deadline: Deadline
    ) -> None:
        """Have the person sign in, and wait until a page of the product is back.

        Raises `ActionEnded` when something broke; `unclear` when they were not back in time.
        """
        self._hands.arrive(watch, deadline)
        if self._away(watch):
            self._guide.sign_in(arguments)
        while watch.leaving or self._away(watch):
            self._hands.look_up(watch)
            if deadline.passed:
                said = _("no page of the product was back within {seconds:g} s")
                reason = said.format(seconds=deadline.seconds)
                raise ActionEnded(Outcome("unclear", reason=reason))
            watch.wait("framenavigated", min(SLICE_S, deadline.left))

    def _away(self, watch: PageWatch) -> bool:
        url = watch.page.url
        somewhere = url.startswith(("http://", "https://"))
        return not watch.leaving and somewhere and not self._log.concerns(url)
