"""The web face of the product: its routes, in one table."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from mocks.lps.adapter import adapter_app
from mocks.lps.product import Product
from mocks.lps.web import adapter as adapter_web
from mocks.lps.web import pages_sign_in as access
from mocks.lps.web import pages_work as work
from mocks.lps.web.request import Page, Visit, answer

GET_PAGES: dict[str, Page] = {
    "/": access.home,
    "/conditions": access.terms,
    "/conditions/{form}": access.terms_in_form,
    "/connexion": access.login,
    "/connexion/psc": access.start_login,
    "/psc/retour": access.callback,
    "/accueil": access.welcome,
    "/preferences": access.preferences,
    "/deconnexion": access.logout_zone,
    "/deconnexion/retour": access.logged_out,
    "/inactivite": access.idle,
    "/patients": work.patients,
    "/patients/{patient}": work.record,
    "/patients/{patient}/documents/nouveau": work.new_document,
    "/documents/{document}": work.document,
    "/documents/{document}/pdf": work.document_pdf,
    "/documents/{document}/envoyer": work.compose,
    "/documents/{document}/remplacer": work.replace_form,
    "/documents/{document}/supprimer": work.delete_form,
    "/documents/{document}/prevenir": work.offer,
    "/documents/{document}/envoi": work.result,
    "/messages": work.sent,
    "/messages/nouveau": work.message,
}
POST_PAGES: dict[str, Page] = {
    "/conditions/contract": access.validate_terms,
    "/accueil": access.choose_practice,
    "/preferences": access.save_preferences,
    "/deconnexion": access.logout,
    "/patients/{patient}/documents/nouveau": work.create_document,
    "/documents/{document}/envoyer": work.send,
    "/documents/{document}/remplacer": work.replace,
    "/documents/{document}/supprimer": work.delete,
    "/documents/{document}/prevenir": work.answer_offer,
    "/messages/nouveau": work.send_message,
}


def web_app(product: Product) -> Starlette:
    """The ASGI application of one product; with `settings.adapter`, the bench's door as well."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        product.close()

    style = files("mocks.lps").joinpath("pages/style.css").read_bytes()
    routes: list[BaseRoute] = [
        Route("/style.css", lambda _request: Response(style, media_type="text/css")),
        *(Route(path, answer(product, page), methods=["GET"]) for path, page in GET_PAGES.items()),
        *(
            Route(path, answer(product, page), methods=["POST"])
            for path, page in POST_PAGES.items()
        ),
    ]
    if product.settings.adapter:
        hand = adapter_web.WebHand(product)
        routes.append(Mount("/adapter", adapter_app(hand, hand.routes())))
    routes.append(Route("/{path:path}", answer(product, _missing), methods=["GET", "POST"]))
    return Starlette(routes=routes, lifespan=lifespan)


def _missing(_visit: Visit) -> Response:
    raise HTTPException(404)
