"""Seals a bundle: a manifest of every file (RFC 8785), a detached JWS over it [RFC 7515 §F].

Who holds the two files and the folder needs nothing of ours: SHA-256, Ed25519 and base64url do.
"""

import hashlib
import json
from importlib import metadata
from pathlib import Path
from typing import Any

import rfc8785
from joserfc import jws

from conformance.bundle.files import write_whole
from conformance.bundle.keys import SigningKey
from conformance.bundle.reading import scan
from conformance.errors import BundleFault
from conformance.locale import _

MANIFEST = "manifest.json"
SIGNATURE = "manifest.jws"
SCHEMA = 1
ALGORITHM = "Ed25519"
"""RFC 9864; `EdDSA`, its older name, is read as well."""


def seal(folder: Path, key: SigningKey) -> str:
    """Write the manifest and its signature; gives the SHA-256 of the manifest.

    Raises `BundleFault` when the folder is sealed already or holds what a bundle may not hold.
    """
    if (folder / MANIFEST).exists():
        raise BundleFault(_("{path}: sealed already").format(path=folder))
    found = scan(folder)
    if found.problems:
        raise BundleFault(f"{folder}: {found.problems[0].sentence}")
    octets = rfc8785.dumps(
        {
            "schema": SCHEMA,
            "run_id": _run_id(folder),
            "bench": {"name": "banc", "version": bench_version()},
            "files": [
                {"path": name, "size": path.stat().st_size, "sha256": found.sha256(name)}
                for name, path in sorted(found.files.items())
                if name not in (MANIFEST, SIGNATURE)
            ],
        }
    )
    # The signature first: a bench killed in between leaves a folder that can be sealed again.
    write_whole(folder / SIGNATURE, signed(octets, key).encode())
    write_whole(folder / MANIFEST, octets)
    return hashlib.sha256(octets).hexdigest()


def signed(octets: bytes, key: SigningKey) -> str:
    """A detached JWS over `octets`: the header holds the public key and says whose it is."""
    header = {"alg": ALGORITHM, "jwk": key.public, "who": key.who}
    compact = jws.serialize_compact(header, octets, key.key, registry=registry())
    head, _payload, signature = compact.split(".")
    return f"{head}..{signature}"


def registry() -> jws.JWSRegistry:
    """What our signatures may be: Ed25519 only, with our own `who` in the header."""
    return jws.JWSRegistry(algorithms=[ALGORITHM, "EdDSA"], strict_check_header=False)


def bench_version() -> str:
    """The version of this bench; `0` when it runs from sources that were never installed."""
    try:
        return metadata.version("banc")
    except metadata.PackageNotFoundError:
        return "0"


def _run_id(folder: Path) -> str:
    try:
        run: Any = json.loads((folder / "run.json").read_bytes())
        return str(run["run_id"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        # A bundle without a readable run.json is still worth sealing: its folder names the run.
        return folder.resolve().name
