"""Registre vaccinal: a small register of vaccinations, open to professionals who sign in.

`python app.py` serves it on the loopback; its settings come in the environment (see `Settings`).
The register itself is kept in memory: this is an example, and nobody in it exists.
"""

import os
import sys
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask, Response, current_app, g, redirect, render_template, request, url_for
from flask.blueprints import Blueprint
from psc import Professional, ProSanteConnect, Refused, Unavailable
from visits import Visits
from werkzeug.serving import WSGIRequestHandler

COOKIE = "registre"
SAID_BY_PSC = {
    "access_denied": "Vous n'avez pas confirmé votre identité.",
    "login_required": "Pro Santé Connect demande une nouvelle authentification.",
}

pages = Blueprint("pages", __name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says; `address` is how the browser reaches the program."""

    port: int
    address: str
    discovery: str
    client_id: str
    client_secret: str
    ca_file: str
    idle: float

    @classmethod
    def read(cls) -> "Settings":
        """The settings; exits with one sentence when one is missing."""
        wanted = ("PSC_DISCOVERY", "PSC_CLIENT_ID", "PSC_CLIENT_SECRET")
        absent = [name for name in wanted if not os.environ.get(name)]
        if absent:
            sys.exit(f"app.py: {', '.join(absent)} not set in the environment")
        port = int(os.environ.get("REGISTRE_PORT", "8600"))
        return cls(
            port=port,
            address=os.environ.get("REGISTRE_ADDRESS", f"http://localhost:{port}"),
            discovery=os.environ["PSC_DISCOVERY"],
            client_id=os.environ["PSC_CLIENT_ID"],
            client_secret=os.environ["PSC_CLIENT_SECRET"],
            ca_file=os.environ.get("PSC_CA_FILE", ""),
            idle=float(os.environ.get("REGISTRE_IDLE_S", "900")),
        )


@dataclass(frozen=True, slots=True)
class Vaccination:
    """One line of the register."""

    day: str
    patient: str
    vaccine: str
    by: str


class Program:
    """What the pages share."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.visits = Visits(settings.idle)
        self.register: list[Vaccination] = []
        self.psc = ProSanteConnect(
            settings.discovery,
            settings.client_id,
            settings.client_secret,
            f"{settings.address}/psc/retour",
            settings.ca_file,
        )


def create_app(settings: Settings) -> Flask:
    """The program, put together."""
    app = Flask(__name__)
    app.extensions["program"] = Program(settings)
    app.register_blueprint(pages)
    return app


def _program() -> Program:
    program: Program = current_app.extensions["program"]
    return program


def _who() -> Professional | None:
    return g.visit.who if g.visit else None


@pages.before_app_request
def recognise() -> None:
    """Who is this browser?"""
    g.visit = _program().visits.find(request.cookies.get(COOKIE))


@pages.after_app_request
def keep_private(response: Response) -> Response:
    """Nothing of this program stays in a browser that somebody else may use."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@pages.app_context_processor
def signed_in() -> dict[str, Any]:
    """The signed-in professional, for the menu of every page."""
    return {"who": _who() if "visit" in g else None}


@pages.app_errorhandler(Refused)
def refused(error: Refused) -> tuple[str, int]:
    """What came back is not to be believed: say so, open nothing, offer to start again."""
    return render_template("refus.html", sentence=str(error)), 403


@pages.app_errorhandler(Unavailable)
def unavailable(error: Unavailable) -> tuple[str, int]:
    """Pro Santé Connect is silent: the cause is for the log."""
    current_app.logger.warning("%s (%r)", error, error.__cause__)
    return render_template("refus.html", sentence=str(error)), 503


@pages.get("/")
def home() -> str:
    """The first page."""
    return render_template("accueil.html")


@pages.get("/mentions/conditions")
def terms() -> str:
    """The terms of use, to be read before signing in."""
    return render_template("conditions.html")


@pages.get("/soignants")
def door() -> Any:
    """Where one signs in."""
    return redirect(url_for("pages.book")) if _who() else render_template("soignants.html")


@pages.get("/psc/depart")
def leave_for_psc() -> Any:
    """Start a login and send the browser to Pro Santé Connect."""
    program = _program()
    name, visit = request.cookies.get(COOKIE, ""), g.visit
    if visit is None:
        name, visit = program.visits.open()
    return _with_cookie(redirect(program.psc.login_url(visit.begin())), name)


@pages.get("/psc/retour")
def back_from_psc() -> Any:
    """The browser is back: open a session, or say why not."""
    program, given = _program(), request.args
    attempt = g.visit.attempts.pop(given.get("state", ""), None) if g.visit else None
    if attempt is None:
        raise Refused("Cette demande de connexion n'est pas la vôtre, ou elle a expiré.")
    if "error" in given:
        said = "Pro Santé Connect n'a pas ouvert de session."
        raise Refused(SAID_BY_PSC.get(given["error"], said))
    who = program.psc.sign_in(given.get("code", ""), attempt, given.get("iss"))
    program.visits.close(request.cookies.get(COOKIE))
    name, visit = program.visits.open()  # the name known before the login opens nothing afterwards
    visit.who = who
    return _with_cookie(redirect(url_for("pages.book")), name)


@pages.get("/registre")
def book() -> Any:
    """The register."""
    if not _who():
        return redirect(url_for("pages.door"))
    return render_template("registre.html", lines=_program().register, place=g.visit.place)


@pages.post("/registre")
def write() -> Any:
    """One more line, in the name of who is signed in."""
    who = _who()
    if not who:
        return redirect(url_for("pages.door"))
    patient, vaccine = (request.form.get(name, "").strip() for name in ("patient", "vaccin"))
    if patient and vaccine:
        today = date.today().strftime("%d/%m/%Y")
        _program().register.insert(0, Vaccination(today, patient, vaccine, who.name))
    return redirect(url_for("pages.book"))


@pages.post("/lieu")
def choose_place() -> Any:
    """Pro Santé Connect leaves the choice among several practices to us."""
    who = _who()
    chosen = request.form.get("lieu", type=int)
    if who and chosen is not None and 0 <= chosen < len(who.places):
        g.visit.place = chosen
    return redirect(url_for("pages.book"))


@pages.get("/compte")
def account() -> Any:
    """Who is signed in, and the way out."""
    return render_template("compte.html") if _who() else redirect(url_for("pages.door"))


@pages.post("/compte/fin")
def sign_out() -> Any:
    """End the session here, then the one at Pro Santé Connect."""
    program, who = _program(), _who()
    program.visits.close(request.cookies.get(COOKIE))
    if not who:
        return redirect(url_for("pages.good_bye"))
    back_to = f"{program.settings.address}/au-revoir"
    return redirect(program.psc.logout_url(who.id_token, back_to), 303)


@pages.get("/au-revoir")
def good_bye() -> str:
    """Where Pro Santé Connect sends the browser after the log-out."""
    return render_template("au_revoir.html")


def _with_cookie(response: Any, name: str) -> Any:
    secure = _program().settings.address.startswith("https://")
    response.set_cookie(COOKIE, name, httponly=True, samesite="Lax", secure=secure)
    return response


class _Discreet(WSGIRequestHandler):
    """Logs the path of a request and not its query: a code of Pro Santé Connect may be in it."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        self.log("info", "%s %s %s", self.command, self.path.partition("?")[0], code)


def main() -> None:
    """Serve on the loopback until told to stop."""
    settings = Settings.read()
    app = create_app(settings)
    app.run("127.0.0.1", settings.port, threaded=True, request_handler=_Discreet)


if __name__ == "__main__":
    main()
