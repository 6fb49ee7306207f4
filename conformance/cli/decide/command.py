"""`banc decide`: what a person concludes of a sealed bundle, signed, beside it."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli.bundles import BUNDLE
from conformance.cli.main import with_lang
from conformance.cli.mishaps import printable
from conformance.cli.new_key import NEW_KEY, make_lasting_key
from conformance.deciding.file import CHOICES, ROLES
from conformance.errors import BundleFault
from conformance.locale import _

if TYPE_CHECKING:
    from conformance.deciding.decisions import Decision, Decisions
    from conformance.deciding.recording import Table, Wish

_COLUMNS = ("on", "decision", "comment")
_SAYING = ("on", "choices", "file", "author", "role", "comment", "date")


@click.command("decide")
@BUNDLE
@click.option(
    "--on",
    multiple=True,
    metavar="NAME",
    help="A proof, a requirement, or a finding as banc diff names it (repeatable).",
)
@click.option(
    "--decision", "choices", multiple=True, type=click.Choice(CHOICES), help="What is decided."
)
@click.option(
    "--from",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A CSV of decisions (columns on, decision, comment).",
)
@click.option("--author", help="Who decides.")
@click.option("--role", type=click.Choice(ROLES), help="In which role.")
@click.option("--comment", default="", help="Why.")
@click.option("--date", help="When it was decided: a day, or a moment (default: now).")
@click.option("--key", type=click.Path(path_type=Path), help="Sign with this Ed25519 key.")
@NEW_KEY
@click.option("--list", "listing", is_flag=True, help="Show what was decided, and what is open.")
@click.option("--json", "as_json", is_flag=True, help="The list, for a machine.")
@with_lang
def decide_command(bundle: Path, **options: Any) -> int:
    """Record what a person decides on BUNDLE (folder or zip), once it is sealed.

    Without --on, what is not clear is walked through, one question at a time. Decisions are
    conforme, reserve (réserve non bloquante), visite (à voir en visite) and non-conforme. They
    stand in BUNDLE.decisions (x.zip: x.zip.decisions), each signed by your lasting key, and are
    never changed: a later one of the same role replaces it, and vendor and auditor may differ.
    banc report shows them beside the verdicts of the bench.

    Exit code: 0 recorded or shown, 1 the bundle or a decision beside it was altered, 2 refused:
    contradicting, unknown, unsigned, not sealed.
    """
    from conformance.bundle.keys import signing_key
    from conformance.deciding.recording import now, record, table_of

    if options["listing"] or options["as_json"]:
        return _listed(bundle, options)
    wishes = list(_wishes(options))
    table = table_of(bundle)
    if options["new_key"]:
        make_lasting_key(options["key"])
    key = signing_key(options["key"])
    if not wishes:
        from conformance.cli.decide.questions import walk

        return walk(table, key, options)
    for name in ("author", "role"):
        if not options[name]:
            said = _("--{name} is missing: expected {what}")
            what = " / ".join(ROLES) if name == "role" else _("the name of who decides")
            raise BundleFault(said.format(name=name, what=what))
    written = record(
        table,
        wishes,
        author=options["author"],
        role=options["role"],
        date=options["date"] or now(),
        key=key,
    )
    tell_recorded(table, written)
    return 0


def tell_recorded(table: "Table", written: list[str]) -> None:
    """Name the files that were written, and what they replaced or differ from."""
    from conformance.deciding.decisions import decisions_of

    for name in written:
        click.echo(str(table.decisions.folder / name))
    for note in decisions_of(table.bundle).notes:
        if note not in table.decisions.notes:
            click.echo(printable(note))


def _wishes(options: dict[str, Any]) -> Iterator["Wish"]:
    """What the command line asks for, then what the CSV does. Raises `BundleFault`."""
    from conformance.deciding.recording import Wish

    if bool(options["on"]) != bool(options["choices"]):
        raise BundleFault(_("--on and --decision go together: what, and what is decided of it"))
    for choice in options["choices"]:
        yield Wish(options["on"], choice, options["comment"])
    if options["file"] is not None:
        yield from _of_file(options["file"])


def _of_file(path: Path) -> Iterator["Wish"]:
    from conformance.deciding.recording import Wish

    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BundleFault(_("{path}: expected a CSV in UTF-8").format(path=path)) from error
    dialect = ";" if ";" in text.partition("\n")[0] else ","
    rows = csv.DictReader(text.splitlines(), delimiter=dialect)
    if not {"on", "decision"} <= {*(rows.fieldnames or ())}:
        said = _("{path}: expected the columns {columns}")
        raise BundleFault(said.format(path=path, columns=", ".join(_COLUMNS)))
    for line, row in enumerate(rows, 2):
        name, choice = (row["on"] or "").strip(), (row["decision"] or "").strip()
        if not name or choice not in CHOICES:
            said = _("{path}: line {line}: decision {value}: expected one of {known}")
            about = {"value": repr(choice), "known": ", ".join(CHOICES)}
            raise BundleFault(said.format(path=path, line=line, **about))
        yield Wish((name,), choice, (row.get("comment") or "").strip())


def _listed(bundle: Path, options: dict[str, Any]) -> int:
    """Show what was decided and what is still open; 1 when something beside it does not hold."""
    from conformance.reporting.with_decisions import merged

    if any(options[name] for name in _SAYING):
        raise BundleFault(_("--list and --json only show: leave out what is to be decided"))
    made = merged(bundle, options["lang"])
    decisions = made.decisions
    still = [
        {"name": item.name, "kind": item.kind, "verdict": item.verdict, "scenario": stop.scenario}
        for stop in made.report.visit
        for item in stop.every
        if not item.opinions
    ]
    if options["as_json"]:
        click.echo(json.dumps(_as_json(decisions, still), ensure_ascii=False))
    else:
        for decision in decisions.all:
            click.echo(printable(_line(decision)))
        for note in decisions.notes:
            click.echo(printable(note))
        click.echo(_("open: {count}").format(count=len(still)))
        for each in still:
            click.echo(f"  {each['name']}")
    for problem in decisions.problems:
        click.echo(f"banc: {printable(problem)}", err=True)
    return 1 if decisions.problems else 0


def _line(decision: "Decision") -> str:
    names = ", ".join(target.name for target in decision.targets)
    said = f"{decision.file}  {decision.date[:10]}  {decision.role}  {decision.choice}  {names}"
    return f"{said}  {decision.author}" + (f": {decision.comment}" if decision.comment else "")


def _as_json(decisions: "Decisions", still: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "decisions": [
            {
                "file": decision.file,
                "on": [{"kind": t.kind, "name": t.name} for t in decision.targets],
                "decision": decision.choice,
                "author": decision.author,
                "role": decision.role,
                "date": decision.date,
                "comment": decision.comment,
                "key": decision.signer.thumbprint,
                "in_force": [
                    t.name
                    for t in decision.targets
                    if decisions.of(t).get(decision.role) is decision
                ],
            }
            for decision in decisions.all
        ],
        "notes": list(decisions.notes),
        "problems": list(decisions.problems),
        "open": still,
    }
