"""The person is named without the type digit."""

from collections.abc import Mapping
from dataclasses import replace

from mocks.lps.parts import Parts
from mocks.lps.sign_in import decisions as sign_in

row = "[PSC-TOGGLE identifier]"
breaks = {
    "fr": "L’identifiant national est envoyé sans son chiffre de type.",
    "en": "The national identifier is sent without its type digit.",
}
expects = {"psc.ciba.login-hint": "broken"}
may = ("story.complete",)
shown_by = ("banc:psc-ciba-login",)
face = "desktop"


def request(national_id: str, digits: str, channel: str) -> Mapping[str, str]:
    """The right request, but for one parameter."""
    asked = dict(sign_in.backchannel_request(national_id, digits, channel))
    asked["login_hint"] = national_id[1:]
    return asked


def apply(parts: Parts) -> Parts:
    """Send another backchannel request."""
    return replace(parts, backchannel_request=request)
