"""The request carries a parameter that poll mode does not know."""

from collections.abc import Mapping
from dataclasses import replace

from mocks.lps.parts import Parts
from mocks.lps.sign_in import decisions as sign_in

row = "[KEYCLOAK-CIBA errors]"
breaks = {
    "fr": "La demande CIBA porte un user_code.",
    "en": "The CIBA request carries a user_code.",
}
expects = {"psc.ciba.no-forbidden-parameter": "broken"}
may = ("story.complete",)
shown_by = ("banc:psc-ciba-login",)
face = "desktop"


def request(national_id: str, digits: str, channel: str) -> Mapping[str, str]:
    """The right request, but for one parameter."""
    asked = dict(sign_in.backchannel_request(national_id, digits, channel))
    asked["user_code"] = "1234"
    return asked


def apply(parts: Parts) -> Parts:
    """Send another backchannel request."""
    return replace(parts, backchannel_request=request)
