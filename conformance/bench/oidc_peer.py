"""oidc-provider, the peer of the mock Pro Santé Connect: installed once by npm, kept for the user.

Its exact version stands in `peers/package.json`. What is missing is said, never made up.
"""

import json
import os
import shutil
import subprocess
from functools import cache
from importlib import resources
from pathlib import Path

from platformdirs import user_cache_path

_SCRIPT = "oidc_provider.mjs"
_WANTED = "package.json"
_INSTALLS_WITHIN = 180


class PeerMissing(Exception):
    """The peer cannot be run here; one sentence says why."""


def start_peer(redirect_uri: str, cache_folder: Path | None = None) -> tuple[list[str], Path]:
    """The command that serves the peer, and the folder to run it in; installs it if need be.

    Raises `PeerMissing` without Node, npm, or a registry that answers.
    """
    node = _program("node")
    kept = cache_folder or user_cache_path("banc", appauthor=False) / "bench"
    place = kept / f"oidc-provider-{_version()}"
    if not (place / "node_modules" / "oidc-provider").is_dir():
        _install(place)
    (place / _SCRIPT).write_bytes(_asset(_SCRIPT))
    return [node, str(place / _SCRIPT), redirect_uri], place


@cache
def peer_name() -> str:
    """Name and version of the peer and of the Node that runs it."""
    asked = [_program("node"), "--version"]
    said = subprocess.run(asked, capture_output=True, text=True, timeout=30, check=False)
    return f"oidc-provider {_version()}, Node {said.stdout.strip().removeprefix('v')}"


def _install(place: Path) -> None:
    npm = _program("npm")
    draft = place.with_name(f"{place.name}.{os.getpid()}")
    draft.mkdir(parents=True, exist_ok=True)
    (draft / _WANTED).write_bytes(_asset(_WANTED))
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"]
    try:
        done = subprocess.run(
            command,
            cwd=draft,
            capture_output=True,
            text=True,
            timeout=_INSTALLS_WITHIN,
            check=False,
        )
        if done.returncode != 0:
            raise PeerMissing(f"npm install: {_last_error(done.stderr)}")
        if not place.exists():
            draft.replace(place)
    except subprocess.TimeoutExpired as error:
        raise PeerMissing(f"npm install: no end after {_INSTALLS_WITHIN} s") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _last_error(text: str) -> str:
    errors = [line for line in text.splitlines() if line.startswith("npm error") and line[10:]]
    return errors[0].removeprefix("npm error ") if errors else "failed without a word"


def _version() -> str:
    wanted = json.loads(_asset(_WANTED))
    return str(wanted["dependencies"]["oidc-provider"])


def _asset(name: str) -> bytes:
    return (resources.files("conformance.bench.peers") / name).read_bytes()


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise PeerMissing(f"{name} is not installed")
    return found
