"""Writes a file of a bundle whole or not at all, and tells the size of a folder."""

import errno
from pathlib import Path

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})


def write_whole(path: Path, octets: bytes) -> None:
    """Write `path`; one that cannot be written leaves what was there. Raises `OSError`."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.write_bytes(octets)
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error


def no_room(error: BaseException) -> bool:
    """Whether the disk takes no more: nobody's defect, and nothing may be sealed over it."""
    return isinstance(error, OSError) and error.errno in _NO_ROOM


def size_of(folder: Path) -> int:
    """Octets of the files in `folder`, links not followed; what vanishes meanwhile counts for 0."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += 0 if path.is_symlink() or path.is_dir() else path.stat().st_size
        except FileNotFoundError:  # a film being finished replaces its first form
            continue
    return total
