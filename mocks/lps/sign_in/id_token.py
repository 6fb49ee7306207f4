"""Reading an ID token: signature first, then every claim a relying party must look at.

[OIDC-CORE §3.1.3.7]; [PSC-POC ID token] for what Pro Santé Connect puts in.
"""

from collections.abc import Callable, Mapping
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from joserfc.jwt import Token

LEEWAY_S = 60
"""Difference between two clocks that is put up with [BANC-READING clock]."""

LEVELS = ("eidas1", "eidas2", "eidas3")
"""Levels of assurance that reach the one asked for: `eidas1` means at least `eidas1`."""

Keys = Callable[[bool], KeySet]
"""The provider's public keys; `True` asks for a fresh copy."""


class IdTokenRefused(Exception):
    """The ID token must not be trusted; says why, without the token."""


def read_signed(raw: str, keys: Keys) -> Token:
    """The token once its RS256 signature is verified with the provider's key of that `kid`.

    Unknown `kid`: the keys are read once more (rotation). Raises `IdTokenRefused`.
    """
    registry = JWSRegistry(algorithms=["RS256"], strict_check_header=False)
    try:
        try:
            return jwt.decode(raw, keys(False), registry=registry)
        except InvalidKeyIdError:
            return jwt.decode(raw, keys(True), registry=registry)
    except (JoseError, ValueError) as error:
        raise IdTokenRefused(f"signature: {error}") from error


class PscIdToken(CodeIDToken):  # type: ignore[misc]  # Authlib ships no types
    """The claims of one ID token; `validate` raises `InvalidClaimError` or `MissingClaimError`."""

    def validate(self, now: int | None = None, leeway: int = LEEWAY_S) -> None:
        """Issuer, audience, dates, nonce, authorised party, `at_hash` and level of assurance."""
        super().validate(now, leeway)
        self.validate_level()

    def validate_level(self) -> None:
        """At least the level asked for; absent is how older answers of the provider were."""
        level = self.get("acr")
        if level is not None and level not in LEVELS:
            raise InvalidClaimError("acr")


def claims_of(
    token: Token,
    kind: type[PscIdToken],
    *,
    issuer: str,
    client_id: str,
    nonce: str | None,
    access_token: str,
) -> Mapping[str, Any]:
    """The validated claims of `token`, read as `kind`. Raises `IdTokenRefused`."""
    options = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": client_id},
        "exp": {"essential": True},
    }
    asked = {"client_id": client_id, "nonce": nonce, "access_token": access_token}
    claims = kind(token.claims, token.header, options, asked)
    try:
        claims.validate()
    except (JoseError, ValueError, TypeError) as error:
        raise IdTokenRefused(f"claims: {error}") from error
    return dict(claims)
