"""How a run compares with the deposit that it was made like, from what its own bundle keeps."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from conformance.bundle.forms.findings import load_findings
from conformance.comparing.deposit import FOLDER
from conformance.comparing.diff import Difference, compare, lines
from conformance.errors import BundleFault
from conformance.locale import _


class _About(BaseModel):
    """`like/deposit.json`."""

    model_config = ConfigDict(extra="ignore", strict=True)
    manifest: str | None
    run_id: str
    scenarios: list[str]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a run compares with the deposit that it was made like.

    `not_run` are the scenarios of the deposit that it did not run, `added` those that only it ran:
    neither is compared.
    """

    run_id: str
    manifest: str | None
    difference: Difference
    not_run: tuple[str, ...]
    added: tuple[str, ...]

    def lines(self) -> list[str]:
        """What differs, in sentences, what became worse first; changed rules were named before."""
        return lines(replace(self.difference, rules_changed=[]))


def likeness_in(
    folder: Path, findings: Mapping[str, Any], told: Collection[str]
) -> Likeness | None:
    """The difference of the bundle `folder` with its deposit; None when it was made like none.

    `findings` are those of the new run, `told` its scenarios. Findings over the whole run are
    compared only when the same scenarios ran, no more and no less. Raises `BundleFault`.
    """
    path = folder / FOLDER / "deposit.json"
    if not path.is_file():
        return None
    about = _about(path)
    not_run = tuple(name for name in about["scenarios"] if name not in told)
    added = tuple(name for name in told if name not in about["scenarios"])
    old, new = load_findings(folder / FOLDER), findings
    if not_run or added:
        both = {*told} & {*about["scenarios"]}
        old, new = _within(old, both), _within(new, both)
    return Likeness(about["run_id"], about["manifest"], compare(old, new), not_run, added)


def _about(path: Path) -> dict[str, Any]:
    """What `like/deposit.json` says. Raises `BundleFault` when it is not in its form."""
    try:
        return _About.model_validate_json(path.read_bytes()).model_dump()
    except ValidationError as error:
        said = _("like/deposit.json: not in the form of this bench ({reason})")
        reason = error.errors(include_url=False, include_context=False)[0]["type"]
        raise BundleFault(said.format(reason=reason)) from error


def _within(findings: Mapping[str, Any], told: Collection[str]) -> dict[str, Any]:
    kept = [f for f in findings["findings"] if f["key"]["scenario"] in told]
    return {**findings, "findings": kept}
