"""Plays the steps of an action in the browser, the real pointer going where a hand would."""

import contextlib
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urljoin

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from conformance.drivers.actions import Outcome
from conformance.drivers.browser.looking import centre_on_screen, text_of, visible
from conformance.drivers.browser.page_watch import Failure, PageWatch, net_error
from conformance.drivers.browser.steps import (
    Check,
    Click,
    Dialog,
    Fill,
    Open,
    Press,
    Scroll,
    Select,
    Step,
    WaitFor,
    filled,
)
from conformance.drivers.deadlines import Deadline
from conformance.drivers.exchanges import bare, no_answer
from conformance.errors import NotReady
from conformance.locale import _, phrase

SLICE_S = 0.25
"""How often a wait looks up from the page to what else happened."""

_PATIENCE_WITH_REFUSAL_S = 1.0
_LOADING_S = 10.0
_NOWHERE = "about:blank"
_SAYS = "h1, [role=alert], [data-testid=psc-error]"
_WORDS = 160

MovePointer = Callable[[float, float], None]


class ActionEnded(Exception):
    """An action ended before its last step."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.name)
        self.outcome = outcome


class Hands:
    """One person's hands on one browser. `key` is how `banc.toml` names the face."""

    def __init__(self, key: str, address: str, move_pointer: MovePointer | None) -> None:
        self._key = key
        self._address = address
        self._move_pointer = move_pointer
        self._matched: set[str] = set()

    def play(
        self,
        step: Step,
        place: str,
        arguments: Mapping[str, Any],
        watch: PageWatch,
        deadline: Deadline,
        refused: str | None = None,
    ) -> None:
        """Do one step. Raises `ActionEnded` or, for what only the set-up explains, `NotReady`."""

        def said(text: str) -> str:
            return filled(text, arguments)

        def there(name: str, selector: str) -> Locator:
            at = f"{place}.{name}"
            element = self.find(at, said(selector), watch, deadline, refused)
            self.point(element, watch)
            return element

        left = deadline.left_ms()
        match step:
            case Open(open=path):
                self.open(f"{place}.open", said(path), watch, deadline)
            case Click(click=selector):
                there("click", selector).click(timeout=left)
            case Fill(fill=selector, value=value):
                there("fill", selector).fill(said(value), timeout=left)
            case Select(select=selector, index=index) if index is not None:
                number = int(said(str(index)))
                there("select", selector).select_option(index=number, timeout=left)
            case Select(select=selector, value=value):
                there("select", selector).select_option(said(value), timeout=left)
            case Check(check=selector, on=on):
                there("check", selector).set_checked(on, timeout=left)
            case Press(press=key, at=None):
                watch.page.keyboard.press(key)
            case Press(press=key, at=str(selector)):
                there("at", selector).press(key, timeout=left)
            case Scroll(scroll=selector):
                element = self.find(f"{place}.scroll", said(selector), watch, deadline, refused)
                element.evaluate("e => e.scrollIntoView({block: 'center'})", timeout=left)
            case WaitFor(wait_for=selector):
                self.find(f"{place}.wait_for", said(selector), watch, deadline, refused)
            case Dialog(dialog=answer, text=text):
                watch.accept_dialogs, watch.dialog_text = answer == "accept", said(text)
        self.arrive(watch, deadline)

    def open(self, place: str, path: str, watch: PageWatch, deadline: Deadline) -> None:
        """Go to a path of the product."""
        url = urljoin(self._address, path)
        while not self._went(place, url, watch, deadline):
            self.look_up(watch)

    def _went(self, place: str, url: str, watch: PageWatch, deadline: Deadline) -> bool:
        """Whether the browser went there: a page that leaves by itself may win over the person."""
        try:
            watch.page.goto(url, wait_until="commit", timeout=deadline.left_ms())
        except PlaywrightTimeout:
            said = _("{url} did not answer within {seconds:g} s")
            reason = said.format(url=bare(url), seconds=deadline.seconds)
            raise ActionEnded(Outcome("unclear", reason=reason)) from None
        except PlaywrightError as error:
            code = net_error(error)
            if code is None and "interrupted by another navigation" in error.message:
                return False
            if code is None and "ownload" not in error.message:
                raise
            if code is not None and code != "ERR_ABORTED":  # neither a download nor left at once
                self.judge_failure(place, Failure(code, bare(url)), watch)
        return True

    def judge_failure(self, place: str, failure: Failure, watch: PageWatch) -> None:
        """Nobody there since the run began is the set-up; silence of who once spoke is a break."""
        if failure.never_there and not watch.answered:
            said = _("{place}: {url} gave {code}, expected a product there")
            about = {"url": failure.url, "code": failure.code}
            raise NotReady(said.format(place=self._at(place), **about))
        raise ActionEnded(Outcome("broken", reason=no_answer(failure.url, failure.code)))

    def find(
        self,
        place: str,
        selector: str,
        watch: PageWatch,
        deadline: Deadline,
        refused: str | None = None,
    ) -> Locator:
        """The visible element, as soon as it is there. Raises as `play`."""
        waited = Deadline(_PATIENCE_WITH_REFUSAL_S)
        while True:
            self.look_up(watch)
            element = visible(watch.page, selector)
            try:
                element.wait_for(state="visible", timeout=deadline.left_ms(SLICE_S))
            except PlaywrightTimeout:
                if refused and waited.passed and not watch.leaving:
                    self.refusal(refused, watch)
                if deadline.passed:
                    self._not_found(place, selector, watch)
                continue
            except PlaywrightError as error:
                self.blame_selector(place, selector, error)
                raise
            self._matched.add(selector)
            return element

    def look_up(self, watch: PageWatch) -> None:
        """Raise `ActionEnded` if something broke meanwhile."""
        if watch.problem is not None:
            raise ActionEnded(Outcome("broken", reason=watch.problem))

    def refusal(self, selector: str, watch: PageWatch) -> None:
        """Raise `ActionEnded` with the product's own words if the refusal mark is there."""
        mark = visible(watch.page, selector)
        try:
            shown = text_of(mark) if mark.count() else ""
        except PlaywrightTimeout:  # it left the page meanwhile
            return
        except PlaywrightError as error:
            self.blame_selector("refused_when", selector, error)
            raise
        if shown:
            raise ActionEnded(Outcome("refused", shown=shown))

    def arrive(self, watch: PageWatch, deadline: Deadline) -> None:
        """If the page is leaving, wait for the next document to be readable."""
        while watch.leaving and not deadline.passed:
            self.look_up(watch)
            watch.wait("framenavigated", min(SLICE_S, deadline.left))
        loading = Deadline(min(_LOADING_S, deadline.left))
        while not loading.passed:  # a page without end is looked at as far as it came
            self.look_up(watch)
            with contextlib.suppress(PlaywrightTimeout):
                within = loading.left_ms(SLICE_S)
                watch.page.wait_for_load_state("domcontentloaded", timeout=within)
                return

    def point(self, element: Locator, watch: PageWatch) -> None:
        """Move the real pointer onto the element, where there is a screen."""
        if self._move_pointer is None:
            return
        element.scroll_into_view_if_needed(timeout=5000)
        centre = centre_on_screen(watch.page, element)
        if centre is not None:
            self._move_pointer(*centre)

    def blame_selector(self, place: str, selector: str, error: PlaywrightError) -> None:
        """Raise `NotReady` if the selector itself cannot be read."""
        words = error.message
        if "selector" in words.lower() and ("pars" in words or "not a valid" in words):
            said = _("{place}: {selector} is not a selector, expected one of Playwright's")
            about = {"place": self._at(place), "selector": repr(selector)}
            raise NotReady(said.format(**about)) from error

    def _not_found(self, place: str, selector: str, watch: PageWatch) -> None:
        where = bare(watch.page.url)
        if where == _NOWHERE and ".steps[0]." in place:
            said = _("{place}: no page of the product is open yet, expected open as the first step")
            raise NotReady(said.format(place=self._at(place)))
        if selector in self._matched or watch.page.locator(selector).count():
            said = phrase("{selector} did not show on {where}", selector=selector, where=where)
            raise ActionEnded(Outcome("unclear", reason=said + asked(watch)))
        said = _("{place}: {selector} matched nothing in this run, last on {where}")
        about = {"place": self._at(place), "selector": repr(selector), "where": where}
        raise NotReady(said.format(**about) + asked(watch))

    def _at(self, place: str) -> str:
        return f"banc.toml: {self._key}, {place}"


def asked(watch: PageWatch) -> str:
    """What the page on top says meanwhile: its headings and alerts, a question it had asked."""
    question = repr(watch.asked[-1]) if watch.asked else ""
    said = phrase("; the page had asked {question}", question=question) if question else ""
    words = _headings(watch)
    return said + (phrase("; the page says {words}", words=repr(words)) if words else "")


def _headings(watch: PageWatch) -> str:
    """Its headings and alerts, at most `_WORDS` characters; empty while it cannot be read."""
    try:
        shown = watch.page.locator(_SAYS).filter(visible=True)
        shown.first.wait_for(state="visible", timeout=SLICE_S * 1000)
        words = " ".join(" ".join(shown.all_inner_texts()).split())
    except PlaywrightError:  # nothing to read there, or the page moves on
        return ""
    return words if len(words) <= _WORDS else f"{words[: _WORDS - 1]}…"
