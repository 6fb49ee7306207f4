"""Checks the rows of the catalogue against each other: every id that is named exists."""

from collections import Counter
from collections.abc import Iterator

from conformance.catalogue.loader import Catalogue
from conformance.catalogue.model import Alternative, Proof, Scenario

MOST_PROOFS = 10
"""Proofs of one official scenario: hard limit of the official export [CATALOGUE-W1 ten proofs]."""


def problems(catalogue: Catalogue) -> list[str]:
    """What is wrong with the catalogue, one sentence each; empty when nothing is."""
    found = [*_aliases(catalogue), *_requirements(catalogue)]
    for scenario in catalogue.scenarios:
        place = catalogue.places["scenario", scenario.id]
        found += [f"{place}: {scenario.id}: {said}" for said in _scenario(scenario, catalogue)]
    for proof in catalogue.proofs:
        place = catalogue.places["proof", proof.id]
        found += [f"{place}: {proof.id}: {said}" for said in _proof(proof, catalogue)]
    for row in catalogue.alternatives:
        place = catalogue.places["alternative", row.id]
        found += [f"{place}: {row.id}: {said}" for said in _alternative(row, catalogue)]
    return found


def _alternative(row: Alternative, catalogue: Catalogue) -> Iterator[str]:
    stories = {scenario.id for scenario in catalogue.scenarios}
    fields = {proof.id for proof in catalogue.proofs}
    for name in row.scenarios:
        if name not in stories:
            yield f"scenario {name} is not in the catalogue"
    if row.requirement not in catalogue.requirement_ids:
        yield f"requirement {row.requirement} is {_instead(row.requirement, catalogue)}"
    if row.proof is not None and row.proof not in fields:
        yield f"proof {row.proof} is not in the catalogue"


def _aliases(catalogue: Catalogue) -> Iterator[str]:
    owners: dict[str, set[str]] = {}
    for row in catalogue.requirements:
        for alias in row.aliases:
            owners.setdefault(alias, set()).add(row.id)
    for alias, ids in owners.items():
        if alias in catalogue.requirement_ids:
            yield f"alias {alias} of {', '.join(sorted(ids))} is the id of a row of its own"
        if len(ids) > 1:
            yield f"alias {alias} stands on {', '.join(sorted(ids))}, expected one"


def _requirements(catalogue: Catalogue) -> Iterator[str]:
    for row in catalogue.requirements:
        for number in row.ex_psc:
            if number not in catalogue.requirement_ids:
                place = catalogue.places["id", row.id]
                yield f"{place}: {row.id}: ex_psc {number} is not in the catalogue"


def _scenario(scenario: Scenario, catalogue: Catalogue) -> Iterator[str]:
    for name in (*scenario.verifies, *scenario.ex_psc):
        if name not in catalogue.requirement_ids:
            yield f"verifies {name}, which is {_instead(name, catalogue)}"
    if scenario.fault is not None and scenario.twin is None:
        yield f"fault {scenario.fault} without a twin, expected the story without it"
    if scenario.twin is not None and scenario.twin not in {s.id for s in catalogue.scenarios}:
        yield f"twin {scenario.twin} is not in the catalogue"
    if scenario.official:
        proofs = Counter(p.scenario for p in catalogue.proofs if p.id.startswith(scenario.id))
        if sum(proofs.values()) > MOST_PROOFS:
            yield f"{sum(proofs.values())} proofs, expected at most {MOST_PROOFS}"


def _proof(proof: Proof, catalogue: Catalogue) -> Iterator[str]:
    if proof.requirement not in catalogue.requirement_ids:
        yield f"requirement {proof.requirement} is {_instead(proof.requirement, catalogue)}"
    try:
        scenario = catalogue.scenario(proof.scenario)
    except KeyError:
        yield f"scenario {proof.scenario} is not in the catalogue"
        return
    numbers = {step.n for step in scenario.steps}
    for piece in proof.made_from:
        if piece.step is not None and piece.step not in numbers:
            yield f"made_from step {piece.step}, but {scenario.id} has {len(numbers)} steps"
    if not proof.id.startswith("banc:") and not proof.id.startswith(proof.requirement + "."):
        yield f"its id does not begin with its requirement {proof.requirement}"
    if len(proof.made_from) > 1 and proof.pieces is None:
        yield "several pieces, expected a text `pieces` that says which"


def _instead(name: str, catalogue: Catalogue) -> str:
    canonical = catalogue.canonical(name)
    return f"an alias of {canonical}" if canonical else "not in the catalogue"
