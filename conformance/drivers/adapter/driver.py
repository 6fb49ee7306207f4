"""Drives a product through its adapter: JSON over HTTP, the contract being `adapter.openapi.yaml`.

For a product with web pages the bench is the user agent: it follows the URL that
`start_psc_login` answers, plays the wallet page and comes back to the product.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import httpx2

from common.recording import Masked, Recorder
from conformance.drivers.actions import ACTIONS, SEES, Outcome, Seen, Stopped, unknown_word
from conformance.drivers.adapter.contract import BadAnswer, outcome_of, seen_of
from conformance.drivers.adapter.http import Answer, NoAnswer, TimedOut, Unreachable, ask
from conformance.drivers.adapter.user_agent import Page, UserAgent
from conformance.drivers.adapter.wallet_forms import WalletForms
from conformance.drivers.deadlines import Deadline
from conformance.drivers.exchanges import ExchangeLog, answered, bare, secrets_in
from conformance.drivers.person.sign_in import Guide
from conformance.errors import NotReady
from conformance.locale import _, phrase

SEE_WITHIN = 10.0


@dataclass(frozen=True, slots=True)
class AdapterOptions:
    """What the stage gives an adapter driver.

    `key` is how `banc.toml` names the face, `product_addresses` the product's own pages when they
    are not at the adapter's, `died` gives a sentence once the product's process has ended. With a
    `guide`, PSC is external: the person's own browser goes there, the bench's cannot.
    """

    recorder: Recorder
    key: str = "face"
    tenant: str = ""
    ca_file: Path | None = None
    product_addresses: tuple[str, ...] = ()
    died: Callable[[], str | None] = lambda: None
    guide: Guide | None = None


class AdapterDriver:
    """One face of a product behind `address`. Not thread-safe."""

    witness: Literal["screen", "declared"] = "declared"
    source: Literal["ui", "adapter", "operator"] = "adapter"

    def __init__(self, address: str, options: AdapterOptions) -> None:
        self._address = address.rstrip("/")
        self._options = options
        addresses = (address, *options.product_addresses)
        log = ExchangeLog(options.recorder, options.tenant, addresses, self.source)
        self._agent = UserAgent(log, options.ca_file)
        self._wallet = WalletForms(self._agent)
        self._client = httpx2.Client(trust_env=False)
        self._answered = False
        self._under_way = False

    def act(self, name: str, arguments: Mapping[str, Any], within: float) -> Outcome:
        """Do one action. Raises `NotReady` when the address never answered in this run."""
        if name not in ACTIONS:
            raise NotReady(unknown_word("action", name, ACTIONS))
        deadline = Deadline(within)
        if name == "finish_psc_login" and self._under_way:
            return self._finish(arguments, deadline)
        self._under_way = False
        outcome = self._post(name, arguments, deadline)
        if outcome.name == "done" and isinstance(outcome.values.get("open"), str):
            return self._follow(name, outcome, arguments, deadline)
        return outcome

    def see(self, what: str) -> Seen:
        """Look at one thing through the adapter.

        Raises `NotReady` for a word outside `SEES`, `Stopped` when the product does not answer.
        """
        if what not in SEES:
            raise NotReady(unknown_word("see", what, SEES))
        try:
            answer = self._ask("GET", f"see/{what}", None, Deadline(SEE_WITHIN))
            if answer.status == 404:
                return Seen(what, present=False, ready=False)
            if answer.status != 200:
                raise BadAnswer(phrase("status {status}, expected 200", status=answer.status))
            return seen_of(what, answer.body)
        except (NoAnswer, BadAnswer) as error:
            reason = self._options.died() or f"GET see/{what}: {error}"
            raise Stopped(f"see {what}", Outcome("broken", reason=reason)) from error

    def open(self) -> None:
        """Its windows, if any, are opened by the product itself."""

    def reset(self) -> None:
        """Forget the user agent's cookies and ask the adapter to forget its sessions.

        Raises `NotReady` when it does not.
        """
        self._agent.forget()
        self._under_way = False
        try:
            answer = self._ask("POST", "reset", {}, Deadline(SEE_WITHIN))
        except NoAnswer as error:
            raise NotReady(f"{self._place('reset')}: {error}") from error
        if answer.status != 200:
            said = phrase("status {status}, expected 200", status=answer.status)
            raise NotReady(f"{self._place('reset')}: {said}")

    def close(self) -> None:
        """Let go of the sockets."""
        self._agent.close()
        self._client.close()

    def _post(self, name: str, arguments: Mapping[str, Any], deadline: Deadline) -> Outcome:
        asked = f"POST actions/{name}"
        try:
            answer = self._ask("POST", f"actions/{name}", dict(arguments), deadline)
        except TimedOut as error:
            return self._no_outcome(f"{asked}: {error}", "unclear")
        except NoAnswer as error:
            return self._no_outcome(f"{asked}: {error}", "broken")
        if answer.status != 200:
            said = phrase("status {status}, expected 200", status=answer.status)
            return self._no_outcome(f"{asked}: {said}", "broken")
        try:
            return outcome_of(name, answer.body)
        except BadAnswer as error:
            return self._no_outcome(f"{asked}: {error}", "broken")

    def _ask(self, method: str, path: str, json: Any, deadline: Deadline) -> Answer:
        try:
            answer = ask(self._client, method, f"{self._address}/{path}", deadline, json=json)
        except Unreachable as error:
            if not self._answered and not self._options.died():
                said = _("{place}: {reason}, expected an adapter")
                raise NotReady(said.format(place=self._place(path), reason=error)) from error
            raise
        self._answered = True
        return answer

    def _follow(
        self, name: str, outcome: Outcome, arguments: Mapping[str, Any], deadline: Deadline
    ) -> Outcome:
        """Open the URL as the user's browser would, and choose means and person at the wallet."""
        signing_in, guide = name == "start_psc_login", self._options.guide
        url = outcome.values["open"]
        secrets = secrets_in(url)
        outcome = replace(outcome, values={**outcome.values, "open": Masked(url, secrets)})
        if guide is not None and not secrets:
            guide.visit(url, arguments)
            self._under_way = signing_in
            return outcome
        try:
            page = self._agent.get(url, deadline)
            if signing_in and self._wallet.here():
                self._wallet.identify(arguments, deadline)
        except NoAnswer as error:
            return self._lost(name, error)
        broken = self._broken_page(page)
        self._under_way = signing_in and broken is None
        return broken or outcome

    def _finish(self, arguments: Mapping[str, Any], deadline: Deadline) -> Outcome:
        """End the wallet's part, come back to the product, and ask it who is connected."""
        self._under_way = False
        if self._options.guide is not None:
            back = self._options.guide.returned(arguments)
            fresh = Deadline(deadline.seconds)  # the time a person takes is not the product's
            return self._told(arguments, fresh) if back else self._concluded(fresh)
        try:
            if self._wallet.here():
                self._wallet.authenticate(arguments, deadline)
        except NoAnswer as error:
            return self._lost("finish_psc_login", error)
        page = self._agent.page
        broken = self._broken_page(page) if page else None
        if broken is not None:
            return broken
        if self._wallet.here():
            return Outcome("unclear", reason=_("the wallet page let nobody through"))
        return self._told(arguments, deadline)

    def _told(self, arguments: Mapping[str, Any], deadline: Deadline) -> Outcome:
        """How the product says that the login ended."""
        outcome = self._post("finish_psc_login", arguments, deadline)
        return self._concluded(deadline) if outcome.name == "unsupported" else outcome

    def _concluded(self, deadline: Deadline) -> Outcome:
        """For an adapter without a word on how it ended: who is connected, what is shown."""
        identity = self._post("connected_identity", {}, deadline)
        if identity.name == "done" and identity.values.get("connected"):
            return Outcome("done", identity.values)
        if identity.name in ("broken", "unclear"):
            return identity
        error = self.see("error")
        if error.present and error.text.strip():
            return Outcome("refused", shown=error.text)
        return Outcome("unclear", reason=_("nobody is connected, no error is shown"))

    def _broken_page(self, page: Page) -> Outcome | None:
        if page.status >= 500 and self._agent.log.concerns(page.url):
            return self._no_outcome(answered(bare(page.url), page.status), "broken")
        return None

    def _lost(self, action: str, error: NoAnswer) -> Outcome:
        name: Literal["unclear", "broken"] = "unclear" if isinstance(error, TimedOut) else "broken"
        return self._no_outcome(f"{action}: {error}", name)

    def _no_outcome(self, reason: str, name: Literal["unclear", "broken"]) -> Outcome:
        """A dead process explains every silence."""
        death = self._options.died()
        return Outcome("broken", reason=death) if death else Outcome(name, reason=reason)

    def _place(self, path: str) -> str:
        return f"banc.toml: {self._options.key}, address {self._address}/{path}"
