"""How an action in the browser ends: its marks, and what is usual when none is given."""

import re
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from conformance.drivers.actions import ACTIONS, Outcome
from conformance.drivers.browser.gestures import SLICE_S, Hands, asked
from conformance.drivers.browser.looking import read_values, text_of, visible
from conformance.drivers.browser.page_watch import PageWatch
from conformance.drivers.browser.steps import (
    ActionTable,
    Scroll,
    SeeTable,
    UrlMark,
    ValueSource,
    filled,
)
from conformance.drivers.browser.wallet import SignInPages
from conformance.drivers.deadlines import Deadline
from conformance.drivers.exchanges import bare
from conformance.locale import _

_LOOK_S = 0.5

IN_PLACE = {"finish_psc_login": "identity", "scroll_to_psc_terms": "terms.psc"}
"""Actions that need no table once an observation says where to look."""


class Marks:
    """Waits for the marks of an action and reads its values."""

    def __init__(self, hands: Hands, see: Mapping[str, SeeTable]) -> None:
        self._hands = hands
        self._see = see

    def usual(self, name: str) -> ActionTable | None:
        """The action as the observations alone describe it, when `banc.toml` has no table."""
        if name in ("idle", "connected_identity", "start_psc_login"):
            return ActionTable() if name != "start_psc_login" else None
        identity, terms = self._see.get("identity"), self._see.get("terms.psc")
        if name == "finish_psc_login" and identity is not None:
            error = self._see.get("error")
            return ActionTable(
                done_when=identity.selector, refused_when=error.selector if error else None
            )
        if name == "scroll_to_psc_terms" and terms is not None:
            return ActionTable(steps=[Scroll(scroll=terms.selector)])
        return None

    def wait(
        self,
        name: str,
        table: ActionTable,
        arguments: Mapping[str, Any],
        watch: PageWatch,
        deadline: Deadline,
        wallet: SignInPages | None,
    ) -> Outcome:
        """The outcome, once a mark is there, something broke, or the deadline has passed.

        With a `wallet` (a login that starts) the wallet page is the mark unless one is given.
        """
        refused = filled(table.refused_when, arguments) if table.refused_when else None
        done = table.done_when
        done = filled(done, arguments) if isinstance(done, str) else done
        identified = False
        while True:
            self._hands.look_up(watch)
            if not watch.leaving:
                if wallet is not None and not identified:
                    identified = wallet.identify(arguments, watch, deadline)
                if refused and not identified:  # elsewhere, nothing speaks for the product
                    self._hands.refusal(refused, watch)
                if self._is_done(done, identified, wallet is not None, watch):
                    return Outcome("done", self._values(name, table, watch))
            if deadline.passed:
                return Outcome("unclear", reason=_nothing(name, watch, deadline))
            self._wait_a_little(done, refused, watch, deadline)

    def _is_done(
        self, done: str | UrlMark | None, identified: bool, signing_in: bool, watch: PageWatch
    ) -> bool:
        if isinstance(done, UrlMark):
            return done.fits(watch.page.url)
        if isinstance(done, str):
            return self._is_visible("done_when", done, watch)
        if not signing_in:
            return True
        identity = self._see.get("identity")
        shown = identity is not None and self._is_visible("see.identity", identity.selector, watch)
        return identified or shown

    def _is_visible(self, place: str, selector: str, watch: PageWatch) -> bool:
        try:
            return visible(watch.page, selector).count() > 0
        except PlaywrightError as error:
            self._hands.blame_selector(place, selector, error)
            raise

    def _wait_a_little(
        self, done: str | UrlMark | None, refused: str | None, watch: PageWatch, deadline: Deadline
    ) -> None:
        """Until a mark shows or the page moves on; never longer than a slice."""
        marks = [mark for mark in (done, refused) if isinstance(mark, str)]
        if not marks or watch.leaving:
            watch.wait("framenavigated", min(SLICE_S, deadline.left))
            return
        either = watch.page.locator(marks[0])
        for mark in marks[1:]:
            either = either.or_(watch.page.locator(mark))
        try:
            either.filter(visible=True).first.wait_for(timeout=deadline.left_ms(SLICE_S))
        except PlaywrightTimeout:  # looked at again from the top
            return

    def _values(self, name: str, table: ActionTable, watch: PageWatch) -> dict[str, Any]:
        """The values that the table names, over those that the observations give."""
        values = self._usual_values(name, watch)
        for key, value in read_values(watch.page, table.values).items():
            if isinstance(value, dict) and isinstance(values.get(key), dict):
                values[key] = {**values[key], **value}
            else:
                values[key] = value
        return values

    def _usual_values(self, name: str, watch: PageWatch) -> dict[str, Any]:
        named = ACTIONS[name].values
        if name == "connected_identity":
            return self._identity(watch)
        if "sent" in named:
            return {"sent": True}
        if "offer" in named and "notify-offer" in self._see:
            return {"offer": self._offer(watch)}
        if "digits" in named and (digits := self._text("ciba.digits", watch, 0)):
            return {"digits": digits}
        return {}

    def _identity(self, watch: PageWatch) -> dict[str, Any]:
        name = self._text("identity", watch, _LOOK_S)
        if name is None:
            return {"connected": False}
        more = read_values(watch.page, self._see["identity"].values)
        return {"connected": True, "name": name, **more}

    def _offer(self, watch: PageWatch) -> dict[str, Any]:
        if self._text("notify-offer", watch, _LOOK_S) is None:
            return {"shown": False, "recipients": []}
        table = self._see.get("recipients")
        if table is None:
            return {"shown": True, "recipients": []}
        every = ValueSource(selector=table.selector, attribute=table.attribute, all=True)
        texts = read_values(watch.page, {"texts": every})["texts"]
        addresses = [part for text in texts for part in re.split(r"[\s,;<>()]+", text)]
        return {"shown": True, "recipients": [part for part in addresses if "@" in part]}

    def _text(self, what: str, watch: PageWatch, within: float) -> str | None:
        table = self._see.get(what)
        if table is None:
            return None
        element = visible(watch.page, table.selector)
        try:
            element.wait_for(state="visible", timeout=max(1.0, within * 1000))
            return text_of(element, table.attribute)
        except PlaywrightTimeout:
            return None


def _nothing(name: str, watch: PageWatch, deadline: Deadline) -> str:
    said = _("{what}: neither mark was seen within {seconds:g} s, last on {where}")
    where = bare(watch.page.url)
    return said.format(what=name, seconds=deadline.seconds, where=where) + asked(watch)
