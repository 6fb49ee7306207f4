"""What a candidate owes: requirements, scenarios and proofs of a corridor, a wave and profiles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conformance.catalogue import Catalogue, Proof, Requirement, Scenario
from conformance.catalogue.model import GENERAL
from conformance.locale import _
from conformance.plan.model import Plan


@dataclass(frozen=True, slots=True)
class Owed:
    """What applies, and for each thing that does not, the sentence that says why (id → reason)."""

    requirements: tuple[Requirement, ...]
    scenarios: tuple[Scenario, ...]
    proofs: tuple[Proof, ...]
    set_aside: dict[str, str]


def owed_by(plan: Plan, catalogue: Catalogue) -> Owed:
    """What the plan owes of the catalogue."""
    return owed(catalogue, plan.waves, plan.plan.corridor, plan.plan.profiles)


def owed(
    catalogue: Catalogue,
    waves: Sequence[str],
    corridors: Sequence[str],
    profiles: Iterable[str] = (),
) -> Owed:
    """What a candidate of these corridors and waves owes, who chose `profiles`."""
    asked = _Asked(waves, corridors, frozenset({GENERAL, *profiles}))
    requirements = catalogue.applicable(waves, corridors, profiles)
    ids = {row.id for row in requirements}
    set_aside: dict[str, str] = {}
    for name in catalogue.requirement_ids - ids:
        row = max(catalogue.rows(name), key=asked.nearness)
        set_aside[name] = _why((row.wave,), row.corridor, row.profile, asked)
    scenarios = []
    for scenario in catalogue.scenarios:
        why = _why(scenario.waves, scenario.corridor, scenario.profile, asked)
        if why:
            set_aside[scenario.id] = why
        else:
            scenarios.append(scenario)
    proofs = []
    for proof in catalogue.proofs:
        if proof.requirement in ids:
            proofs.append(proof)
        else:
            set_aside[proof.id] = set_aside[proof.requirement]
    return Owed(requirements, tuple(scenarios), tuple(proofs), set_aside)


@dataclass(frozen=True, slots=True)
class _Asked:
    waves: Sequence[str]
    corridors: Sequence[str]
    profiles: frozenset[str]

    def nearness(self, row: Requirement) -> int:
        """On how many of wave, corridor and profile the row agrees."""
        agrees = (
            row.wave in self.waves,
            bool(set(row.corridor) & set(self.corridors)),
            row.profile in self.profiles,
        )
        return sum(agrees)


def _why(waves: Sequence[str], corridors: Sequence[str], profile: str, asked: _Asked) -> str:
    """Why a row with these waves, corridors and profile is not owed; empty when it is."""
    if not set(waves) & set(asked.waves):
        return _("of wave {theirs}, the plan is for wave {ours}").format(
            theirs=_list(waves), ours=_list(asked.waves)
        )
    if not set(corridors) & set(asked.corridors):
        return _("of corridor {theirs}, the plan is for {ours}").format(
            theirs=_list(corridors), ours=_list(asked.corridors)
        )
    if profile not in asked.profiles:
        return _("of profile {theirs}, which the plan does not choose").format(theirs=profile)
    return ""


def _list(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words))
