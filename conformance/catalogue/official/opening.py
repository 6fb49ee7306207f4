"""The only door to a workbook that somebody else made: what it is, and limits on what it costs.

Nothing in the file is trusted. A document type declaration, which no part of a workbook may have
[ECMA-376 §8.1.4], is refused before any part is read: entities expand there.
"""

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

from conformance.errors import CatalogueFault
from conformance.locale import _, phrase
from conformance.locale.system import reason_of

_MIB = 1024 * 1024
_CFB = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_KNOWN = (
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"%PDF", "PDF"),
    (b"\x1f\x8b", "gzip"),
    (b"{\\rtf", "RTF"),
    (b"<", "HTML/XML"),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a workbook may be: octets on disk, of a part, of all parts; parts; lines; a cell.

    Parts that are read whole (styles, names of sheets) may be as large as `small`.
    """

    disk: int = 50 * _MIB
    part: int = 64 * _MIB
    small: int = 16 * _MIB
    total: int = 200 * _MIB
    parts: int = 2_000
    lines: int = 20_000
    columns: int = 200
    cell: int = 32_767


LIMITS = Limits()
Cells = tuple[Any, ...]


def octets_of(path: Path, limits: Limits = LIMITS) -> bytes:
    """The octets of a file that is read whole. Raises `CatalogueFault` when it is too large."""
    with _openable(path, limits) as file:
        return file.read()


@contextmanager
def _openable(path: Path, limits: Limits) -> Iterator[IO[bytes]]:
    """The file, open, once its size is known to be bearable."""
    try:
        if path.is_dir():
            raise CatalogueFault(
                _("{path}: a folder, expected a workbook (.xlsx)").format(path=path)
            )
        with path.open("rb") as file:
            size = path.stat().st_size
            if size > limits.disk:
                said = _("{path}: {size} MB, more than the {limit} MB that a workbook may have")
                about = {"size": -(-size // _MIB), "limit": limits.disk // _MIB}
                raise CatalogueFault(said.format(path=path, **about))
            yield file
    except OSError as error:
        said = phrase("{path}: cannot be read ({reason})", path=path, reason=reason_of(error))
        raise CatalogueFault(said) from error


@contextmanager
def opened_workbook(path: Path, limits: Limits = LIMITS) -> Iterator[Any]:
    """The workbook, read-only, with the values that were saved: no formula is ever evaluated.

    Raises `CatalogueFault` when the file is anything else, is damaged, or is over the limits.
    """
    from openpyxl import load_workbook

    with _openable(path, limits) as file:
        _recognise(path, file)
        _require_parts(path, file, limits)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of extensions that openpyxl leaves out
                book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except (
            Exception
        ) as error:  # whatever trips the library over a stranger's file is the file's
            raise damaged(path, error) from error
        try:
            yield book
        finally:
            book.close()


def rows_of(path: Path, sheet: Any, limits: Limits = LIMITS) -> Iterator[tuple[int, Cells]]:
    """The lines of a sheet that hold anything, with their numbers from 1.

    Raises `CatalogueFault` when it is damaged, has more lines than a catalogue can, or a cell that
    is longer than a sheet allows.
    """
    held = 0
    try:
        sheet.reset_dimensions()  # what the file says of its own size may be wrong
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            if number > 1_048_576:
                said = _("{path}: line {line} is beyond the last one that a sheet can have")
                raise CatalogueFault(said.format(path=path, line=number))
            if all(value is None or value == "" for value in cells):
                continue
            held += 1
            if held > limits.lines:
                said = _("{path}: more than {limit} lines, more than a catalogue has")
                raise CatalogueFault(said.format(path=path, limit=limits.lines))
            yield number, _bearable(path, number, cells, limits)
    except CatalogueFault:
        raise
    except Exception as error:
        raise damaged(path, error) from error


def _bearable(path: Path, number: int, cells: Cells, limits: Limits) -> Cells:
    for place, value in enumerate(cells, 1):
        if isinstance(value, str) and len(value) > limits.cell:
            said = _("{path}: line {line}, column {column}: {length} characters in a cell, "
                     "more than {limit}")  # fmt: skip
            about = {"line": number, "column": place, "length": len(value), "limit": limits.cell}
            raise CatalogueFault(said.format(path=path, **about))
    if any(value is not None and value != "" for value in cells[limits.columns :]):
        said = _("{path}: line {line}: more than {limit} columns, more than a catalogue has")
        raise CatalogueFault(said.format(path=path, line=number, limit=limits.columns))
    return cells[: limits.columns]


def damaged(path: Path, error: BaseException) -> CatalogueFault:
    """What to say of a workbook that the library cannot read."""
    if isinstance(error, zipfile.BadZipFile | EOFError | OSError):
        return CatalogueFault(_("{path}: damaged or cut short").format(path=path))
    why = " ".join(f"{type(error).__name__}: {error}".split())[:120]
    said = _("{path}: not a workbook that can be read ({reason})")
    return CatalogueFault(said.format(path=path, reason=why))


def _recognise(path: Path, file: IO[bytes]) -> None:
    head = file.read(8)
    if head.startswith(_CFB):
        while piece := file.read(_MIB):
            if _ENCRYPTED in piece:
                said = _("{path}: protected by a password: save it without one and import it again")
                raise CatalogueFault(said.format(path=path))
        said = _("{path}: an old Excel or Office file (.xls): save it as .xlsx and import it again")
        raise CatalogueFault(said.format(path=path))
    if not head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        kind = next((name for magic, name in _KNOWN if head.startswith(magic)), "")
        said = _("{path}: {kind}, expected a workbook (.xlsx)")
        what = phrase("a file of kind {kind}", kind=kind) if kind else _("not an Excel file")
        raise CatalogueFault(said.format(path=path, kind=what if head else _("an empty file")))
    file.seek(0)


def _require_parts(path: Path, file: IO[bytes], limits: Limits) -> None:
    """Checks the parts of the zip against the limits, by its directory: no more is unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            if "xl/workbook.xml" not in names:
                raise CatalogueFault(_no_workbook(path, names))
            total = sum(member.file_size for member in members)
            if len(members) > limits.parts or total > limits.total:
                said = _("{path}: swells to {size} MB, more than the {limit} MB that a workbook "
                         "may unpack to")  # fmt: skip
                about = {"size": -(-total // _MIB), "limit": limits.total // _MIB}
                raise CatalogueFault(said.format(path=path, **about))
            for member in members:
                _require_part(path, archive, member, limits)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise CatalogueFault(_("{path}: damaged or cut short").format(path=path)) from error
    file.seek(0)


def _no_workbook(path: Path, names: set[str]) -> str:
    if any(name.startswith("word/") for name in names):
        return _("{path}: a Word document, expected a workbook (.xlsx)").format(path=path)
    if "xl/workbook.bin" in names:
        said = _("{path}: a binary workbook (.xlsb): save it as .xlsx and import it again")
        return said.format(path=path)
    if "mimetype" in names and "content.xml" in names:
        said = _("{path}: an OpenDocument file: save it as .xlsx and import it again")
        return said.format(path=path)
    return _("{path}: a zip without a workbook, expected a .xlsx").format(path=path)


def _require_part(
    path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits
) -> None:
    name = member.filename
    if member.flag_bits & 1:
        said = _("{path}: protected by a password: save it without one and import it again")
        raise CatalogueFault(said.format(path=path))
    streamed = name.startswith("xl/worksheets/") or name == "xl/sharedStrings.xml"
    limit = limits.part if streamed or not name.endswith((".xml", ".rels")) else limits.small
    if member.file_size > limit:
        said = _("{path}: its part {part} swells to {size} MB, more than {limit} MB")
        about = {"size": -(-member.file_size // _MIB), "limit": limit // _MIB}
        raise CatalogueFault(said.format(path=path, part=name[:80], **about))
    if name.endswith((".xml", ".rels")) and _declares(archive, member):
        said = _("{path}: its part {part} declares a document type or entities, which no workbook "
                 "does")  # fmt: skip
        raise CatalogueFault(said.format(path=path, part=name[:80]))


class _Declared(Exception):
    """The prolog has a document type declaration."""


class _RootReached(Exception):
    """The first element began: nothing can be declared any more."""


def _declares(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Whether a part has a document type declaration; only what comes before its root is read."""

    def declared(*_args: object) -> None:
        raise _Declared

    def begun(*_args: object) -> None:
        raise _RootReached

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = declared
    parser.StartElementHandler = begun
    with archive.open(member) as part:
        try:
            while piece := part.read(4096):
                parser.Parse(piece)
        except _Declared:
            return True
        except (_RootReached, expat.ExpatError):
            return False  # a part that is no XML is told by who reads it
    return False
