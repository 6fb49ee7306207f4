"""One request of one visitor, and what every page shares: session, form token, idle, errors.

Page functions are plain blocking code run on worker threads; they take a `Visit` and give a
response. Whatever goes wrong ends as a page in French, never as a stack trace.
"""

import hmac
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from mocks.lps.documents.records import RecordError
from mocks.lps.mail.outbox import CannotSend
from mocks.lps.product import EDITOR, PRODUCT, VERSION, NotNow, Product
from mocks.lps.sessions import COOKIE, Session
from mocks.lps.sign_in.decisions import SignInRefused

log = logging.getLogger("lps.web")

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

pages = Environment(
    loader=PackageLoader("mocks.lps", "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
pages.globals.update(product=PRODUCT, release=VERSION, editor=EDITOR)
pages.filters["day"] = lambda moment: moment.strftime("%d/%m/%Y")
pages.filters["minute"] = lambda moment: moment.strftime("%d/%m/%Y à %H:%M")


@dataclass(slots=True)
class Visit:
    """One request: who asks, with what form, of which product."""

    product: Product
    request: Request
    session: Session
    form: FormData

    def text(self, name: str) -> str:
        """One field of the form, without outer blanks; empty when absent."""
        value = self.form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def addresses(self, name: str) -> list[str]:
        """The mail addresses of a field, separated by commas, semicolons, blanks or lines."""
        return self.text(name).replace(",", " ").replace(";", " ").split()

    def path(self, name: str) -> str:
        """One part of the path."""
        return str(self.request.path_params[name])

    def show(self, page: str, status: int = 200, **context: object) -> Response:
        """A page; what a notice says is said once."""
        notice, self.session.notice = self.session.notice, None
        signed_in, parts = self.session.signed_in, self.product.parts
        text = pages.get_template(page).render(
            context,
            notice=notice,
            person=parts.shown_identity(signed_in.professional) if signed_in else None,
            button=parts.button,
            practice=self.session.practice,
            form_token=self.session.form_token,
            idle_seconds=int(self.session.idle_seconds) + 1,
        )
        return HTMLResponse(text, status)

    def go(self, path: str) -> Response:
        """Send the browser to another page, by GET."""
        return RedirectResponse(path, HTTPStatus.SEE_OTHER)


Page = Callable[[Visit], Response]


def answer(product: Product, page: Page) -> Callable[[Request], Awaitable[Response]]:
    """The Starlette endpoint of a page."""

    async def endpoint(request: Request) -> Response:
        form = await request.form() if request.method == "POST" else FormData()
        return await run_in_threadpool(_serve, product, page, request, form)

    return endpoint


def _serve(product: Product, page: Page, request: Request, form: FormData) -> Response:
    session = product.sessions.find(request.cookies.get(COOKIE)) or product.sessions.open()
    visit = Visit(product, request, session, form)
    with session.lock:
        if product.close_if_idle(session):
            response = visit.show("closed.html", idle=True)
        else:
            product.sessions.touch(session)
            response = _guarded(page, visit)
    response.set_cookie(
        COOKIE,
        session.id,
        httponly=True,
        samesite="lax",
        secure=product.settings.base_url.startswith("https:"),
    )
    response.headers.update(HEADERS)
    return response


def _guarded(page: Page, visit: Visit) -> Response:
    token = visit.text("form_token")
    if visit.request.method == "POST" and not hmac.compare_digest(
        token.encode(), visit.session.form_token.encode()
    ):
        return _failure(visit, "Cette page n’est plus à jour. Reprenez depuis l’accueil.", 403)
    try:
        return page(visit)
    except SignInRefused as refused:
        if visit.session.signed_in is None:
            return visit.go("/connexion?echec")
        return _failure(visit, refused.message, 409)
    except NotNow as error:
        if visit.session.signed_in is None:
            return visit.go("/connexion")
        return _failure(visit, str(error), 409)
    except (RecordError, CannotSend) as error:
        return _failure(visit, str(error), 422)
    except HTTPException as error:
        return _failure(visit, "Cette page n’existe pas.", error.status_code)
    except Exception:
        log.exception("page %s failed", visit.request.url.path)
        return _failure(visit, "Une erreur interne est survenue. Elle a été enregistrée.", 500)


def _failure(visit: Visit, message: str, status: int) -> Response:
    return visit.show("error.html", status, message=message)
