"""The authorization request asks for `openid` alone."""

from collections.abc import Mapping
from dataclasses import replace

from mocks.lps.parts import Parts
from mocks.lps.sign_in import decisions as sign_in
from mocks.lps.sign_in.psc_client import Attempt

row = "[IG-REST request], [PSC-THIRD scopes]"
breaks = {
    "fr": "La demande d’autorisation ne demande pas scope_all.",
    "en": "The authorization request does not ask for scope_all.",
}
expects = {"psc.request.scope": "broken"}
may = ("story.complete",)
shown_by = ("banc:psc-web-login",)
face = "adapter"


def request(attempt: Attempt, redirect_uri: str) -> Mapping[str, str]:
    """The right request, but for one parameter."""
    asked = dict(sign_in.authorization_request(attempt, redirect_uri))
    asked["scope"] = "openid"
    return asked


def apply(parts: Parts) -> Parts:
    """Send another authorization request."""
    return replace(parts, authorization_request=request)
