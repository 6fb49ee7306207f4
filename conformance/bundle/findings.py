"""Reads `findings.json` of a bundle."""

import json
from pathlib import Path
from typing import Any

from conformance.bundle.reading import BundleFault
from conformance.locale import _


def load_findings(folder: Path) -> dict[str, Any]:
    """The findings of the bundle in `folder`.

    Raises `BundleFault` when it holds none: its run was not finished, or the file is damaged.
    """
    path = folder / "findings.json"
    try:
        loaded = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        said = _("{path}: missing: the run was not finished, see banc finish")
        raise BundleFault(said.format(path=path)) from error
    except (ValueError, RecursionError) as error:
        said = _("{path}: not JSON ({reason})")
        raise BundleFault(said.format(path=path, reason=error)) from error
    if not isinstance(loaded, dict):
        raise BundleFault(_("{path}: expected an object of findings").format(path=path))
    return loaded
