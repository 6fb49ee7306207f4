"""The faulty variants: each complete, each about rules and scenarios that exist, one part each."""

import dataclasses
from typing import Any

import pytest

from conformance.catalogue import load_catalogue
from conformance.checks.all_rules import all_rules
from mocks.lps.mutants import UnknownMutant, all_mutants, named, names
from mocks.lps.parts import Parts

MUTANTS = all_mutants()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_variant_speaks_of_rules_and_scenarios_that_exist(mutant: Any) -> None:
    rules, catalogue = all_rules(), load_catalogue()

    assert mutant.expects
    assert {*mutant.expects, *mutant.may} <= set(rules)
    assert not set(mutant.expects) & set(mutant.may)
    for name in mutant.shown_by:
        assert catalogue.scenario(name.partition("@")[0])
    assert set(mutant.breaks) == {"fr", "en"}
    assert mutant.row


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_variant_replaces_exactly_one_part(mutant: Any) -> None:
    right = Parts()

    wrong = mutant.apply(right)

    assert len(changed(right, wrong)) == 1


def changed(right: Any, wrong: Any) -> Any:
    """The names of the fields that differ, those of `documents` among them."""
    found = []
    for field in dataclasses.fields(right):
        before, after = getattr(right, field.name), getattr(wrong, field.name)
        if field.name == "documents":
            found += changed(before, after)
        elif before != after:
            found.append(field.name)
    return found


def test_each_variant_with_a_fault_is_shown_beside_its_twin() -> None:
    for mutant in MUTANTS:
        if mutant.fault is not None:
            assert {"banc:psc-web-login", "banc:psc-ciba-login"} & set(mutant.shown_by), mutant.name


def test_an_unknown_variant_is_told_with_those_there_are() -> None:
    with pytest.raises(UnknownMutant, match="no-psc-logout"):
        named("no-such-thing")


def test_names_are_stable_and_sorted() -> None:
    assert names() == sorted(names())
    assert len(names()) >= 20
