"""The redirect URI differs by a final slash from the registered one."""

from collections.abc import Mapping
from dataclasses import replace

from mocks.lps.parts import Parts
from mocks.lps.sign_in import decisions as sign_in
from mocks.lps.sign_in.psc_client import Attempt

row = "[PSC-DOC redirect_uri], [PSC-THIRD redirect_uri]"
breaks = {
    "fr": "L’adresse de retour diffère d’un caractère de celle déclarée.",
    "en": "The redirect URI differs by one character from the registered one.",
}
expects = {"psc.request.redirect-uri": "broken"}
may = ("story.complete",)
shown_by = ("banc:psc-web-login",)
face = "adapter"


def request(attempt: Attempt, redirect_uri: str) -> Mapping[str, str]:
    """The right request, but for one parameter."""
    asked = dict(sign_in.authorization_request(attempt, redirect_uri))
    asked["redirect_uri"] = f"{redirect_uri}/"
    return asked


def apply(parts: Parts) -> Parts:
    """Send another authorization request."""
    return replace(parts, authorization_request=request)
