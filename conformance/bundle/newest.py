"""The last run of a reports folder."""

from pathlib import Path

from conformance.bundle.reading import BundleFault
from conformance.bundle.seal import MANIFEST
from conformance.locale import _


def newest_bundle(reports: Path) -> Path:
    """The sealed bundle made last in `reports`. Raises `BundleFault` when there is none."""
    folders = reports.iterdir() if reports.is_dir() else ()
    sealed = [folder for folder in folders if (folder / MANIFEST).is_file()]
    if not sealed:
        said = _("{path}: holds no sealed bundle, expected that of the run")
        raise BundleFault(said.format(path=reports))
    return max(sealed, key=lambda folder: (folder / MANIFEST).stat().st_mtime_ns)
