"""The browser is sent to the realm's own authorization address."""

from dataclasses import replace

from mocks.lps.parts import Parts
from mocks.lps.sign_in.person import Claims

row = "[PSC-DOC wallet]"
breaks = {
    "fr": "Le navigateur est envoyé vers l’adresse du royaume et non vers le portefeuille.",
    "en": "The browser is sent to the realm, not to the wallet.",
}
expects = {"psc.request.wallet-host": "broken"}
may = ("story.complete",)
shown_by = ("banc:psc-web-login",)
face = "adapter"


def realm(metadata: Claims) -> str:
    """Keycloak's own address, guessed from the issuer."""
    return f"{metadata['issuer']}/protocol/openid-connect/auth"


def apply(parts: Parts) -> Parts:
    """Guess the authorization address."""
    return replace(parts, authorization_endpoint=realm)
