"""Follows the journals of a bundle: how far each chain holds, and what its events ask for."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from conformance.bundle.forms.events import misshapen_table
from conformance.journal import Event, JournalFault, read_part
from conformance.journal.kinds import KINDS
from conformance.locale import _

_SHOWN = 20


@dataclass(slots=True)
class Followed:
    """What the journals said. `lines` counts whole lines by part (`journal/<name>.jsonl`)."""

    lines: dict[str, int] = field(default_factory=dict)
    faults: dict[str, JournalFault] = field(default_factory=dict)
    blobs: set[str] = field(default_factory=set)
    misshapen: list[str] = field(default_factory=list)

    @property
    def broken(self) -> list[str]:
        """The parts whose chain does not hold, for another reason than a cut last line."""
        return [name for name, fault in self.faults.items() if fault.kind != "truncated"]

    def sentences(self) -> list[str]:
        """One sentence for each part that is not whole."""
        return [self._sentence(name, fault) for name, fault in self.faults.items()]

    def _sentence(self, name: str, fault: JournalFault) -> str:
        if fault.kind == "truncated":
            said = _("{path}: cut after {lines} whole lines, whose chain is intact")
        else:
            said = _("{path}: the chain is intact for {lines} lines; line {line} does not follow")
        return said.format(path=name, lines=self.lines[name], line=fault.line)


def follow(files: Mapping[str, Path], deep: bool = False) -> Followed:
    """Read every journal part to its last whole line; `deep` also checks every event."""
    found = Followed()
    for name in sorted(n for n in files if n.startswith("journal/") and n.endswith(".jsonl")):
        path = files[name]
        faults: list[JournalFault] = []
        found.lines[name] = 0
        for event in read_part(path, faults):
            found.lines[name] += 1
            found.blobs.update(blob.sha256 for blob in event.blobs)
            if deep and len(found.misshapen) < _SHOWN:
                found.misshapen += _misshapen(name, event)
        if faults:
            found.faults[name] = faults[0]
    return found


def _misshapen(name: str, event: Event) -> list[str]:
    if event.kind not in KINDS:
        said = _("{path}: line {line}: kind {kind} is not in the table")
        return [said.format(path=name, line=event.seq, kind=event.kind)]
    validate, known = _shape(event.kind)
    unknown = sorted(set(event.data) - known)
    if unknown:
        said = _("{path}: line {line}: {kind} has no {key}")
        return [said.format(path=name, line=event.seq, kind=event.kind, key=unknown[0])]
    try:
        validate(json.dumps(event.data))
    except (ValidationError, RecursionError) as error:
        where, why = _first(error)
    else:
        off = misshapen_table(event.kind, event.data)
        if off is None:
            return []
        where, why = off
    said = _("{path}: line {line}: {key} of {kind} is misshapen ({reason})")
    return [said.format(path=name, line=event.seq, kind=event.kind, key=where, reason=why)]


def _first(error: ValidationError | RecursionError) -> tuple[str, str]:
    """The first place that is of another form, and how."""
    if isinstance(error, RecursionError):
        return "data", "too_deep"
    first = error.errors()[0]
    return ".".join(str(step) for step in first["loc"]), first["type"]


@cache
def _shape(kind: str) -> tuple[Callable[[str], object], frozenset[str]]:
    adapter: TypeAdapter[Any] = TypeAdapter(KINDS[kind])

    def validate(text: str) -> object:
        return adapter.validate_json(text, strict=True)

    return validate, frozenset(field.name for field in fields(KINDS[kind]))
