"""What a candidate owes: requirements, scenarios and proofs, and why the rest is set aside.

A candidate is a corridor, waves, profiles chosen in the eligibility form, and the ways in which
people sign in to the product [FAQ-B CIBA] [CATALOGUE-W2 PSC.01].
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.catalogue.loader import Catalogue
from conformance.catalogue.model import GENERAL, Alternative, Proof, Requirement, Scenario
from conformance.locale import _, language


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who is judged by the catalogue. `modes` None: how people sign in is not known."""

    waves: tuple[str, ...]
    corridors: tuple[str, ...]
    profiles: tuple[str, ...] = ()
    modes: tuple[str, ...] | None = None

    @classmethod
    def of_run(cls, plan: Mapping[str, Any]) -> "Candidate":
        """The candidate that `run.started` describes; older runs say nothing of the modes."""
        modes = plan.get("modes")
        return cls(
            _texts(plan.get("waves")),
            _texts(plan.get("corridor")),
            _texts(plan.get("profiles")),
            None if modes is None else _texts(modes),
        )

    def rows(self, catalogue: Catalogue) -> tuple[Requirement, ...]:
        """The requirements that it owes."""
        return catalogue.applicable(self.waves, self.corridors, self.profiles, self.modes)

    def natures(self, catalogue: Catalogue) -> dict[str, str]:
        """The nature of every requirement that it owes, the stronger one where rows differ."""
        return catalogue.natures(self.waves, self.corridors, self.profiles, self.modes)

    def signs_in(self, scenario: Scenario) -> bool:
        """Whether the product has what the scenario shows."""
        free = scenario.mode in ("documents", "person")
        return free or self.modes is None or scenario.mode in self.modes


@dataclass(frozen=True, slots=True)
class OneOf:
    """A choice that the candidate has: `shown` are the scenarios that the product can show."""

    alternative: Alternative
    shown: tuple[str, ...]

    @property
    def others(self) -> tuple[str, ...]:
        """The scenarios that are not needed, one of the others being enough."""
        return tuple(name for name in self.alternative.scenarios if name not in self.shown)


@dataclass(frozen=True, slots=True)
class Owed:
    """What applies, and for each thing that does not, the sentence that says why (id → reason).

    `one_of` are the choices: of the scenarios of each, one is enough.
    """

    requirements: tuple[Requirement, ...]
    scenarios: tuple[Scenario, ...]
    proofs: tuple[Proof, ...]
    set_aside: dict[str, str]
    one_of: tuple[OneOf, ...] = ()

    def choice(self, name: str) -> OneOf | None:
        """The choice in which a scenario or a proof stands, if there is one."""
        for each in self.one_of:
            if name in each.alternative.scenarios or name == each.alternative.proof:
                return each
        return None


def owed_by(candidate: Candidate, catalogue: Catalogue) -> Owed:
    """What the candidate owes of the catalogue."""
    requirements = candidate.rows(catalogue)
    ids = {row.id for row in requirements}
    choices = tuple(_choices(candidate, catalogue, ids))
    set_aside = {name: _why_no_row(name, candidate, catalogue)
                 for name in sorted(catalogue.requirement_ids - ids)}  # fmt: skip
    scenarios = []
    for scenario in catalogue.scenarios:
        why = _why_not(scenario, candidate) or _why_not_shown(scenario, candidate, choices)
        if why:
            set_aside[scenario.id] = why
        else:
            scenarios.append(scenario)
    proofs = []
    unknown = _("its requirement is not in the catalogue")
    for proof in catalogue.proofs:
        if proof.requirement in ids:
            why = _why_no_proof(proof, candidate, catalogue, choices)
        else:
            why = set_aside.get(proof.requirement, unknown)
        if why:
            set_aside[proof.id] = why
        else:
            proofs.append(proof)
    return Owed(requirements, tuple(scenarios), tuple(proofs), set_aside, choices)


def _choices(candidate: Candidate, catalogue: Catalogue, owed: set[str]) -> Iterator[OneOf]:
    for row in catalogue.alternatives:
        if row.requirement not in owed or not {*row.waves} & {*candidate.waves}:
            continue
        shown = tuple(s for s in row.scenarios if candidate.signs_in(catalogue.scenario(s)))
        if shown:
            yield OneOf(row, shown)


def _why_no_row(name: str, candidate: Candidate, catalogue: Catalogue) -> str:
    """Why no row of that id is owed: the reason of the row that comes nearest."""

    def nearness(row: Requirement) -> int:
        return sum(
            (
                row.wave in candidate.waves,
                bool({*row.corridor} & {*candidate.corridors}),
                row.profile in (GENERAL, *candidate.profiles),
            )
        )

    row = max(catalogue.rows(name), key=nearness)
    said = _why((row.wave,), row.corridor, row.profile, candidate)
    if said:
        return said
    if row.withdrawn:
        return _("withdrawn from the catalogue (status {status})").format(status=row.status)
    if "unlisted" in row.applies_to:
        return _("no public list names it: whether it applies is unknown")
    titles = {reading.id: reading.title.said(language()) for reading in catalogue.readings}
    lists = _list(titles.get(each, each) for each in row.applies_to)
    return _("asked of: {theirs}; the product signs people in by: {ours}").format(
        theirs=lists, ours=_list(mode_words(candidate.modes or ())) or _("no face")
    )


def _why_not(scenario: Scenario, candidate: Candidate) -> str:
    return _why(scenario.waves, scenario.corridor, scenario.profile, candidate)


def _why_not_shown(scenario: Scenario, candidate: Candidate, choices: Sequence[OneOf]) -> str:
    """Why a scenario of a mode that the product does not have is not owed."""
    if candidate.signs_in(scenario):
        return ""
    for choice in choices:
        if scenario.id in choice.others:
            said = _("one of {names} is enough, and the product shows {shown}")
            return said.format(names=_list(choice.alternative.scenarios), shown=_list(choice.shown))
    return _("for people who sign in by: {theirs}; the product signs them in by: {ours}").format(
        theirs=_list(mode_words((scenario.mode,))),
        ours=_list(mode_words(candidate.modes or ())) or _("no face"),
    )


def _why_no_proof(
    proof: Proof, candidate: Candidate, catalogue: Catalogue, choices: Sequence[OneOf]
) -> str:
    """A paper is owed whatever the modes; a film only by a product that can be filmed so."""
    if proof.external or any(choice.alternative.proof == proof.id for choice in choices):
        return ""
    return _why_not_shown(catalogue.scenario(proof.scenario), candidate, choices)


def _why(waves: Sequence[str], corridors: Sequence[str], profile: str, candidate: Candidate) -> str:
    """Why a row with these waves, corridors and profile is not owed; empty when it is."""
    if not {*waves} & {*candidate.waves}:
        return _("of wave {theirs}, the plan is for wave {ours}").format(
            theirs=_list(waves), ours=_list(candidate.waves)
        )
    if not {*corridors} & {*candidate.corridors}:
        return _("of corridor {theirs}, the plan is for {ours}").format(
            theirs=_list(corridors), ours=_list(candidate.corridors)
        )
    if profile not in (GENERAL, *candidate.profiles):
        return _("of profile {theirs}, which the plan does not choose").format(theirs=profile)
    return ""


def mode_words(modes: Iterable[str]) -> tuple[str, ...]:
    """Ways to sign in, as people say them."""
    known = {
        "web": _("web application"),
        "external-browser": _("external browser"),
        "internal-browser": _("internal browser"),
        "ciba": _("CIBA"),
        "native": _("native application"),
    }
    return tuple(known.get(mode, mode) for mode in modes)


def _texts(value: object) -> tuple[str, ...]:
    """A list of the journal as text; a single word is a list of one."""
    if isinstance(value, list | tuple):
        return tuple(map(str, value))
    return (str(value),) if value else ()


def _list(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words))
