"""An ID token without signature is accepted."""

import json
from dataclasses import replace

from joserfc.jwt import Token
from joserfc.util import urlsafe_b64decode

from mocks.lps.parts import Parts
from mocks.lps.sign_in import id_token
from mocks.lps.sign_in.id_token import Keys

row = "[OIDC-CORE §3.1.3.7], [OIDF-SUITE client]"
breaks = {
    "fr": "Un ID token sans signature (alg none) est accepté.",
    "en": "An unsigned ID token (alg none) is accepted.",
}
expects = {"psc.refuses.id-token-alg-none": "broken"}
shown_by = (
    "banc:psc-web-login",
    "banc:psc-web-alg-none",
)
face = "adapter"
fault = "id-token.alg-none"


def as_declared(raw: str, keys: Keys) -> Token:
    """Believe the header that says there is nothing to verify."""
    header, claims = (json.loads(urlsafe_b64decode(p.encode())) for p in raw.split(".")[:2])
    if header.get("alg", "").lower() != "none":
        return id_token.read_signed(raw, keys)
    return Token({**header, "alg": "RS256"}, claims)


def apply(parts: Parts) -> Parts:
    """Let the token choose its algorithm."""
    return replace(parts, read_signed=as_declared)
