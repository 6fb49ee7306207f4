"""`banc dossier`: one line per deposit field over several bundles; `banc dossier lint`: a check."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from conformance.cli.main import with_lang

_STYLES = {
    "ready": ("✔", "green"),
    "to_check": ("◉", "cyan"),
    "to_redo": ("✘", "red"),
    "missing": ("∅", "yellow"),
    "not_applicable": ("–", "dim"),
}


class _Dossier(click.Group):
    """`banc dossier BUNDLE…`, and `banc dossier lint DIR` beside it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Whatever is not `lint` is for the dossier itself, its --help too."""
        if args[:1] != ["lint"]:
            args = ["build", *args]
        return super().parse_args(ctx, args)


class _Build(click.Command):
    """What `banc dossier` does when it is given bundles: its usage names no subcommand."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """As click does, under the name that is typed."""
        assert ctx.parent is not None
        pieces = self.collect_usage_pieces(ctx)
        formatter.write_usage(ctx.parent.command_path, " ".join(pieces))


@click.group("dossier", cls=_Dossier)
def dossier_command() -> None:
    """One line per deposit field, from the best evidence of several bundles."""


@dossier_command.command("build", cls=_Build)
@click.argument(
    "bundles", nargs=-1, required=True, metavar="BUNDLE…", type=click.Path(path_type=Path)
)
@click.option("--config", type=click.Path(path_type=Path), help="banc.toml of your product.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write proofs/, dossier.csv and dossier.xlsx there.",
)
@click.option(
    "--other-catalogue",
    is_flag=True,
    help="Take bundles judged by another catalogue, to be checked.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON, one object, for machines.")
@with_lang
def build_command(
    bundles: tuple[Path, ...],
    config: Path | None,
    out: Path | None,
    other_catalogue: bool,
    as_json: bool,
    lang: str,
) -> int:
    """Draw up the dossier of a product: one line per proof that its plan owes.

    BUNDLE is a folder or a zip, or a folder of them (reports). Only sealed and intact ones count;
    the others are named with the reason. For each proof the evidence of the product, version and
    build of banc.toml comes first, then the best verdict, then the newest; what was recorded on
    another build is to redo. With --out, proofs/ gets one file per proof id.

    `banc dossier lint DIR` checks a folder of proofs that somebody else prepared.

    Exit code: 0 every field that applies is ready, 1 some are not, 2 no bundle could be used or bad
    input, 3 a defect of the bench.
    """
    from conformance.catalogue import catalogue_for
    from conformance.dossier.assembling import assemble
    from conformance.dossier.model import Product
    from conformance.plan import load_plan
    from conformance.plan.applicability import candidate_of

    plan = load_plan(config)
    product = Product(plan.product.name, plan.product.version, plan.product.build)
    made = assemble(
        bundles,
        candidate_of(plan),
        product,
        catalogue_for(plan.imported_catalogue),
        lang=lang,
        out=out,
        any_catalogue=other_catalogue,
    )
    if as_json:
        click.echo(json.dumps(_as_data(made, out), ensure_ascii=False, indent=2))
    else:
        _show(made, out)
    return 0 if made.complete else 1


def _as_data(made: Any, out: Path | None) -> dict[str, Any]:
    lines = []
    for line in made.lines:
        row = asdict(line)
        if row["evidence"] is not None:
            row["evidence"].pop("path")
        lines.append(row)
    return {
        "product": asdict(made.product),
        "counts": made.counts,
        "lines": lines,
        "left_out": [asdict(each) for each in made.left_out],
        "notes": list(made.notes),
        "out": str(out) if out else None,
    }


def _show(made: Any, out: Path | None) -> None:
    """A table that reads at 80 columns, then what was left out, then the counts."""
    from rich.table import Table
    from rich.text import Text

    from conformance.cli.console import Console
    from conformance.cli.mishaps import printable
    from conformance.dossier.bundles import names
    from conformance.dossier.model import state_word
    from conformance.locale import _

    console = Console(highlight=False)
    console.print(Text(printable(f"{made.product.name} {made.product.label}"), "bold"))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(_("Proof"), max_width=24, overflow="fold")
    table.add_column(_("State"), min_width=11)
    table.add_column(_("File and remarks"), overflow="fold")
    for line in made.lines:
        mark, style = _STYLES[line.state]
        table.add_row(
            Text(printable(line.proof)),
            Text(f"{mark} {state_word(line.state)}", style),
            Text(printable(_words(line))),
        )
    console.print(table)
    for sentence in names(made.left_out):
        console.print(Text(printable(_("Left out: {why}").format(why=sentence)), "yellow"))
    for note in made.notes:
        console.print(Text(printable(note), "yellow"))
    counts = (f"{state_word(state)} {count}" for state, count in made.counts.items())
    console.print(Text(" · ".join(counts), "bold"))
    console.print(
        Text(_("A rehearsal: what shows a mock is never to be deposited, whatever its state."))
    )
    if out is not None:
        console.print(Text(_("Written: {path}").format(path=out)))
    else:
        console.print(
            Text(_("Nothing was written: --out DIR makes proofs/ and the tables."), "dim")
        )


def _words(line: Any) -> str:
    """What there is, what is expected where there is nothing, and why."""
    from conformance.locale import _
    from conformance.wording.labels import constraint_word, proof_kind

    found = line.evidence
    if found is None:
        asked = [" / ".join(map(proof_kind, line.kinds)), *map(constraint_word, line.constraints)]
        first = ", ".join(asked)
    else:
        shown = _("rehearsal") if found.deposit == "rehearsal" else _("made by the product")
        first = f"{line.file or found.file} ({found.bundle}, {shown})"
    more = [*line.reasons]
    if line.one_of:
        more.append(_("one of {names}").format(names=", ".join(line.one_of)))
    return " · ".join(filter(None, (first, *more)))


@dossier_command.command("lint")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--config", type=click.Path(path_type=Path), help="banc.toml of the product.")
@click.option("--json", "as_json", is_flag=True, help="JSON, one object, for machines.")
@with_lang
def lint_command(folder: Path, config: Path | None, as_json: bool, lang: str) -> int:
    """Check a folder of proofs that somebody prepared, before it is deposited.

    Found: fields without a file, files without a field, two proofs in one file or two files for one
    field, files of another kind than expected (by their contents, whatever their extension), that
    cannot be read, over [evidence.limits], of another product, version or build, rehearsals, links
    to the practice environment of Gazelle, personal data that is not synthetic. Without --config no
    field is missing and the product is not looked at.

    Personal data is searched in names, mails, PDF, CDA, archives, tables and links, never in films
    and pictures: INS and NIR numbers with a valid key, RPPS numbers, mail addresses. Numbers under
    a test OID, the RPPS block 8997… and test domains are synthetic.

    Exit code: 0 nothing would be refused, 1 something would be, 2 bad input, 3 a defect of the
    bench.
    """
    from conformance.catalogue import catalogue_for
    from conformance.dossier.lint.checking import Asked, check_folder
    from conformance.dossier.model import Product
    from conformance.plan import load_plan
    from conformance.plan.applicability import owed_by

    if config is None:
        asked = Asked(catalogue_for())
    else:
        plan = load_plan(config)
        catalogue = catalogue_for(plan.imported_catalogue)
        product = Product(plan.product.name, plan.product.version, plan.product.build)
        asked = Asked(catalogue, owed_by(plan, catalogue), product, plan.evidence.limits)
    checked = check_folder(folder, asked)
    if as_json:
        remarks = [remark.to_json() for remark in checked.remarks]
        data = {"files": checked.files, "fields": checked.fields, "remarks": remarks}
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        _show_remarks(checked)
    return 1 if checked.refused else 0


def _show_remarks(checked: Any) -> None:
    """Three columns that read at 80, the worst first, then the counts."""
    from rich.table import Table
    from rich.text import Text

    from conformance.cli.console import Console
    from conformance.cli.mishaps import printable
    from conformance.dossier.lint.remarks import SEVERITIES, severity_word
    from conformance.locale import _

    console = Console(highlight=False)
    styles = {"refused": "red", "warning": "yellow", "note": "dim"}
    for severity in SEVERITIES:
        own = [remark for remark in checked.remarks if remark.severity == severity]
        if not own:
            continue
        console.print(Text(f"{severity_word(severity)} ({len(own)})", f"bold {styles[severity]}"))
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        table.add_column(_("File"), max_width=26, overflow="fold")
        table.add_column(_("Found"), overflow="fold", ratio=3)
        table.add_column(_("Expected"), overflow="fold", ratio=2)
        for remark in own:
            cells = (remark.file, remark.what, remark.expected or "–")
            table.add_row(*(Text(printable(cell)) for cell in cells))
        console.print(table)
    said = _("files {files} · fields filled {fields}")
    console.print(Text(said.format(files=checked.files, fields=checked.fields), "bold"))
    if not checked.refused:
        console.print(Text(_("Nothing found that would be refused, which does not mean accepted.")))
