"""An ID token authenticated with the published key taken for a secret is accepted."""

import hmac
import json
from dataclasses import replace

from joserfc.jwk import RSAKey
from joserfc.jwt import Token
from joserfc.util import urlsafe_b64decode

from mocks.lps.parts import Parts
from mocks.lps.sign_in import id_token
from mocks.lps.sign_in.id_token import Keys

row = "[OIDC-CORE §3.1.3.7], [OIDF-SUITE client]"
breaks = {
    "fr": "Un ID token authentifié par HMAC avec la clé publique est accepté.",
    "en": "An ID token authenticated by HMAC with the public key is accepted.",
}
expects = {"psc.refuses.id-token-alg-hs256": "broken"}
shown_by = (
    "banc:psc-web-login",
    "banc:psc-web-alg-hs256",
)
face = "adapter"
fault = "id-token.alg-hs256"


def either_way(raw: str, keys: Keys) -> Token:
    """Try the published keys as secrets, then as what they are."""
    signed, _, signature = raw.rpartition(".")
    for key in keys(False).keys:
        if not isinstance(key, RSAKey):
            continue
        right = hmac.digest(key.as_pem(private=False), signed.encode(), "sha256")
        if hmac.compare_digest(right, urlsafe_b64decode(signature.encode())):
            return Token(*(json.loads(urlsafe_b64decode(p.encode())) for p in signed.split(".")))
    return id_token.read_signed(raw, keys)


def apply(parts: Parts) -> Parts:
    """Let the token choose its algorithm."""
    return replace(parts, read_signed=either_way)
