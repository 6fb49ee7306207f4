"""One decision as it is written: `NNN.json` (RFC 8785), signed by `NNN.jws`."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal, get_args

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conformance.errors import BundleFault
from conformance.locale import _
from conformance.wording.verdicts import finding_name

Choice = Literal["conforme", "reserve", "visite", "non-conforme"]
Role = Literal["vendor", "auditor"]
TargetKind = Literal["finding", "proof", "requirement"]
FindingKey = tuple[str, str, str]
CHOICES: tuple[Choice, ...] = get_args(Choice)
"""The field's own words: conforme, réserve non bloquante, à voir en visite, non conforme."""
ROLES: tuple[Role, ...] = get_args(Role)
SCHEMA = 1
LONGEST = 1024 * 1024
"""Octets; a decision is some hundred."""

_LONGEST_NAME, _LONGEST_COMMENT = 200, 10_000
_ELSEWHERE = timedelta(hours=26)
"""Where it is latest, the day is that much further on than where it is earliest."""


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """What a decision is about: a finding (`parts`: rule, scenario, subject), a proof or a
    requirement (`parts`: its id)."""

    kind: TargetKind
    parts: tuple[str, ...]

    @property
    def name(self) -> str:
        """As `banc diff` writes it: `rule [scenario] subject`; of the others the id."""
        return finding_name(self.parts) if self.kind == "finding" else self.parts[0]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Key(_Table):
    rule: str
    scenario: str
    subject: str


class _Finding(_Table):
    finding: _Key


class _Proof(_Table):
    proof: str


class _Requirement(_Table):
    requirement: str


class Document(_Table):
    """`NNN.json`. `manifest` is the SHA-256 of the manifest of the bundle that was decided on.

    `date` is a day (`2027-01-31`) or a moment (RFC 3339, UTC).
    """

    version: Literal[1] = Field(default=1, alias="schema")
    manifest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    run_id: str
    on: Annotated[list[_Finding | _Proof | _Requirement], Field(min_length=1)]
    decision: Choice
    author: Annotated[str, Field(pattern=r"\S", max_length=_LONGEST_NAME)]
    role: Role
    date: str
    comment: Annotated[str, Field(max_length=_LONGEST_COMMENT)]

    @property
    def targets(self) -> tuple[Target, ...]:
        """What it is about."""
        return tuple(map(_target, self.on))

    def octets(self) -> bytes:
        """The file, in its one form."""
        return rfc8785.dumps(self.model_dump(mode="json", by_alias=True))


def document(targets: list[Target], **rest: Any) -> Document:
    """A decision about `targets`. Raises `BundleFault` naming what is wrong with a value."""
    try:
        return Document.model_validate({"on": [_written(target) for target in targets], **rest})
    except ValidationError as error:
        raise BundleFault(_complaint(error)) from error


def read_document(octets: bytes) -> Document:
    """The decision in these octets. Raises `BundleFault`: why it is none (the file is not named).

    Held to its one form, so that a signature over it can mean one thing only.
    """
    if len(octets) > LONGEST:
        raise BundleFault(_("over {limit} octets").format(limit=LONGEST))
    try:
        read = Document.model_validate_json(octets)
        if read.octets() != octets:
            raise BundleFault(_("not in the form of RFC 8785"))
    except ValidationError as error:
        raise BundleFault(_complaint(error)) from error
    if len(set(read.targets)) < len(read.on):
        raise BundleFault(_("names the same thing twice"))
    said_on(read.date)
    return read


def said_on(text: str, tolerance: timedelta = _ELSEWHERE) -> str:
    """`text` if it is a day or a moment that is not still to come.

    Raises `BundleFault`. `tolerance` is for clocks and days elsewhere in the world.
    """
    latest = datetime.now(UTC) + tolerance
    try:
        if len(text) == len("2027-01-31"):
            ahead = date.fromisoformat(text) > latest.date()
        else:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None:
                raise ValueError(text)
            ahead = moment > latest
    except ValueError as error:
        said = _("date {date}: expected a day such as 2027-01-31, or a moment with its time zone")
        raise BundleFault(said.format(date=repr(text[:40]))) from error
    if ahead:
        said = _("date {date}: still to come, expected a decision that was made")
        raise BundleFault(said.format(date=text))
    return text


def _target(written: _Finding | _Proof | _Requirement) -> Target:
    if isinstance(written, _Finding):
        key = written.finding
        return Target("finding", (key.rule, key.scenario, key.subject))
    if isinstance(written, _Proof):
        return Target("proof", (written.proof,))
    return Target("requirement", (written.requirement,))


def _written(target: Target) -> dict[str, Any]:
    if target.kind == "finding":
        return {"finding": dict(zip(("rule", "scenario", "subject"), target.parts, strict=True))}
    return {target.kind: target.parts[0]}


def _complaint(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    value = first.get("input")
    shown = repr(value)[:60] if isinstance(value, str | int) else ""
    if first["type"] == "json_invalid":
        return _("not JSON ({reason})").format(reason=first["ctx"]["error"])
    if first["loc"][:1] == ("author",) and isinstance(value, str) and not value.strip():
        return _("author: empty, expected the name of the person who decides")
    known = {"decision": CHOICES, "role": ROLES}.get(key)
    if known:
        said = _("{key} {value}: expected one of {known}")
        return said.format(key=key, value=shown, known=", ".join(known))
    said = _("{key} {value}: not in the form of a decision ({reason})")
    return said.format(key=key or "?", value=shown, reason=first["type"])
