"""The signing keys of the mock provider, made once and kept in a folder of the user (mode 0600)."""

import json
import os
import secrets
from functools import cached_property
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import RSAKey


class Keys:
    """RSA keys of 2048 bits: `signing`, which is published, and `foreign`, which never is.

    The signing key is read or made at once, the foreign one when a fault asks for it. Raises
    `ValueError` naming the file when it holds no RSA key.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.signing = _key(folder / "psc-signing.pem")
        self.kid = self.signing.thumbprint()
        self.jwks = json.dumps(
            {
                "keys": [
                    {
                        **self.signing.as_dict(private=False),
                        "kid": self.kid,
                        "use": "sig",
                        "alg": "RS256",
                    }
                ]
            }
        ).encode()

    @cached_property
    def foreign(self) -> RSAKey:
        """A key of nobody's, for the fault `id-token.key-foreign`."""
        return _key(self._folder / "psc-foreign.pem")

    @cached_property
    def public_pem(self) -> str:
        """The published key as PEM text, for the fault `id-token.alg-hs256`."""
        return self.signing.as_pem(private=False).decode()


def _key(path: Path) -> RSAKey:
    if not path.exists():
        _make(path)
    try:
        return RSAKey.import_key(path.read_bytes())
    except (ValueError, TypeError, JoseError) as error:
        raise ValueError(f"{path}: expected an RSA private key in PEM ({error})") from error


def _make(path: Path) -> None:
    """Write a new key; when another process was faster, its key is the one that stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(draft, flags, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(RSAKey.generate_key(2048).as_pem(private=True))
        if not path.exists():
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
