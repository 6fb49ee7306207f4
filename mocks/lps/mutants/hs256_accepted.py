"""An ID token authenticated with the client secret is accepted."""

import os
from dataclasses import replace

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from joserfc.jwt import Token

from mocks.lps import id_token
from mocks.lps.id_token import Keys
from mocks.lps.parts import Parts
from mocks.lps.settings import SECRET_VARIABLE

row = "psc.md §8.1 M04"
breaks = {
    "fr": "Un ID token authentifié par HMAC avec le secret du logiciel est accepté.",
    "en": "An ID token authenticated by HMAC with the client secret is accepted.",
}
expects = {"psc.refuses.id-token-alg-hs256": "broken"}
shown_by = (
    "banc:psc-web-login",
    "banc:psc-web-alg-hs256",
)
face = "adapter"
fault = "id-token.alg-hs256"


def with_secret(raw: str, keys: Keys) -> Token:
    """Try the client secret, then the published keys."""
    try:
        return jwt.decode(raw, OctKey.import_key(os.environ[SECRET_VARIABLE]), algorithms=["HS256"])
    except JoseError:
        return id_token.read_signed(raw, keys)


def apply(parts: Parts) -> Parts:
    """Accept HMAC as well."""
    return replace(parts, read_signed=with_secret)
