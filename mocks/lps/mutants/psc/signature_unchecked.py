"""The signature of the ID token is not verified."""

import json
from dataclasses import replace

from joserfc.jwt import Token
from joserfc.util import urlsafe_b64decode

from mocks.lps.parts import Parts
from mocks.lps.sign_in.id_token import Keys

row = "[OIDC-CORE §3.1.3.7]"
breaks = {
    "fr": "La signature de l’ID token n’est pas vérifiée.",
    "en": "The signature of the ID token is not verified.",
}
expects = {"psc.refuses.id-token-key-foreign": "broken"}
shown_by = (
    "banc:psc-web-login",
    "banc:psc-web-key-foreign",
)
face = "adapter"
fault = "id-token.key-foreign"


def unverified(raw: str, keys: Keys) -> Token:
    """Read header and claims, leave the signature."""
    header, claims = (json.loads(urlsafe_b64decode(p.encode())) for p in raw.split(".")[:2])
    return Token(header, claims)


def apply(parts: Parts) -> Parts:
    """Trust what is written."""
    return replace(parts, read_signed=unverified)
