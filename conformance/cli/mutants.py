"""`banc mutants`: each faulty variant of the reference system, and the matrix of what caught it."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click
from rich.table import Table

from conformance.cli.console import Console
from conformance.cli.main import with_lang
from conformance.locale import _

if TYPE_CHECKING:
    from conformance.run.mutants import Row


@click.command("mutants")
@click.option("--only", multiple=True, metavar="NAME", help="Only this variant (repeatable).")
@click.option("--jobs", "-j", default=2, show_default=True, help="Variants at a time.")
@click.option("--json", "as_json", is_flag=True, help="For a machine.")
@with_lang
def mutants_command(only: tuple[str, ...], jobs: int, as_json: bool, lang: str) -> int:
    """Run every faulty variant of the reference system, without video, and print the matrix.

    Exit code: 0 when each was caught for the right reason and the conformant system has nothing
    broken; 1 otherwise; 2 for an unknown variant.
    """
    from conformance.checks.all_rules import all_rules
    from conformance.run.mutants import lonely_rules, run_all
    from mocks.lps.mutants import UnknownMutant, all_mutants, named

    try:
        chosen = [named(name) for name in only] if only else all_mutants()
    except UnknownMutant as error:
        click.echo(f"banc: {error}", err=True)
        return 2
    rows = run_all(chosen, jobs)
    excused = {rule.id for rule in all_rules().values() if rule.no_mutant}
    lonely = [] if only else lonely_rules(rows, set(all_rules()) - excused)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "rows": [
                        {"name": r.name, "expects": r.expects, "problems": r.problems} for r in rows
                    ],
                    "rules_without_mutant": lonely,
                },
                ensure_ascii=False,
            )
        )
    else:
        _print(rows, lonely)
    return 1 if lonely or not all(row.caught for row in rows) else 0


def _print(rows: Sequence["Row"], lonely: Sequence[str]) -> None:
    table = Table()
    for title in (_("variant"), _("expected"), _("caught")):
        table.add_column(title, overflow="fold")
    for row in rows:
        wanted = "\n".join(f"{rule} {said}" for rule, said in row.expects.items())
        verdict = "✔" if row.caught else "✘ " + "\n".join(row.problems)
        table.add_row(row.name, wanted, verdict, style=None if row.caught else "red")
    Console().print(table)
    for rule in lonely:
        click.echo(_("no variant shows rule {rule}").format(rule=rule))
