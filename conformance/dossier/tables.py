"""The dossier as a spreadsheet: CSV that a French Excel opens by double click, and XLSX.

What a bundle says may be anything: no cell is ever a formula, none holds a control character.
"""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from conformance.dossier.model import Dossier, Line, state_word
from conformance.locale import _
from conformance.wording.labels import constraint_word, deposit_word, proof_kind
from conformance.wording.verdicts import verdict_word

_FORMULA = ("=", "+", "-", "@")
_LONGEST_CELL = 32_000
_WIDTHS = (24, 16, 18, 40, 24, 28, 42, 18, 34, 20, 12, 12, 20, 22, 26)
_FILLS = {"ready": "DDF0E2", "to_check": "DCEBF2", "to_redo": "F9E3E1", "missing": "FBEBCB"}


def headings() -> tuple[str, ...]:
    """The columns of the table, in the current language."""
    return (
        _("Proof"),
        _("State"),
        _("Requirement"),
        _("Title"),
        _("Kind expected"),
        _("Constraints"),
        _("Remarks"),
        _("Verdict"),
        _("File"),
        _("Product"),
        _("Version"),
        _("Build"),
        _("Recorded at (UTC)"),
        _("Deposit"),
        _("Bundle"),
    )


def cells(line: Line) -> tuple[str, ...]:
    """One line of the table; every cell is text."""
    found = line.evidence
    remarks = list(line.reasons)
    if line.sentence and line.sentence not in remarks:
        remarks.append(_("to be written in the field: {sentence}").format(sentence=line.sentence))
    if line.one_of:
        remarks.append(_("one of {names}").format(names=", ".join(line.one_of)))
    return (
        line.proof,
        state_word(line.state),
        line.requirement,
        line.title,
        " / ".join(map(proof_kind, line.kinds)),
        ", ".join(map(constraint_word, line.constraints)),
        " · ".join(remarks),
        verdict_word(found.verdict) if found else "",
        line.file,
        found.product.name if found else "",
        found.product.version if found else "",
        found.product.build if found else "",
        found.at[:19].replace("T", " ") if found else "",
        deposit_word(found.deposit) if found else "",
        found.bundle if found else "",
    )


def write_csv(dossier: Dossier, path: Path) -> None:
    """UTF-8 with its mark, semicolons, CRLF: what a French Excel expects."""
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
        writer.writerow(map(harmless, headings()))
        writer.writerows(map(harmless, cells(line)) for line in dossier.lines)


def harmless(text: str) -> str:
    """`text` as a cell that no spreadsheet takes for a formula, nor for several cells."""
    plain = printable(text)
    return f"'{plain}" if plain.lstrip().startswith(_FORMULA) else plain


def printable(text: str) -> str:
    """`text` on one line, without control characters, no longer than a cell may be."""
    kept = "".join(c if c.isprintable() else " " if c in "\t\r\n" else "·" for c in text)
    return kept[:_LONGEST_CELL]


def write_xlsx(dossier: Dossier, path: Path) -> None:
    """One sheet with a filter on its headings; the states are coloured."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = _("Dossier")
    _row(sheet, 1, headings())
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E9EEF4")
    for number, line in enumerate(dossier.lines, 2):
        _row(sheet, number, cells(line))
        colour = _FILLS.get(line.state)
        if colour:
            sheet.cell(number, 2).fill = PatternFill("solid", fgColor=colour)
    for number, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_WIDTHS))}{len(dossier.lines) + 1}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    book.save(path)


_WRAPPED = Alignment(wrap_text=True, vertical="top")


def _row(sheet: Any, number: int, values: Sequence[str]) -> None:
    for column, value in enumerate(values, 1):
        cell = sheet.cell(number, column)
        cell.value = printable(value)
        cell.data_type = "s"  # whatever it begins with, it is text
        cell.alignment = _WRAPPED
        if value.lstrip().startswith(_FORMULA):
            cell.quotePrefix = True
