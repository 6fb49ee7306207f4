"""The catalogue's files: what loads, and what is told of a mistake."""

from pathlib import Path

import pytest

from conformance.catalogue import CatalogueError, load_catalogue

REQUIREMENT = """\
requirements:
  - id: banc:ONE
    wave: ["1", "2"]
    corridor: [LGC]
    nature: must
    trust: official
    source: "somewhere"
    statement: {fr: "Une chose.", en: "One thing."}
"""
SCENARIO = """\
scenarios:
  - id: banc:story
    title: {fr: "Une histoire", en: "A story"}
    mode: web
    waves: ["2"]
    official: false
    verifies: [banc:ONE]
    steps:
      - {n: 1, title: {fr: "Un", en: "One"}, expected: {fr: "Vu", en: "Seen"}}
      - {n: 2, title: {fr: "Deux", en: "Two"}, expected: {fr: "Vu", en: "Seen"}}
    trust: official
    source: "somewhere"
proofs:
  - id: banc:story.01
    requirement: banc:ONE
    scenario: banc:story
    title: {fr: "Preuve", en: "Proof"}
    kinds: [smtp_source]
    made_from: [{source: mail, step: 2, pick: first}]
    trust: official
    source: "somewhere"
"""


def shelves(folder: Path, requirements: str = REQUIREMENT, scenarios: str = SCENARIO) -> Path:
    for name, text in (("requirements", requirements), ("scenarios", scenarios)):
        (folder / name).mkdir()
        (folder / name / "some.yaml").write_text(text, encoding="utf-8", newline="\n")
    return folder


def test_a_row_written_for_two_waves_is_two_rows(tmp_path: Path) -> None:
    folder = shelves(tmp_path)

    catalogue = load_catalogue(folder)

    assert [row.wave for row in catalogue.rows("banc:ONE")] == ["1", "2"]
    statement = catalogue.requirement("banc:ONE", "2", "LGC").statement
    assert statement is not None and statement.said("en") == "One thing."
    with pytest.raises(KeyError, match="no row for wave 2, corridor RIS"):
        catalogue.requirement("banc:ONE", "2", "RIS")


def test_a_step_knows_the_proofs_that_show_it(tmp_path: Path) -> None:
    folder = shelves(tmp_path)

    scenario = load_catalogue(folder).scenario("banc:story")

    assert [step.proofs for step in scenario.steps] == [(), ("banc:story.01",)]
    with pytest.raises(KeyError, match="banc:story has no step 3: it has 2"):
        scenario.step(3)


def test_the_hash_changes_with_any_octet(tmp_path: Path) -> None:
    first = load_catalogue(shelves(tmp_path)).sha256

    (tmp_path / "requirements" / "some.yaml").write_text(REQUIREMENT + "# more\n", "utf-8")

    assert load_catalogue(tmp_path).sha256 != first


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("nature: must", "nature: should", r"some\.yaml:5: banc:ONE: nature 'should': .*'must'"),
        ("corridor: [LGC]", "corridor: [LGB]", r"some\.yaml:4: banc:ONE: corridor\.0 'LGB'"),
        ("trust: official", "trusted: official", r"some\.yaml:6: banc:ONE: trusted 'official'"),
        ("    nature: must\n", "", r"some\.yaml:2: banc:ONE: nature: Field required"),
        ('["1", "2"]', '["1", "1"]', r"requirement banc:ONE / 1 / LGC / .* stands already at"),
        (
            "nature: must",
            "nature: must\n    nature: may",
            r"some\.yaml:6: key 'nature' stands twice",
        ),
        ("requirements:", "requirement:", r"some\.yaml:1: requirement: expected requirements"),
        ("nature: must", "nature: [must", r"some\.yaml:\d+: .* expected YAML"),
        ("    statement:", "    text_status: unknown\n    statement:", r"never both"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_key(
    tmp_path: Path, wrong: str, right: str, said: str
) -> None:
    folder = shelves(tmp_path, requirements=REQUIREMENT.replace(wrong, right))

    with pytest.raises(CatalogueError, match=said) as told:
        load_catalogue(folder)

    assert "\n" not in str(told.value)


def test_steps_are_numbered_without_a_gap(tmp_path: Path) -> None:
    folder = shelves(tmp_path, scenarios=SCENARIO.replace("{n: 2,", "{n: 3,"))

    with pytest.raises(CatalogueError, match="without a gap"):
        load_catalogue(folder)


def test_an_id_of_ours_never_looks_official(tmp_path: Path) -> None:
    folder = shelves(tmp_path, scenarios=SCENARIO.replace("banc:story", "PSC.99.01"))

    with pytest.raises(CatalogueError, match="an id of ours begins with banc:"):
        load_catalogue(folder)


def test_a_missing_shelf_is_named(tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()

    with pytest.raises(CatalogueError, match="requirements: no such folder"):
        load_catalogue(tmp_path)
