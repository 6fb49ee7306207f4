"""The vendor's rows beside ours: the workbook wins, what judges stays, nothing is lost."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.bench.workbooks import AFTER, HEADINGS, PAIRS, invented, write_rem
from conformance.catalogue import Catalogue, load_catalogue
from conformance.catalogue.applicability import Candidate, owed_by
from conformance.catalogue.official.compare import compare
from conformance.catalogue.official.merge import merged
from conformance.catalogue.official.model import Imported
from conformance.catalogue.official.reading import read_workbook
from conformance.checks.all_rules import all_rules
from conformance.judging.aggregate import requirement_verdicts
from conformance.judging.findings import RequirementVerdict, ScenarioVerdict, Verdict
from conformance.judging.judge import grading_for
from conformance.reporting.sections.by_person import family_of

PLAN = {"waves": ["2"], "corridor": ["LGC"], "profiles": ["BAL PER-ORG"]}
TITLES = [*HEADINGS, *PAIRS, *AFTER]


def line(name: str, proofs: int = 1, /, **changes: Any) -> list[object]:
    """A line about one of our own rows, in invented words."""
    cells: dict[str, object] = {
        "Périmètre": "Vague 2",
        "ID": name,
        "Exigence": f"Le système imaginaire DOIT tenir {name}.",
        "Nature": "EXIGENCE",
        "N° scénario": f"{name}.01",
        "Scénario de conformité": "1. Ouvrir\n2. Fermer",
        "Criticité": "MAJOR",
    }
    for n in range(1, proofs + 1):
        cells |= {f"N° preuve {n}": f"{name}.01.{n:02d}", f"Preuve {n}": "Capture d'écran"}
    cells |= changes
    return [cells.get(title) for title in TITLES]


def read(folder: Path, *lines: list[object]) -> Imported:
    return read_workbook(write_rem(folder / "REM-LGC-Va2.xlsx", lines))


def verdict_of(
    catalogue: Catalogue, name: str, told: dict[str, ScenarioVerdict] | None = None
) -> RequirementVerdict:
    """What a run in which no rule judged anything says of one requirement."""
    grading = grading_for({"plan": PLAN}, catalogue)
    return requirement_verdicts({}, all_rules(), catalogue, grading, told or {})[name]


@pytest.fixture(scope="module")
def built_in() -> Catalogue:
    return load_catalogue()


def test_the_official_row_wins_and_the_rules_stay(built_in: Catalogue, tmp_path: Path) -> None:
    imported = read(tmp_path, line("MSS/va1.03", Nature="PRECONISATION"))

    catalogue = merged(built_in, imported)

    row = catalogue.requirement("MSS/va1.03", "2", "LGC")
    others = [each for each in catalogue.rows("MSS/va1.03") if each is not row]
    assert (row.nature, row.criticality, row.trust, row.reason) == (
        "may",
        "MAJOR",
        "official",
        None,
    )
    assert row.source == "REM-LGC-Va2.xlsx, Exigences, l. 2"
    assert row.statement == built_in.requirement("MSS/va1.03", "2", "LGC").statement
    assert row.text == "Le système imaginaire DOIT tenir MSS/va1.03."
    assert {each.nature for each in others} == {"must"}
    assert sum(len(each.keys) for each in catalogue.rows("MSS/va1.03")) == sum(
        len(each.keys) for each in built_in.rows("MSS/va1.03")
    )


def test_every_row_of_the_workbook_is_listed_and_ours_stay(
    built_in: Catalogue, tmp_path: Path
) -> None:
    imported = read(tmp_path, *(each.rem() for each in invented(40)))

    catalogue = merged(built_in, imported)

    assert set(built_in.requirement_ids) < set(catalogue.requirement_ids)
    assert len(catalogue.requirements) == len(built_in.requirements) + 40
    assert catalogue.scenario("PSC/INV.0001.01").mode == "person"
    assert [step.n for step in catalogue.scenario("PSC/INV.0001.01").steps] == list(range(1, 7))
    assert catalogue.scenario("PSC.01.01").steps == built_in.scenario("PSC.01.01").steps
    assert catalogue.proofs_for("INS/INV.0002")[0].kinds == ("smtp_source",)
    assert (catalogue.readings, catalogue.alternatives) == (
        built_in.readings, built_in.alternatives,
    )  # fmt: skip


def test_an_alias_keeps_its_rules_unless_both_ids_stand_in_the_workbook(
    built_in: Catalogue, tmp_path: Path
) -> None:
    alone = merged(built_in, read(tmp_path, line("MSS/va1.17")))
    both = merged(built_in, read(tmp_path, line("MSS/va1.01"), line("MSS/va1.17")))

    assert alone.canonical("MSS/va1.17") == "MSS/va1.01"
    assert alone.requirement("MSS/va1.01", "2", "LGC").workbook
    assert both.canonical("MSS/va1.17") == "MSS/va1.17"
    assert [row.workbook for row in both.rows("MSS/va1.17")] == [True]


def test_an_id_under_two_statements_stays_two_rows(built_in: Catalogue, tmp_path: Path) -> None:
    imported = read(tmp_path, line("MSS/va1.03"), line("MSS/va1.03", Exigence="Il DOIT chanter."))

    own = [row for row in merged(built_in, imported).rows("MSS/va1.03") if row.workbook]

    assert [row.reason is None for row in own] == [True, False]
    assert verdict_of(merged(built_in, imported), "MSS/va1.03").verdict is Verdict.REVIEW


def test_our_proof_keeps_what_it_is_made_of(built_in: Catalogue, tmp_path: Path) -> None:
    cells = {"N° preuve 1": "PSC.01.01.01", "Preuve 1": "Vidéo et capture d'écran"}

    catalogue = merged(built_in, read(tmp_path, line("PSC.01", **cells)))

    proof, ours = catalogue.proof("PSC.01.01.01"), built_in.proof("PSC.01.01.01")
    assert (proof.made_from, proof.scenario) == (ours.made_from, ours.scenario)
    assert (proof.kinds, proof.trust, proof.derived) == (("video", "screenshot"), "official", False)


def test_what_no_rule_judges_is_for_a_person_never_a_pass(
    built_in: Catalogue, tmp_path: Path
) -> None:
    bare = dict.fromkeys(("N° scénario", "Scénario de conformité", "N° preuve 1", "Preuve 1"))
    imported = read(tmp_path, line("XYZ/INV.01"), line("XYZ/INV.02", **bare))

    catalogue = merged(built_in, imported)

    shown, bare_row = (verdict_of(catalogue, f"XYZ/INV.0{n}") for n in (1, 2))
    assert (shown.verdict, shown.reason) == (Verdict.REVIEW, "by-person")
    assert (bare_row.verdict, bare_row.reason) == (Verdict.NOT_TESTED, "nothing-to-show")
    assert verdict_of(built_in, "MSS/va1.14").verdict is Verdict.NOT_TESTED
    later = merged(built_in, read(tmp_path, line("MSS/va1.14")))
    assert verdict_of(later, "MSS/va1.14").verdict is Verdict.REVIEW


def test_a_withdrawn_row_is_owed_by_nobody_and_says_so(built_in: Catalogue, tmp_path: Path) -> None:
    imported = read(tmp_path, line("XYZ/INV.01", **{"Statut publication": "Supprimée"}))

    found = owed_by(Candidate(("2",), ("LGC",)), merged(built_in, imported))

    assert "Supprimée" in found.set_aside["XYZ/INV.01"]


def test_a_text_typed_in_leaves_the_requirement_to_a_person(built_in: Catalogue) -> None:
    catalogue = merged(built_in, Imported(filled={"EX PSC 01": "Une phrase inventée."}))
    told = {
        "PSC.01.01": ScenarioVerdict("PSC.01.01", Verdict.PASS, "completed", None, None, ()),
    }

    before, after = (verdict_of(each, "EX PSC 01", told) for each in (built_in, catalogue))
    not_told = verdict_of(catalogue, "EX PSC 01")

    assert (before.verdict, before.reason) == (Verdict.REVIEW, "text-unknown")
    assert (after.verdict, after.reason) == (Verdict.REVIEW, "held-by-eye")
    assert (not_told.verdict, not_told.reason) == (Verdict.NOT_TESTED, "scenario-not-run")
    assert catalogue.any_requirement("EX PSC 01").text == "Une phrase inventée."
    assert catalogue.any_requirement("EX PSC 03").text_status == "unknown"


def test_the_skeleton_says_the_same_without_a_word_of_the_texts(
    built_in: Catalogue, tmp_path: Path
) -> None:
    lines = [*(each.rem() for each in invented(30)), line("MSS/va1.03"), line("PSC.01")]
    imported = read(tmp_path, *lines)
    filled = imported.model_copy(update={"filled": {"EX PSC 01": "Une phrase inventée."}})

    whole, bare = merged(built_in, filled), merged(built_in, filled.without_texts())

    assert whole.sha256 == bare.sha256
    assert [row.keys for row in whole.requirements] == [row.keys for row in bare.requirements]
    assert [p.kinds for p in whole.proofs] == [p.kinds for p in bare.proofs]
    assert [len(s.steps) for s in whole.scenarios] == [len(s.steps) for s in bare.scenarios]
    for name in ("XYZ", "PSC/INV.0001", "EX PSC 01", "MSS/va1.03"):
        if name in whole.requirement_ids:
            assert verdict_of(whole, name) == verdict_of(bare, name)
    assert "imaginaire" in str(whole) and "inventée" in str(whole)
    assert "imaginaire" not in str(bare) and "inventée" not in str(bare)


def test_what_changed_between_two_catalogues_is_told_by_key(tmp_path: Path) -> None:
    before = read(tmp_path, line("A/1"), line("A/2"), line("A/3"), line("A/4", 2))
    changed = [
        line("A/1"),
        line("A/2", Nature="PRECONISATION", Exigence="Il PEUT.", Criticité="MINOR"),
        line("A/4", Profil="BAL APP", **{"Preuve 1": "Vidéo"}),
        line("A/5"),
    ]
    after = read(tmp_path, *changed)

    found = compare(before, after)

    assert [key[0] for key in found.added] == ["A/5"]
    assert [key[0] for key in found.removed] == ["A/3"]
    assert {each.key[0]: set(each.differences) for each in found.changed} == {
        "A/2": {("nature", "must", "may"), ("criticality", "MAJOR", "MINOR"),
                ("statement", "", "")},
        "A/4": {("profile", "Général", "BAL APP"), ("proof", "A/4.01.02", ""),
                ("proof-text", "A/4.01.01", "A/4.01.01")},
    }  # fmt: skip
    assert compare(before, before).same


def test_families_are_what_ids_are_about() -> None:
    names = ("MSS/va1.02", "SC.MSS/CONF.01", "LGC.DMP/UX.10", "PSC.01", "EX PSC 01", "banc:ligne-3")

    assert [family_of(name) for name in names] == [
        "MSS", "MSS", "DMP", "PSC", "EX", "BANC:LIGNE-3",
    ]  # fmt: skip


def test_the_bench_says_which_rows_of_another_version_differ(
    built_in: Catalogue, tmp_path: Path
) -> None:
    from conformance.catalogue.official.recorded import digests

    first = built_in.requirements[0]
    reworded = first.model_copy(update={"source": "elsewhere", "statement": None})
    weighed = first.model_copy(update={"nature": "may"})

    same = digests(replace(built_in, requirements=(reworded, *built_in.requirements[1:])))
    other = digests(replace(built_in, requirements=(weighed, *built_in.requirements[1:])))

    own = digests(built_in)
    assert same == own
    assert {name for name in own if own[name] != other[name]} == {f"requirement {first.id}"}
