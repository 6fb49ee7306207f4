"""What a program says of its version."""

import os
import subprocess
from pathlib import Path

_FLAGS = {"apache2": "-v", "ip": "-V", "ffmpeg": "-version"}


def version_of(found: str) -> str:
    """The first line a program prints of its version; `found` itself if it has none to print."""
    if not os.access(found, os.X_OK):
        return found
    name = Path(found).name
    flag = _FLAGS.get("ffmpeg" if "ffmpeg" in name else name, "--version")
    try:
        done = subprocess.run(
            [found, flag],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
            # In a locale that the machine lacks, some complain of it before anything else.
            env=os.environ | {"LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return found
    lines = (done.stdout + done.stderr).splitlines() if done.returncode == 0 else []
    return next((line.strip() for line in lines if line), found)
