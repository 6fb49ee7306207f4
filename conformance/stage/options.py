"""The options of a worker, fixed when it begins."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """How a run was asked for. `keys` is the folder of lasting keys, `lifetimes` overrides.

    `max_size` is the ceiling of the whole bundle (octets), which `workers` fill together.
    """

    folder: Path
    keys: Path
    film: bool
    lang: str
    lifetimes: str | None = None
    mutant: str | None = None
    max_size: int | None = None
    workers: int = 1
