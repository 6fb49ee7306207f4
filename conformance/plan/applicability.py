"""What a plan owes: the candidate of `banc.toml`, held against the catalogue."""

from collections.abc import Iterable, Sequence

from conformance.catalogue import Catalogue
from conformance.catalogue.applicability import Candidate, Owed
from conformance.catalogue.applicability import owed_by as owed_by_candidate
from conformance.locale import language
from conformance.plan.model import Plan


def candidate_of(plan: Plan) -> Candidate:
    """The candidate that `banc.toml` describes."""
    return Candidate(plan.waves, tuple(plan.plan.corridor), tuple(plan.plan.profiles), plan.modes)


def owed_by(plan: Plan, catalogue: Catalogue) -> Owed:
    """What the plan owes of the catalogue."""
    return owed_by_candidate(candidate_of(plan), catalogue)


def owed(
    catalogue: Catalogue,
    waves: Sequence[str],
    corridors: Sequence[str],
    profiles: Iterable[str] = (),
    modes: Iterable[str] | None = None,
) -> Owed:
    """What a candidate of these corridors and waves owes, who chose `profiles`."""
    ways = None if modes is None else tuple(modes)
    asked = Candidate(tuple(waves), tuple(corridors), tuple(profiles), ways)
    return owed_by_candidate(asked, catalogue)


def not_for(plan: Plan, catalogue: Catalogue) -> dict[str, str]:
    """The scenarios that may not be run under this plan, each with the sentence why.

    Derogations of a wave that the plan is not for; any other scenario may be rehearsed.
    """
    return {
        row.id: row.derogation.said(language())
        for row in catalogue.scenarios
        if row.derogation is not None and not {*row.waves} & {*plan.waves}
    }
