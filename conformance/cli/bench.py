"""`banc bench`: what the bench costs, row by row, beside its budget and its peers."""

import json
import os
import platform
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from conformance.cli.console import Console
from conformance.cli.main import with_lang
from conformance.locale import _

if TYPE_CHECKING:
    from conformance.bench.model import Effort, Peer, Result
    from conformance.bench.rows import Row


@click.command("bench")
@click.option("--only", multiple=True, metavar="ROW", help="Only this row (repeatable).")
@click.option("--quick", is_flag=True, help="Fewer operations: under 40 s, and less exact.")
@click.option("--json", "as_json", is_flag=True, help="For a machine.")
@with_lang
def bench_command(only: tuple[str, ...], quick: bool, as_json: bool, lang: str) -> int:
    """Measure the bench beside its peers: CPU time of the process at work, clients left out.

    Figures depend on the machine and on what else runs on it: a budget missed is shown, and is not
    an error. Exit code: 0; 2 for an unknown row; 3 when a measurement failed.
    """
    from conformance.bench.model import Effort
    from conformance.bench.rows import UnknownRow, chosen_rows, run_rows

    try:
        rows = chosen_rows(only)
    except UnknownRow as error:
        click.echo(f"banc: {error}", err=True)
        return 2
    effort = Effort(quick)
    results = list(_told(rows, run_rows(rows, effort)))
    if as_json:
        click.echo(json.dumps(_as_json(rows, results, effort), ensure_ascii=False))
    else:
        _print(rows, results)
    return 3 if any(result.problem for result in results) else 0


def _told(rows: "list[Row]", results: "Iterator[Result]") -> "Iterator[Result]":
    """The results, with a line that says which row is being measured."""
    with Console(stderr=True).status("") as status:
        for row in rows:
            status.update(_(row.title))
            yield next(results)


def _as_json(
    rows: "Iterable[Row]", results: "Iterable[Result]", effort: "Effort"
) -> dict[str, Any]:
    return {
        "schema": 1,
        "quick": effort.quick,
        "rounds": effort.rounds,
        "machine": {
            "python": platform.python_version(),
            "system": platform.system(),
            "processor": platform.machine(),
            "cores": os.cpu_count(),
        },
        "rows": [
            {
                "row": result.row,
                "title": row.title,
                "content": row.content,
                "unit": result.unit,
                "budget": result.budget,
                "figure": result.measured.figure if result.measured else None,
                "within": result.within,
                "rounds": list(result.measured.rounds) if result.measured else [],
                "operations": result.measured.operations if result.measured else 0,
                "peer": _peer_json(result.measured.peer) if result.measured else None,
                "ratio": result.ratio,
                "facts": result.measured.facts if result.measured else {},
                "problem": result.problem or None,
            }
            for row, result in zip(rows, results, strict=True)
        ],
    }


def _peer_json(peer: "Peer | None") -> dict[str, Any] | None:
    if peer is None:
        return None
    return {
        "name": peer.name,
        "figure": peer.figure,
        "rounds": list(peer.rounds),
        "why": peer.why or None,
    }


def _print(rows: "Iterable[Row]", results: "Iterable[Result]") -> None:
    console, table = Console(), Table()
    table.add_column(_("row"), no_wrap=True)
    table.add_column(_("what"), overflow="fold")
    for title in (_("figure"), _("budget"), _("within")):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column(_("peer"), overflow="fold")
    table.add_column(_("ratio"), justify="right", no_wrap=True)
    lines = []
    for row, result in zip(rows, results, strict=True):
        table.add_row(
            row.name,
            _(row.title),
            _figure(result.measured.figure if result.measured else None, result.unit),
            _figure(result.budget, result.unit),
            {True: _("yes"), False: _("no"), None: "–"}[result.within],
            _peer(result.measured.peer if result.measured else None, result.unit),
            "–" if result.ratio is None else f"{result.ratio:.2f}",
            style={True: None, False: "yellow", None: "red"}[result.within],
        )
        lines.append(f"{row.name}: {_(row.content)}{_facts(result)}")
    console.print(table)
    for line in lines:
        console.print(line, markup=False, highlight=False)


def _facts(result: "Result") -> str:
    """What else was seen; for a row without figure, what went wrong."""
    if result.measured is None:
        return " – " + _("not measured: {why}").format(why=result.problem)
    return "".join(f"; {name} = {value}" for name, value in result.measured.facts.items())


def _peer(peer: "Peer | None", unit: str) -> str:
    if peer is None:
        return "–"
    if peer.figure is None:
        return _("{peer}: peer not measured: {why}").format(peer=peer.name, why=peer.why)
    return f"{_figure(peer.figure, unit)} ({peer.name})"


def _figure(value: float | None, unit: str) -> str:
    return "–" if value is None else f"{value:.3g} {unit}"
