"""Reads `findings.json` of a bundle, which a stranger may have written."""

import json
from pathlib import Path
from typing import Any

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conformance.bundle.reading import BundleFault
from conformance.judging.findings import Verdict
from conformance.locale import _
from conformance.locale.printable import printable

_SHOWN = 120


class _Form(BaseModel):
    """What readers count on; what another version of the bench adds is no mistake."""

    model_config = ConfigDict(extra="ignore", strict=True)


class _Key(_Form):
    rule: str
    scenario: str
    subject: str


class _Finding(_Form):
    key: _Key
    said: str | None
    verdict: Verdict = Field(strict=False)
    params: dict[str, Any]
    seen: list[str]
    witness: str | None
    reason: str | None
    known: bool


class _Findings(_Form):
    findings: list[_Finding]
    rules: dict[str, str] = Field(default_factory=dict)


def load_findings(folder: Path) -> dict[str, Any]:
    """The findings of the bundle in `folder`, in the form of this bench.

    Raises `BundleFault` when it holds none: its run was not finished, or the file is damaged or of
    another form; numbers that no two machines write alike (RFC 8785) are of another form.
    """
    path = folder / "findings.json"
    try:
        loaded: Any = json.loads(path.read_bytes())
        if not isinstance(loaded, dict):
            raise BundleFault(_("{path}: expected an object of findings").format(path=path))
        _Findings.model_validate(loaded)
        rfc8785.dumps(loaded)
    except FileNotFoundError as error:
        said = _("{path}: missing: the run was not finished, see banc finish")
        raise BundleFault(said.format(path=path)) from error
    except ValidationError as error:
        said = _("findings.json: not in the form of this bench ({reason})")
        raise BundleFault(said.format(reason=_first(error))) from error
    except (ValueError, RecursionError) as error:
        said = _("{path}: not JSON ({reason})")
        raise BundleFault(said.format(path=path, reason=printable(str(error))[:_SHOWN])) from error
    return dict(loaded)


def _first(error: ValidationError) -> str:
    """The first place that is of another form, and how."""
    first = error.errors(include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "?"
    return printable(f"{place}: {first['type']}")[:_SHOWN]
