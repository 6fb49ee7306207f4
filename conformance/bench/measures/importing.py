"""Import of a workbook of 1 712 rows: opened within limits, read, keyed, linted, written."""

import time
from pathlib import Path

from conformance.bench.model import Effort, Measured, Peer
from conformance.bench.workbooks import invented, write_rem

ROWS = 1_712
"""As many as the largest working catalogue that was counted."""


def workbook_imported(effort: Effort, folder: Path) -> Measured:
    """CPU seconds from the file to the folder; the peer only reads the cells."""
    from conformance.catalogue.official import folder as kept
    from conformance.catalogue.official.reading import read_workbook

    path = write_rem(folder / "REM-INV-LGC-Va2.xlsx", [row.rem() for row in invented(ROWS)])
    rounds, bare = [], []
    for _ in range(effort.of(effort.rounds, quick=1)):
        began = time.process_time_ns()
        imported = read_workbook(path)
        kept.save(folder / "kept", imported)
        rounds.append((time.process_time_ns() - began) / 1e9)
        bare.append(_read_bare(path))
    facts: dict[str, float | int | str] = {"rows": len(imported.rows)}
    return Measured(rounds, 1, Peer("openpyxl, cells only", bare), facts)


def _read_bare(path: Path) -> float:
    from openpyxl import load_workbook

    began = time.process_time_ns()
    book = load_workbook(path, read_only=True, data_only=True)
    for sheet in book:
        for _row in sheet.iter_rows(values_only=True):
            pass
    book.close()
    return (time.process_time_ns() - began) / 1e9
