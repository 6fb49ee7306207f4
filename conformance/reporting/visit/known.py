"""What the page « Visite » draws on: all that the report knows already, by what it is asked for."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from conformance.bundle.forms.proofs import ProofRow
from conformance.catalogue import Catalogue, Scenario
from conformance.judging.findings import Finding
from conformance.locale import _
from conformance.reporting.additions import Opinion, Opinions
from conformance.reporting.views import (
    FindingView,
    ProofView,
    RequirementView,
    ScenarioView,
    StepView,
)

SAFE = re.compile(r"\w[\w.:@/-]{0,199}", re.ASCII)
"""What every shell takes for one word, and no command for an option."""
NOWHERE = ""
"""The stop of what no scenario of the bench shows."""


@dataclass(frozen=True)
class Seen:
    """What the report knows already; `bundle` is the name of its folder.

    `modes` are the ways in which people sign in to the product; empty: the run did not say.
    """

    bundle: str
    reference: bool
    requirements: Sequence[RequirementView]
    findings: Sequence[tuple[Finding, FindingView]]
    scenarios: Sequence[ScenarioView]
    proofs: Sequence[tuple[ProofRow, ProofView]]
    catalogue: Catalogue
    opinions: Opinions
    lang: str
    modes: frozenset[str] = frozenset()

    @property
    def named(self) -> str:
        """The bundle in a command to be copied: its own name only if no shell takes it amiss."""
        return self.bundle if SAFE.fullmatch(self.bundle) else _("BUNDLE")

    @cached_property
    def by_anchor(self) -> Mapping[str, FindingView]:
        """Findings by their place on the page."""
        return {view.anchor: view for _finding, view in self.findings}

    @cached_property
    def unseen(self) -> frozenset[str]:
        """The places of what says that nothing of the kind was observed."""
        return frozenset(v.anchor for f, v in self.findings if f.reason == "nothing-seen")

    @cached_property
    def by_scenario(self) -> Mapping[str, ScenarioView]:
        """The first run of each scenario of the catalogue, and each run by its name."""
        found: dict[str, ScenarioView] = {}
        for view in self.scenarios:
            found[view.name] = view
            found.setdefault(view.name.partition("@")[0], view)
        return found

    @cached_property
    def owed(self) -> frozenset[str]:
        """The requirements of the page."""
        return frozenset(requirement.id for requirement in self.requirements)

    @cached_property
    def showing(self) -> Mapping[str, Sequence[Scenario]]:
        """The scenarios that show each requirement, in the order of the catalogue."""
        found: dict[str, list[Scenario]] = defaultdict(list)
        for scenario in self.catalogue.scenarios:
            for name in dict.fromkeys((*scenario.verifies, *scenario.ex_psc)):
                found[name].append(scenario)
        return found

    def by_hand(self, name: str) -> bool:
        """Whether a scenario is only known from the vendor's own workbook."""
        base = name.partition("@")[0]
        return base in self.by_person and name not in self.by_scenario

    @cached_property
    def by_person(self) -> frozenset[str]:
        """The scenarios that a person shows: no story of the bench tells them."""
        return frozenset(row.id for row in self.catalogue.scenarios if row.mode == "person")

    def opinions_on(self, kind: str, *parts: str) -> Mapping[str, Opinion]:
        """What was decided on one thing, by role."""
        return self.opinions.get((kind, parts), {})

    @cached_property
    def steps(self) -> Mapping[tuple[str, str], StepView]:
        """The step of each event that the page lists, by scenario and reference."""
        return {
            (view.name, event.ref): step
            for view in self.scenarios
            for step in view.steps
            for event in step.events
        }
