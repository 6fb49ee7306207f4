"""A file that is no official workbook, or a hostile one: one sentence, code 2, bounded memory."""

import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.bench.workbooks import (
    AFTER,
    CONVERGENCE,
    HEADINGS,
    PAIRS,
    invented,
    write_rem,
    write_sheet,
)
from tests.worlds.command import Banc

Make = Callable[[Path], object]
_CFB = bytes.fromhex("d0cf11e0a1b11ae1")
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)


def zipped(path: Path, **parts: bytes) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), octets)


def with_part(path: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """A good workbook with one part changed."""
    good = write_rem(path.with_suffix(".good"), [each.rem() for each in invented(3)])
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as copy:
        for member in source.infolist():
            octets = source.read(member)
            copy.writestr(member.filename, change(octets) if member.filename == name else octets)
    good.unlink()


def laughing(octets: bytes) -> bytes:
    """A billion laughs before the root of the sheet."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "ha">{entities}]>'.encode()
    head, _sign, rest = octets.partition(b"?>")
    return head + b"?>" + bomb + rest if rest else bomb + octets


def truncated(path: Path) -> None:
    write_rem(path, [each.rem() for each in invented(3)])
    path.write_bytes(path.read_bytes()[:-400])


def sparse(path: Path) -> None:
    """300 MB on disk, as an `ls` sees it."""
    write_rem(path, [each.rem() for each in invented(3)])
    with path.open("r+b") as file:
        file.truncate(300 * 1024 * 1024)


def bomb(path: Path) -> None:
    """A sheet of 180 MB of blanks in a file of 180 kB."""
    with_part(path, "xl/worksheets/sheet2.xml", lambda _old: b" " * (180 * 1024 * 1024))


def encrypted_member(path: Path) -> None:
    """A zip whose members say that they are encrypted."""
    write_rem(path, [each.rem() for each in invented(3)])
    octets = bytearray(path.read_bytes())
    place = octets.find(b"PK\x01\x02")
    while place >= 0:
        struct.pack_into("<H", octets, place + 8, 1)
        place = octets.find(b"PK\x01\x02", place + 4)
    path.write_bytes(bytes(octets))


def far_row(old: bytes) -> bytes:
    return old.replace(b'<row r="3"', b'<row r="99999999"', 1)


def twice(path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for name in ("Exigences V1", "Exigences V2"):
        book.create_sheet(name).append([*HEADINGS, *PAIRS])
    book.save(path)


FILES: dict[str, tuple[Make, str]] = {
    "png": (lambda p: p.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99)), "un fichier de type PNG"),
    "csv renamed": (lambda p: p.write_text("ID;Exigence\n1;x\n"), "ce n'est pas un fichier Excel"),
    "empty": (lambda p: p.write_bytes(b""), "un fichier vide"),
    "word": (
        lambda p: zipped(p, __Content_Types__xml=_TYPES.encode(), word__document_xml=b"<w/>"),
        "un document Word",
    ),
    "old excel": (lambda p: p.write_bytes(_CFB + bytes(4096)), "un ancien fichier Excel"),
    "locked": (
        lambda p: p.write_bytes(_CFB + bytes(512) + "EncryptedPackage".encode("utf-16-le")),
        "protégé par un mot de passe",
    ),
    "locked zip": (encrypted_member, "protégé par un mot de passe"),
    "xlsb": (lambda p: zipped(p, **{"xl__workbook.bin": b"x"}), "un classeur binaire"),
    "ods": (
        lambda p: zipped(p, mimetype=b"application/vnd.oasis", **{"content.xml": b"<a/>"}),
        "un fichier OpenDocument",
    ),
    "any zip": (lambda p: zipped(p, **{"a.txt": b"a"}), "une archive zip sans classeur"),
    "truncated": (truncated, "endommagé ou tronqué"),
    "too large": (sparse, "300 Mo, plus que les 50 Mo"),
    "zip bomb": (bomb, "xl/worksheets/sheet2.xml se déplie en 180 Mo, plus que 64 Mo"),
    "entities": (
        lambda p: with_part(p, "xl/worksheets/sheet2.xml", laughing),
        "déclare un type de document ou des entités",
    ),
    "broken xml": (
        lambda p: with_part(p, "xl/worksheets/sheet2.xml", lambda old: old[: len(old) // 2]),
        "classeur illisible (ParseError",
    ),
    "no part": (
        lambda p: with_part(p, "xl/workbook.xml", lambda _old: b"<nothing/>"),
        "un classeur sans aucune feuille",
    ),
    "far row": (lambda p: with_part(p, "xl/worksheets/sheet2.xml", far_row), "ligne 1048577"),
    "other sheet": (
        lambda p: write_sheet(p, "Tarifs", ("Nom", "Prix", "Date"), [["x", 1, 2]]),
        "pas de feuille « Exigences », il y a Lisez-moi, Tarifs",
    ),
    "older layout": (
        lambda p: write_sheet(p, "Exigences", (*HEADINGS[:8], *AFTER), [["x"] * 12]),
        "il manque « N° scénario », « Scénario de conformité », « N° preuve 1 », « Preuve 1 »",
    ),
    "no heading": (
        lambda p: write_sheet(p, "Exigences", ("a", "b"), [["x", "y"]]),
        "aucune ligne d'en-têtes",
    ),
    "no line": (lambda p: write_rem(p, []), "aucune ligne sous ses en-têtes"),
    "two sheets": (
        twice,
        "plusieurs feuilles possibles (Exigences V1, Exigences V2)",
    ),
    "long cell": (
        lambda p: with_part(
            p, "xl/worksheets/sheet2.xml", lambda old: old.replace(b"fiche", b"x" * 40_000, 1)
        ),
        "caractères dans une cellule, plus que 32767",
    ),
    "many columns": (
        lambda p: write_sheet(
            p, "Exigences", (*HEADINGS, *PAIRS, *["x"] * 300), [[*["x"] * 400]]
        ),
        "plus de 200 colonnes",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_what_is_no_official_workbook_is_one_sentence(
    banc: Banc, tmp_path: Path, name: str
) -> None:
    make, said = FILES[name]
    path = tmp_path / "REM-LGC-Va2.xlsx"
    make(path)

    told = banc("catalogue", "import", path, "--out", tmp_path / "out")

    assert (told.code, told.out, len(told.err.splitlines())) == (2, "", 1)
    assert said in told.err
    assert "REM-LGC-Va2.xlsx" in told.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("make", [sparse, bomb, encrypted_member])
def test_a_hostile_workbook_is_never_unpacked_into_memory(
    banc: Banc, tmp_path: Path, make: Make
) -> None:
    path = tmp_path / "REM-LGC-Va2.xlsx"
    make(path)
    tracemalloc.start()

    told = banc("catalogue", "import", path, "--out", tmp_path / "out")

    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert told.code == 2
    assert most < 60 * 1024 * 1024


def test_what_is_not_there_is_named(banc: Banc, tmp_path: Path) -> None:
    gone = banc("catalogue", "import", tmp_path / "gone.xlsx")
    folder = banc("catalogue", "import", tmp_path)
    other = banc("catalogue", "lint", tmp_path)
    sheet = banc(
        "catalogue", "lint", write_rem(tmp_path / "LGC.xlsx", [invented(1)[0].rem()]),
        "--sheet", "Tarifs",
    )  # fmt: skip

    assert [each.code for each in (gone, folder, other, sheet)] == [2, 2, 2, 2]
    assert "gone.xlsx : illisible (ce fichier ou ce dossier n'existe pas)" in gone.err
    assert "un dossier ; attendu : un classeur" in folder.err
    assert "aucun catalogue importé" in other.err
    assert "pas de feuille 'Tarifs'" in sheet.err


def test_a_folder_that_holds_something_else_is_left_alone(banc: Banc, tmp_path: Path) -> None:
    path = write_rem(tmp_path / "LGC.xlsx", [invented(1)[0].rem()])
    own = tmp_path / "mine"
    own.mkdir()
    (own / "thesis.odt").write_text("precious")

    told = banc("catalogue", "import", path, "--out", own)

    assert told.code == 2
    assert "mine : contient d'autres fichiers (thesis.odt…)" in told.err
    assert [entry.name for entry in own.iterdir()] == ["thesis.odt"]


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (b"{", "endommagé"),
        (b"[" * 100_000, "endommagé"),
        (b'{"schema": 9, "imported": {}}', "schéma 9, ce banc lit le 1"),
        (b'{"schema": 1, "imported": {"rows": [{"id": 3}]}}', "endommagé"),
    ],
)
def test_an_imported_folder_that_was_tampered_with_is_named(
    banc: Banc, tmp_path: Path, octets: bytes, said: str
) -> None:
    (tmp_path / "catalogue.json").write_bytes(octets)

    told = banc("list", "proofs", "--catalogue", tmp_path)

    assert (told.code, len(told.err.splitlines())) == (2, 1)
    assert said in told.err


def test_csv_and_yaml_of_another_making_are_refused(banc: Banc, tmp_path: Path) -> None:
    bad = {
        "a.csv": (b"\xff\xfe1;2", "n'est pas de l'UTF-8"),
        "b.csv": (b'ID;Exigence\n"1;2\n', "n'est pas du CSV"),
        "c.yaml": (b"a: [", "pas du YAML"),
        "d.yaml": (b"a: 1", "une liste de tables"),
        "e.yaml": (b"- {ID: [1]}", "du texte est attendu"),
    }

    for name, (octets, said) in bad.items():
        (tmp_path / name).write_bytes(octets)
        told = banc("catalogue", "lint", tmp_path / name)

        assert (told.code, len(told.err.splitlines())) == (2, 1), name
        assert said in told.err


def test_the_convergence_export_without_its_proofs_names_them(banc: Banc, tmp_path: Path) -> None:
    titles = [title for title in CONVERGENCE if title != "N° preuve"]
    path = write_sheet(tmp_path / "LGC.xlsx", "Export", titles, [["x"] * len(titles)])

    told = banc("catalogue", "lint", path)

    assert told.code == 2
    assert "il manque « N° preuve »" in told.err
