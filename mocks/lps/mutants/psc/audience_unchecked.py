"""The audience of the ID token is not compared."""

from dataclasses import replace

from joserfc.jwt import JWTClaimsRegistry

from mocks.lps.parts import Parts
from mocks.lps.sign_in.id_token import PscIdToken

row = "[OIDC-CORE §3.1.3.7], [OIDF-SUITE client]"
breaks = {
    "fr": "Le destinataire (aud, azp) de l’ID token n’est pas vérifié.",
    "en": "The audience (aud, azp) of the ID token is not verified.",
}
expects = {"psc.refuses.id-token-aud-foreign": "broken"}
shown_by = (
    "banc:psc-web-login",
    "banc:psc-web-aud-foreign",
)
face = "adapter"
fault = "id-token.aud-foreign"


class Lenient(PscIdToken):
    """An ID token with one claim left unread."""

    class registry_cls(JWTClaimsRegistry):  # noqa: N801  # Authlib's name
        """Every claim but `aud`."""

        def validate_aud(self, value: object) -> None:
            """Take any."""

    def validate_azp(self) -> None:
        """Take any."""


def apply(parts: Parts) -> Parts:
    """Read ID tokens leniently."""
    return replace(parts, id_token=Lenient)
