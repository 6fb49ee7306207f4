"""What the page « Visite » lists: where to stop, what is not clear there, what to be shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from conformance.reporting.additions import Opinion
from conformance.reporting.views import Because, Moment


@dataclass(frozen=True, slots=True)
class Showing:
    """One thing to be shown on the visit; `moment` is where the film has it."""

    sentence: str
    moment: Moment | None = None


@dataclass(frozen=True, slots=True)
class VisitItem:
    """A requirement, a proof or a finding that is not clear.

    `name` is what `banc decide --on` takes, `href` its place on the page (empty: none), `opinions`
    what the vendor and the auditor decided on it, by role. `also` are others with the
    same explanation, on which nobody decided.
    """

    kind: Literal["requirement", "proof", "finding"]
    name: str
    anchor: str
    href: str
    title: str
    verdict: str
    word: str
    whys: tuple[Because, ...]
    shows: tuple[Showing, ...]
    opinions: Mapping[str, Opinion]
    also: "tuple[VisitItem, ...]" = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """One thing that people decided on: the verdict of the bench beside their views, by role.

    `settled` says what came of it; the verdict stays what it was.
    """

    name: str
    href: str
    title: str
    verdict: str
    word: str
    opinions: Mapping[str, Opinion]
    settled: str


@dataclass(frozen=True, slots=True)
class VisitStop:
    """One scenario to be shown again and what it makes clear, or one reason why none does.

    `command` shows it again with the plan of the bundle; empty when the bench tells no such story.
    `run_at` is where the page tells it; empty when the run did not.
    """

    anchor: str
    scenario: str
    title: str
    lead: str
    command: str
    run_at: str
    items: tuple[VisitItem, ...]

    @property
    def every(self) -> "tuple[VisitItem, ...]":
        """Each thing by itself."""
        return tuple(one for item in self.items for one in (item, *item.also))

    @property
    def kinds(self) -> tuple[tuple[str, str, int], ...]:
        """How many items have each verdict: (verdict, word, count), in order of appearance."""
        found: dict[tuple[str, str], int] = {}
        for item in self.every:
            found[item.verdict, item.word] = found.get((item.verdict, item.word), 0) + 1
        return tuple((*key, count) for key, count in found.items())
