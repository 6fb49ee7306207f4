"""What the rules cover of the catalogue, and what neither a rule nor a reason covers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from conformance.catalogue.loader import Catalogue
from conformance.catalogue.model import Requirement


class Serves(Protocol):
    """A rule, as far as coverage is concerned: the requirement ids that it serves."""

    @property
    def requires(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is amiss between rules, scenarios and rows; `problems` are errors of the bench.

    `served` gives the rules of each requirement id, `without_scenario` the rules that no scenario
    of the catalogue can show, `outdated` the ids whose every row gives a reason although a rule
    judges them (one id can stand for several rows, of which a rule judges one).
    """

    problems: tuple[str, ...]
    served: Mapping[str, tuple[str, ...]]
    without_scenario: tuple[str, ...]
    outdated: tuple[str, ...]


def coverage(catalogue: Catalogue, rules: Mapping[str, Serves]) -> Coverage:
    """Hold `rules` (id → rule) against the catalogue. A rule without `requires` is the engine's."""
    served: dict[str, list[str]] = {}
    problems: list[str] = []
    for rule_id, rule in sorted(rules.items()):
        for name in rule.requires:
            if name in catalogue.requirement_ids:
                served.setdefault(name, []).append(rule_id)
            else:
                problems.append(f"rule {rule_id} requires {name!r}, {_known(name, catalogue)}")
    problems += [
        f"{catalogue.places['id', row.id]}: {row.id} ({row.nature}, wave {row.wave}) has neither "
        "a rule nor a reason why none judges it"
        for row in _bare(catalogue.requirements, served)
    ]
    shown = {name for scenario in catalogue.scenarios for name in scenario.verifies}
    return Coverage(
        problems=tuple(problems),
        served={name: tuple(ids) for name, ids in sorted(served.items())},
        without_scenario=tuple(
            rule_id
            for rule_id, rule in sorted(rules.items())
            if rule.requires and not shown & set(rule.requires)
        ),
        outdated=tuple(
            name for name in sorted(served) if all(row.reason for row in catalogue.rows(name))
        ),
    )


def unknown_scenarios(catalogue: Catalogue, declared: Iterable[str]) -> list[str]:
    """Scenario ids named in code that the catalogue does not have."""
    known = {scenario.id for scenario in catalogue.scenarios}
    return sorted(set(declared) - known)


def scenarios_without_story(catalogue: Catalogue, declared: Iterable[str]) -> list[str]:
    """Scenarios that no story tells and that give no reason for it."""
    told = set(declared)
    return [s.id for s in catalogue.scenarios if s.reason is None and s.id not in told]


def _bare(rows: Iterable[Requirement], served: Mapping[str, object]) -> list[Requirement]:
    return [row for row in rows if row.binding and row.reason is None and row.id not in served]


def _known(name: str, catalogue: Catalogue) -> str:
    canonical = catalogue.canonical(name)
    if canonical is not None:
        return f"which is an alias: expected {canonical!r}"
    return "which is not in the catalogue"
