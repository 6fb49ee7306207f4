"""The bench's hand on the desktop program: it presses the widgets of the window.

Without a window the same methods of the program are called, and what only the window shows is
answered as not ready to be seen: nothing is claimed for a screen that nobody could look at.
"""

import threading
from collections.abc import Callable

from mocks.lps import adapter
from mocks.lps.adapter import Answer, Arguments, Look, done
from mocks.lps.desktop.window import NotShown, Window
from mocks.lps.desktop.workstation import ServerSaidNo, Shown, Workstation

SEEN = {
    "terms.psc": "terms.psc",
    "psc.button": "psc-button",
    "login": "login",
    "ciba.waiting": "ciba.waiting",
    "ciba.digits": "ciba.digits",
    "identity": "identity",
    "practice-choice": "practice-choice",
    "logout": "logout",
    "logged-out": "logged-out",
    "error": "error",
}
"""What the window can show, and the widget that shows it."""

ANSWER_S = 15.0
FINISH_S = 38.0


class DesktopHand:
    """Acts on one program, through its window when it has one."""

    def __init__(self, station: Workstation, window: Window | None) -> None:
        self._station = station
        self._window = window

    def reset(self) -> None:
        """The program as it was at its start."""
        self._station.reset()

    def act(self, name: str, arguments: Arguments) -> Answer:
        """Do one action as the person at the workstation."""
        if name != "idle":
            self._station.close_if_idle()
            self._station.touch()
        action: Callable[[Arguments], Answer] | None = getattr(self, f"_{name}", None)
        if action is None:
            return Answer("unsupported")
        try:
            return action(arguments)
        except ServerSaidNo as no:
            return Answer("refused", shown=str(no))
        except NotShown as missing:
            return Answer("unclear", reason=str(missing))

    def see(self, what: str) -> Look | None:
        """What stands on the window now."""
        if what not in SEEN:
            return None
        if self._window is None:
            return Look(False, ready=False)
        text = self._window.look(SEEN[what])
        return Look(bool(text), text or "", self._values(what))

    def _values(self, what: str) -> dict[str, str]:
        person = self._station.shown.person
        if what != "identity" or person is None:
            return {}
        return {"national_id": str(person["national_id"]), "name": str(person["name"])}

    def _show_terms(self, asked: adapter.TermsArguments) -> Answer:
        self._station.show_terms(asked.form)
        return self._once(lambda shown: shown.screen == "terms")

    def _scroll_to_psc_terms(self, _asked: Arguments) -> Answer:
        if self._window is not None:
            found = self._window.scroll_to_psc_terms()
        else:
            found = any(article["psc"] for article in self._station.shown.terms["articles"])
        return done() if found else Answer("unclear", reason="no article on identification")

    def _close_terms(self, _asked: Arguments) -> Answer:
        if self._window is not None and self._station.shown.form == "contract":
            self._window.press("terms-accept")
        self._press("terms-close", self._station.close_terms)
        return self._once(lambda shown: shown.screen != "terms")

    def _go_to_login(self, _asked: Arguments) -> Answer:
        if self._station.shown.screen == "closed":
            self._press("login-again", self._station.go_home)
        return self._once(lambda shown: shown.screen == "home")

    def _start_psc_login(self, asked: adapter.StartArguments) -> Answer:
        if self._station.shown.screen == "closed":
            self._press("login-again", self._station.go_home)
        if self._window is not None:
            self._window.write("national-id", asked.national_id)
            self._window.press(f"means-{asked.means}")
            self._window.press("psc-button")
        else:
            self._station.start_login(asked.national_id, asked.means)
        answer = self._once(lambda shown: shown.screen in {"waiting", "connected"})
        digits = self._window.look("ciba.digits") if self._window is not None else None
        return done(digits=digits) if digits and answer.outcome == "done" else answer

    def _finish_psc_login(self, _asked: adapter.LoginArguments) -> Answer:
        return self._once(lambda shown: shown.screen == "connected", FINISH_S)

    def _connected_identity(self, _asked: Arguments) -> Answer:
        person = self._station.shown.person
        if person is None:
            return done(connected=False)
        return done(connected=True, national_id=person["national_id"], name=person["name"])

    def _choose_practice(self, asked: adapter.IndexArguments) -> Answer:
        person = self._station.shown.person
        if person is None or asked.index >= len(person["practices"]):
            return Answer("refused", shown="Cette situation d’exercice n’existe pas.")
        self._press(f"practice-{asked.index}", lambda: self._station.choose_practice(asked.index))
        return self._once(lambda shown: shown.practice == asked.index)

    def _go_to_logout(self, _asked: Arguments) -> Answer:
        if self._station.shown.person is None:
            return Answer("refused", shown="Vous n’êtes pas connecté.")
        self._press("go-logout", self._station.go_to_logout)
        return self._once(lambda shown: shown.screen == "logout")

    def _logout(self, _asked: Arguments) -> Answer:
        if self._station.shown.person is None:
            return Answer("refused", shown="Vous n’êtes pas connecté.")
        self._press("logout-button", self._station.logout)
        return self._once(lambda shown: shown.screen == "closed")

    def _idle(self, asked: adapter.IdleArguments) -> Answer:
        threading.Event().wait(asked.seconds)
        self._station.close_if_idle()
        return done()

    def _press(self, name: str, without_window: Callable[[], object]) -> None:
        if self._window is not None:
            self._window.press(name)
        else:
            without_window()

    def _once(self, condition: Callable[[Shown], bool], seconds: float = ANSWER_S) -> Answer:
        """Done once the screen meets `condition`, refused if it shows an error instead."""
        self._station.wait_until(lambda s: condition(s) or bool(s.error), seconds)
        shown = self._station.shown
        if condition(shown):
            return done()
        if shown.error:
            return Answer("refused", shown=shown.error)
        return Answer("unclear", reason=f"the screen still shows {shown.screen}")
