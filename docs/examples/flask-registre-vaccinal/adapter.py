"""An adapter for `banc`: the same product, and beside it the answers to what the bench asks.

`python adapter.py` serves both. Each answer has the shape of `adapter.openapi.yaml`; an action that
is not here is `unsupported`, a thing that cannot be looked at is 404. The bench itself is the
browser: it opens the address that `start_psc_login` and `logout` answer.
"""

import html
import re
from typing import Any

from app import Settings, create_app, sign_out
from flask import Blueprint, Flask, current_app, request

adapter = Blueprint("adapter", __name__, url_prefix="/banc")

PAGES = {
    "show_terms": "/mentions/conditions",
    "scroll_to_psc_terms": "/mentions/conditions",
    "close_terms": "/",
    "go_to_login": "/soignants",
}
"""Actions that show a page which nobody needs to be signed in for."""

LOOKS = {
    "terms.psc": ("/mentions/conditions", r'<p id="paragraphe-psc">(.*?)</p>'),
    "psc.button": ("/soignants", r'<a class="psc"[^>]*>(.*?)</a>'),
}
"""Where a thing stands: its page, and what is around its words."""


@adapter.get("/ready")
def ready() -> str:
    """The product is up."""
    return "ready"


@adapter.post("/reset")
def reset() -> dict[str, str]:
    """The next story starts as a new visitor."""
    current_app.extensions["program"].visits.close_all()
    return {"outcome": "done"}


@adapter.post("/actions/<name>")
def act(name: str) -> dict[str, Any]:
    """Do one action."""
    here = request.host_url.rstrip("/")
    if name in PAGES:
        page = _page(PAGES[name])
        return _done() if page else {"outcome": "broken", "reason": f"no page {PAGES[name]}"}
    if name == "start_psc_login":
        return _done(open=f"{here}/psc/depart")
    if name == "connected_identity":
        who = _who()
        known = {"national_id": who.national_id, "name": who.name} if who else {}
        return _done(connected=who is not None, **known)
    if name == "go_to_logout":
        return _done() if _who() else {"outcome": "refused", "shown": "Espace soignants"}
    if name == "logout":
        return _done(open=f"{here}/banc/fin")
    return {"outcome": "unsupported"}


@adapter.get("/fin")
def end() -> Any:
    """The button « Fermer la session », for a browser that can only follow addresses."""
    return sign_out()


@adapter.get("/see/<what>")
def see(what: str) -> Any:
    """What stands on the screen."""
    who = _who()
    if what in LOOKS:
        path, around = LOOKS[what]
        found = re.search(around, _page(path), re.DOTALL)
        return _seen(html.unescape(found[1]) if found else None)
    if what == "identity":
        known = {"national_id": who.national_id} if who else {}
        return {**_seen(who.name if who else None), "values": known}
    if what == "logout":
        return _seen("Fermer la session" if who else None)
    if what == "logged-out":
        return _seen("Votre session est fermée" if who is None else None)
    return {"ready": False}, 404


def _page(path: str) -> str:
    response = current_app.test_client().get(path)
    return response.text if response.status_code == 200 else ""


def _who() -> Any:
    present = current_app.extensions["program"].visits.signed_in()
    return present[-1] if present else None


def _done(**values: Any) -> dict[str, Any]:
    return {"outcome": "done", "values": values}


def _seen(text: str | None) -> dict[str, Any]:
    return {"present": text is not None, "text": text or ""}


def create_rehearsed(settings: Settings) -> Flask:
    """The product with its adapter."""
    app = create_app(settings)
    app.register_blueprint(adapter)
    return app


if __name__ == "__main__":
    chosen = Settings.read()
    create_rehearsed(chosen).run("127.0.0.1", chosen.port, threaded=True)
