"""`banc report`: the report of a sealed bundle with what people decided on it."""

from pathlib import Path

import click

from conformance.cli.bundles import BUNDLE
from conformance.cli.main import with_lang


@click.command("report")
@BUNDLE
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="Where to write it, .html or .pdf, outside the bundle.",
)
@with_lang
def report_command(bundle: Path, out: Path, lang: str) -> int:
    """Make the report of BUNDLE (folder or zip) again, with the decisions beside it.

    It shows bench, vendor and auditor side by side; the verdicts are those that were sealed, and
    the bundle stays as it is. Decisions are recorded by banc decide.

    Exit code: 0 written, 1 the bundle is altered or a decision beside it is not valid (the report
    says which), 2 not sealed, no bundle, or no place to write to.
    """
    from conformance.cli.mishaps import printable
    from conformance.reporting.with_decisions import write_merged

    made = write_merged(bundle, out, lang)
    for problem in made.decisions.problems:
        click.echo(f"banc: {printable(problem)}", err=True)
    click.echo(str(out))
    return 1 if made.decisions.problems else 0
