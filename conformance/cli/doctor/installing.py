"""Brings missing tools where that is ours to do: Debian's packages, as root."""

import os
import shutil
import subprocess
from collections.abc import Sequence

from conformance.cli.doctor.table import Tool
from conformance.locale import _


def install(tools: Sequence[Tool]) -> str | None:
    """Install Debian's packages for `tools`; a sentence instead when that is not ours to do."""
    packages = list(dict.fromkeys(package for tool in tools for package in tool.packages))
    by_hand = _("install: {packages}").format(packages=" ".join(packages))
    if shutil.which("apt-get") is None or os.name != "posix":
        return by_hand
    if os.geteuid() != 0:
        return by_hand + " (sudo apt-get install …)"
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "-qq", "update"],
        ["apt-get", "-qq", "-y", "install", "--no-install-recommends", *packages],
    ):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            tail = done.stderr.strip().splitlines()[-1:] or [""]
            return f"{' '.join(command)}: {tail[0]}; {by_hand}"
    return None
