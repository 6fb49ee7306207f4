"""A workbook, CSV or YAML file as lines of named cells, whatever its layout."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

import yaml

from conformance.catalogue.official.columns import (
    HEADING_WITHIN,
    PROOF,
    PROOF_ID,
    TITLES,
    Columns,
    columns_of,
)
from conformance.catalogue.official.model import Layout
from conformance.catalogue.official.opening import (
    LIMITS,
    Cells,
    Limits,
    octets_of,
    opened_workbook,
    rows_of,
)
from conformance.catalogue.official.words import clean_text, folded
from conformance.errors import CatalogueFault
from conformance.locale import _, phrase

GUARDED = ("=", "+", "-", "@", "\t")
"""What a spreadsheet takes for a formula: in a CSV such a text stands behind an apostrophe."""

_DATED = (TITLES["status"], TITLES["previous"], TITLES["comment"])
"""Columns in which a date may well be meant: when the row was published or last changed."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number in the file, its cells by our names, its proofs as (id, text).

    Ids are as they are written, blanks and all; texts are cleaned.

    `dates` are the columns in which the sheet holds a date where a text was meant.
    """

    place: int
    cells: Mapping[str, str]
    proofs: tuple[tuple[str, str], ...]
    dates: tuple[str, ...] = ()


@dataclass(slots=True)
class Table:
    """All lines of one sheet under its heading."""

    sheet: str
    layout: Layout
    lines: list[Line] = field(default_factory=list)
    twice: tuple[str, ...] = ()


def read_table(path: Path, sheet: str | None = None, limits: Limits = LIMITS) -> Table:
    """The lines of the official sheet of a workbook, or of a CSV or YAML file made by `export`.

    Without `sheet` the one called "Exigences…" is taken, else the only one with such a heading.
    Raises `CatalogueFault`: what the file is, or what it lacks.
    """
    if path.suffix.lower() == ".csv":
        return _table(path, path.stem, _csv_rows(path, limits))
    if path.suffix.lower() in (".yaml", ".yml"):
        return _table(path, path.stem, _yaml_rows(path, limits))
    with opened_workbook(path, limits) as book:
        name = _sheet(path, book.sheetnames, sheet)
        names = [name] if name else list(book.sheetnames)
        for candidate in names:
            rows = rows_of(path, book[candidate], limits)
            head = list(islice(rows, HEADING_WITHIN))
            if name or any(columns_of(cells) for _place, cells in head):
                return _table(path, candidate, chain(head, rows))
    if not names:
        raise CatalogueFault(_("{path}: a workbook without any sheet").format(path=path))
    said = _("{path}: no sheet “Exigences”, there are {known}: name it with --sheet")
    raise CatalogueFault(said.format(path=path, known=", ".join(names[:8])))


def _sheet(path: Path, names: Sequence[str], wanted: str | None) -> str | None:
    """The sheet to read; None when the headings must tell. Raises `CatalogueFault`."""
    if wanted is not None:
        found = [name for name in names if folded(name) == folded(wanted)]
        if not found:
            said = _("{path}: no sheet {name}, there are {known}")
            known = ", ".join(names[:8])
            raise CatalogueFault(said.format(path=path, name=repr(wanted), known=known))
        return found[0]
    named = [name for name in names if folded(name) == "exigences"]
    named = named or [name for name in names if folded(name).startswith("exigences")]
    if len(named) > 1:
        said = _("{path}: several sheets could be the one ({known}): name it with --sheet")
        raise CatalogueFault(said.format(path=path, known=", ".join(named[:8])))
    return named[0] if named else None


def _table(path: Path, sheet: str, rows: Iterable[tuple[int, Cells]]) -> Table:
    columns: Columns | None = None
    table: Table | None = None
    for seen, (place, cells) in enumerate(rows):
        if columns is None:
            columns = columns_of(cells)
            if columns is not None:
                _require_columns(path, sheet, place, columns)
                table = Table(sheet, columns.layout, twice=columns.twice)
            elif seen >= HEADING_WITHIN:
                break
            continue
        assert table is not None
        table.lines.append(_line(place, cells, columns))
    if table is None:
        said = _("{path}: sheet {sheet}: no line of headings (ID, Exigence, N° scénario…) among "
                 "the first {count}")  # fmt: skip
        raise CatalogueFault(said.format(path=path, sheet=repr(sheet), count=HEADING_WITHIN))
    if not table.lines:
        said = _("{path}: sheet {sheet}: no line under its headings")
        raise CatalogueFault(said.format(path=path, sheet=repr(sheet)))
    return table


def _require_columns(path: Path, sheet: str, place: int, columns: Columns) -> None:
    if not columns.missing:
        return
    said = _("{path}: sheet {sheet}: lacks {missing}: an older layout? Expected the columns of "
             "the 2024 template or of the Convergence export")  # fmt: skip
    what = said.format(path=path, sheet=repr(sheet), missing=_titles(columns.missing))
    if columns.unknown:
        other = _("line {line} also has titles that we do not know: {titles}")
        shown = _titles(columns.unknown[:6])
        what = f"{what} ({other.format(line=place, titles=shown)})"
    raise CatalogueFault(what)


def _titles(several: Iterable[str]) -> str:
    return ", ".join(f"« {title[:40]} »" for title in several)


def _line(place: int, cells: Sequence[Any], columns: Columns) -> Line:
    count = len(cells)
    dated: list[str] = []

    def at(where: int | None, title: str, *, raw: bool = False) -> str:
        value = cells[where] if where is not None and where < count else None
        if isinstance(value, date) and title not in _DATED:
            dated.append(title)
        return value if raw and isinstance(value, str) else _text(value)

    named = {
        name: at(where, TITLES[name], raw=name in ("id", "scenario_id"))
        for name, where in columns.places.items()
    }
    proofs = [(at(n, PROOF_ID, raw=True), at(text, PROOF)) for n, text in columns.proofs]
    filled = tuple((number, text) for number, text in proofs if number or text)
    return Line(place, named, filled, tuple(dated))


def _text(value: object) -> str:
    """A cell as text: whole numbers without a point, dates as they are written in ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and not value.time().isoformat().strip("0:"):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _csv_rows(path: Path, limits: Limits) -> Iterator[tuple[int, Cells]]:
    try:
        text = octets_of(path, limits).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        said = _("{path}: octet {place} is not UTF-8, expected a CSV in UTF-8")
        raise CatalogueFault(said.format(path=path, place=error.start)) from error
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, 1):
            if number > limits.lines:
                said = _("{path}: more than {limit} lines, more than a catalogue has")
                raise CatalogueFault(said.format(path=path, limit=limits.lines))
            if any(cells):
                yield number, tuple(_unguarded(cell) for cell in cells)
    except csv.Error as error:
        said = phrase("{path}: line {line} is no CSV ({reason})", path=path,
                      line=reader.line_num, reason=error)  # fmt: skip
        raise CatalogueFault(said) from error


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:2] in (*GUARDED, "'") else cell


def _yaml_rows(path: Path, limits: Limits) -> Iterator[tuple[int, Cells]]:
    """The rows of a list of tables, under a heading made of their keys."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        data = yaml.load(octets_of(path, limits).decode("utf-8"), Loader=loader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        why = " ".join(str(error).split())[:160]
        said = phrase("{path}: not YAML ({reason})", path=path, reason=why)
        raise CatalogueFault(said) from error
    rows = data if isinstance(data, list) else []
    if not rows or not all(isinstance(row, dict) for row in rows) or len(rows) > limits.lines:
        said = _("{path}: expected a list of tables, as banc catalogue export --to yaml writes it")
        raise CatalogueFault(said.format(path=path))
    titles = list(dict.fromkeys(str(title) for row in rows for title in row))
    yield 1, tuple(titles)
    for number, row in enumerate(rows, 2):
        for title, value in row.items():
            if isinstance(value, list | dict):
                said = _("{path}: row {line}: {title}: expected text")
                raise CatalogueFault(said.format(path=path, line=number - 1, title=title))
        yield number, tuple(row.get(title) for title in titles)
