"""A run like a deposited bundle: the same plan, data and rules on the product that is here.

What the new bundle needs to say the difference is copied into it (`like/`), so that judging,
sealing and reporting it stays a function of its own folder.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rfc8785
from pydantic import ValidationError

from conformance.bundle.files import write_whole
from conformance.bundle.forms.findings import load_findings
from conformance.bundle.forms.run import require_run_form
from conformance.bundle.reading import opened, sha256_of
from conformance.bundle.seal import MANIFEST
from conformance.bundle.verify import ALTERED, INTACT, verify
from conformance.catalogue import Catalogue, catalogue_in, catalogue_note
from conformance.comparing.diff import compare
from conformance.errors import AlteredBundle, BundleFault
from conformance.journal import Journal
from conformance.locale import _, _n
from conformance.plan import Plan, load_plan

FOLDER = "like"
_PLAN = {"corridor": "corridor", "wave": "waves", "profiles": "profiles", "packs": "packs",
         "fail_on": "fail_on"}  # fmt: skip
"""Keys of `[plan]`, and what `run.started` calls them."""


@dataclass(frozen=True, slots=True)
class Deposit:
    """What a bundle says of its run. `manifest` is None when it was never sealed.

    `scenarios` are the names of those that ran, in order; `run` the data of `run.started`;
    `catalogue` what judged it, in the version of this bench, and `note` says whether that is
    another one.
    """

    name: str
    manifest: str | None
    run: Mapping[str, Any]
    scenarios: tuple[str, ...]
    findings: Mapping[str, Any]
    catalogue: Catalogue
    note: str

    @property
    def run_id(self) -> str:
        """The id of its run."""
        return str(self.run.get("run_id") or self.name)

    @property
    def filmed(self) -> bool:
        """Whether it was filmed."""
        return bool((self.run.get("environment") or {}).get("film"))

    @property
    def strict(self) -> bool:
        """Whether rules of secondary source could refuse."""
        return bool(self.run["plan"].get("strict"))

    @property
    def lifetimes(self) -> str | None:
        """The lifetimes of every scenario; None: those of each."""
        named = self.run["plan"].get("lifetimes")
        return named if named in ("official", "short") else None

    @property
    def of_reference(self) -> bool:
        """Whether its product was the built-in reference system."""
        if "reference" in self.run["plan"]:
            return bool(self.run["plan"]["reference"])
        product = load_plan(None).product
        return dict(self.run.get("product") or {}) == product.model_dump(mode="json")


def deposit_of(bundle: Path) -> Deposit:
    """Verify and read the bundle that a run is to be like.

    Raises `AlteredBundle` when it is not as it was sealed, `BundleFault` when it is no bundle or
    its run was not finished.
    """
    verification = verify(bundle)
    if verification.code == ALTERED:
        said = _("--like {path}: {why}; nothing was run")
        raise AlteredBundle(said.format(path=bundle, why="; ".join(verification.sentences[:2])))
    with opened(bundle) as folder:
        journal = Journal(folder)
        journal.index()
        begun = [e.data for e in journal.brackets if e.kind == "run.started"]
        told = [e.scenario for e in journal.brackets if e.kind == "scenario.started"]
        if not begun or not isinstance(begun[0].get("plan"), Mapping):
            raise BundleFault(
                _("{path}: its journal does not say what was run").format(path=bundle)
            )
        require_run_form(begun[0])
        findings = load_findings(folder)
        compare(findings, findings)  # its form is held to before anything is started
        return Deposit(
            name=bundle.name,
            manifest=sha256_of(folder / MANIFEST) if verification.code == INTACT else None,
            run=begun[0],
            scenarios=tuple(dict.fromkeys(told)),
            findings=findings,
            catalogue=catalogue_in(folder),
            note=catalogue_note(folder),
        )


def as_deposited(plan: Plan, run: Mapping[str, Any]) -> Plan:
    """`plan` with what the run of the deposit asked for; product, faces and stage stay its own.

    Raises `BundleFault` when this bench cannot read what was asked for.
    """
    asked = {key: run["plan"][name] for key, name in _PLAN.items() if name in run["plan"]}
    told = {
        "plan": {**plan.plan.model_dump(exclude_none=True), **asked},
        "expected": run.get("expected") or [],
        "identities": run["plan"].get("identities") or plan.model_dump()["identities"],
    }
    if not told["plan"]["packs"]:
        told["plan"]["packs"] = list(plan.packs)  # the scenarios were named one by one
    text = json.dumps({**plan.model_dump(mode="json", by_alias=True, exclude_none=True), **told})
    try:
        made = Plan.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        said = _(
            "run.started: {key}: this bench does not know what the deposit asks for ({reason})"
        )
        raise BundleFault(said.format(key=key, reason=first["msg"])) from error
    return made.model_copy(update={"source": plan.source})


def strangeness(deposit: Deposit, rules: Mapping[str, str]) -> Iterator[str]:
    """What of the deposit is not the same here, a sentence each, to be said before the start.

    `rules` are the hashes of this bench.
    """
    if deposit.manifest is None:
        yield _("{name}: not sealed: nothing says that it is as it was made").format(
            name=deposit.name)  # fmt: skip
    theirs = str((deposit.run.get("catalogue") or {}).get("sha256") or "")
    ours = deposit.catalogue.sha256
    if deposit.note:
        yield deposit.note
    elif theirs != ours:
        said = _("catalogue of another version: {theirs} there, {ours} here")
        yield said.format(theirs=theirs[:12] or "?", ours=ours[:12])
    known = sorted({str(entry["rule"]) for entry in deposit.run.get("expected") or ()})
    if known:
        said = _("known failures of the deposit, which do not count here either: {rules}")
        yield said.format(rules=", ".join(known))
    before: Mapping[str, str] = deposit.run.get("rules") or {}
    changed = sorted(name for name in before.keys() & rules.keys() if before[name] != rules[name])
    sorts = (
        (changed, _n("rule changed since: {rules}", "rules changed since: {rules}", len(changed))),
        (sorted(rules.keys() - before.keys()), _("rules that the deposit did not have: {rules}")),
        (sorted(before.keys() - rules.keys()), _("rules that this bench lacks: {rules}")),
    )
    for names, said in sorts:
        if names:
            yield said.format(rules=", ".join(names))


def write_deposit(folder: Path, deposit: Deposit) -> None:
    """Keep in the bundle `folder` what the difference will be drawn from. Raises `OSError`."""
    (folder / FOLDER).mkdir()
    write_whole(folder / FOLDER / "findings.json", rfc8785.dumps(deposit.findings))
    about = {"manifest": deposit.manifest, "run_id": deposit.run_id,
             "scenarios": list(deposit.scenarios)}  # fmt: skip
    write_whole(folder / FOLDER / "deposit.json", rfc8785.dumps(about))
