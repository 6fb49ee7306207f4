"""What a dossier is made of: evidence found in bundles, and one line per proof owed."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, get_args

from conformance.locale import _

State = Literal["ready", "to_check", "to_redo", "missing", "not_applicable"]
STATES: tuple[State, ...] = get_args(State)
"""Prêt, à vérifier, à refaire, manquant, non applicable."""


@dataclass(frozen=True, slots=True)
class Product:
    """Name, version and build of a product, as `[product]` says them."""

    name: str
    version: str
    build: str

    @property
    def label(self) -> str:
        """`2.4 (build 7)`."""
        return f"{self.version} ({self.build})" if self.build else self.version


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one bundle holds for one proof: a file, and what the bench and people said of it.

    `path` is the file on the disk, `file` its name in the bundle. `verdict` is the worst that the
    bench found in the scenario shown, `trouble` why the file itself is of no use (empty: none);
    `at` is when it was recorded (RFC 3339, UTC), `deposit` `rehearsal` or `product`.
    """

    proof: str
    bundle: str
    file: str
    kind: str
    sha256: str
    product: Product
    at: str
    deposit: str
    verdict: str
    trouble: str = ""
    made_from: str = ""
    decision: str = ""
    decided: str = ""
    older_catalogue: bool = False
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One deposit field: what is expected of it, what there is for it, and what is to be done.

    `kinds` and `constraints` are the words of the catalogue; `reasons` are sentences in the current
    language, `sentence` what to write in the field when it does not apply. `one_of` are the
    scenarios of which one is enough. `file` is the name in the `proofs/` of the dossier.
    """

    proof: str
    requirement: str
    title: str
    kinds: tuple[str, ...]
    constraints: tuple[str, ...]
    state: State
    reasons: tuple[str, ...] = ()
    sentence: str = ""
    one_of: tuple[str, ...] = ()
    evidence: Evidence | None = None
    file: str = ""

    def because(self, *reasons: str) -> "Line":
        """The same line with more reasons."""
        return replace(self, reasons=(*self.reasons, *reasons))


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A bundle that counts for nothing here, and why in one sentence."""

    bundle: str
    why: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """All lines, in the order of the catalogue, and what was not taken.

    `notes` are sentences about bundles that were taken.
    """

    product: Product
    lines: Sequence[Line]
    left_out: Sequence[LeftOut] = ()
    notes: Sequence[str] = field(default=())

    @property
    def counts(self) -> dict[State, int]:
        """How many lines have each state, in the order of `STATES`."""
        return {state: sum(line.state == state for line in self.lines) for state in STATES}

    @property
    def complete(self) -> bool:
        """Whether every field that applies is ready."""
        return all(line.state in ("ready", "not_applicable") for line in self.lines)


def state_word(state: str) -> str:
    """A state, as people say it."""
    return {
        "ready": _("ready"),
        "to_check": _("to check"),
        "to_redo": _("to redo"),
        "missing": _("still missing"),
        "not_applicable": _("not applicable"),
    }[state]
