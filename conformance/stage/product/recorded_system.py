"""The product as a story sees it: each action and each look recorded, one outcome of five."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from common.recording import Blob
from conformance.drivers.actions import ACTIONS, SEES, Driver, Outcome, Seen, Stopped, unknown_word
from conformance.errors import NotReady
from conformance.journal import JournalWriter


class RecordedSystem:
    """`system` of a story: calls of the vocabulary go to a driver and leave their two events.

    `died` tells how the product's process ended, once it has: that explains every other outcome
    than `done`. `deadlines` are those of `banc.toml`, in seconds, by action. `translate` gives the
    arguments with the people of this stage.
    """

    def __init__(
        self,
        driver: Driver,
        face: str,
        writer: JournalWriter,
        *,
        tenant: str = "",
        died: Callable[[], str | None] = lambda: None,
        deadlines: dict[str, float] | None = None,
        translate: Callable[[Mapping[str, Any]], dict[str, Any]] = dict,
    ) -> None:
        self._translate = translate
        self._driver = driver
        self._face = face
        self._writer = writer
        self._tenant = tenant
        self._died = died
        self._deadlines = deadlines or {}
        self._count = 0
        self.attempt = _Attempt(self)

    def __getattr__(self, name: str) -> Callable[..., Outcome]:
        if name not in ACTIONS:
            raise AttributeError(f"{name} is not an action of the vocabulary")

        def act(**arguments: Any) -> Outcome:
            outcome = self.do(name, arguments)
            if outcome.name != "done":
                raise Stopped(name, outcome)
            return outcome

        return act

    def do(self, name: str, arguments: dict[str, Any]) -> Outcome:
        """Do one action, record how it began and ended, and give its outcome."""
        self._count += 1
        number, arguments = self._count, self._translate(arguments)
        action = ACTIONS[name]
        within = self._deadlines.get(name, action.within)
        if name == "idle":
            within = max(within, float(arguments.get("seconds", 0)) + 20)
        about = {"n": number, "name": name, "face": self._face}
        self._record("action.started", {**about, "arguments": arguments})
        began = self._writer.mono()
        outcome = self._driver.act(name, arguments, within)
        if outcome.name != "done" and (death := self._died()):
            outcome = Outcome("broken", reason=death)
        self._record(
            "action.finished",
            {
                **about,
                "outcome": outcome.name,
                "values": dict(outcome.values),
                "shown": outcome.shown,
                "reason": outcome.reason,
                "began": began,
                "ended": self._writer.mono(),
            },
        )
        return outcome

    def see(self, what: str) -> Seen:
        """Look at one thing of the closed list. Raises `NotReady` for a word outside it."""
        if what not in SEES:
            raise NotReady(unknown_word("see", what, SEES))
        seen = self._driver.see(what)
        blobs = [Blob(f"{what}.png", "image/png", seen.screenshot)] if seen.screenshot else []
        self._writer.record(
            "ui.seen",
            {
                "what": seen.what,
                "present": seen.present,
                "text": seen.text,
                "values": dict(seen.values),
                "url": seen.url,
                "box": list(seen.box) if seen.box else None,
                "ready": seen.ready,
            },
            source=self._driver.source,
            tenant=self._tenant,
            witness=self._driver.witness,
            blobs=blobs,
        )
        return seen

    def _record(self, kind: str, data: dict[str, Any]) -> None:
        self._writer.record(
            kind,
            data,
            source=self._driver.source,
            tenant=self._tenant,
            witness=self._driver.witness,
        )


class _Attempt:
    """The same actions, their outcome given back whatever it is."""

    def __init__(self, system: RecordedSystem) -> None:
        self._system = system

    def __getattr__(self, name: str) -> Callable[..., Outcome]:
        if name not in ACTIONS:
            raise AttributeError(f"{name} is not an action of the vocabulary")
        return lambda **arguments: self._system.do(name, arguments)


def on_film(pace: float) -> None:
    """The one deliberate wait of the bench: what a film needs for a person to read a screen."""
    if pace > 0:
        time.sleep(pace)
