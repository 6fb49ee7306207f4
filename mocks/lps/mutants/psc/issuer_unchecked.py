"""The issuer of the ID token is not compared."""

from dataclasses import replace

from joserfc.jwt import JWTClaimsRegistry

from mocks.lps.parts import Parts
from mocks.lps.sign_in.id_token import PscIdToken

row = "[OIDC-CORE §3.1.3.7], [OIDF-SUITE client]"
breaks = {
    "fr": "L’émetteur de l’ID token n’est pas vérifié.",
    "en": "The issuer of the ID token is not verified.",
}
expects = {"psc.refuses.id-token-iss-foreign": "broken"}
shown_by = (
    "banc:psc-web-login",
    "banc:psc-web-iss-foreign",
)
face = "adapter"
fault = "id-token.iss-foreign"


class Lenient(PscIdToken):
    """An ID token with one claim left unread."""

    class registry_cls(JWTClaimsRegistry):  # noqa: N801  # Authlib's name
        """Every claim but `iss`."""

        def validate_iss(self, value: object) -> None:
            """Take any."""


def apply(parts: Parts) -> Parts:
    """Read ID tokens leniently."""
    return replace(parts, id_token=Lenient)
