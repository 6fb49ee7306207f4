"""The level is sent as `acr`, as a sample of the ANS guide spells it."""

from collections.abc import Mapping
from dataclasses import replace

from mocks.lps.parts import Parts
from mocks.lps.sign_in import decisions as sign_in
from mocks.lps.sign_in.psc_client import Attempt

row = "[PSC-REF1 acr_values], [IG-REST request]"
breaks = {
    "fr": "Le niveau est envoyé sous le nom acr au lieu de acr_values.",
    "en": "The level is sent as acr instead of acr_values.",
}
expects = {"psc.request.acr-values": "broken"}
may = ("story.complete",)
shown_by = ("banc:psc-web-login",)
face = "adapter"


def request(attempt: Attempt, redirect_uri: str) -> Mapping[str, str]:
    """The right request, but for one parameter."""
    asked = dict(sign_in.authorization_request(attempt, redirect_uri))
    asked["acr"] = asked.pop("acr_values")
    return asked


def apply(parts: Parts) -> Parts:
    """Send another authorization request."""
    return replace(parts, authorization_request=request)
