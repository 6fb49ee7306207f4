"""The same gestures on the PSC wallet page without a browser: its forms, sent as one would."""

from collections.abc import Mapping
from typing import Any

from lxml import html

from conformance.drivers.adapter.http import Dropped
from conformance.drivers.adapter.user_agent import UserAgent
from conformance.drivers.deadlines import Deadline
from conformance.locale import _


class WalletForms:
    """The wallet page without a browser: its forms, and its word that the phone has answered."""

    def __init__(self, agent: UserAgent) -> None:
        self._agent = agent

    def here(self) -> bool:
        """Whether the user agent stands on a wallet page."""
        tree = self._tree()
        return tree is not None and (
            _form(tree, "choose") is not None
            or _form(tree, "card") is not None
            or _is_waiting(tree)
        )

    def identify(self, arguments: Mapping[str, Any], deadline: Deadline) -> None:
        """Choose means and person. Raises a `NoAnswer`."""
        tree = self._tree()
        form = _form(tree, "choose") if tree is not None else None
        if form is not None:
            chosen = {"means": arguments["means"], "national_id": arguments["national_id"]}
            self._agent.submit(form, {"step": "choose", **chosen}, deadline)

    def authenticate(self, arguments: Mapping[str, Any], deadline: Deadline) -> None:
        """Confirm with the card, or wait until the phone has answered. Raises a `NoAnswer`."""
        self.identify(arguments, deadline)
        tree = self._tree()
        if tree is None:
            return
        card = _form(tree, "card")
        if card is not None:
            self._agent.submit(card, {"step": "card"}, deadline)
        elif _is_waiting(tree):
            self._await_phone(deadline)
        self._post_back(deadline)

    def _await_phone(self, deadline: Deadline) -> None:
        page = self._agent.page
        assert page is not None
        stream = self._agent.peek(f"{page.url.partition('?')[0]}/events", deadline)
        if b"event: answered" not in stream.body:
            said = _("the wallet page no longer follows the phone (status {status})")
            raise Dropped(said.format(status=stream.status))
        self._agent.get(page.url, deadline)

    def _post_back(self, deadline: Deadline) -> None:
        """Send the form that a script would send by itself (`response_mode=form_post`)."""
        tree = self._tree()
        for form in tree.forms if tree is not None else ():
            fields = {name for name, _ in form.form_values()}
            if "state" in fields and fields & {"code", "error"}:
                self._agent.submit(form, {}, deadline)
                return

    def _tree(self) -> html.HtmlElement | None:
        return self._agent.page.tree() if self._agent.page else None


def _form(tree: html.HtmlElement, step: str) -> html.FormElement | None:
    """The form of a step, known by its field or button `step`."""
    found = tree.xpath("//form[.//*[@name='step'][@value=$step]]", step=step)
    return found[0] if found else None


def _is_waiting(tree: html.HtmlElement) -> bool:
    return bool(tree.xpath("//*[@data-testid='wallet-digits']"))
