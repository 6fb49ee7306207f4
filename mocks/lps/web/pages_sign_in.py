"""Pages before, at and after the sign-in: terms of use, login, choice of practice, log-out."""

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from mocks.lps.product import NotNow
from mocks.lps.web.request import Visit

IDLE_CHOICES = {
    "2": "2 secondes (démonstration)",
    "300": "5 minutes",
    "900": "15 minutes",
    "1800": "30 minutes",
}


def home(visit: Visit) -> Response:
    """Where one arrives: the work if signed in, else the login page."""
    if visit.session.signed_in is None:
        return visit.go("/connexion")
    return visit.go("/accueil")


def terms(visit: Visit) -> Response:
    """The terms of use, in the form that the settings choose."""
    return visit.go(f"/conditions/{visit.product.settings.terms}")


def terms_in_form(visit: Visit) -> Response:
    """The terms of use as a page, as a separate document or as a contract to validate."""
    form = visit.path("form")
    if form not in {"page", "document", "contract"}:
        raise HTTPException(404)
    return visit.show(f"terms_{form}.html", terms=visit.product.parts.terms())


def validate_terms(visit: Visit) -> Response:
    """The contract validated: the box has to be ticked."""
    if visit.text("accepted") != "yes":
        terms = visit.product.parts.terms()
        return visit.show("terms_contract.html", 422, terms=terms, missing=True)
    visit.session.notice = "Vous avez accepté les conditions générales d’utilisation."
    return visit.go("/connexion")


def login(visit: Visit) -> Response:
    """The login page with the Pro Santé Connect button."""
    if visit.session.signed_in is not None:
        return visit.go("/")
    failed = "echec" in visit.request.query_params
    return visit.show("login.html", refusal=visit.session.refusal if failed else None)


def start_login(visit: Visit) -> Response:
    """Send the browser to Pro Santé Connect."""
    if visit.session.signed_in is not None:
        return visit.go("/")
    return RedirectResponse(visit.product.start_login(visit.session), 302)


def callback(visit: Visit) -> Response:
    """Back from Pro Santé Connect; the code never stays in the address bar."""
    visit.product.finish_login(visit.session, dict(visit.request.query_params))
    return visit.go("/")


def welcome(visit: Visit) -> Response:
    """The connected zone: who signed in, and the choice of practice when there are several."""
    person = visit.product.signed_in(visit.session).professional
    return visit.show("welcome.html", practices=visit.product.parts.practices_offered(person))


def choose_practice(visit: Visit) -> Response:
    """Take the chosen practice."""
    chosen = visit.text("practice")
    visit.product.choose_practice(visit.session, int(chosen) if chosen.isdecimal() else -1)
    return visit.go("/patients")


def preferences(visit: Visit) -> Response:
    """How long the session lasts without a gesture."""
    visit.product.signed_in(visit.session)
    return visit.show("preferences.html", choices=IDLE_CHOICES, chosen=visit.session.idle_seconds)


def save_preferences(visit: Visit) -> Response:
    """Take the chosen delay."""
    chosen = visit.text("idle")
    if chosen not in IDLE_CHOICES:
        raise NotNow("Ce délai n’est pas proposé.")
    visit.product.close_after(visit.session, float(chosen))
    visit.session.notice = f"Votre session se fermera après {IDLE_CHOICES[chosen]} d’inactivité."
    return visit.go("/accueil")


def logout_zone(visit: Visit) -> Response:
    """The page from which one logs out."""
    visit.product.signed_in(visit.session)
    return visit.show("logout.html")


def logout(visit: Visit) -> Response:
    """Log out here, then at Pro Santé Connect."""
    return RedirectResponse(visit.product.logout(visit.session), 303)


def logged_out(visit: Visit) -> Response:
    """Back from the log-out at Pro Santé Connect."""
    state = visit.request.query_params.get("state")
    expected = visit.product.back_from_logout(visit.session, state)
    if visit.session.signed_in is not None:
        return visit.go("/")
    return visit.show("closed.html", idle=False, expected=expected)


def idle(visit: Visit) -> Response:
    """Where an unattended page goes by itself; still active in another tab: back to work."""
    if visit.session.signed_in is not None:
        return visit.go("/")
    return visit.show("closed.html", idle=True)
