"""The binding message has three digits."""

from collections.abc import Mapping
from dataclasses import replace

from mocks.lps.parts import Parts
from mocks.lps.sign_in import decisions as sign_in

row = "[PSC-EDC binding message]"
breaks = {
    "fr": "Le message de liaison compte trois chiffres.",
    "en": "The binding message has three digits.",
}
expects = {"psc.ciba.binding-message": "broken"}
may = (
    "story.complete",
    "psc.ciba.digits-shown",
)
shown_by = ("banc:psc-ciba-login",)
face = "desktop"


def request(national_id: str, digits: str, channel: str) -> Mapping[str, str]:
    """The right request, but for one parameter."""
    asked = dict(sign_in.backchannel_request(national_id, digits, channel))
    asked["binding_message"] = f"{digits}0"
    return asked


def apply(parts: Parts) -> Parts:
    """Send another backchannel request."""
    return replace(parts, backchannel_request=request)
