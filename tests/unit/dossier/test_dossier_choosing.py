"""Which evidence counts for a deposit field, and what state it leaves the field in."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from conformance import locale
from conformance.catalogue import Catalogue, load_catalogue
from conformance.catalogue.applicability import Candidate, owed_by
from conformance.dossier.choosing import Holdings, best, lines_of
from conformance.dossier.model import Dossier, Evidence, Line, Product
from conformance.dossier.verdicts import scenario_verdicts

OURS = Product("Logiciel", "4.2", "7")
OLDER = Product("Logiciel", "4.2", "6")
CANDIDATE = Candidate(("1", "2"), ("SGL",), (), ("web", "ciba"))
MAILS, FILM, COMMITMENT = "MSS/va1.37.01.03", "PSC.01.01.01", "PSC.08.01.01"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    locale.set_language("en")
    yield
    locale.set_language(locale.DEFAULT_LANGUAGE)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def evidence(proof: str = MAILS, **more: object) -> Evidence:
    plain = Evidence(
        proof=proof, bundle="run-1", file="proofs/a.zip", kind="smtp_source", sha256="0" * 64,
        product=OURS, at="2026-07-14T09:30:00Z", deposit="product", verdict="pass",
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]


def film(**more: object) -> Evidence:
    return evidence(FILM, kind="video", deposit="rehearsal", **more)


def lines(catalogue: Catalogue, *found: Evidence, gaps: dict[str, str] | None = None) -> list[Line]:
    held = Holdings({each.proof: [o for o in found if o.proof == each.proof] for each in found},
                    gaps or {})  # fmt: skip
    return lines_of(owed_by(CANDIDATE, catalogue), CANDIDATE, catalogue, OURS, held, "en")


def line(catalogue: Catalogue, proof: str, *found: Evidence, **more: dict[str, str]) -> Line:
    return next(each for each in lines(catalogue, *found, **more) if each.proof == proof)


def test_the_right_build_comes_before_a_better_verdict_and_a_newer_run() -> None:
    right = evidence(verdict="review", bundle="right")
    better = evidence(product=OLDER, at="2027-01-01T00:00:00Z", bundle="older build")

    assert best([better, right], OURS) is right


def test_of_one_build_the_best_verdict_comes_before_the_newest() -> None:
    passed = evidence(bundle="passed")
    refused = evidence(verdict="fail", at="2027-01-01T00:00:00Z", bundle="refused")

    assert best([refused, passed], OURS) is passed


def test_of_equal_evidence_the_newest_counts_whatever_the_order() -> None:
    first = evidence(bundle="a")
    last = evidence(bundle="b", at="2026-07-15T09:30:00Z")

    assert best([first, last], OURS) is best([last, first], OURS) is last


def test_nothing_to_choose_from_is_nothing() -> None:
    assert best([], OURS) is None


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (evidence(), "ready"),
        (evidence(verdict="warning"), "ready"),
        (evidence(verdict="review"), "to_check"),
        (evidence(verdict="not_tested"), "to_check"),
        (evidence(verdict="fail"), "to_redo"),
        (evidence(verdict="error"), "to_redo"),
        (evidence(trouble="scenario-not-completed"), "to_redo"),
        (evidence(product=OLDER), "to_redo"),
        (evidence(product=Product("Logiciel", "4.1", "7")), "to_redo"),
        (evidence(older_catalogue=True), "to_check"),
        (evidence(verdict="review", decision="conforme"), "ready"),
        (evidence(verdict="review", decision="reserve"), "ready"),
        (evidence(verdict="review", decision="visite"), "to_check"),
        (evidence(decision="non-conforme"), "to_redo"),
        (evidence(verdict="fail", decision="conforme"), "to_redo"),
        (evidence(product=OLDER, decision="conforme"), "to_redo"),
    ],
)
def test_the_state_of_a_field(catalogue: Catalogue, found: Evidence, state: str) -> None:
    assert line(catalogue, MAILS, found).state == state


def test_a_film_is_to_be_looked_at_until_a_person_decides(catalogue: Catalogue) -> None:
    waiting = line(catalogue, FILM, film())
    decided = line(catalogue, FILM, film(decision="conforme", decided="conforms, by A. Diteur"))

    assert (waiting.state, waiting.reasons) == ("to_check", ("a person must look at it",))
    assert (decided.state, decided.reasons) == ("ready", ("conforms, by A. Diteur",))


def test_an_older_build_is_to_redo_and_says_which(catalogue: Catalogue) -> None:
    found = line(catalogue, FILM, film(product=OLDER))

    assert found.state == "to_redo"
    assert found.reasons[0] == "recorded on 4.2 (6), the product of the plan is 4.2 (7)"


def test_a_later_run_that_did_worse_is_told(catalogue: Catalogue) -> None:
    worse = evidence(verdict="fail", bundle="run-2", at="2026-07-15T09:30:00Z")

    found = line(catalogue, MAILS, evidence(), worse)

    assert found.state == "ready"
    assert found.reasons == ("a later run of the same product did worse: run-2, refusal",)


def test_a_missing_field_says_why(catalogue: Catalogue) -> None:
    untold = line(catalogue, FILM, gaps={FILM: "scenario-not-run"})
    paper = line(catalogue, COMMITMENT)
    unheard = line(catalogue, FILM)

    assert (untold.state, untold.reasons) == ("missing", ("its scenario was not run",))
    assert paper.reasons[0].startswith("obtained elsewhere than on this bench (The commitment")
    assert unheard.reasons == ("no bundle shows it",)


def test_one_of_several_modes_is_enough(catalogue: Catalogue) -> None:
    both_missing = line(catalogue, "PSC.01.03.01")
    web_shown = line(catalogue, "PSC.01.03.01", film())
    web_to_redo = line(catalogue, "PSC.01.03.01", film(verdict="fail"))

    assert both_missing.state == web_to_redo.state == "missing"
    assert both_missing.one_of == ("PSC.01.01", "PSC.01.02", "PSC.01.03", "PSC.01.04")
    assert web_shown.state == "not_applicable"
    assert "PSC.01.01.01 is there" in web_shown.sentence


def test_a_field_that_does_not_apply_has_its_sentence(catalogue: Catalogue) -> None:
    web_only = replace(CANDIDATE, modes=("web",))
    rows = lines_of(owed_by(web_only, catalogue), web_only, catalogue, OURS, Holdings({}, {}), "en")

    heavy = next(each for each in rows if each.proof == "PSC/va1.01.04.01")
    assert heavy.state == "not_applicable"
    assert heavy.sentence
    assert "MSS/va1.13.01.01" not in {each.proof for each in rows}  # another corridor


def test_pieces_of_ours_have_no_field(catalogue: Catalogue) -> None:
    assert not [each for each in lines(catalogue) if each.proof.startswith("banc:")]


def test_a_dossier_is_complete_when_all_that_applies_is_ready(catalogue: Catalogue) -> None:
    ready = line(catalogue, MAILS, evidence())
    missing = line(catalogue, FILM)

    assert Dossier(OURS, [ready]).complete
    assert not Dossier(OURS, [ready, missing]).complete
    assert Dossier(OURS, [ready, missing]).counts["missing"] == 1


def finding(verdict: str, scenario: str = "S@ecps", **more: object) -> dict[str, object]:
    key = {"rule": "r", "scenario": scenario, "subject": "login 1"}
    return {"key": key, "verdict": verdict, "known": False, **more}


def test_the_verdict_of_a_scenario_is_the_worst_of_all_its_tellings() -> None:
    verdicts = scenario_verdicts([finding("pass"), finding("fail", "S@cps"), finding("pass", "T")])

    assert (verdicts("S"), verdicts("T"), verdicts("never told")) == ("fail", "pass", "not_tested")


def test_a_known_failure_warns_and_a_settled_review_is_what_a_person_said() -> None:
    known = scenario_verdicts([finding("fail", known=True)])
    settled = scenario_verdicts([finding("review")], lambda key: "conforme")
    refused = scenario_verdicts([finding("review")], lambda key: "non-conforme")

    assert (known("S"), settled("S"), refused("S")) == ("warning", "pass", "fail")


def test_a_rule_over_the_run_counts_for_the_scenario_that_it_names() -> None:
    wide = {
        "key": {"rule": "r", "scenario": "", "subject": "S@ecps login 2"},
        "verdict": "fail",
    }

    assert scenario_verdicts([finding("pass"), wide])("S") == "fail"
