"""Drives a product through its pages, as `[actions.*]` and `[see.*]` of `banc.toml` say.

Playwright on the machine's Chromium: headed inside the recorded display, headless without one.
"""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import BrowserContext, Page
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from common.recording import Recorder
from conformance.drivers.actions import ACTIONS, SEES, Outcome, Seen, Stopped, unknown_word
from conformance.drivers.browser.chromium import Box, Chromium, ChromiumOptions
from conformance.drivers.browser.endings import IN_PLACE, Marks
from conformance.drivers.browser.external_psc import ExternalPages
from conformance.drivers.browser.gestures import ActionEnded, Hands, MovePointer
from conformance.drivers.browser.looking import place_of, read_values, text_of, visible
from conformance.drivers.browser.page_watch import PageWatch
from conformance.drivers.browser.steps import ActionTable, SeeTable, Wallet, applies, as_see_table
from conformance.drivers.browser.wallet import SignInPages, WalletPage
from conformance.drivers.deadlines import Deadline
from conformance.drivers.exchanges import ExchangeLog, bare
from conformance.drivers.person.sign_in import Guide
from conformance.errors import NotReady
from conformance.locale import _, phrase

SEE_WITHIN = 20.0
_GRACE_S = 5.0
_LOOK_S = 0.5


@dataclass(frozen=True, slots=True)
class BrowserOptions:
    """What the stage gives a browser driver.

    `key` is how `banc.toml` names the face; `box` the window on the screen; `ca_file` and
    `trusted_certificates` as in `ChromiumOptions`; `move_pointer` takes screen pixels;
    `product_addresses` are the product's other origins; `died` gives a sentence once the
    product's process has ended. With a `guide`, PSC is external and the person signs in there.
    """

    recorder: Recorder
    key: str = "face"
    tenant: str = ""
    display: str | None = None
    box: Box = (0, 0, 1280, 800)
    ca_file: Path | None = None
    trusted_certificates: tuple[Path, ...] = ()
    move_pointer: MovePointer | None = None
    product_addresses: tuple[str, ...] = ()
    died: Callable[[], str | None] = lambda: None
    guide: Guide | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))


class BrowserDriver:
    """One face of a product, driven by its pages. Of one thread; the browser opens when needed."""

    witness: Literal["screen", "declared"] = "screen"
    source: Literal["ui", "adapter", "operator"] = "ui"

    def __init__(
        self,
        address: str,
        actions: Mapping[str, ActionTable],
        see: Mapping[str, str | SeeTable],
        options: BrowserOptions,
    ) -> None:
        self._options = options
        self._actions = actions
        self._see = {what: as_see_table(table) for what, table in see.items()}
        pointer = options.move_pointer if options.display else None
        self._hands = Hands(options.key, address, pointer)
        self._marks = Marks(self._hands, self._see)
        addresses = (address, *options.product_addresses)
        self._log = ExchangeLog(options.recorder, options.tenant, addresses, self.source)
        self._chromium: Chromium | None = None
        self._watch: PageWatch | None = None
        self._answered = False

    def act(self, name: str, arguments: Mapping[str, Any], within: float) -> Outcome:
        """Do one action. Raises `NotReady` for what only `banc.toml` or the machine explains."""
        if name not in ACTIONS:
            raise NotReady(unknown_word("action", name, ACTIONS))
        if name == "restart":
            return Outcome("unsupported", reason=_("a browser restarts no product"))
        table = self._table(name)
        self._opened()  # the time a browser takes to open is not the product's
        deadline = Deadline(within)
        try:
            outcome = self._bounded(
                name, deadline, lambda: self._play(name, table, arguments, deadline)
            )
        except NotReady:
            if death := self._options.died():
                return Outcome("broken", reason=death)
            raise
        if outcome.name == "unclear" and self._stuck():
            self._shut()
            outcome = Outcome("unclear", reason=_stuck_page(name))
        if outcome.name in ("broken", "unclear") and (death := self._options.died()):
            return Outcome("broken", reason=death)
        return outcome

    def see(self, what: str) -> Seen:
        """Look at one thing on the page.

        Raises `NotReady` for a word outside `SEES`, `Stopped` when the page cannot be looked at.
        """
        if what not in SEES:
            raise NotReady(unknown_word("see", what, SEES))
        table = self._see.get(what)
        if table is None:
            return Seen(what, present=False, ready=False)
        self._opened()
        found: list[Seen] = []

        def look() -> Outcome:
            found.append(self._look(what, table))
            return Outcome("done")

        outcome = self._bounded(f"see {what}", Deadline(SEE_WITHIN), look)
        if not found:
            raise Stopped(f"see {what}", outcome)
        return found[0]

    def open(self) -> None:
        """Open the browser. Raises `NotReady` when the machine has none."""
        self._opened()

    def reset(self) -> None:
        """Close every page and forget cookies and storage: a new visitor."""
        if self._chromium is None or self._watch is None:
            return
        context, watch = self._chromium.context, self._watch
        outcome = self._bounded("reset", Deadline(1.0), lambda: _start_afresh(context, watch))
        if outcome.name != "done":  # a browser that does not even reset is replaced
            self._shut()

    def close(self) -> None:
        """Close the browser."""
        self._shut()

    def _play(
        self, name: str, table: ActionTable, arguments: Mapping[str, Any], deadline: Deadline
    ) -> Outcome:
        watch, wallet = self._opened(), self._sign_in_pages()
        watch.begin()
        if name == "finish_psc_login":
            wallet.authenticate(arguments, watch, deadline)
        for number, step in enumerate(table.steps):
            if applies(step, arguments):
                place = f"actions.{name}.steps[{number}]"
                if isinstance(step, Wallet):
                    wallet.identify(arguments, watch, deadline, patient=True)
                else:
                    self._hands.play(step, place, arguments, watch, deadline, table.refused_when)
        if name == "idle":
            self._idle(float(arguments["seconds"]), watch)
        signing_in = name == "start_psc_login"
        outcome = self._marks.wait(
            name, table, arguments, watch, deadline, wallet if signing_in else None
        )
        watch.settle(min(0.5, deadline.left))
        return outcome

    def _sign_in_pages(self) -> SignInPages:
        guide = self._options.guide
        return ExternalPages(self._hands, self._log, guide) if guide else WalletPage(self._hands)

    def _idle(self, seconds: float, watch: PageWatch) -> None:
        """Do nothing for so long, as the story asks; a crash or a 5xx ends it."""
        quiet = Deadline(seconds)
        while not quiet.passed:
            self._hands.look_up(watch)
            watch.wait("framenavigated", min(1.0, quiet.left))

    def _look(self, what: str, table: SeeTable) -> Seen:
        watch = self._opened()
        self._hands.arrive(watch, Deadline(5))
        page, headed = watch.page, self._options.display is not None
        element = visible(page, table.selector)
        text, box, values = "", None, {}
        try:
            element.wait_for(state="visible", timeout=_LOOK_S * 1000)
            text = text_of(element, table.attribute)
            box = place_of(page, element, on_screen=headed)
            values = read_values(page, table.values)
        except PlaywrightTimeout:  # not there: a fact
            pass
        except PlaywrightError as error:
            self._hands.blame_selector(f"see.{what}", table.selector, error)
            raise
        return Seen(
            what,
            present=box is not None,
            text=text if box else "",
            values=values if box else {},
            url=bare(page.url),
            box=box,
            screenshot=page.screenshot(timeout=10_000),
        )

    def _table(self, name: str) -> ActionTable:
        table = self._actions.get(name) or self._marks.usual(name)
        if table is None:
            said = _("banc.toml: {face}, actions.{name} is missing, expected its steps")
            if name in IN_PLACE:
                said = _("banc.toml: {face}, actions.{name} and {see} are missing, expected one")
            about = {"name": name, "see": f"[see] {IN_PLACE.get(name)}"}
            raise NotReady(said.format(face=self._options.key, **about))
        return table

    def _bounded(self, name: str, deadline: Deadline, work: Callable[[], Outcome]) -> Outcome:
        """Run `work`; a browser that no longer answers is ended some seconds after the deadline."""
        hung = threading.Event()
        try:
            with self._ended_if_hung(deadline.left + _GRACE_S, hung):
                return work()
        except ActionEnded as ended:
            return ended.outcome
        except PlaywrightTimeout:
            said = _("{what}: nothing more within {seconds:g} s")
            return Outcome("unclear", reason=said.format(what=name, seconds=deadline.seconds))
        except PlaywrightError as error:
            problem = self._watch.problem if self._watch else None
            if hung.is_set() or self._gone():
                self._shut()
            if hung.is_set():
                return Outcome("unclear", reason=_stuck_page(name))
            first = error.message.splitlines()[0].partition(" at http")[0]
            said = phrase("{what}: the browser says {words}", what=name, words=repr(first))
            return Outcome("broken", reason=problem or said)

    @contextlib.contextmanager
    def _ended_if_hung(self, after: float, hung: threading.Event) -> Iterator[None]:
        def end() -> None:
            hung.set()
            if self._chromium is not None:
                self._chromium.kill()

        timer = threading.Timer(after, end)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _stuck(self) -> bool:
        """Whether the page on top answers nothing any more: a later story would stick there too."""
        if self._watch is None or self._watch.leaving or self._gone():
            return False
        try:
            self._watch.page.locator("html").wait_for(state="attached", timeout=2000)
        except PlaywrightTimeout:
            return True
        except PlaywrightError:  # gone meanwhile: a new browser is opened when needed
            return False
        return False

    def _gone(self) -> bool:
        return self._chromium is None or self._chromium.closed

    def _opened(self) -> PageWatch:
        if self._chromium is None or self._watch is None or self._chromium.closed:
            self._shut()
            self._chromium = Chromium(self._chromium_options())
            self._watch = PageWatch(self._chromium.context, self._log)
            self._watch.answered = self._answered
        return self._watch

    def _shut(self) -> None:
        if self._watch is not None:
            self._answered = self._answered or self._watch.answered
            self._watch.forget()
        if self._chromium is not None:
            self._chromium.close()
        self._chromium = self._watch = None

    def _chromium_options(self) -> ChromiumOptions:
        options = self._options
        return ChromiumOptions(
            display=options.display,
            visible=options.guide is not None,
            box=options.box,
            ca_file=options.ca_file,
            trusted_certificates=options.trusted_certificates,
            environment=options.environment,
        )


def _stuck_page(name: str) -> str:
    return phrase("{what}: the page no longer reacts", what=name)


def _start_afresh(context: BrowserContext, watch: PageWatch) -> Outcome:
    """Leave one empty page. A page that is loading is led away first: closed, it may never end."""
    origins = set(watch.origins)
    watch.forget()
    fresh = context.new_page()
    for page in [page for page in context.pages if page is not fresh]:
        _lead_away(page)
        page.close()
    context.clear_cookies()
    session = context.new_cdp_session(fresh)
    for origin in sorted(origins):
        session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    session.send("Network.clearBrowserCache")
    session.detach()
    return Outcome("done")


def _lead_away(page: Page) -> None:
    """To an empty document; a page that leaves by itself at that moment is led away again."""
    for _attempt in range(3):
        try:
            page.goto("about:blank", timeout=_GRACE_S * 1000)
            return
        except PlaywrightTimeout:
            raise
        except PlaywrightError as error:
            if "interrupted by another navigation" not in error.message:
                raise
