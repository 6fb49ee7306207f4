"""Reads the detached signature of a bundle: whose key, and whether it fits the manifest."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from joserfc import jws
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import OKPKey

from conformance.bundle.keys import known_thumbprint
from conformance.bundle.seal import registry
from conformance.locale import _

_SIGNATURE_OCTETS = 64


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose key signed, by RFC 7638 thumbprint.

    `who` is what the signature says (`user`: a key that lasts; `run`: made for that run);
    `known` tells that it is the kept key of whoever is verifying.
    """

    thumbprint: str
    who: str
    known: bool

    def sentence(self, wanted: str | None = None) -> str:
        """The key in words; `wanted` is the thumbprint that was asked for, if one was."""
        if self.thumbprint == wanted:
            said = _("key {thumbprint}, the one asked for")
        elif self.known:
            said = _("key {thumbprint}, which is your own")
        elif self.who == "run":
            said = _("key {thumbprint}, made for that run only")
        else:
            said = _("key {thumbprint}, unknown here")
        return said.format(thumbprint=self.thumbprint)


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that was read; `holds` tells whether it fits the manifest."""

    signer: Signer
    holds: bool


def read_signature(text: bytes, manifest: bytes) -> Signature | None:
    """Read a detached JWS over `manifest`; None when it is not one of ours."""
    pieces = text.split(b".")
    if len(pieces) != 3 or pieces[1]:
        return None
    header = _header(pieces[0])
    if header is None or not _canonical(pieces[2]):
        return None
    try:
        key = OKPKey.import_key({name: header["jwk"][name] for name in ("kty", "crv", "x")})
        thumbprint = key.thumbprint()
        signer = Signer(thumbprint, str(header.get("who")), thumbprint == known_thumbprint())
        jws.deserialize_compact(text, key, registry=registry(), payload=manifest)
    except BadSignatureError:
        return Signature(signer, holds=False)
    except (JoseError, ValueError, KeyError, TypeError):
        return None
    return Signature(signer, holds=True)


def _header(encoded: bytes) -> dict[str, Any] | None:
    try:
        header = json.loads(base64.urlsafe_b64decode(encoded + b"=" * (-len(encoded) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return header if isinstance(header, dict) else None


def _canonical(encoded: bytes) -> bool:
    """Whether the signature is written in its one right form.

    The last letter of 64 octets in base64url has four bits that say nothing: left free, a file
    could change and its signature still hold.
    """
    try:
        octets = base64.urlsafe_b64decode(encoded + b"=" * (-len(encoded) % 4))
    except (binascii.Error, ValueError):
        return False
    again = base64.urlsafe_b64encode(octets).rstrip(b"=")
    return len(octets) == _SIGNATURE_OCTETS and again == encoded
