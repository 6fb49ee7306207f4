"""`banc catalogue` as a vendor types it: import, list, lint, diff, export, fill, banc.toml."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance.bench.workbooks import AFTER, HEADINGS, PAIRS, invented, write_rem
from conformance.catalogue.official import folder
from conformance.catalogue.official.model import Imported, OfficialRow
from tests.worlds.command import Banc

CONFIG = """
[product]
name = "Produit"
version = "1"

[plan]
corridor = "LGC"
wave = "2"
{more}

[[face]]
name = "web"
driver = "adapter"
address = "http://127.0.0.1:9"
"""
BROKEN = "PSC/INV.0099.01"


@pytest.fixture
def workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Twenty invented rows, one of them with a broken prefix and one without an id."""
    monkeypatch.chdir(tmp_path)
    rows = [each.rem() for each in invented(20)]
    rows[0][HEADINGS.index("N° scénario")] = BROKEN
    rows[3][HEADINGS.index("ID")] = None
    return write_rem(tmp_path / "REM-INV-LGC-Va2.xlsx", rows)


def rows_of(imported: Imported) -> list[OfficialRow]:
    """The rows without where they stood in their file."""
    return [row.model_copy(update={"place": 1}) for row in imported.rows]


def test_import_says_what_it_read_and_what_to_write_into_banc_toml(
    banc: Banc, workbook: Path
) -> None:
    told = banc("catalogue", "import", workbook.name)

    kept = workbook.parent / "catalogue-importe" / "REM-INV-LGC-Va2"
    assert told.code == 0
    assert "feuille « Exigences » : 20 lignes lues" in told.out
    assert "20 exigences (vague 2, LGC), 20 scénarios" in told.out
    assert "1 erreur, " in told.out
    assert 'catalogue = "catalogue-importe/REM-INV-LGC-Va2"' in told.out
    assert all(len(line) < 80 for line in told.lines)
    assert (kept / ".gitignore").read_text() == "*\n"
    assert len(folder.load(kept).rows) == 20


def test_import_again_keeps_the_texts_that_were_typed_in(
    banc: Banc, workbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    banc("catalogue", "import", workbook, "--out", "mine")
    (workbook.parent / "text.txt").write_text("Une phrase inventée.", encoding="utf-8")
    banc("catalogue", "fill", "EX PSC 01", "--catalogue", "mine", "--file", "text.txt")

    told = banc("catalogue", "import", workbook, "--out", "mine", "--json")

    assert json.loads(told.out)["filled"] == ["EX PSC 01"]
    assert folder.load(Path("mine")).filled == {"EX PSC 01": "Une phrase inventée."}


def test_lint_lists_every_defect_with_its_line(banc: Banc, workbook: Path) -> None:
    plain = banc("catalogue", "lint", workbook)
    banc("catalogue", "import", workbook, "--out", "mine")
    again = banc("catalogue", "lint", "mine", "--json")
    clean = write_rem(workbook.parent / "LGC-Va2.xlsx", [each.rem() for each in invented(3)])

    assert plain.code == again.code == 1
    whole = plain.out.replace("\n    ", " ")
    assert f"ligne 2 · PSC/INV.0001 : le scénario {BROKEN} ne commence pas par" in whole
    assert "erreur · ligne 5 · banc:ligne-5 : un énoncé sans ID" in whole
    assert all(len(line) < 80 for line in plain.out.splitlines()[:-1])
    assert {each["code"] for each in json.loads(again.out)} >= {"scenario-prefix", "blank-id"}
    assert banc("catalogue", "lint", clean).code == 0


def test_diff_tells_added_removed_and_changed_rows(banc: Banc, workbook: Path) -> None:
    rows = [each.rem() for each in invented(22)[1:]]
    rows[4][HEADINGS.index("Nature")] = "PRECONISATION"
    rows[5][len(HEADINGS) + 1] = "Autre preuve"
    newer = write_rem(workbook.parent / "REM-INV-LGC-Va2b.xlsx", rows)
    older = write_rem(
        workbook.parent / "REM-INV-LGC-Va2a.xlsx", [each.rem() for each in invented(20)]
    )
    banc("catalogue", "import", older, "--out", "mine")

    told = banc("catalogue", "diff", "mine", newer)
    data = json.loads(banc("catalogue", "diff", older, newer, "--json").out)

    assert told.code == 1
    assert "Ajoutées (2)" in told.out
    assert "Retirées (1)\n  PSC/INV.0001 · vague 2 · LGC · Général" in told.out
    assert "nature DOIT → PEUT" in told.out
    assert "      la preuve ANN/INV.0007.01.01 est formulée autrement\n" in told.out
    assert [len(data[name]) for name in ("added", "removed", "changed")] == [2, 1, 2]
    same = banc("catalogue", "diff", older, "mine")
    assert (same.code, same.out) == (0, "Aucune ligne ne diffère.\n")


@pytest.mark.parametrize("form", ["xlsx", "csv", "yaml"])
def test_what_is_exported_imports_as_the_same_rows(banc: Banc, workbook: Path, form: str) -> None:
    rows = [each.rem() for each in invented(8)]
    rows[2][HEADINGS.index("Exigence")] = '=HYPERLINK("http://x.test","DOIT")'
    rows[3][HEADINGS.index("Commentaire")] = '\'- une puce ; "citée"\net une ligne'
    rows[4][HEADINGS.index("Nature")] = None
    rows[5][HEADINGS.index("ID")] = None
    path = workbook.parent / "classeur.xlsx"
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.create_sheet("Exigences")
    lines: list[list[Any]] = [[*HEADINGS, *PAIRS, *AFTER], *rows]
    for number, cells in enumerate(lines, 1):
        for place, value in enumerate(cells, 1):
            cell = sheet.cell(number, place, value)
            cell.data_type = "s" if isinstance(value, str) else cell.data_type
    book.save(path)
    banc("catalogue", "import", path, "--out", "first", "--corridor", "RIS", "--corridor", "SGL")

    told = banc("catalogue", "export", "first", "--to", form, "--out", f"again.{form}")
    again = banc("catalogue", "import", f"again.{form}", "--out", "second")

    first, second = (folder.load(Path(name)) for name in ("first", "second"))
    assert (told.code, again.code) == (0, 0)
    assert rows_of(second) == rows_of(first)
    assert first.rows[2].said("statement").startswith("=HYPERLINK")
    assert banc("catalogue", "export", "first", "--to", form, "--out", f"again.{form}").code == 2


def test_the_text_of_an_ex_psc_is_piped_in_and_no_longer_unread(
    banc: Banc, workbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    piped = io.TextIOWrapper(io.BytesIO("Une phrase\ninventée.\n".encode()), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", piped)

    told = banc("catalogue", "fill", "ex psc 01")
    wrong = told if told.code else None
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"Une phrase.")))
    kept = banc("catalogue", "fill", "EX PSC 01")
    listed = banc("list", "requirements", "--catalogue", "catalogue-importe/textes", "--json")

    assert wrong is not None
    assert "vouliez-vous dire EX PSC 01" in wrong.err
    assert kept.code == 0
    assert 'catalogue = "catalogue-importe/textes"' in kept.out
    rows = {row["id"]: row for row in json.loads(listed.out) if row["wave"] == "2"}
    assert rows["EX PSC 01"]["text_status"] == "imported"
    assert rows["EX PSC 01"]["text"] == "Une phrase."
    assert rows["EX PSC 03"]["text_status"] == "unknown"


def test_fill_wants_a_text_and_one_folder(
    banc: Banc, workbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    banc("catalogue", "import", workbook, "--out", "catalogue-importe/a")
    banc("catalogue", "import", workbook, "--out", "catalogue-importe/b")
    (workbook.parent / "none.txt").write_bytes(b" \n")
    (workbook.parent / "bad.txt").write_bytes(b"\xff")

    several = banc("catalogue", "fill", "EX PSC 01", "--file", "none.txt")
    empty = banc("catalogue", "fill", "EX PSC 01", "--catalogue", "c", "--file", "none.txt")
    bad = banc("catalogue", "fill", "EX PSC 01", "--catalogue", "c", "--file", "bad.txt")

    assert {each.code for each in (several, empty, bad)} == {2}
    assert "plusieurs catalogues (a, b)" in several.err
    assert "aucun texte donné, rien n'est changé" in empty.err
    assert "n'est pas de l'UTF-8" in bad.err
    assert not Path("c").exists()


def test_banc_toml_names_the_folder_and_its_profiles_are_known(banc: Banc, workbook: Path) -> None:
    banc("catalogue", "import", workbook)
    named = 'catalogue = "catalogue-importe/REM-INV-LGC-Va2"\nprofiles = ["BAL PER-ORG"]'
    Path("banc.toml").write_text(CONFIG.format(more=named), encoding="utf-8")
    Path("gone.toml").write_text(CONFIG.format(more='catalogue = "gone"'), encoding="utf-8")
    Path("book.toml").write_text(
        CONFIG.format(more=f'catalogue = "{workbook.name}"'), encoding="utf-8"
    )

    listed = banc("list", "requirements", "--config", "banc.toml", "--json")
    owed = banc("list", "owed", "--config", "banc.toml", "--json")
    asked = banc("run", "--config", "banc.toml", "--only", "INS/INV.0002.01")
    gone, book = (banc("list", "owed", "--config", f"{name}.toml") for name in ("gone", "book"))

    workbook_rows = [row for row in json.loads(listed.out) if row["workbook"]]
    assert len(workbook_rows) == 20
    assert "INS/INV.0002.01.01" in {row["id"] for row in json.loads(owed.out)["proofs"]}
    assert asked.code == 2
    assert "--only INS/INV.0002.01 : aucun scénario de ce banc ne le joue encore" in asked.err
    assert (gone.code, book.code) == (2, 2)
    assert "gone.toml:9: plan.catalogue 'gone': " in gone.err
    assert "aucun catalogue importé" in gone.err
    assert "un fichier ; attendu : le dossier" in book.err
