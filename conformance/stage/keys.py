"""Where keys that must last live: the user's configuration folder, mode 0600 (never a bundle)."""

import os
from pathlib import Path

from platformdirs import user_config_path


def keys_folder() -> Path:
    """The folder, made if missing; `BANC_CONFIG` names another."""
    named = os.environ.get("BANC_CONFIG")
    folder = Path(named) if named else user_config_path("banc", appauthor=False)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
