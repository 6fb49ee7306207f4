"""The rows of `proofs/index.csv`, read from a bundle that a stranger may have written."""

import csv
import io
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

from conformance.bundle.reading import name_problem
from conformance.errors import BundleFault
from conformance.locale import _
from conformance.locale.printable import printable

INDEX = "proofs/index.csv"

State = Literal["present", "missing", "not_tested"]
_STATES = get_args(State)
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class ProofRow:
    """One line of `proofs/index.csv`; every value is text, empty when there is none.

    `file` is relative to `proofs/`. `filmed_at` is when its (first) piece was recorded, RFC 3339 in
    UTC. `deposit` is `rehearsal` for anything that shows a mock, `external` for what was shown with
    external services only, `product` for what the product itself made. `made_from` lists the
    pieces: `mail@5/first=mail.eml; mail@8/first=missing`.
    `reason`: `obtained-elsewhere`, `no-story`, `scenario-not-run`, `nothing-recorded`,
    `film-check-failed`, `film-cut-short`, `film-not-kept` (`--video failures`), `film-over-ceiling`
    (`--max-size`), `film-not-made` (`--no-video`), `scenario-not-completed` (there, but of a story
    that did not come to its end).
    """

    id: str
    file: str
    kind: str
    sha256: str
    product: str
    version: str
    build: str
    filmed_at: str
    deposit: str
    made_from: str
    state: State
    reason: str


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
