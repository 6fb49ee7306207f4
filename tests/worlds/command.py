"""What a command said, as a shell sees it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """Everything it said, errors last."""
        return [*self.out.splitlines(), *self.err.splitlines()]


Banc = Callable[..., Told]
