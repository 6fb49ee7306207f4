"""The `nonce` of the ID token is not compared."""

from dataclasses import replace

from mocks.lps.parts import Parts
from mocks.lps.sign_in.id_token import PscIdToken

row = "[OIDC-CORE §3.1.3.7], [OIDF-SUITE client]"
breaks = {
    "fr": "Le nonce de l’ID token n’est pas vérifié.",
    "en": "The nonce of the ID token is not verified.",
}
expects = {"psc.refuses.id-token-nonce-foreign": "broken"}
shown_by = (
    "banc:psc-web-login",
    "banc:psc-web-nonce-foreign",
)
face = "adapter"
fault = "id-token.nonce-foreign"


class Lenient(PscIdToken):
    """An ID token with one claim left unread."""

    def validate_nonce(self) -> None:
        """Take any."""


def apply(parts: Parts) -> Parts:
    """Read ID tokens leniently."""
    return replace(parts, id_token=Lenient)
