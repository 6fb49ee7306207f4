"""What a corridor, a wave and profiles owe, and why the rest is set aside."""

import pytest

from conformance.catalogue import Catalogue, load_catalogue
from conformance.locale import set_language
from conformance.plan.applicability import owed
from conformance.plan.packs import packs_of


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(autouse=True)
def in_english():
    set_language("en")
    yield
    set_language("fr")


def test_a_proof_follows_its_requirement(catalogue: Catalogue) -> None:
    biology = owed(catalogue, ["1"], ["SGL"])
    general = owed(catalogue, ["1"], ["LGC"])

    assert "MSS/va1.37.01.03" in {proof.id for proof in biology.proofs}
    assert general.set_aside["MSS/va1.37.01.03"] == "of corridor SGL, the plan is for LGC"


def test_several_corridors_and_waves_owe_the_sum(catalogue: Catalogue) -> None:
    both = owed(catalogue, ["1", "2"], ["LGC", "SGL"])

    ids = {proof.id for proof in both.proofs}
    assert {"MSS/va1.37.01.03", "MSS/va1.02.01.01", "PSC.01.01.01", "PSC/va1.01.04.01"} <= ids


def test_a_scenario_of_another_wave_is_set_aside_with_its_reason(catalogue: Catalogue) -> None:
    found = owed(catalogue, ["2"], ["LGC"])

    assert found.set_aside["banc:psc-ciba-w1"] == "of wave 1, the plan is for wave 2"
    assert "PSC.01.03" in {scenario.id for scenario in found.scenarios}


def test_a_profile_that_was_not_chosen_is_not_owed(catalogue: Catalogue) -> None:
    without = owed(catalogue, ["2"], ["LGC"])
    chosen = owed(catalogue, ["2"], ["LGC"], ["BAL PER-ORG"])

    assert "BAL PER-ORG" in without.set_aside["ECO.1.2.1"]
    assert "ECO.1.2.1" in {row.id for row in chosen.requirements}


def test_all_rows_are_either_owed_or_set_aside_with_a_sentence(catalogue: Catalogue) -> None:
    found = owed(catalogue, ["1"], ["DPI"])

    everything = {row.id for row in catalogue.requirements}
    assert everything == {row.id for row in found.requirements} | (
        everything & set(found.set_aside)
    )
    assert all(found.set_aside.values())


def test_what_the_tour_leaves_out_is_the_spine() -> None:
    assert packs_of("PSC.01.01", "ecps") == ("tour", "all")
    assert packs_of("PSC.01.01", "cps") == ("spine", "all")
