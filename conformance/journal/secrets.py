"""What is written in the place of a secret.

A secret leaves a fingerprint under a key that lives in memory only: enough to tell that the token
at the mail server is the one the provider issued, useless to whoever receives the bundle.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from urllib.parse import quote, quote_plus

from common.recording import Masked, Secret
from conformance.journal.events import Json, whole_text

_VERIFIER_ALPHABET = re.compile(r"[A-Za-z0-9\-._~]*")
_LASTING = frozenset({"client_secret", "password", "api_key"})
_SHORTEST = 6
_JWT_ROLES = frozenset({"access_token", "refresh_token", "id_token", "client_assertion"})


class Vault:
    """Turns labelled secrets into what may be written, under one run key of 32 random bytes."""

    def __init__(self, run_key: bytes) -> None:
        self._key = run_key
        self._met: dict[str, Secret] = {}

    def fingerprint(self, value: str) -> str:
        """HMAC-SHA-256 of `value` under the run key, cut to 128 bits, in hex."""
        return hmac.digest(self._key, value.encode(), "sha256")[:16].hex()

    def describe(self, secret: Secret) -> dict[str, Json]:
        """The object that stands in the journal in the place of `secret`."""
        self._met[secret.value] = secret
        said: dict[str, Json] = {
            "secret": secret.role,
            "fp": self.fingerprint(secret.value),
            "length": len(secret.value),
        }
        if secret.role in _JWT_ROLES:
            said.update(_token_parts(secret.value))
        if secret.role == "access_token":
            said["at_hash"] = _b64url(hashlib.sha256(secret.value.encode()).digest()[:16])
        if secret.role == "code_verifier":
            said["s256"] = _b64url(hashlib.sha256(secret.value.encode()).digest())
            said["alphabet"] = bool(_VERIFIER_ALPHABET.fullmatch(secret.value))
        return said

    def placeholder(self, secret: Secret) -> str:
        """The mark that stands inside text or octets."""
        return f"⟦{secret.role} {self.fingerprint(secret.value)}⟧"

    def mask_text(self, masked: Masked) -> str:
        """`masked` as text, each secret replaced in its raw and percent-encoded forms."""
        if isinstance(masked.content, bytes):
            return self.mask_bytes(masked).decode("utf-8", "backslashreplace")
        text = masked.content
        for secret in _longest_first(masked.secrets):
            mark = self.placeholder(secret)
            for form in {secret.value, quote(secret.value, safe=""), quote_plus(secret.value)}:
                text = text.replace(form, mark)
        return text

    def mask_bytes(self, masked: Masked) -> bytes:
        """`masked` as octets, each secret replaced in its raw and percent-encoded forms."""
        if isinstance(masked.content, str):
            return self.mask_text(masked).encode()
        octets = masked.content
        for secret in _longest_first(masked.secrets):
            mark = self.placeholder(secret).encode()
            for form in {secret.value, quote(secret.value, safe=""), quote_plus(secret.value)}:
                octets = octets.replace(form.encode(), mark)
        return octets

    def forget(self) -> None:
        """Keep no value of the scenario that is over."""
        self._met = {v: s for v, s in self._met.items() if s.role in _LASTING}

    def without_met(self, value: object) -> object:
        """`value` with every secret met so far masked in its texts.

        For what a product says in its own words (screens, refusals, logs): nobody labels those.
        """
        if isinstance(value, str):
            met = tuple(self._met.values())
            return self.mask_text(Masked(value, met)) if len(value) >= _SHORTEST else value
        if isinstance(value, Mapping):
            return {key: self.without_met(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.without_met(item) for item in value]
        return value

    def clean(self, value: object, note: Callable[[Secret, str], None]) -> Json:
        """`value` ready for JSON; `note` is told each secret with its fingerprint."""
        if isinstance(value, str):
            return whole_text(value)
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, Secret):
            said = self.describe(value)
            note(value, str(said["fp"]))
            return said
        if isinstance(value, Mapping):
            return {whole_text(str(key)): self.clean(item, note) for key, item in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.clean(item, note) for item in value]
        if isinstance(value, Masked):
            for secret in value.secrets:
                note(secret, self.fingerprint(secret.value))
            return whole_text(self.mask_text(value))
        raise TypeError(f"an event cannot hold {type(value).__name__}")


def _longest_first(secrets: tuple[Secret, ...]) -> list[Secret]:
    return sorted((s for s in secrets if s.value), key=lambda s: -len(s.value))


def _b64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _token_parts(value: str) -> dict[str, Json]:
    """Header and claims of a JWT, without its signature; nothing if it is not one."""
    pieces = value.split(".")
    if len(pieces) != 3:
        return {}
    try:
        header, claims = (
            json.loads(base64.urlsafe_b64decode(piece + "=" * (-len(piece) % 4)))
            for piece in pieces[:2]
        )
    except ValueError:
        return {}
    return {"header": header, "claims": claims}
