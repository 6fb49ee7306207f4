"""Reads the bundles that a dossier is drawn from: sealed and intact ones only.

A bundle comes from another machine, so nothing in it is trusted beyond its seal: names are held to
the files it really has, and values to the words that they may be.
"""

import contextlib
import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from conformance.bundle.forms.findings import load_findings
from conformance.bundle.reading import Contents, contents
from conformance.bundle.seal import MANIFEST
from conformance.bundle.verify import INTACT, verified
from conformance.catalogue import Catalogue, Proof
from conformance.deciding.decisions import Decisions, decisions_of
from conformance.deciding.file import Target
from conformance.dossier.model import Evidence, LeftOut, Product
from conformance.dossier.verdicts import Settled, scenario_verdicts
from conformance.errors import BundleFault
from conformance.locale import _
from conformance.wording.verdicts import choice_word

_ROWS_AT_MOST = 20_000

Gap = tuple[bool, str, str]
"""Why a proof is missing: whether its scenario was played, in which run, the code of the reason."""

_NOT_PLAYED = "scenario-not-run"


@dataclass(slots=True)
class Gathered:
    """Everything that the bundles hold, by proof id, and what was left out."""

    evidence: dict[str, list[Evidence]] = field(default_factory=lambda: defaultdict(list))
    gaps: dict[str, Gap] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    taken: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """What a bundle must agree with: product, catalogue, and whether another catalogue will do."""

    product: Product
    catalogue: Catalogue
    any_catalogue: bool = False


def expand(paths: Iterable[Path]) -> list[Path]:
    """The bundles that `paths` name; a folder of bundles (`reports`) stands for those in it."""
    found: list[Path] = []
    for path in paths:
        inside = [] if _is_bundle(path) or not path.is_dir() else sorted(path.iterdir())
        bundles = [entry for entry in inside if _is_bundle(entry)]
        found += bundles or [path]
    return found


def _is_bundle(path: Path) -> bool:
    return (path / "journal").is_dir() or (path / MANIFEST).is_file() or path.suffix == ".zip"


def gather(paths: Iterable[Path], terms: Terms, stack: contextlib.ExitStack) -> Gathered:
    """Read every bundle; zips stay unpacked for the life of `stack`.

    A bundle that is not sealed, altered, of another product or of another catalogue is left out and
    told. Raises `OSError` when something cannot be read.
    """
    found = Gathered()
    seen: dict[str, str] = {}
    for path in paths:
        name = path.name or str(path)
        try:
            opened = stack.enter_context(contents(path))
            _take(path, name, opened, terms, found, seen)
            found.taken += 1
        except BundleFault as fault:
            found.left_out.append(LeftOut(name, str(fault)))
    return found


def _take(
    path: Path, name: str, opened: Contents, terms: Terms, found: Gathered, seen: dict[str, str]
) -> None:
    """One bundle. Raises `BundleFault`: why it counts for nothing."""
    verification = verified(path, opened)
    if verification.code != INTACT:
        raise BundleFault(" ".join(verification.sentences[:2]))
    manifest = opened.sha256(MANIFEST)
    if manifest in seen:
        raise BundleFault(
            _("{path}: the same bundle as {other}").format(path=name, other=seen[manifest])
        )
    seen[manifest] = name
    run = run_of(opened.folder)
    older = _other_catalogue(name, run, terms)
    decisions = decisions_of(path, opened.folder)
    found.notes += decisions.problems
    verdicts = scenario_verdicts(
        load_findings(opened.folder).get("findings", ()), _choices(decisions)
    )
    known = {proof.id: proof for proof in terms.catalogue.proofs}
    rows = [(known[row["id"]], row) for row in _rows(opened) if row["id"] in known]
    shown = []
    for proof, row in rows:
        if row["state"] == "present":
            plain = _evidence(proof, row, opened, name)
            settled = _decision(decisions, proof.id, proof.requirement)
            shown.append(
                replace(
                    plain,
                    verdict=verdicts(proof.scenario),
                    decision=settled[0],
                    decided=settled[1],
                    older_catalogue=older,
                )
            )
    for each in shown:
        found.evidence[each.proof].append(each)
    for proof, row in rows:
        if row["state"] != "present":
            reason = row["reason"]
            gap = (reason != _NOT_PLAYED, str(run.get("run_id") or ""), reason)
            found.gaps[proof.id] = max(found.gaps.get(proof.id, gap), gap)


def _evidence(proof: Proof, row: Mapping[str, str], opened: Contents, name: str) -> Evidence:
    """What `index.csv` says of a proof that is there. Raises `BundleFault` if it is not."""
    place = _place(row["file"], opened, name)
    return Evidence(
        proof=proof.id,
        bundle=name,
        file=place,
        kind=row["kind"],
        sha256=opened.sha256(place),
        product=Product(row["product"], row["version"], row["build"]),
        at=row["filmed_at"],
        deposit=row["deposit"] if row["deposit"] == "product" else "rehearsal",
        verdict="not_tested",
        trouble=row["reason"],
        made_from=row["made_from"],
        path=opened.files[place],
    )


def run_of(folder: Path) -> Mapping[str, Any]:
    """What `run.json` says of the run. Raises `BundleFault` when it says nothing."""
    path = folder / "run.json"
    try:
        run = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError, RecursionError) as error:
        raise BundleFault(_("{path}: does not say what was run").format(path="run.json")) from error
    if not isinstance(run, dict) or not isinstance(run.get("product"), dict):
        raise BundleFault(_("{path}: does not say what was run").format(path="run.json"))
    return run


def _other_catalogue(name: str, run: Mapping[str, Any], terms: Terms) -> bool:
    """Whether another catalogue judged the bundle; raises `BundleFault` if it cannot count."""
    product = str(run["product"].get("name") or "")
    if product != terms.product.name:
        said = _("{path}: of the product {theirs}, the plan is of {ours}")
        raise BundleFault(said.format(path=name, theirs=product, ours=terms.product.name))
    plan = run.get("plan")
    mutant = plan.get("mutant") if isinstance(plan, dict) else None
    if mutant:
        said = _("{path}: of a faulty variant of the reference system ({name})")
        raise BundleFault(said.format(path=name, name=mutant))
    held = run.get("catalogue")
    theirs = str(held.get("sha256") or "") if isinstance(held, dict) else ""
    if theirs == terms.catalogue.sha256:
        return False
    if not terms.any_catalogue:
        said = _(
            "{path}: judged by another version of the catalogue ({theirs}, here {ours}): run it "
            "again, or take it with --other-catalogue, to be checked line by line"
        )
        ours = terms.catalogue.sha256[:12]
        raise BundleFault(said.format(path=name, theirs=theirs[:12] or "?", ours=ours))
    return True


def _rows(opened: Contents) -> list[dict[str, str]]:
    """`proofs/index.csv`; every value is text, unknown columns are left aside."""
    path = opened.files.get("proofs/index.csv")
    if path is None:
        raise BundleFault(_("{path}: missing").format(path="proofs/index.csv"))
    text = path.read_bytes().decode("utf-8", "replace")
    rows = []
    try:
        for row in csv.DictReader(io.StringIO(text, newline="")):
            rows.append({name: str(row.get(name) or "") for name in _COLUMNS})
            if len(rows) > _ROWS_AT_MOST:
                said = _("{path}: more than {limit} lines")
                raise BundleFault(said.format(path="proofs/index.csv", limit=_ROWS_AT_MOST))
    except csv.Error as error:
        said = _("{path}: no CSV ({reason})")
        raise BundleFault(said.format(path="proofs/index.csv", reason=error)) from error
    return rows


_COLUMNS = (
    "id", "file", "kind", "product", "version", "build", "filmed_at", "deposit", "made_from",
    "state", "reason",
)  # fmt: skip


def _place(file: str, opened: Contents, name: str) -> str:
    """Where a proof of `index.csv` stands in the bundle. Raises `BundleFault` if it does not."""
    parts: list[str] = ["proofs"]
    for part in PurePosixPath(file).parts:
        if part == "..":
            parts = parts[:-1]
        else:
            parts.append(part)
    place = "/".join(parts)
    if not file or place not in opened.files:
        said = _("{path}: proofs/index.csv names {file}, which the bundle does not contain")
        raise BundleFault(said.format(path=name, file=file or "?"))
    return place


def _choices(decisions: Decisions) -> Settled:
    """What people decided on a finding, by its key."""

    def choice(key: tuple[str, str, str]) -> str:
        decision = decisions.settled(Target("finding", key))
        return decision.choice if decision else ""

    return choice


def _decision(decisions: Decisions, proof: str, requirement: str) -> tuple[str, str]:
    """What people decided on a proof, else on its requirement, and the sentence that says so."""
    decision = decisions.settled(Target("proof", (proof,))) or decisions.settled(
        Target("requirement", (requirement,))
    )
    if decision is None:
        return "", ""
    said = _("{choice}, decided by {author} on {date}")
    return decision.choice, said.format(
        choice=choice_word(decision.choice), author=decision.author, date=decision.date[:10]
    )


def newest_gaps(gaps: Mapping[str, Gap]) -> dict[str, str]:
    """Why each proof is missing, by the newest run that played its scenario, if one did."""
    return {proof: reason for proof, (_played, _run, reason) in gaps.items()}


def names(found: Iterable[LeftOut]) -> Iterator[str]:
    """One line for each bundle that was left out."""
    for each in found:
        yield each.why if each.bundle in each.why else f"{each.bundle}: {each.why}"
