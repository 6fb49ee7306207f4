"""The packs: which stories a run tells when nothing else is asked for."""

from typing import Literal, get_args

Pack = Literal["tour", "spine", "all"]
PACKS: tuple[Pack, ...] = get_args(Pack)

TOUR: tuple[tuple[str, str | None], ...] = (
    ("PSC.01.01", "ecps"),
    ("banc:psc-ciba-w1", "ecps"),
    ("PSC.01.03", "ecps"),
    ("banc:document-life", None),
)
"""The default: four films. Scenario id and means (None: the story has one means only)."""


def packs_of(scenario_id: str, means: str | None) -> tuple[Pack, ...]:
    """The packs in which a story stands: `spine` has all that `tour` leaves out."""
    return ("tour", "all") if (scenario_id, means) in TOUR else ("spine", "all")
