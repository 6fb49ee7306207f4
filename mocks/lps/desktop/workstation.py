"""The desktop program without its window: what it shows, and what its buttons do.

It knows the server half by its address and an application token, nothing of Pro Santé Connect.
Every change is announced to `on_change`; work that waits for the network runs on threads.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx2

Screen = Literal["home", "terms", "starting", "waiting", "connected", "logout", "closed"]

UNREACHABLE = "Le serveur du cabinet ne répond pas."
IDLE = "Votre session a été fermée après une période d’inactivité."
POLL_S = 20.0


@dataclass(slots=True)
class Shown:
    """What the screen shows. `terms` are the articles as the server gives them."""

    screen: Screen = "home"
    error: str = ""
    notice: str = ""
    digits: str = ""
    means: str = "ecps"
    form: str = "page"
    terms: Mapping[str, Any] = field(default_factory=dict)
    person: Mapping[str, Any] | None = None
    practice: int = 0


class Server:
    """The server half, from the program's side."""

    def __init__(self, address: str, token: str) -> None:
        self._http = httpx2.Client(
            base_url=address,
            headers={"Authorization": f"Bearer {token}"},
            timeout=POLL_S + 10,
            trust_env=False,
        )

    def call(self, method: str, path: str, **request: Any) -> Mapping[str, Any]:
        """One call. Raises `ServerSaidNo` with the sentence to show."""
        try:
            answer = self._http.request(method, path, **request)
            body: Mapping[str, Any] = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise ServerSaidNo(UNREACHABLE) from error
        if answer.status_code != 200:
            raise ServerSaidNo(str(body.get("message", UNREACHABLE)))
        return body


class ServerSaidNo(Exception):
    """What was asked of the server cannot be had; the text is French, for the screen."""


class Workstation:
    """The program. Buttons call its methods from any thread; all of them return at once."""

    def __init__(self, server: Server, idle_seconds: float, terms: str = "page") -> None:
        self._server = server
        self._idle_seconds = idle_seconds
        self._terms_form = terms
        self._changed = threading.Condition()
        self._last_gesture = time.monotonic()
        self._attempt = 0
        self.shown = Shown()
        self.on_change: Callable[[], None] = lambda: None

    def show_terms(self, form: str | None = None) -> None:
        """The terms of use, as a page, a document or a contract."""
        try:
            terms = self._server.call("GET", "/terms")
        except ServerSaidNo as no:
            self._show(error=str(no))
            return
        self._show(screen="terms", form=form or self._terms_form, terms=terms, error="")

    def close_terms(self) -> None:
        """Back from the terms of use."""
        self._show(screen="connected" if self.shown.person else "home")

    def go_home(self) -> None:
        """The login zone."""
        self._show(screen="home", error="", notice="")

    def start_login(self, national_id: str, means: str) -> None:
        """Ask the person's identification; the outcome shows on the screen."""
        if not national_id.strip():
            self._show(error="Indiquez votre identifiant national.")
            return
        self._show(screen="starting", error="", notice="", means=means, digits="")
        self._attempt += 1
        number = self._attempt
        self._in_background(lambda: self._login(number, national_id.strip(), means))

    def cancel(self) -> None:
        """Give up the identification that waits."""
        self._in_background(lambda: self._server.call("DELETE", "/login"))

    def choose_practice(self, index: int) -> None:
        """Work as that practice (0-based)."""
        self._show(practice=index)

    def go_to_logout(self) -> None:
        """The log-out zone."""
        self._show(screen="logout")

    def stay(self) -> None:
        """Back from the log-out zone, still connected."""
        self._show(screen="connected")

    def logout(self) -> None:
        """End the session, here and at Pro Santé Connect."""
        self._show(error="")
        self._in_background(self._logout)

    def close_if_idle(self) -> bool:
        """End the session, here only, when nothing was done for too long."""
        idle = time.monotonic() - self._last_gesture
        if self.shown.person is None or idle < self._idle_seconds:
            return False
        self._show(screen="closed", person=None, practice=0, notice=IDLE)
        self._in_background(lambda: self._server.call("POST", "/idle"))
        return True

    def touch(self) -> None:
        """The person has done something."""
        self._last_gesture = time.monotonic()

    def reset(self) -> None:
        """As at the start of the program."""
        self._attempt += 1
        self._server.call("POST", "/idle")
        with self._changed:
            self.shown = Shown()
            self._changed.notify_all()
        self.on_change()

    def wait_until(self, condition: Callable[[Shown], bool], seconds: float) -> bool:
        """Wait until what is shown meets `condition`; false after `seconds`."""
        with self._changed:
            return self._changed.wait_for(lambda: condition(self.shown), seconds)

    def _login(self, number: int, national_id: str, means: str) -> None:
        asked = {"national_id": national_id, "means": means}
        started = self._server.call("POST", "/login", json=asked)
        self._show(screen="waiting", digits=str(started["digits"]))
        state = "waiting"
        while state == "waiting":
            answer = self._server.call("GET", "/login", params={"wait": POLL_S})
            state = answer["state"]
        if number != self._attempt:
            return
        if state == "connected":
            self.touch()
            self._show(screen="connected", digits="", person=answer["person"], practice=0)
        else:
            self._show(screen="home", digits="", error=str(answer["message"]))

    def _logout(self) -> None:
        said = self._server.call("DELETE", "/session")
        self._show(screen="closed", person=None, practice=0, notice="", error=said["message"])

    def _in_background(self, work: Callable[[], object]) -> None:
        threading.Thread(target=self._guarded, args=(work,), daemon=True).start()

    def _guarded(self, work: Callable[[], object]) -> None:
        try:
            work()
        except ServerSaidNo as no:
            screen: Screen = "connected" if self.shown.person else "home"
            self._show(screen=screen, digits="", error=str(no))

    def _show(self, **changes: Any) -> None:
        with self._changed:
            for name, value in changes.items():
                setattr(self.shown, name, value)
            self._changed.notify_all()
        self.on_change()
