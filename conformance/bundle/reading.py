"""The only door to a bundle that somebody else made: a folder or a zip, read within limits.

Nothing in it is trusted: not its names, not its sizes, not what a zip says of itself.
"""

import contextlib
import hashlib
import os
import stat
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from conformance.errors import BundleFault
from conformance.locale import _
from conformance.locale.printable import seen

_MIB = 1024 * 1024
_ILLEGAL = frozenset('<>:"|?*\\')
_RESERVED = frozenset(
    {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))}
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a bundle may hold: files, octets of one and of all, and how far a zip may swell.

    The ratio counts once the whole is over 64 MiB, since journals and logs compress well.
    """

    files: int = 200_000
    one: int = 8 * 1024 * _MIB
    total: int = 64 * 1024 * _MIB
    ratio: int = 200
    name: int = 200


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Problem:
    """An entry that a bundle may not hold: a link, an illegal or repeated name, a damaged file."""

    path: str
    sentence: str


@dataclass(slots=True)
class Contents:
    """What stands in a bundle: its regular files by path (with `/`), and what must not be there."""

    folder: Path
    files: dict[str, Path] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    _hashes: dict[str, str] = field(default_factory=dict)

    def sha256(self, name: str) -> str:
        """SHA-256 of one file, in hex; read once."""
        if name not in self._hashes:
            self._hashes[name] = sha256_of(self.files[name])
        return self._hashes[name]


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hex, read in binary piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def opened(path: Path, limits: Limits = LIMITS) -> Iterator[Path]:
    """The folder of a bundle, unpacked for the time of the block when `path` is a zip.

    Raises `BundleFault` when it is no bundle or holds anything that a bundle may not hold.
    """
    with contents(path, limits) as found:
        if found.problems:
            raise BundleFault(f"{path}: {found.problems[0].sentence}")
        if not any(name.startswith("journal/") for name in found.files):
            raise BundleFault(_("{path}: not a bundle: it contains no journal").format(path=path))
        yield found.folder


@contextlib.contextmanager
def contents(path: Path, limits: Limits = LIMITS) -> Iterator[Contents]:
    """What a folder or a zip holds; the problems are listed and left aside, not raised.

    Raises `BundleFault` when it can be read in no way or is over the limits.
    """
    if path.is_dir():
        yield scan(path, limits)
    elif not path.exists():
        raise BundleFault(_("{path}: nothing is there").format(path=path))
    elif path.is_file() and zipfile.is_zipfile(path):
        with tempfile.TemporaryDirectory(prefix="banc-") as folder:
            yield _unpacked(path, Path(folder), limits)
    else:
        raise BundleFault(_("{path}: neither a folder nor a zip").format(path=path))


def scan(folder: Path, limits: Limits = LIMITS) -> Contents:
    """List a folder without following a link out of it. Raises `BundleFault` over the limits."""
    found = Contents(folder)
    names = _Names(found.problems, limits)
    total = 0
    waiting = [folder]
    while waiting:
        for entry in _sorted_entries(waiting.pop()):
            name = Path(entry.path).relative_to(folder).as_posix()
            if _is_link(entry):
                found.problems.append(_linked(name))
            elif entry.is_dir(follow_symlinks=False):
                waiting.append(Path(entry.path))
            elif not entry.is_file(follow_symlinks=False):
                sentence = _("{path}: neither a file nor a folder").format(path=name)
                found.problems.append(Problem(name, sentence))
            else:
                total += entry.stat(follow_symlinks=False).st_size
                _require_within(limits, folder, len(found.files) + 1, total)
                names.admit(name)
                found.files[name] = Path(entry.path)
    return found


def name_problem(name: str, limits: Limits = LIMITS) -> str | None:
    """Why `name` may not stand in a bundle: outside it, or not legal on NTFS; None if it may."""
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or name[1:2] == ":":
        return _("{path}: points outside the bundle").format(path=name)
    if len(name) > limits.name:
        return _("{path}…: name longer than {limit} characters").format(
            path=name[:60], limit=limits.name
        )
    for part in parts:
        legal = bool(part) and part != "." and not part.endswith((".", " "))
        legal = legal and all(map(seen, part))  # no line end, no escape, no octets outside UTF-8
        if not legal or _ILLEGAL & set(part) or min(part) < " ":
            return _("{path}: not a legal file name on every system").format(path=name)
        if part.split(".")[0].rstrip().upper() in _RESERVED:
            return _("{path}: a name that Windows reserves").format(path=name)
    return None


class _Names:
    """Admits names one by one; two that some file system would take for one are a problem."""

    def __init__(self, problems: list[Problem], limits: Limits) -> None:
        self._problems = problems
        self._limits = limits
        self._seen: dict[str, str] = {}

    def admit(self, name: str) -> bool:
        sentence = name_problem(name, self._limits)
        twin = self._seen.setdefault(unicodedata.normalize("NFC", name).casefold(), name)
        if sentence is None and twin is not name:
            sentence = (
                _("{path}: there twice").format(path=name)
                if twin == name
                else _("{path}: the same name as {other} on some systems").format(
                    path=name, other=twin
                )
            )
        if sentence is not None:
            self._problems.append(Problem(name, sentence))
        return sentence is None


def _sorted_entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _is_link(entry: os.DirEntry[str]) -> bool:
    # Junctions are the links of Windows that need no privilege; Python knows them since 3.12.
    junction = getattr(os.path, "isjunction", None)
    return entry.is_symlink() or bool(junction and junction(entry.path))


def _linked(name: str) -> Problem:
    return Problem(name, _("{path}: a link, not a file").format(path=name))


def _require_within(limits: Limits, path: Path, files: int, total: int) -> None:
    if files > limits.files:
        raise BundleFault(
            _("{path}: more than {limit} files").format(path=path, limit=limits.files)
        )
    if total > limits.total:
        raise BundleFault(
            _("{path}: more than {limit} octets").format(path=path, limit=limits.total)
        )


def _unpacked(path: Path, folder: Path, limits: Limits) -> Contents:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            _check_sizes(path, members, limits)
            return _extracted(archive, members, folder, limits)
    except (zipfile.BadZipFile, EOFError) as error:
        raise BundleFault(
            _("{path}: a damaged zip ({reason})").format(path=path, reason=error)
        ) from error


def _check_sizes(path: Path, members: Iterable[zipfile.ZipInfo], limits: Limits) -> None:
    sizes = [member.file_size for member in members]
    total = sum(sizes)
    _require_within(limits, path, len(sizes), total)
    if max(sizes, default=0) > limits.one:
        raise BundleFault(
            _("{path}: a file of more than {limit} octets").format(path=path, limit=limits.one)
        )
    if total > max(64 * _MIB, limits.ratio * path.stat().st_size):
        raise BundleFault(
            _("{path}: swells to {size} octets, more than {limit} times its own size").format(
                path=path, size=total, limit=limits.ratio
            )
        )


def _extracted(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], folder: Path, limits: Limits
) -> Contents:
    found = Contents(folder)
    names = _Names(found.problems, limits)
    cut = len(_common_folder(members))
    for member in members:
        name = member.orig_filename[cut:]
        if stat.S_ISLNK(member.external_attr >> 16):
            found.problems.append(_linked(name))
        elif names.admit(name):
            try:
                _extract(archive, member, folder / name)
                found.files[name] = folder / name
            except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as e:
                # Also a password (RuntimeError), an unknown method, a file where a folder must be.
                sentence = _("{path}: cannot be unpacked ({reason})").format(path=name, reason=e)
                found.problems.append(Problem(name, sentence))
    return found


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(member) as source, target.open("xb") as copy:
        left = member.file_size
        while piece := source.read(min(_MIB, left + 1)):
            left -= len(piece)
            if left < 0:
                raise zipfile.BadZipFile("longer than announced")
            copy.write(piece)
    if left:
        target.unlink()
        raise zipfile.BadZipFile("shorter than announced")


def _common_folder(members: list[zipfile.ZipInfo]) -> str:
    """The folder in which a zip holds everything, with its `/`; "" when there is none."""
    first = {member.orig_filename.partition("/")[0] for member in members}
    if len(first) != 1 or any("/" not in member.orig_filename for member in members):
        return ""
    name = first.pop()
    return "" if name in {"", "..", ".", "journal", "blobs"} else f"{name}/"
