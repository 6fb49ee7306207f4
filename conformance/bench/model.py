"""What a measurement is asked and what it gives."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median


class MeasureFailed(Exception):
    """A measurement could not be made; one sentence says what failed."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is done for one figure: `rounds` times `of(n)` operations; the median is kept."""

    quick: bool = False

    @property
    def rounds(self) -> int:
        """How many times a measurement is repeated."""
        return 3 if self.quick else 5

    def of(self, operations: int, quick: int | None = None) -> int:
        """How many operations a round has: all of them, or `quick` (a tenth when not given)."""
        if not self.quick:
            return operations
        return max(1, operations // 10) if quick is None else quick


@dataclass(frozen=True, slots=True)
class Peer:
    """What another program costs for the same work, in the unit of the row.

    `rounds` is empty when it could not be measured; `why` then says what is missing.
    """

    name: str
    rounds: Sequence[float] = ()
    why: str = ""

    @property
    def figure(self) -> float | None:
        """The median of its rounds."""
        return median(self.rounds) if self.rounds else None


@dataclass(frozen=True, slots=True)
class Measured:
    """The rounds of one measurement, in the unit of its row, and its peer's.

    `operations` is the number done in each round; `facts` are figures worth a line of their own.
    """

    rounds: Sequence[float]
    operations: int
    peer: Peer | None = None
    facts: dict[str, float | int | str] = field(default_factory=dict)

    @property
    def figure(self) -> float:
        """The median of the rounds."""
        return median(self.rounds)


@dataclass(frozen=True, slots=True)
class Result:
    """One row as it came out: `measured`, or else the `problem` that kept it from being so."""

    row: str
    unit: str
    budget: float
    measured: Measured | None
    problem: str = ""

    @property
    def within(self) -> bool | None:
        """Whether the figure is within its budget; None without a figure."""
        return None if self.measured is None else self.measured.figure <= self.budget

    @property
    def ratio(self) -> float | None:
        """Our figure over the peer's: below 1 the bench is cheaper."""
        peer = self.measured.peer if self.measured else None
        if self.measured is None or peer is None or not peer.figure:
            return None
        return self.measured.figure / peer.figure
