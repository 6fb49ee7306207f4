"""Writes an imported catalogue as a sheet again: the REM layout, as workbook, CSV or YAML.

What is written reads back as the same rows. A text that a spreadsheet would take for a formula is
written as text: in a workbook by its type, in a CSV behind an apostrophe.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import yaml

from conformance.catalogue.official.columns import PROOF, PROOF_ID, TITLES
from conformance.catalogue.official.model import Imported, OfficialRow
from conformance.catalogue.official.table import GUARDED
from conformance.errors import CatalogueFault
from conformance.locale import _, phrase
from conformance.locale.system import reason_of

Form = Literal["xlsx", "csv", "yaml"]
SHEET = "Exigences"
_AFTER = ("status", "previous", "former_profile", "criticality", "order", "wave", "corridor")
_BEFORE = tuple(name for name in TITLES if name not in _AFTER)


def export(imported: Imported, path: Path, form: Form) -> None:
    """Write the rows to `path`. Raises `CatalogueFault` when it is there already or cannot be."""
    if path.exists():
        raise CatalogueFault(
            _("{path}: there already, nothing is written over it").format(path=path)
        )
    if not imported.rows:
        raise CatalogueFault(_("no row to export: only texts were typed in"))
    writers: dict[Form, Callable[[Path, Sequence[str], Iterator[list[str]]], None]] = {
        "xlsx": _xlsx,
        "csv": _csv,
        "yaml": _yaml,
    }
    most = max(len(row.proofs) for row in imported.rows)
    titles = _titles(max(most, 1))
    lines = (_line(row, max(most, 1)) for row in imported.rows)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        writers[form](path, titles, lines)
    except OSError as error:
        said = phrase("{path}: cannot be written ({reason})", path=path, reason=reason_of(error))
        raise CatalogueFault(said) from error


def _titles(most: int) -> list[str]:
    proofs = [f"{title} {n}" for n in range(1, most + 1) for title in (PROOF_ID, PROOF)]
    return [*(TITLES[n] for n in _BEFORE), *proofs, *(TITLES[n] for n in _AFTER)]


def _line(row: OfficialRow, most: int) -> list[str]:
    """One row as cells; wave and corridor, perhaps not said there, in columns of our own."""
    said = {
        **row.cells,
        "id": row.id,
        "profile": row.profile,
        "scenario_id": row.scenario,
        "status": row.status,
        "criticality": row.criticality,
        "wave": f"Vague {' et '.join(row.waves)}",
        "corridor": " ".join(row.corridors),
    }
    proofs = [cell for proof in row.proofs for cell in (proof.id, proof.text)]
    proofs += [""] * (2 * most - len(proofs))
    return [*(said.get(n, "") for n in _BEFORE), *proofs, *(said.get(n, "") for n in _AFTER)]


def _xlsx(path: Path, titles: Sequence[str], lines: Iterator[list[str]]) -> None:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(SHEET)
    sheet.freeze_panes = "A2"

    def text(value: str, **style: Any) -> Any:
        cell = WriteOnlyCell(sheet, value=value)
        cell.data_type = "s"
        for name, look in style.items():
            setattr(cell, name, look)
        return cell

    sheet.append([text(title, font=Font(bold=True)) for title in titles])
    wrapped = Alignment(wrap_text=True, vertical="top")
    for line in lines:
        sheet.append([text(value, alignment=wrapped) if value else None for value in line])
    book.save(path)


def _csv(path: Path, titles: Sequence[str], lines: Iterator[list[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out, delimiter=";", lineterminator="\n")
        writer.writerow(titles)
        writer.writerows([_guarded(value) for value in line] for line in lines)


def _guarded(value: str) -> str:
    return f"'{value}" if value.startswith((*GUARDED, "'")) else value


def _yaml(path: Path, titles: Sequence[str], lines: Iterator[list[str]]) -> None:
    rows = [
        {title: value for title, value in zip(titles, line, strict=True) if value}
        for line in lines
    ]  # fmt: skip
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    with path.open("w", encoding="utf-8", newline="\n") as out:
        yaml.dump(rows, out, Dumper=dumper, allow_unicode=True, sort_keys=False, width=100)
