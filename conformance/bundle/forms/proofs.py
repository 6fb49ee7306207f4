"""Reads `proofs/index.csv` of a bundle, which a stranger may have written."""

import csv
import io
import posixpath
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

from conformance.bundle.reading import name_problem
from conformance.errors import BundleFault
from conformance.evidence.package import ProofRow, State
from conformance.locale import _
from conformance.locale.printable import printable

INDEX = "proofs/index.csv"

_STATES = get_args(State)
_SHOWN = 80


def proof_rows(folder: Path) -> list[ProofRow]:
    """The rows of `proofs/index.csv`, as they were sealed; none when the run left no list.

    Raises `BundleFault` when it is no such table, names a state of its own, or a file outside the
    bundle.
    """
    path = folder / INDEX
    if not path.is_file():
        return []
    try:
        text = path.read_text(encoding="utf-8")
        return list(_rows(text))
    except (UnicodeDecodeError, csv.Error) as error:
        said = _("{path}: not a list of proofs ({reason})")
        reason = printable(str(error))[:_SHOWN]
        raise BundleFault(said.format(path=INDEX, reason=reason)) from error


def _rows(text: str) -> Iterator[ProofRow]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    names = [field.name for field in fields(ProofRow)]
    for row in reader:
        values: dict[str, Any] = {name: row.get(name) or "" for name in names}
        if not values["id"]:
            continue
        if values["state"] not in _STATES:
            said = _("{path}: line {line}: state {value}: expected one of {known}")
            about = {"value": printable(values["state"])[:_SHOWN], "known": ", ".join(_STATES)}
            raise BundleFault(said.format(path=INDEX, line=reader.line_num, **about))
        if values["file"]:
            _inside(values["file"], reader.line_num)
        yield ProofRow(**values)


def _inside(name: str, line: int) -> None:
    """A link of the report leads there: nowhere else than into the bundle."""
    if name_problem(posixpath.normpath(posixpath.join("proofs", name))):
        said = _("{path}: line {line}: file {value}: not a file of the bundle")
        about = {"value": printable(name)[:_SHOWN]}
        raise BundleFault(said.format(path=INDEX, line=line, **about))
