"""The expiry of the ID token is not looked at."""

from dataclasses import replace

from joserfc.jwt import JWTClaimsRegistry

from mocks.lps.parts import Parts
from mocks.lps.sign_in.id_token import PscIdToken

row = "[OIDC-CORE §3.1.3.7], [OIDF-SUITE CIBA]"
breaks = {
    "fr": "L’expiration de l’ID token n’est pas vérifiée.",
    "en": "The expiry of the ID token is not verified.",
}
expects = {"psc.refuses.id-token-expired": "broken"}
shown_by = (
    "banc:psc-web-login",
    "banc:psc-web-token-expired",
)
face = "adapter"
fault = "id-token.expired"


class Lenient(PscIdToken):
    """An ID token with one claim left unread."""

    class registry_cls(JWTClaimsRegistry):  # noqa: N801  # Authlib's name
        """Every claim but `exp`."""

        def validate_exp(self, value: object) -> None:
            """Take any."""


def apply(parts: Parts) -> Parts:
    """Read ID tokens leniently."""
    return replace(parts, id_token=Lenient)
