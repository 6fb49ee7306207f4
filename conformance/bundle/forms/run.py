"""Checks the plan that a bundle records in `run.started`."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conformance.errors import BundleFault
from conformance.locale import _
from conformance.locale.printable import printable


class _Form(BaseModel):
    """Other versions of the bench know other keys: they are left aside, and may be missing."""

    model_config = ConfigDict(extra="ignore", strict=True)


class _Plan(_Form):
    corridor: list[str] | str | None = None
    waves: list[str] | str | None = None
    profiles: list[str] | None = None
    modes: list[str] | None = None
    packs: list[str] | None = None
    only: list[str] | None = None
    fail_on: list[str] | None = None
    lifetimes: str | None = None
    mutant: str | None = None
    strict: bool | None = None
    reference: bool | None = None
    identities: dict[str, dict[str, str]] | None = None


class _Expected(_Form):
    rule: str
    scenario: str | None = None
    subject: str | None = None
    until: str | None = None
    reason: str


class _Asked(_Form):
    run_id: str = ""
    bench: dict[str, Any] | None = None
    product: dict[str, str] | None = None
    plan: _Plan = Field(default_factory=_Plan)
    stage: dict[str, Any] | None = None
    expected: list[_Expected] | None = None
    environment: dict[str, Any] | None = None
    catalogue: dict[str, Any] | None = None
    rules: dict[str, str] | None = None


def require_run_form(run: object) -> None:
    """Checks the form of the data of `run.started`, tables included.

    Raises `BundleFault` that names the key.
    """
    try:
        _Asked.model_validate(run)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        key = printable(".".join(str(part) for part in first["loc"]))[:80] or "?"
        said = _("run.started: {key}: not in the form of this bench ({reason})")
        raise BundleFault(said.format(key=key, reason=first["type"])) from error
