"""`banc doctor`: which tools are here, what is lost without the others, and installing them."""

import json
import sys
from collections.abc import Mapping, Sequence

import click

from conformance.cli.doctor.installing import install
from conformance.cli.doctor.table import PEER_TOOLS, TEST_TOOLS, TOOLS, Tool, missing
from conformance.cli.doctor.versions import version_of
from conformance.cli.main import with_lang
from conformance.locale import _


@click.command("doctor")
@click.option("--install", "wanted", is_flag=True, help="Install what is missing, where allowed.")
@click.option("--tests", is_flag=True, help="Also what only the project's own tests need.")
@click.option("--quiet", is_flag=True, help="Say nothing when all is well.")
@click.option("--json", "as_json", is_flag=True, help="For a machine.")
@with_lang
def doctor_command(wanted: bool, tests: bool, quiet: bool, as_json: bool, lang: str) -> int:
    """Show each tool, its version, and what is lost without it.

    Exit code: 0 when all is there, 2 otherwise. With --tests also what `banc bench` compares
    itself with.
    """
    tools = (*TOOLS, *TEST_TOOLS, *PEER_TOOLS) if tests else TOOLS
    lacking = missing(tools)
    if wanted and lacking:
        if sentence := install(lacking):
            click.echo(f"banc: {sentence}", err=True)
        lacking = missing(tools)
    versions = {tool.name: version_of(found) if (found := tool.find()) else None for tool in tools}
    if as_json:
        said = {"python": sys.version.split()[0], **versions}
        click.echo(json.dumps(said, ensure_ascii=False))
    elif not quiet or lacking:
        _show(tools, versions)
    return 2 if lacking else 0


def _show(tools: Sequence[Tool], versions: Mapping[str, str | None]) -> None:
    from rich.table import Table

    from conformance.cli.console import Console

    table = Table()
    for title in (_("tool"), _("version"), _("lost without it")):
        table.add_column(title)
    table.add_row("Python", sys.version.split()[0], "")
    for tool in tools:
        table.add_row(tool.name, versions[tool.name] or _("missing"), _(tool.lost))
    Console().print(table)
