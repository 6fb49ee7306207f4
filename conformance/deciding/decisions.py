"""What people decided about a sealed bundle: signed files beside it, never in it.

The decisions on a bundle `X` (folder or zip) stand in `X.decisions/`: `001.json` (RFC 8785) and
`001.jws`, its detached signature, and so on. Only a decision turns a `review` into something else;
the verdict of the bench stays what it was.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from conformance.bundle.reading import opened, sha256_of
from conformance.bundle.signature import Signer, read_signature
from conformance.deciding.file import (
    LONGEST,
    Choice,
    Document,
    FindingKey,
    Role,
    Target,
    read_document,
)
from conformance.deciding.targets import Sealed, sealed_in
from conformance.errors import BundleFault
from conformance.locale import _
from conformance.locale.printable import printable
from conformance.wording.verdicts import choice_word, role_word

_DAY = len("2027-01-31")
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


def decisions_of(bundle: Path, folder: Path | None = None) -> Decisions:
    """The decisions recorded beside `bundle` (folder or zip), each verified.

    What does not hold is told in `problems` and counts for nothing: a signature that does not fit,
    a decision on another bundle or on something that this one lacks, a day still to come, a bundle
    that is not sealed. The films and blobs of the bundle are not read: `banc verify` does that.
    `folder` is where a zip has been unpacked already. Raises `OSError` for what cannot be read.
    """
    beside = decisions_folder(bundle)
    if not beside.is_dir():
        there = (_("{path}: not a folder of decisions").format(path=beside),)
        return Decisions(beside, problems=there if os.path.lexists(beside) else ())
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
    return Decisions(beside, held, tuple(map(printable, problems)), _in_force(held))


def decisions_folder(bundle: Path) -> Path:
    """Where the decisions on `bundle` stand: beside it, its whole name with `.decisions` added."""
    whole = bundle.resolve()
    return whole.with_name(f"{whole.name}.decisions")


def as_target(key: str | FindingKey | Target) -> Target:
    """The target of a finding's key or of a proof id."""
    if isinstance(key, Target):
        return key
    return Target("proof", (key,)) if isinstance(key, str) else Target("finding", key)


def _requirement(key: str | FindingKey | Target) -> Target:
    return Target("requirement", (key,)) if isinstance(key, str) else as_target(key)


def _held(beside: Path, sealed: Sealed, problems: list[str]) -> Iterator[Decision]:
    """The decisions that hold, in order; a sentence in `problems` for each file that does not."""
    pairs: dict[int, dict[str, Path]] = {}
    for path in sorted(beside.iterdir()):
        named = _NAME.fullmatch(path.name)
        if named is None or path.is_symlink() or not path.is_file():
            problems.append(_("{path}: not a decision").format(path=path))
        else:
            pairs.setdefault(int(named[1]), {})[named[2]] = path
    before, known = 0, dict[str, int]()
    for number, pair in sorted(pairs.items()):
        if number != before + 1:
            said = _("{path}: missing: decisions are numbered without a gap")
            problems.append(said.format(path=beside / f"{before + 1:03d}.json"))
        before = number
        try:
            decision = _read(number, pair.get("json"), pair.get("jws"), sealed)
            copied = known.setdefault(sha256_of(pair["json"]), number)
            if copied != number:  # whoever holds the folder could bring back what was replaced
                said = _("the same as {earlier}: signed once, it counts once")
                raise BundleFault(said.format(earlier=f"{copied:03d}.json"))
            yield decision
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
            raise BundleFault(_("{name}: nothing in the bundle has that name").format(
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
            told = said.format(name=target.name, later=decision.file, earlier=earlier.file,
                               role=role_word(decision.role))  # fmt: skip
            yield told + (_(", although it is dated before") if _older(decision, earlier) else "")


def _older(decision: Decision, earlier: Decision) -> bool:
    """Whether what stands later is dated before: the number of a file is not signed, its day is."""
    texts = (decision.date, earlier.date)
    if all(len(text) > _DAY for text in texts):
        later, first = map(datetime.fromisoformat, texts)
        return later < first
    return decision.date[:_DAY] < earlier.date[:_DAY]


def _differing(latest: Mapping[Target, Mapping[Role, Decision]]) -> Iterator[str]:
    for target, roles in latest.items():
        if len({decision.choice for decision in roles.values()}) > 1:
            told = ", ".join(
                f"{role_word(role)} – {choice_word(roles[role].choice)}" for role in sorted(roles)
            )
            yield _("{name}: two views: {told}").format(name=target.name, told=told)
