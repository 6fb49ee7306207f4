"""Files that only their owner may read (mode 0600), written whole or not at all."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_config_path


def kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """What `path` holds, made first if there is nothing; of two makers at once, one wins."""
    if not path.exists():
        fresh = _private_file(path, make())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes()


def replace(path: Path, content: bytes) -> None:
    """Write a file whole, in the place of the one that may be there."""
    _private_file(path, content).replace(path)


def _private_file(near: Path, content: bytes) -> Path:
    path = near.with_name(f".{near.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    return path


def keys_folder() -> Path:
    """The folder, made if missing; `BANC_CONFIG` names another."""
    named = os.environ.get("BANC_CONFIG")
    folder = Path(named) if named else user_config_path("banc", appauthor=False)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
