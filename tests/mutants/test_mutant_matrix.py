"""Every faulty variant of the reference system is caught, for the right reason."""

import pytest

from conformance.checks.all_rules import all_rules
from conformance.run.mutants import run_conformant, run_mutant
from mocks.lps.mutants import all_mutants, names


@pytest.mark.parametrize("name", names())
def test_a_faulty_variant_is_caught_for_the_right_reason(name: str) -> None:
    mutant = next(mutant for mutant in all_mutants() if mutant.name == name)

    row = run_mutant(mutant)

    assert row.problems == ()


@pytest.mark.parametrize("configuration", ["banc.toml", "banc.adapter.toml"])
def test_the_conformant_system_has_nothing_broken(configuration: str) -> None:
    row = run_conformant(configuration, all_mutants())

    assert row.problems == ()


def test_every_rule_has_a_variant_or_says_why_there_is_none() -> None:
    expected = {rule for mutant in all_mutants() for rule in mutant.expects}

    lonely = {
        rule.id for rule in all_rules().values() if rule.id not in expected and not rule.no_mutant
    }

    assert lonely == set()


def test_a_variant_expects_only_rules_that_exist() -> None:
    known = set(all_rules())

    unknown = {
        f"{mutant.name}: {rule}"
        for mutant in all_mutants()
        for rule in [*mutant.expects, *mutant.may]
        if rule not in known
    }

    assert unknown == set()
