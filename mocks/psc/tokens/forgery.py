"""Falsifies ID tokens as the armed faults say. Nothing here runs unless a fault strikes.

The library that signs rightly refuses to make these tokens, so the last step is done by hand.
"""

import base64
import hashlib
import hmac
import json
import secrets

from joserfc import jwt

from mocks.psc.http.call import Call

_LATE = 600
"""Seconds: how long ago an ID token of `id-token.expired` expired, beyond any tolerated skew."""


def alter(call: Call, claims: dict[str, object]) -> None:
    """Strike the faults that change a claim of the ID token, in place."""
    if "nonce" in claims and call.strike("id-token.nonce-foreign"):
        claims["nonce"] = secrets.token_urlsafe(24)
    if call.strike("id-token.expired"):
        expired = int(call.now) - _LATE
        claims.update(exp=expired, iat=expired - call.tenant.lifetimes.access)
    if call.strike("id-token.aud-foreign"):
        claims.update(aud="another-client", azp="another-client")
    if call.strike("id-token.iss-foreign"):
        claims["iss"] = "https://foreign.psc.test/auth/realms/esante-wallet"
    if call.strike("id-token.acr-eidas2"):
        claims["acr"] = "eidas2"


def sign_badly(call: Call, claims: dict[str, object], client_id: str) -> str | None:
    """The ID token as a fault of signature makes it; None when none strikes."""
    published = {"alg": "RS256", "kid": call.keys.kid, "typ": "JWT"}
    if call.strike("id-token.key-foreign"):
        return jwt.encode(published, claims, call.keys.foreign)
    if call.strike("id-token.signature-altered"):
        return _flip(jwt.encode(published, claims, call.keys.signing))
    if call.strike("id-token.alg-none"):
        return _signed_part({"alg": "none", "typ": "JWT"}, claims) + "."
    fired = call.strike("id-token.alg-hs256")
    if fired is None:
        return None
    public = fired.value == "public-key"
    key = call.keys.public_pem if public else call.tenant.clients[client_id].secret
    # The confusion of RSA key and HMAC secret needs the published `kid`, the other must lack it.
    header = {"alg": "HS256", "typ": "JWT", **({"kid": call.keys.kid} if public else {})}
    signed = _signed_part(header, claims)
    return f"{signed}.{b64url(hmac.digest(key.encode(), signed.encode(), hashlib.sha256))}"


def b64url(octets: bytes) -> str:
    """Base64url without padding [RFC 7515 §2]."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _signed_part(header: dict[str, str], claims: dict[str, object]) -> str:
    return ".".join(b64url(json.dumps(part).encode()) for part in (header, claims))


def _flip(token: str) -> str:
    signed, _, signature = token.rpartition(".")
    octets = bytearray(base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4)))
    octets[len(octets) // 2] ^= 1
    return f"{signed}.{b64url(bytes(octets))}"
