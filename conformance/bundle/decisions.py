"""What people decided about a sealed bundle: signed files beside it, never in it.

The decisions on a bundle `X` (folder or zip) stand in `X.decisions/`: `001.json` (RFC 8785) and
`001.jws`, its detached signature, and so on. Only a decision turns a `review` into something else;
the verdict of the bench stays what it was.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from conformance.bundle.decision_file import (
    LONGEST,
    Choice,
    Document,
    FindingKey,
    Role,
    Target,
    read_document,
)
from conformance.bundle.findings import load_findings
from conformance.bundle.proof_list import INDEX, proof_rows
from conformance.bundle.reading import BundleFault, opened, sha256_of
from conformance.bundle.seal import MANIFEST, SIGNATURE
from conformance.bundle.signature import Signer, read_signature
from conformance.bundle.verify import manifest_of
from conformance.catalogue import catalogue_in
from conformance.locale import _
from conformance.reporting.words import choice_word, role_word

_NAME = re.compile(r"(\d{3}|[1-9]\d{3,})\.(json|jws)")


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision, its signature held. `number` is that of its file, `date` a day or RFC 3339."""

    number: int
    targets: tuple[Target, ...]
    choice: Choice
    author: str
    role: Role
    date: str
    comment: str
    signer: Signer

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.number:03d}.json"


@dataclass(frozen=True, slots=True)
class Decisions:
    """Everything decided about one bundle, in order of number.

    `problems` are sentences about files that count for nothing (forged, of another bundle, on
    something unknown…); `notes` say which decision replaced which, and where roles differ.
    """

    folder: Path
    all: tuple[Decision, ...] = ()
    problems: tuple[str, ...] = ()
    _latest: Mapping[Target, Mapping[Role, Decision]] = field(default_factory=dict)

    def of(self, key: str | FindingKey | Target) -> Mapping[Role, Decision]:
        """The decision of each role in force on a finding (its key), a proof or a requirement."""
        return self._latest.get(as_target(key)) or self._latest.get(_requirement(key)) or {}

    def settled(self, key: str | FindingKey | Target) -> Decision | None:
        """What counts for `key`: the auditor's decision, else the vendor's, else nothing."""
        found = self.of(key)
        return found.get("auditor") or found.get("vendor")

    @property
    def targets(self) -> tuple[Target, ...]:
        """Everything that somebody decided on, in the order of the first decision on it."""
        return tuple(self._latest)

    @property
    def notes(self) -> tuple[str, ...]:
        """Which decision a later one of the same role replaced, and what two roles differ on."""
        return (*_replaced(self.all), *_differing(self._latest))


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a decision is held to: the manifest of a bundle, and what can be decided on in it."""

    manifest: str
    run_id: str
    verdicts: Mapping[FindingKey, str]
    proofs: frozenset[str]
    requirements: frozenset[str]

    def knows(self, target: Target) -> bool:
        """Whether the bundle holds what the decision is about."""
        if target.kind == "finding":
            return target.parts in self.verdicts
        return target.parts[0] in (self.proofs if target.kind == "proof" else self.requirements)


def decisions_of(bundle: Path, folder: Path | None = None) -> Decisions:
    """The decisions recorded beside `bundle` (folder or zip), each verified.

    What does not hold is told in `problems` and counts for nothing: a signature that does not fit,
    a decision on another bundle or on something that this one lacks, a day still to come, a bundle
    that is not sealed. The films and blobs of the bundle are not read: `banc verify` does that.
    `folder` is where a zip has been unpacked already. Raises `OSError` for what cannot be read.
    """
    beside = decisions_folder(bundle)
    if not beside.is_dir():
        return Decisions(beside)
    try:
        if folder is not None:
            sealed = sealed_in(folder)
        else:
            with opened(bundle) as own:
                sealed = sealed_in(own)
    except BundleFault as fault:
        said = _("{folder}: nothing in it counts: {reason}")
        return Decisions(beside, problems=(said.format(folder=beside, reason=fault),))
    problems: list[str] = []
    held = tuple(_held(beside, sealed, problems))
    return Decisions(beside, held, tuple(problems), _in_force(held))


def decisions_folder(bundle: Path) -> Path:
    """Where the decisions on `bundle` stand: beside it, its whole name with `.decisions` added."""
    whole = bundle.resolve()
    return whole.with_name(f"{whole.name}.decisions")


def sealed_in(folder: Path) -> Sealed:
    """What can be decided on in the bundle `folder`, its seal held for what is read here.

    Raises `BundleFault` when it is not sealed, or when manifest, findings or list of proofs are not
    as they were sealed.
    """
    manifest, signature = folder / MANIFEST, folder / SIGNATURE
    if not (manifest.is_file() and signature.is_file()):
        raise BundleFault(_("{path}: not sealed: its run did not finish").format(path=folder))
    octets = manifest.read_bytes()
    read = read_signature(signature.read_bytes(), octets)
    named = manifest_of(octets)
    if read is None or not read.holds or named is None:
        said = _("{path} or {other}: altered: the signature does not fit the manifest")
        raise BundleFault(said.format(path=MANIFEST, other=SIGNATURE))
    hashes = {file.path: file.sha256 for file in named.files}
    for name in ("findings.json", INDEX):
        path = folder / name
        if name in hashes and not (path.is_file() and sha256_of(path) == hashes[name]):
            raise BundleFault(_("{path}: altered").format(path=name))
    return Sealed(
        manifest=hashlib.sha256(octets).hexdigest(),
        run_id=named.run_id,
        verdicts=_verdicts(folder) if "findings.json" in hashes else {},
        proofs=frozenset(row.id for row in proof_rows(folder)) if INDEX in hashes else frozenset(),
        requirements=catalogue_in(folder).requirement_ids,
    )


def as_target(key: str | FindingKey | Target) -> Target:
    """The target of a finding's key or of a proof id."""
    if isinstance(key, Target):
        return key
    return Target("proof", (key,)) if isinstance(key, str) else Target("finding", key)


def _requirement(key: str | FindingKey | Target) -> Target:
    return Target("requirement", (key,)) if isinstance(key, str) else as_target(key)


def _verdicts(folder: Path) -> dict[FindingKey, str]:
    verdicts: dict[FindingKey, str] = {}
    for finding in load_findings(folder)["findings"]:
        key = finding["key"]
        verdicts[key["rule"], key["scenario"], key["subject"]] = str(finding["verdict"])
    return verdicts


def _held(beside: Path, sealed: Sealed, problems: list[str]) -> Iterator[Decision]:
    """The decisions that hold, in order; a sentence in `problems` for each file that does not."""
    pairs: dict[int, dict[str, Path]] = {}
    for path in sorted(beside.iterdir()):
        named = _NAME.fullmatch(path.name)
        if named is None or path.is_symlink() or not path.is_file():
            problems.append(_("{path}: not a decision").format(path=path))
        else:
            pairs.setdefault(int(named[1]), {})[named[2]] = path
    before = 0
    for number, pair in sorted(pairs.items()):
        if number != before + 1:
            said = _("{path}: missing: decisions are numbered without a gap")
            problems.append(said.format(path=beside / f"{before + 1:03d}.json"))
        before = number
        try:
            yield _read(number, pair.get("json"), pair.get("jws"), sealed)
        except BundleFault as fault:
            problems.append(f"{beside / f'{number:03d}.json'}: {fault}")


def _read(number: int, path: Path | None, signature: Path | None, sealed: Sealed) -> Decision:
    """One decision. Raises `BundleFault`: why it does not hold."""
    if path is None:
        raise BundleFault(_("missing, its signature is there"))
    if signature is None:
        raise BundleFault(_("not signed"))
    octets = _octets(path)
    signed = read_signature(_octets(signature), octets)
    if signed is None:
        raise BundleFault(_("{path}: not a signature of this bench").format(path=signature.name))
    if not signed.holds:
        said = _("altered: {path} does not fit it")
        raise BundleFault(said.format(path=signature.name))
    read = read_document(octets)
    _fits(read, sealed)
    if signed.signer.who != "user":
        raise BundleFault(_("signed by a key made for one run, expected one that lasts"))
    return Decision(number, read.targets, read.decision, read.author, read.role, read.date,
                    read.comment, signed.signer)  # fmt: skip


def _octets(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LONGEST + 1)


def _fits(read: Document, sealed: Sealed) -> None:
    if read.manifest != sealed.manifest:
        said = _("decided on another bundle ({run}, manifest {theirs}), this one is {ours}")
        about = {"run": read.run_id, "theirs": read.manifest[:12], "ours": sealed.manifest[:12]}
        raise BundleFault(said.format(**about))
    for target in read.targets:
        if not sealed.knows(target):
            raise BundleFault(_("{name}: the bundle holds nothing of that name").format(
                name=target.name))  # fmt: skip


def _in_force(decisions: Iterable[Decision]) -> dict[Target, dict[Role, Decision]]:
    latest: dict[Target, dict[Role, Decision]] = {}
    for decision in decisions:
        for target in decision.targets:
            latest.setdefault(target, {})[decision.role] = decision
    return latest


def _replaced(decisions: Iterable[Decision]) -> Iterator[str]:
    before: dict[tuple[Target, Role], Decision] = {}
    for decision in decisions:
        for target in decision.targets:
            earlier = before.get((target, decision.role))
            before[target, decision.role] = decision
            if earlier is None:
                continue
            said = _("{name}: {later} replaces {earlier} of the same role ({role})")
            if earlier.signer.thumbprint != decision.signer.thumbprint:
                said = _(
                    "{name}: {later} replaces {earlier} of the same role ({role}), by another key"
                )
            yield said.format(name=target.name, later=decision.file, earlier=earlier.file,
                              role=role_word(decision.role))  # fmt: skip


def _differing(latest: Mapping[Target, Mapping[Role, Decision]]) -> Iterator[str]:
    for target, roles in latest.items():
        if len({decision.choice for decision in roles.values()}) > 1:
            told = ", ".join(
                f"{role_word(role)} – {choice_word(roles[role].choice)}" for role in sorted(roles)
            )
            yield _("{name}: two views: {told}").format(name=target.name, told=told)
