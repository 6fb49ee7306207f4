"""Reads `findings.json` of a bundle, which a stranger may have written."""

import json
import re
from pathlib import Path
from typing import Any

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conformance.errors import BundleFault
from conformance.judging.findings import Verdict
from conformance.locale import _
from conformance.locale.printable import printable

_SHOWN = 120
_HALVES = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]|\x00")
"""Octets that may stand for half a character (JSON in UTF-16 too), which no text may hold."""


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
        octets = path.read_bytes()
        loaded: Any = json.loads(octets)
        if not isinstance(loaded, dict):
            raise BundleFault(_("{path}: expected an object of findings").format(path=path))
        _Findings.model_validate(loaded)
        _require_free_values(loaded, halves=_HALVES.search(octets) is not None)
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


def _require_free_values(loaded: dict[str, Any], *, halves: bool) -> None:
    """Hold to RFC 8785 what the form leaves free; the rest is text, which fails only by `halves`.

    Raises `ValueError` or `RecursionError`.
    """
    whole = len(_Finding.model_fields), len(_Key.model_fields)
    rfc8785.dumps({name: value for name, value in loaded.items() if halves or name != "findings"})
    for finding in loaded["findings"]:
        if (len(finding), len(finding["key"])) != whole:
            rfc8785.dumps(finding)
        elif finding["params"]:
            rfc8785.dumps(finding["params"])


def _first(error: ValidationError) -> str:
    """The first place that is of another form, and how."""
    first = error.errors(include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "?"
    return printable(f"{place}: {first['type']}")[:_SHOWN]
