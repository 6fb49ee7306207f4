"""The Ed25519 key that seals bundles: the user's own when there is one, else one for the run."""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from common.private_files import keys_folder
from conformance.errors import BundleFault
from conformance.locale import _

Who = Literal["user", "run"]
_THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """A private key; `who` is `user` for a key that lasts, `run` for one made for one run only."""

    key: OKPKey
    who: Who

    @property
    def thumbprint(self) -> str:
        """RFC 7638, SHA-256, base64url."""
        return self.key.thumbprint()

    @property
    def public(self) -> dict[str, Any]:
        """The public JWK."""
        return dict(self.key.as_dict(private=False))


def signing_key(path: Path | None = None) -> SigningKey:
    """The key of file `path`; without one the user's kept key; without that a key for this run.

    Raises `BundleFault` when the file is not an Ed25519 private key (PEM or JWK).
    """
    kept = path or user_key_path()
    if path is None and not kept.exists():
        return SigningKey(OKPKey.generate_key("Ed25519"), "run")
    key = _read(kept)
    if not key.is_private:
        raise BundleFault(_("{path}: a public key, expected a private one").format(path=kept))
    return SigningKey(key, "user")


def user_key_path() -> Path:
    """Where the user's kept key stands, if there is one."""
    return keys_folder() / "signing-key.pem"


def make_user_key(path: Path | None = None) -> SigningKey:
    """Make a key that lasts (mode 0600). Raises `BundleFault` rather than replace one."""
    kept = path or user_key_path()
    key = OKPKey.generate_key("Ed25519")
    try:
        descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise BundleFault(_("{path}: a key is there already").format(path=kept)) from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.as_pem(private=True))
    return SigningKey(key, "user")


def known_thumbprint() -> str | None:
    """The thumbprint of the user's kept key, if there is one."""
    kept = user_key_path()
    return _read(kept).thumbprint() if kept.exists() else None


def wanted_thumbprint(text: str) -> str:
    """The thumbprint that `--key` asks for: itself, or that of the key in the file it names.

    Raises `BundleFault` when it is neither.
    """
    if Path(text).is_file():
        return _read(Path(text)).thumbprint()
    if _THUMBPRINT.fullmatch(text):
        return text
    raise BundleFault(
        _("{key}: neither a key file nor a thumbprint of 43 characters").format(key=text)
    )


def _read(path: Path) -> OKPKey:
    try:
        octets = path.read_bytes()
        raw = json.loads(octets) if octets.lstrip()[:1] == b"{" else octets
        key = OKPKey.import_key(raw)
    except (OSError, ValueError, TypeError, JoseError) as error:
        raise BundleFault(
            _("{path}: expected an Ed25519 key, PEM or JWK").format(path=path)
        ) from error
    if key.curve_name != "Ed25519":
        raise BundleFault(
            _("{path}: expected an Ed25519 key, found {curve}").format(
                path=path, curve=key.curve_name
            )
        )
    return key
