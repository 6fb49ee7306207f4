"""The bench's own catalogue: its rows agree with each other, with the rules and the stories."""

import importlib
import pkgutil
from dataclasses import dataclass

import pytest

import scenarios
from conformance.catalogue import Catalogue, load_catalogue
from conformance.catalogue.coverage import coverage, scenarios_without_story, unknown_scenarios
from conformance.catalogue.lint import problems
from conformance.checks.all_rules import all_rules
from conformance.plan.packs import TOUR
from conformance.story import Declaration


@dataclass(frozen=True)
class Serving:
    requires: tuple[str, ...]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def stories() -> list[Declaration]:
    found = []
    for module in pkgutil.walk_packages(scenarios.__path__, "scenarios."):
        for value in vars(importlib.import_module(module.name)).values():
            declaration = getattr(value, "banc_scenario", None)
            if isinstance(declaration, Declaration):
                found.append(declaration)
    return found


def test_every_id_that_a_row_names_is_there(catalogue: Catalogue) -> None:
    assert problems(catalogue) == []


def test_every_binding_row_has_a_rule_or_a_reason(catalogue: Catalogue) -> None:
    found = coverage(catalogue, all_rules())

    assert found.problems == ()


def test_every_rule_is_shown_by_a_scenario(catalogue: Catalogue) -> None:
    found = coverage(catalogue, all_rules())

    assert found.without_scenario == ()


def test_no_row_excuses_itself_from_a_rule_that_judges_it(catalogue: Catalogue) -> None:
    found = coverage(catalogue, all_rules())

    assert found.outdated == ()


def test_stories_and_catalogue_tell_the_same_scenarios(catalogue: Catalogue) -> None:
    told = {story.id: story for story in stories()}

    assert unknown_scenarios(catalogue, told) == []
    assert scenarios_without_story(catalogue, told) == []
    for name, story in told.items():
        row = catalogue.scenario(name)
        assert (story.fault, story.twin) == (row.fault, row.twin), name
        assert set(story.means) == set(row.means), name
        assert story.mode == row.face, name


def test_the_tour_is_told_by_four_stories() -> None:
    told = {(story.id, means) for story in stories() for means in story.means or (None,)}

    assert len(TOUR) == 4
    assert set(TOUR) <= told


def test_the_nature_belongs_to_wave_and_corridor_never_to_the_id(catalogue: Catalogue) -> None:
    first = catalogue.requirement("banc:LGO-DISPLAY", "1", "LGO")
    second = catalogue.requirement("banc:LGO-DISPLAY", "2", "LGO")

    assert (first.nature, second.nature) == ("may", "must")
    assert catalogue.natures(["1"], "LGO")["banc:LGO-DISPLAY"] == "may"
    assert catalogue.natures(["1", "2"], "LGO")["banc:LGO-DISPLAY"] == "must"
    assert "banc:LGO-DISPLAY" not in catalogue.natures(["2"], "LGC")


def test_one_number_can_stand_for_two_rows_under_different_profiles(catalogue: Catalogue) -> None:
    general = catalogue.requirement("MSS/va1.30", "1", "RIS")
    ranked = catalogue.requirement("MSS/va1.30", "1", "RIS", "RPPS-rang")

    assert (general.nature, ranked.nature) == ("may", "must")
    assert catalogue.natures("1", "RIS")["MSS/va1.30"] == "may"
    assert catalogue.natures("1", "RIS", ["RPPS-rang"])["MSS/va1.30"] == "must"


def test_a_rem_id_leads_to_its_eco_row(catalogue: Catalogue) -> None:
    assert catalogue.requirement("SC.MSS/CONF.15", "2", "LGC").id == "ECO.2.4.1"
    assert catalogue.requirement("MSS/va1.16", "1", "LGC").id == "ECO.2.2.7"


def test_no_text_of_the_ex_psc_is_pretended(catalogue: Catalogue) -> None:
    numbers = [f"EX PSC {n:02d}" for n in range(1, 32)]

    read = {row.text_status for row in catalogue.rows("PSC.01")}
    assert "unknown" not in read
    for number in numbers:
        assert "unknown" in {row.text_status for row in catalogue.rows(number)}, number


@pytest.mark.parametrize(
    ("scenario", "reading"),
    [("PSC.01.01", "web"), ("banc:psc-ciba-w1", "ciba-w1"), ("PSC.01.03", "ciba-w2")],
)
def test_a_scenario_and_the_ex_psc_rows_agree(
    catalogue: Catalogue, scenario: str, reading: str
) -> None:
    rows = [row for row in catalogue.requirements if row.id.startswith("EX PSC")]
    listed = {row.id for row in rows if reading in row.applies_to}

    assert set(catalogue.scenario(scenario).ex_psc) == listed


@pytest.mark.parametrize(
    ("scenario", "steps"), [("PSC.01.01", 11), ("banc:psc-ciba-w1", 10), ("PSC.01.03", 11)]
)
def test_official_scenarios_have_all_their_steps(
    catalogue: Catalogue, scenario: str, steps: int
) -> None:
    row = catalogue.scenario(scenario)

    assert len(row.steps) == steps
    assert row.prerequisites
    assert row.means == ("ecps", "cps")


def test_the_two_mails_of_a_deletion_are_two_pieces(catalogue: Catalogue) -> None:
    proof = catalogue.proof("MSS/va1.37.01.03")

    assert [(piece.source, piece.step) for piece in proof.made_from] == [("mail", 4), ("mail", 10)]
    assert proof.pieces is not None


def test_what_is_obtained_elsewhere_says_so(catalogue: Catalogue) -> None:
    external = {proof.id for proof in catalogue.proofs if proof.external}

    assert {"MSS/va1.02.01.01", "MSS/va1.02.01.02", "PSC.08.01.01"} <= external
    assert "MSS/va1.37.01.03" not in external


def test_an_unknown_id_or_an_alias_in_a_rule_is_a_problem(catalogue: Catalogue) -> None:
    rules = {"a.rule": Serving(("PSC.99",)), "b.rule": Serving(("SC.MSS/CONF.15",))}

    told = coverage(catalogue, rules).problems

    assert "rule a.rule requires 'PSC.99', which is not in the catalogue" in told
    assert "rule b.rule requires 'SC.MSS/CONF.15', which is an alias: expected 'ECO.2.4.1'" in told


def test_a_binding_row_left_bare_is_a_problem_with_its_place(catalogue: Catalogue) -> None:
    told = coverage(catalogue, {}).problems

    assert any(
        said.startswith("requirements/psc.yaml:") and "PSC.01 (must" in said for said in told
    )
