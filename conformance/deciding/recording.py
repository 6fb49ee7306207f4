"""Records decisions on a sealed bundle: beside it, signed by a key that lasts, over no other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path

from conformance.bundle.files import write_whole
from conformance.bundle.keys import SigningKey
from conformance.bundle.reading import opened
from conformance.bundle.seal import signed
from conformance.bundle.verify import INTACT, verify
from conformance.deciding.decisions import Decisions, decisions_of
from conformance.deciding.file import Choice, Role, Target, document, said_on
from conformance.deciding.targets import Sealed, sealed_in
from conformance.errors import AlteredBundle, BundleFault
from conformance.journal.events import whole_text
from conformance.locale import _

_NEAR = 3


@dataclass(frozen=True, slots=True)
class Wish:
    """One decision that somebody wants to record, on the names that they gave."""

    on: tuple[str, ...]
    choice: Choice
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A bundle that can be decided on: what stands in it, and what was decided before."""

    bundle: Path
    sealed: Sealed
    decisions: Decisions

    def target(self, name: str) -> Target:
        """What `name` names: `rule [scenario] subject`, a proof id, or a requirement id.

        Raises `BundleFault` with the nearest names when the bundle holds nothing of that name.
        """
        known = {
            Target("finding", key).name: Target("finding", key) for key in self.sealed.verdicts
        }
        known |= {name: Target("requirement", (name,)) for name in self.sealed.requirements}
        known |= {name: Target("proof", (name,)) for name in self.sealed.proofs}
        if name in known:
            return known[name]
        near = [k for k in known if k.startswith(f"{name} ")] or get_close_matches(name, known, 3)
        hint = _(" (did you mean {name}?)").format(name=" / ".join(near[:_NEAR])) if near else ""
        said = _("--on {name}: nothing in the bundle has that name{hint}; see banc decide --list")
        raise BundleFault(said.format(name=name, hint=hint))


def table_of(bundle: Path) -> Table:
    """The bundle, verified whole, and the decisions beside it.

    Raises `AlteredBundle` when it was altered, `BundleFault` when it is not sealed or no bundle.
    """
    verification = verify(bundle)
    if verification.code != INTACT:
        told = "; ".join(verification.sentences[:2])
        fault = BundleFault if verification.code == 2 else AlteredBundle
        raise fault(told if str(bundle) in told else f"{bundle}: {told}")
    with opened(bundle) as folder:
        sealed = sealed_in(folder)
        decisions = decisions_of(bundle, folder)
    return Table(bundle, sealed, decisions)


def record(
    table: Table, wishes: Sequence[Wish], *, author: str, role: Role, date: str, key: SigningKey
) -> list[str]:
    """Write each wish as the next `NNN.json` and its signature; gives the names of the files.

    All or none. Raises `BundleFault` before anything is written when two of them contradict, one is
    about something unknown, it stands there already, the day is still to come, no author is named,
    or the key does not last; `AlteredBundle` when a decision beside it does not hold; `OSError`
    when the disk is full.
    """
    if table.decisions.problems:
        raise AlteredBundle(table.decisions.problems[0])
    require_lasting_key(key)
    said_on(date, timedelta())
    targets = [[table.target(name) for name in dict.fromkeys(wish.on)] for wish in wishes]
    _agree(zip(wishes, targets, strict=True))
    documents = [
        document(
            chosen,
            manifest=table.sealed.manifest,
            run_id=table.sealed.run_id,
            decision=wish.choice,
            author=whole_text(author.strip()),
            role=role,
            date=date,
            comment=whole_text(wish.comment.strip()),
        ).octets()
        for wish, chosen in zip(wishes, targets, strict=True)
    ]
    table.decisions.folder.mkdir(exist_ok=True)
    _require_new(table.decisions.folder, documents)
    return [_write(table.decisions.folder, octets, key) for octets in documents]


def _require_new(folder: Path, documents: Iterable[bytes]) -> None:
    """Raises `BundleFault` for one that stands there already: its copy would count for nothing."""
    kept = {path.read_bytes(): path.name for path in folder.glob("*.json")}
    for octets in documents:
        if octets in kept:
            raise BundleFault(_("recorded already, as {earlier}").format(earlier=kept[octets]))


def require_lasting_key(key: SigningKey) -> None:
    """Raises `BundleFault` when `key` is thrown away after a run: it would identify nobody."""
    if key.who != "user":
        said = _("no key that lasts is here to sign a decision with; --new-key makes one")
        raise BundleFault(said)


def now() -> str:
    """This moment as a decision keeps it: RFC 3339, UTC, seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _agree(wishes: Iterable[tuple[Wish, list[Target]]]) -> None:
    """Raises `BundleFault` when two wishes say different things of one."""
    said: dict[Target, Wish] = {}
    for wish, targets in wishes:
        for target in targets:
            before = said.setdefault(target, wish)
            if before.choice != wish.choice:
                told = _("{name}: {one} and {other} contradict each other; nothing was recorded")
                raise BundleFault(told.format(name=target.name, one=before.choice,
                                              other=wish.choice))  # fmt: skip


def _write(folder: Path, octets: bytes, key: SigningKey) -> str:
    """The next free number, taken whole: somebody else may be deciding at this very moment."""
    number = 1 + max((int(p.stem) for p in folder.glob("*.json") if p.stem.isdecimal()), default=0)
    while (path := folder / f"{number:03d}.json").exists():
        number += 1
    try:
        file = path.open("xb")
    except FileExistsError:
        return _write(folder, octets, key)
    try:
        with file:
            file.write(octets)
        write_whole(path.with_suffix(".jws"), signed(octets, key).encode())
    except OSError:
        path.unlink()
        raise
    return path.name
