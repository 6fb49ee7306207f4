"""The channel is one that PSC does not know."""

from collections.abc import Mapping
from dataclasses import replace

from mocks.lps.parts import Parts
from mocks.lps.sign_in import decisions as sign_in

row = "[PSC-EDC request]"
breaks = {
    "fr": "Le canal demandé n’existe pas.",
    "en": "The channel asked for does not exist.",
}
expects = {"psc.ciba.channel": "broken"}
may = ("story.complete",)
shown_by = ("banc:psc-ciba-login",)
face = "desktop"


def request(national_id: str, digits: str, channel: str) -> Mapping[str, str]:
    """The right request, but for one parameter."""
    asked = dict(sign_in.backchannel_request(national_id, digits, channel))
    asked["channel"] = "PHONE"
    return asked


def apply(parts: Parts) -> Parts:
    """Send another backchannel request."""
    return replace(parts, backchannel_request=request)
