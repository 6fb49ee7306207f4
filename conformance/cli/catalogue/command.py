"""`banc catalogue`: the vendor's own official workbook as the checklist."""

import json
from pathlib import Path
from typing import Any

import click

from conformance.catalogue.model import CORRIDORS, WAVES
from conformance.cli.main import with_lang
from conformance.locale import _

FILE = click.Path(path_type=Path)
JSON = click.option("--json", "as_json", is_flag=True, help="JSON, for machines.")


@click.group("catalogue")
def catalogue_command() -> None:
    """Your own official workbook as the checklist: import, lint, compare, export, fill in.

    The official texts stay on your disk, in a folder that git ignores; bundles contain ids and
    kinds of proof only, unless `banc run --with-texts` is asked for.
    """


@catalogue_command.command("import", short_help="Read your workbook into a folder of yours.")
@click.argument("workbook", type=FILE)
@click.option("--out", type=FILE, help="Folder to write (default: catalogue-importe/NAME).")
@click.option("--config", type=FILE, help="banc.toml beside which the default folder stands.")
@click.option("--sheet", metavar="NAME", help="Sheet to read (default: Exigences…).")
@click.option("--corridor", multiple=True, type=click.Choice(CORRIDORS), help="If not said there.")
@click.option("--wave", type=click.Choice(WAVES), help="If not said there.")
@JSON
@with_lang
def import_command(
    workbook: Path,
    out: Path | None,
    config: Path | None,
    sheet: str | None,
    corridor: tuple[Any, ...],
    wave: Any,
    as_json: bool,
    lang: str,
) -> int:
    """Read WORKBOOK (REM sheet "Exigences" or Convergence export, .xlsx) into a folder of yours.

    The wave is read from Périmètre, else from the names of sheet and file; the corridor from the
    prefix of the ID (LGC.…), else Périmètre, else --corridor, else the name of the file. Name the
    folder in banc.toml: [plan] catalogue = "…".

    Exit code: 0 imported (its defects are listed by banc catalogue lint), 2 not such a workbook.
    """
    from conformance.catalogue.official import folder
    from conformance.catalogue.official.keys import Said
    from conformance.catalogue.official.reading import read_workbook
    from conformance.cli.catalogue.words import summary, summary_lines

    base = config.parent if config else Path()
    target = out or base / folder.USUAL / folder.name_for(workbook)
    imported = read_workbook(workbook, Said(wave, corridor), sheet)
    before = folder.load(target).filled if folder.exists(target) else {}
    imported = imported.model_copy(update={"filled": before})
    folder.save(target, imported)
    if as_json:
        click.echo(json.dumps(summary(imported, target), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(summary_lines(imported, target, base)))
    return 0


@catalogue_command.command("lint", short_help="List the defects of a workbook or folder.")
@click.argument("path", type=FILE)
@click.option("--sheet", metavar="NAME", help="Sheet to read (default: Exigences…).")
@click.option("--corridor", multiple=True, type=click.Choice(CORRIDORS), help="If not said there.")
@click.option("--wave", type=click.Choice(WAVES), help="If not said there.")
@JSON
@with_lang
def lint_command(
    path: Path, sheet: str | None, corridor: tuple[Any, ...], wave: Any, as_json: bool, lang: str
) -> int:
    """List the defects of a workbook, or of a folder made by import.

    Broken prefixes, ids used twice, blanks, misspelt hosts, DOIT without a scenario, more than ten
    proofs. Exit code: 0 no error (there may be remarks), 1 errors, 2 not such a workbook.
    """
    from conformance.cli.catalogue.words import defect_lines, defect_rows

    imported = _read(path, sheet, corridor, wave)
    if as_json:
        click.echo(json.dumps(defect_rows(imported), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(defect_lines(imported, path)))
    return 1 if any(found.severity == "error" for found in imported.defects) else 0


@catalogue_command.command("diff", short_help="Show what a new edition changes.")
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@click.option("--corridor", multiple=True, type=click.Choice(CORRIDORS), help="If not said there.")
@click.option("--wave", type=click.Choice(WAVES), help="If not said there.")
@JSON
@with_lang
def diff_command(
    old: Path, new: Path, corridor: tuple[Any, ...], wave: Any, as_json: bool, lang: str
) -> int:
    """Show the rows added, removed and changed from OLD to NEW (workbooks or imported folders).

    Rows are matched by ID, wave, corridor and profile. Exit code: 0 the same, 1 something differs,
    2 not such a workbook.
    """
    from conformance.catalogue.official.compare import compare
    from conformance.cli.catalogue.words import comparison_data, comparison_lines

    found = compare(_read(old, None, corridor, wave), _read(new, None, corridor, wave))
    if as_json:
        click.echo(json.dumps(comparison_data(found), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(comparison_lines(found)))
    return 0 if found.same else 1


@catalogue_command.command("export", short_help="Write an imported folder as a sheet.")
@click.argument("folder", type=FILE)
@click.option("--to", "form", type=click.Choice(["xlsx", "csv", "yaml"]), default="xlsx")
@click.option("--out", type=FILE, help="File to write (default: FOLDER.xlsx, .csv or .yaml here).")
@with_lang
def export_command(folder: Path, form: Any, out: Path | None, lang: str) -> int:
    """Write an imported FOLDER as a sheet again; imported anew it gives the same rows.

    Exit code: 0 written, 2 nothing to write, or the file is there already.
    """
    from conformance.catalogue.official import folder as kept
    from conformance.catalogue.official.export import export

    imported = kept.load(folder)
    target = out or Path(f"{folder.resolve().name}.{form}")
    export(imported, target, form)
    said = _("{path}: {count} rows, with their official texts: yours to keep")
    click.echo(said.format(path=target, count=len(imported.rows)))
    return 0


@catalogue_command.command("fill", short_help="Keep the text of an EX PSC that you own.")
@click.argument("requirement", metavar="ID")
@click.option("--catalogue", type=FILE, help="Folder made by import (default: the one here).")
@click.option("--config", type=FILE, help="banc.toml whose [plan] catalogue is meant.")
@click.option("--file", "source", type=FILE, help="Take the text from this file (UTF-8).")
@with_lang
def fill_command(
    requirement: str, catalogue: Path | None, config: Path | None, source: Path | None, lang: str
) -> int:
    """Type in, or pipe, the text of a requirement that you own (ID: for example "EX PSC 01").

    It is kept in your folder. The requirement then no longer says "text not read"; its steps are
    still for a person to hold to the text. Exit code: 0 kept, 2 unknown ID or no text.
    """
    from conformance.cli.catalogue.fill import fill

    for line in fill(requirement, catalogue, config, source):
        click.echo(line)
    return 0


def _read(path: Path, sheet: str | None, corridor: tuple[Any, ...], wave: Any) -> Any:
    """A workbook, or an imported folder. Raises `CatalogueFault`."""
    from conformance.catalogue.official import folder
    from conformance.catalogue.official.keys import Said
    from conformance.catalogue.official.reading import read_workbook

    if path.is_dir():
        return folder.load(path)
    return read_workbook(path, Said(wave, corridor), sheet)
