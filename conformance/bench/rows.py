"""The table of what is measured: the rows of the performance budget that exist so far."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

from conformance.bench.model import Effort, Measured, Result
from conformance.locale import N_


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `budget` in `unit`, `made_by` as `module:function`, loaded when it is measured.

    `title` and `content` are sentences to be translated; `content` says what is in the figure.
    """

    name: str
    title: str
    content: str
    budget: float
    unit: str
    made_by: str

    def measure(self, effort: Effort, folder: Path) -> Measured:
        """Measure it, in a folder of its own. Raises whatever kept it from being measured."""
        module, _, function = self.made_by.partition(":")
        found = getattr(import_module(f"conformance.bench.measures.{module}"), function)
        measured: Measured = found(effort, folder)
        return measured


ROWS = (
    Row(
        "mocks-up",
        N_("all mocks up and answering"),
        N_("wall time from the start of the process to discovery over TLS and the SMTP greeting"),
        1.0,
        "s",
        "starting:mocks_up",
    ),
    Row(
        "serve-up",
        N_("banc serve up, its export written"),
        N_("wall time from the start of the command to its first line, when everything answers"),
        1.0,
        "s",
        "starting:serve_up",
    ),
    Row(
        "psc-code",
        N_("PSC login by code, RS256"),
        N_("authorization, two wallet pages, callback, token with PKCE; five requests recorded"),
        3.5,
        "ms",
        "logins:code_login",
    ),
    Row(
        "psc-ciba",
        N_("PSC login by CIBA, polling"),
        N_("request, answer of the phone, the poll that gives the tokens; all recorded"),
        3.0,
        "ms",
        "logins:ciba_login",
    ),
    Row(
        "smtp-1kb",
        N_("SMTP, mail of 1 kB"),
        N_("one mail over TLS, kept, recorded; TLS and AUTH before; peer in clear, keeps nothing"),
        0.8,
        "ms",
        "mails:small_mail",
    ),
    Row(
        "smtp-82kb",
        N_("SMTP, mail of 82 kB"),
        N_("one mail over TLS, kept, recorded; TLS and AUTH before; peer in clear, keeps nothing"),
        6.0,
        "ms",
        "mails:large_mail",
    ),
    Row(
        "event",
        N_("one event written"),
        N_("mean over the events of logins by code and CIBA and of mails; blobs (files) not in it"),
        50.0,
        "µs",
        "writing:event_written",
    ),
    Row(
        "document",
        N_("one document read, warm"),
        N_("mail, archive, CDA and the text of its PDF; XSD and rules not in it yet"),
        40.0,
        "ms",
        "documents:document_read",
    ),
    Row(
        "scenario",
        N_("cost of the bench per scenario, no browser"),
        N_("opened, eleven empty steps, closed, judged; adapter; without product and start"),
        10.0,
        "ms",
        "scenarios:scenario_run",
    ),
    Row(
        "report",
        N_("report of 500 proofs"),
        N_("report.html of 100 scenarios judged beforehand, one file"),
        2.0,
        "s",
        "reports:report_of_500_proofs",
    ),
    Row(
        "dossier",
        N_("dossier of 300 proofs over 20 bundles"),
        N_("wall time: seals verified, best evidence chosen, proofs/, CSV and XLSX written"),
        2.0,
        "s",
        "dossiers:dossier_of_300_proofs",
    ),
    Row(
        "catalogue",
        N_("import of a workbook of 1 712 rows"),
        N_("opened within limits, read, keyed, linted, written to its folder; invented texts"),
        3.0,
        "s",
        "importing:workbook_imported",
    ),
    Row(
        "replay",
        N_("replay of a journal of 1 000 000 events"),
        N_("judge() alone, scenarios of 1 000 events; a shorter journal is extrapolated"),
        20.0,
        "s",
        "replaying:journal_replayed",
    ),
)
"""In the order in which they are measured, one after another: they would disturb each other."""


class UnknownRow(ValueError):
    """No row has that name; the sentence lists those there are."""


def chosen_rows(names: Sequence[str]) -> list[Row]:
    """The rows of these names, in the order of the table; all of them when none is named.

    Raises `UnknownRow`.
    """
    known = [row.name for row in ROWS]
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"expected one of {', '.join(known)}"
            raise UnknownRow(f"no row {name!r}: {hint}")
    return [row for row in ROWS if not names or row.name in names]


def run_rows(rows: Iterable[Row], effort: Effort) -> Iterator[Result]:
    """Measure one row after another. What fails is the `problem` of its row, not an exception."""
    for row in rows:
        measured, problem = None, ""
        with tempfile.TemporaryDirectory(prefix="banc-bench-") as folder:
            try:
                measured = row.measure(effort, Path(folder))
            except Exception as error:  # noqa: BLE001 - said in the row; the others must still come
                problem = f"{type(error).__name__}: {error}"
        yield Result(row.name, row.unit, row.budget, measured, problem)
