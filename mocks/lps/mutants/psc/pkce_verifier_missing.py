"""The code is redeemed without the verifier of its challenge."""

from dataclasses import replace

from mocks.lps.parts import Parts
from mocks.lps.sign_in.psc_client import Attempt, PscClient, Tokens

row = "[RFC 7636 §4.6]"
breaks = {
    "fr": "Le code est présenté sans le vérificateur PKCE.",
    "en": "The code is redeemed without its PKCE verifier.",
}
expects = {"psc.pkce.s256": "broken"}
may = ("story.complete",)
shown_by = ("banc:psc-web-login",)
face = "adapter"


def without_verifier(client: PscClient, code: str, attempt: Attempt) -> Tokens:
    """Redeem the code alone."""
    return client.exchange_code(code, None)


def apply(parts: Parts) -> Parts:
    """Leave the verifier out."""
    return replace(parts, exchange=without_verifier)
