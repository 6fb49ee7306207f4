"""How long is left for an action."""

import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Deadline:
    """`seconds` from now (monotonic clock of the bench)."""

    seconds: float
    _began: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds left, never below zero."""
        return max(0.0, self._began + self.seconds - time.monotonic())

    @property
    def passed(self) -> bool:
        """Whether no time is left."""
        return self.left <= 0

    def left_ms(self, at_most: float = float("inf")) -> float:
        """Milliseconds left, at least one (zero would mean no limit to most libraries)."""
        return max(1.0, min(self.left, at_most) * 1000)
