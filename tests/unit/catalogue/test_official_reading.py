"""Official workbooks of invented texts: both layouts read, and what is told of their defects."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pytest

from conformance.bench.workbooks import (
    AFTER,
    CONVERGENCE,
    HEADINGS,
    PAIRS,
    Invented,
    invented,
    write_rem,
    write_sheet,
)
from conformance.catalogue.official.defects import sentence
from conformance.catalogue.official.keys import Said, corridors_in, nature_of, waves_in
from conformance.catalogue.official.kinds import kinds_of
from conformance.catalogue.official.model import Imported
from conformance.catalogue.official.reading import read_workbook
from conformance.catalogue.official.steps import steps_of
from conformance.errors import CatalogueFault

pytestmark = pytest.mark.usefixtures("english")

ROW = [*HEADINGS, *PAIRS, *AFTER]


def row(number: int = 1, /, **changes: object) -> list[object]:
    """The line of an invented requirement, with cells changed by their heading."""
    line = Invented(number).rem()
    for title, value in changes.items():
        line[ROW.index({"id": "ID", "n1": "N° preuve 1"}.get(title, title))] = value
    return line


def read(folder: Path, *rows: Sequence[object], name: str = "REM-INV-LGC-Va2.xlsx") -> Imported:
    return read_workbook(write_rem(folder / name, rows), today=date(2027, 1, 31))


def codes(imported: Imported) -> list[tuple[int, str]]:
    return [(found.place, found.code) for found in imported.defects]


def test_a_clean_sheet_gives_every_row_and_no_defect(tmp_path: Path) -> None:
    imported = read(tmp_path, *(each.rem() for each in invented(30)))

    first = imported.rows[0]
    assert len(imported.rows) == 30
    assert imported.defects == ()
    assert (first.id, first.waves, first.corridors, first.profile) == (
        "PSC/INV.0001", ("2",), ("LGC",), "Général",
    )  # fmt: skip
    assert (first.nature, imported.rows[8].nature, first.steps) == ("must", "may", 6)
    assert [proof.id for proof in first.proofs] == ["PSC/INV.0001.01.01", "PSC/INV.0001.01.02"]
    assert imported.source is not None
    assert (imported.source.date, imported.source.layout) == ("2027-01-31", "rem")


def test_both_layouts_give_the_same_requirements_and_proofs(tmp_path: Path) -> None:
    whole = invented(12)
    rem = read(tmp_path, *(each.rem() for each in whole))
    lines = [line for each in whole for line in each.convergence()]

    export = read_workbook(write_sheet(tmp_path / "LGC.xlsx", "Export", CONVERGENCE, lines))

    def facts(imported: Imported) -> list[object]:
        return [
            (r.keys, r.nature, r.scenario, r.steps, [(p.id, p.kinds) for p in r.proofs])
            for r in imported.rows
        ]

    assert export.source is not None
    assert export.source.layout == "convergence"
    assert facts(export) == facts(rem)


def test_headings_are_known_whatever_their_accents_case_and_line_breaks(tmp_path: Path) -> None:
    headings = [title.upper().replace("É", "E").replace(" ", "\n ") for title in ROW]
    headings[ROW.index("N° preuve 1")] = "Nº\nPreuve 1"
    path = write_sheet(tmp_path / "a-LGC.xlsx", "Exigences REM vague 2", headings, [row()])

    imported = read_workbook(path)

    assert imported.rows[0].proofs[0].id == "PSC/INV.0001.01.01"
    assert imported.rows[0].criticality == "MAJOR"


def test_the_short_layout_of_columns_a_to_u_is_read_too(tmp_path: Path) -> None:
    titles = (*HEADINGS, *PAIRS[:6], *AFTER, "Divers")
    cells = [*row()[: len(HEADINGS) + 6], *row()[-4:], None]
    assert len(titles) == 21

    imported = read_workbook(
        write_sheet(tmp_path / "LGC.xlsx", "Exigences REM vague 2", titles, [cells])
    )

    assert imported.rows[0].scenario == "PSC/INV.0001.01"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"N° scénario": "XYZ/INV.0009.01"}, "scenario-prefix"),
        ({"n1": "XYZ/INV.0009.01.01"}, "proof-prefix"),
        ({"id": "\u00a0PSC/INV.0001"}, "blanks-in-id"),
        ({"Preuve 1": "Lien sur interopsegu.esante.gouv.fr"}, "misspelt-host"),
        ({"Exigence": None}, "blank-statement"),
        ({"Scénario de conformité": None}, "blank-scenario"),
        ({"Preuve 1": None}, "blank-proof"),
        ({"Nature": "À VOIR"}, "nature-unknown"),
        ({"N° scénario": None}, "scenario-without-id"),
        ({"n1": None}, "proof-without-id"),
        ({"N° scénario": datetime(2027, 1, 1)}, "id-is-a-date"),
        ({"Ordre": datetime(2027, 1, 1)}, "cell-is-a-date"),
        ({"Preuve 1": "Lien sur interopsegur.esante.gouv.f"}, "misspelt-host"),
    ],
)
def test_a_defect_of_a_line_is_told_and_the_line_kept(
    tmp_path: Path, changes: dict[str, object], code: str
) -> None:
    imported = read(tmp_path, row(**changes), row(2))

    assert (2, code) in codes(imported)
    assert [each.id for each in imported.rows] == ["PSC/INV.0001", "INS/INV.0002"]
    assert all(sentence(found) for found in imported.defects)


def test_a_date_of_publication_is_no_defect(tmp_path: Path) -> None:
    published = row(**{"Statut publication": datetime(2027, 1, 1)})

    imported = read(tmp_path, published)

    assert imported.defects == ()
    assert imported.rows[0].status == "2027-01-01"


def test_an_id_that_the_bench_knows_is_read_whatever_its_case(tmp_path: Path) -> None:
    known = row(**{"id": "mss/conf.05", "N° scénario": "psc.01.01", "n1": "PSC.01.01.01"})
    unknown = row(**{"id": "inv.0001", "N° scénario": "inv.0001.01", "n1": "inv.0001.01.01"})

    imported = read(tmp_path, known, unknown)

    first, second = imported.rows
    told = [sentence(found) for found in imported.defects if found.code == "letter-case"]
    assert (first.id, first.scenario) == ("MSS/CONF.05", "PSC.01.01")
    assert second.id == "inv.0001"
    assert told == [
        "mss/conf.05 is known as MSS/CONF.05, and read so",
        "psc.01.01 is known as PSC.01.01, and read so",
    ]


def test_a_title_counts_without_what_it_says_between_brackets(tmp_path: Path) -> None:
    titles = {"Exigence": "Exigence\n(énoncé)", "Commentaire": "Commentaire(s)"}
    headings = [titles.get(title, title) for title in ROW]

    imported = read_workbook(
        write_sheet(tmp_path / "a-LGC.xlsx", "Exigences REM vague 2 ", headings, [row()])
    )

    assert imported.rows[0].said("statement")
    assert imported.source is not None
    assert imported.source.sheet == "Exigences REM vague 2"


def test_titles_that_are_not_known_are_named_beside_the_missing_one(tmp_path: Path) -> None:
    headings = ["Enoncé complet" if title == "Exigence" else title for title in ROW]
    path = write_sheet(tmp_path / "a-LGC.xlsx", "Exigences REM vague 2", headings, [row()])

    with pytest.raises(CatalogueFault, match=r"« Exigence ».*line 1 also.*« Enoncé complet »"):
        read_workbook(path)


def test_a_statement_without_an_id_is_listed_under_its_line(tmp_path: Path) -> None:
    imported = read(tmp_path, row(2), row(id=None))

    assert imported.rows[1].id == "banc:ligne-3"
    assert (3, "blank-id") in codes(imported)


def test_a_duty_without_scenario_is_told_and_an_advice_is_not(tmp_path: Path) -> None:
    bare = dict.fromkeys(("N° scénario", "Scénario de conformité", *PAIRS))

    imported = read(tmp_path, row(1, **bare), row(9, **bare))

    assert codes(imported) == [(2, "no-scenario")]


def test_the_same_key_with_another_statement_stays_two_rows(tmp_path: Path) -> None:
    imported = read(tmp_path, row(), row(Exigence="Le système DOIT chanter.", Profil="général"))

    assert [each.variant for each in imported.rows] == [0, 1]
    assert (3, "requirement-reused") in codes(imported)


def test_the_same_id_under_two_profiles_is_no_defect(tmp_path: Path) -> None:
    other = row(Exigence="Le système DOIT danser.", Profil="BAL APP", **{"N° scénario": None})
    other[HEADINGS.index("Scénario de conformité") :] = [None] * (len(ROW) - 9)

    imported = read(tmp_path, row(), other)

    assert {each.profile for each in imported.rows} == {"Général", "BAL APP"}
    assert "requirement-reused" not in {code for _line, code in codes(imported)}


def test_more_proofs_than_a_deposit_takes_and_a_proof_asked_twice_are_told(tmp_path: Path) -> None:
    many = [
        row(**{f"N° preuve {n}": f"PSC/INV.0001.01.{n + k:02d}" for n in range(1, 11)},
            **{f"Preuve {n}": "Vidéo" for n in range(1, 11)})
        for k in (0, 10)
    ]  # fmt: skip
    again = row(2, n1="PSC/INV.0001.01.01")

    imported = read(tmp_path, *many, again)

    assert (2, "too-many-proofs") in codes(imported)
    assert (4, "proof-reused") in codes(imported)


def test_a_line_under_a_merged_cell_goes_on_with_its_requirement(tmp_path: Path) -> None:
    below: list[object] = [None] * len(ROW)
    below[ROW.index("N° scénario")] = "PSC/INV.0001.02"
    below[ROW.index("Scénario de conformité")] = "1. Un\n2. Deux"
    title = ["Chapitre suivant", *[None] * (len(ROW) - 1)]

    imported = read(tmp_path, row(), below, title, row(2))

    assert [each.id for each in imported.rows] == ["PSC/INV.0001", "PSC/INV.0001", "INS/INV.0002"]
    assert imported.rows[1].waves == ("2",)
    assert imported.rows[1].steps == 2


def test_wave_and_corridor_come_from_the_row_then_from_the_names(tmp_path: Path) -> None:
    told = read(
        tmp_path,
        row(**{"Périmètre": "Vague 1"}),
        row(2, id="RIS.DOC/INV.0002", **{"Périmètre": None}),
        row(3, **{"Périmètre": "Vague 1 et 2 - HOP-DPI"}),
    )

    assert [(each.waves, each.corridors) for each in told.rows] == [
        (("1",), ("LGC",)), (("2",), ("RIS",)), (("1", "2"), ("DPI",)),
    ]  # fmt: skip
    assert (waves_in("REM_HOP_PFI_va1"), corridors_in("REM_HOP_PFI_va1")) == (("1",), ("PFI",))


def test_what_cannot_be_known_is_asked_in_one_sentence(tmp_path: Path) -> None:
    path = write_rem(tmp_path / "classeur.xlsx", [row(**{"Périmètre": "Tous"})])

    with pytest.raises(CatalogueFault, match=r"line 2: Périmètre 'Tous' names no wave.*--wave 1"):
        read_workbook(path, Said(corridors=("LGC",)))
    with pytest.raises(CatalogueFault, match=r"line 2: neither PSC/INV.0001.*--corridor"):
        read_workbook(path, Said(wave="2"))
    assert read_workbook(path, Said("1", ("RIS", "SGL"))).rows[0].corridors == ("RIS", "SGL")


@pytest.mark.parametrize(
    ("cell", "statement", "nature"),
    [
        ("EXIGENCE", "Le système DOIT.", "must"),
        ("EXIGENCE", "Le système NE DOIT PAS.", "must_not"),
        ("PRÉCONISATION", "Le système PEUT.", "may"),
        ("", "Il DOIT, et NE DOIT PAS.", "must"),
        ("", "Il PEUT.", "may"),
        ("", "Il chante.", None),
        ("Peut-être DOIT", "", "may"),
    ],
)
def test_the_nature_is_that_of_the_column_else_of_the_statement(
    cell: str, statement: str, nature: str | None
) -> None:
    assert nature_of(cell, statement) == nature


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Vidéo ou copie d'écran de l'écran", ("video", "screenshot")),
        ("Lien permanent Gazelle", ("gazelle_link",)),
        ("Source du message (SMTP)", ("smtp_source",)),
        ("<p>PDF/A-1</p>", ("pdfa1",)),
        ("N'importe quoi", ()),
    ],
)
def test_the_kinds_of_a_proof_are_those_its_text_names(text: str, kinds: tuple[str, ...]) -> None:
    assert kinds_of(text) == kinds


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Prérequis :\n1. Un compte\nEtapes :\n1. Ouvrir\n2. Fermer\net ranger",
         ("Ouvrir", "Fermer\net ranger")),
        ("<p>Étapes</p><p>Étape 1 : ouvrir</p><p>Étape 2 : fermer</p>", ("ouvrir", "fermer")),
        ("1. Un\n3. Trois", ()),
        ("Ouvrir puis fermer.", ()),
        ("2. Commencer par deux", ()),
    ],
)  # fmt: skip
def test_steps_are_read_when_they_are_numbered_without_a_gap(
    text: str, steps: tuple[str, ...]
) -> None:
    assert steps_of(text) == steps
