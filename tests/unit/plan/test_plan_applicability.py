"""What a corridor, a wave and profiles owe, and why the rest is set aside."""

from collections.abc import Iterator
from datetime import date

import pytest

from conformance.catalogue import Catalogue, load_catalogue
from conformance.catalogue.applicability import Candidate
from conformance.locale import set_language
from conformance.plan import Plan, parse_plan
from conformance.plan.applicability import owed
from conformance.plan.packs import packs_of


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
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


def test_an_ex_psc_is_owed_by_the_products_that_its_lists_concern(catalogue: Catalogue) -> None:
    web = owed(catalogue, ["1", "2"], ["LGC"], modes=["web"])
    heavy = owed(catalogue, ["2"], ["LGC"], modes=["ciba"])

    web_ids, heavy_ids = ({row.id for row in found.requirements} for found in (web, heavy))
    assert {"EX PSC 01", "EX PSC 16", "EX PSC 18", "banc:PSCH-NONCE"} <= web_ids
    assert not {"EX PSC 25", "EX PSC 26", "EX PSC 02", "banc:PSCH-CIBA-POLL"} & web_ids
    assert {"EX PSC 25", "EX PSC 26", "banc:PSCH-CIBA-POLL"} <= heavy_ids
    assert not {"EX PSC 02", "EX PSC 24", "banc:PSCH-NONCE"} & heavy_ids
    assert "web application" in web.set_aside["EX PSC 25"]


def test_an_ex_psc_that_no_list_names_is_set_aside_as_unknown(catalogue: Catalogue) -> None:
    found = owed(catalogue, ["1", "2"], ["LGC"], modes=["web", "ciba", "native"])

    assert found.set_aside["EX PSC 06"] == (
        "no public list names it: whether it applies is unknown"
    )


def test_ciba_of_wave_1_does_not_owe_what_only_wave_2_lists(catalogue: Catalogue) -> None:
    first = owed(catalogue, ["1"], ["LGC"], modes=["ciba"])

    ids = {row.id for row in first.requirements}
    assert "EX PSC 25" in ids
    assert "EX PSC 26" not in ids


@pytest.mark.parametrize(
    ("mode", "shown", "other"),
    [
        ("ciba", "banc:psc-ciba-w1", "PSC/va1.01.04"),
        ("native", "PSC/va1.01.04", "banc:psc-ciba-w1"),
    ],
)
def test_a_heavy_client_of_wave_1_owes_one_of_two(
    catalogue: Catalogue, mode: str, shown: str, other: str
) -> None:
    found = owed(catalogue, ["1"], ["LGC"], modes=[mode])

    (choice,) = found.one_of
    assert (choice.alternative.id, choice.shown) == ("banc:thick-client-w1", (shown,))
    assert "is enough" in found.set_aside[other]
    assert "PSC/va1.01.04.01" in {proof.id for proof in found.proofs}


def test_a_web_product_owes_no_film_of_a_heavy_client(catalogue: Catalogue) -> None:
    found = owed(catalogue, ["1", "2"], ["LGC"], modes=["web"])

    proofs = {proof.id for proof in found.proofs}
    assert "PSC.01.01.01" in proofs
    assert {"PSC/va1.01.04.01", "PSC.01.03.01"} <= set(found.set_aside)
    assert "PSC.08.01.01" in proofs  # a paper: owed however people sign in


def test_the_modes_of_a_product_are_those_of_its_faces() -> None:
    named = plan_of('[[face]]\nname = "web"\ndriver = "browser"\naddress = "http://h"\n')
    told = plan_of(
        '[[face]]\nname = "desktop"\ndriver = "adapter"\naddress = "http://h"\n'
        'sign_in = ["native"]\n'
    )

    assert named.modes == ("web",)
    assert told.modes == ("native",)
    assert told.summary()["modes"] == ["native"]


def test_a_run_that_says_no_modes_is_judged_as_before(catalogue: Catalogue) -> None:
    before = Candidate.of_run({"waves": ["2"], "corridor": ["LGC"], "profiles": []})
    since = Candidate.of_run({"waves": ["2"], "corridor": ["LGC"], "modes": ["web"]})

    assert before.natures(catalogue)["EX PSC 25"] == "must"
    assert "EX PSC 25" not in since.natures(catalogue)


def plan_of(faces: str) -> Plan:
    text = f'[product]\nname = "L"\nversion = "1"\n[plan]\ncorridor = "LGC"\nwave = "1"\n{faces}'
    return parse_plan(text.encode(), "banc.toml", None, date(2026, 1, 1))
