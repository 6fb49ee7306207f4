"""`banc list`: what the bench knows, as a table for people or as JSON for machines."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from conformance.catalogue import Catalogue, Proof, Requirement, Scenario, catalogue_for
from conformance.catalogue.coverage import coverage
from conformance.catalogue.model import CORRIDORS, WAVES
from conformance.checks.registry import Rule
from conformance.checks.sentences import title
from conformance.cli.main import with_lang
from conformance.locale import N_, _, translations
from conformance.plan.packs import packs_of

KINDS = ("requirements", "scenarios", "proofs", "rules")
Row = dict[str, Any]

_COLUMNS = {
    "requirements": (
        N_("id"),
        N_("wave"),
        N_("corridor"),
        N_("profile"),
        N_("nature"),
        N_("trust"),
        N_("rules"),
        N_("statement"),
    ),
    "scenarios": (
        "id",
        N_("waves"),
        N_("mode"),
        N_("means"),
        N_("steps"),
        N_("packs"),
        N_("one of"),
        "trust",
        N_("title"),
    ),
    "proofs": (
        "id",
        N_("requirement"),
        N_("scenario"),
        N_("kinds"),
        N_("pieces"),
        "trust",
        "title",
    ),
    "rules": ("id", N_("requires"), N_("basis"), "trust", N_("scope"), N_("summary")),
}


@click.command("list")
@click.argument("kind", type=click.Choice((*KINDS, "owed")))
@click.option("--json", "as_json", is_flag=True, help="JSON, one array, for machines.")
@click.option("--wave", type=click.Choice(WAVES), help="Only rows of this wave.")
@click.option("--corridor", type=click.Choice(CORRIDORS), help="Only rows of this corridor.")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="banc.toml: the catalogue it names; of kind owed, the plan that is owed.",
)
@click.option(
    "--catalogue",
    type=click.Path(path_type=Path),
    help="Folder made by banc catalogue import: your own rows with those of the bench.",
)
@with_lang
def list_command(
    kind: str,
    as_json: bool,
    wave: str | None,
    corridor: str | None,
    config: Path | None,
    catalogue: Path | None,
    lang: str,
) -> None:
    """List requirements, scenarios, proofs or rules, with their trust and source.

    `owed` lists what a product owes under the corridor, wave, profiles and faces of its banc.toml,
    what is set aside and why, and the scenarios of which one is enough.
    """
    if kind == "owed":
        from conformance.cli.list.owed import show_owed

        show_owed(config, as_json, lang)
        return
    from conformance.checks.all_rules import all_rules

    rules = all_rules() if kind in ("requirements", "rules") else {}
    if config is not None and catalogue is None:
        from conformance.plan import load_plan

        catalogue = load_plan(config).imported_catalogue
    rows = listed(kind, catalogue_for(catalogue), rules, wave, corridor)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        _show(kind, rows, lang)


def listed(
    kind: str,
    catalogue: Catalogue,
    rules: Mapping[str, Rule],
    wave: str | None = None,
    corridor: str | None = None,
) -> list[Row]:
    """The rows of one of `KINDS` as plain data; texts in both languages."""
    if kind == "requirements":
        served = coverage(catalogue, rules).served
        chosen = [row for row in catalogue.requirements if _fits(row, wave, corridor)]
        return [_requirement(row, served.get(row.id, ())) for row in chosen]
    if kind == "scenarios":
        stories = [row for row in catalogue.scenarios if _fits(row, wave, corridor)]
        return [_scenario(row, catalogue) for row in stories]
    if kind == "proofs":
        return [
            proof.model_dump(mode="json") | {"external": proof.external}
            for proof in catalogue.proofs
            if _proof_fits(proof, catalogue, wave, corridor)
        ]
    return [_rule(rule) for rule in rules.values()]


def _fits(row: Requirement | Scenario, wave: str | None, corridor: str | None) -> bool:
    waves = (row.wave,) if isinstance(row, Requirement) else row.waves
    return (wave is None or wave in waves) and (corridor is None or corridor in row.corridor)


def _proof_fits(proof: Proof, catalogue: Catalogue, wave: str | None, corridor: str | None) -> bool:
    return any(_fits(row, wave, corridor) for row in catalogue.rows(proof.requirement))


def _requirement(row: Requirement, rules: Iterable[str]) -> Row:
    return row.model_dump(mode="json") | {"rules": list(rules)}


def _scenario(row: Scenario, catalogue: Catalogue) -> Row:
    packs = {pack for means in (row.means or (None,)) for pack in packs_of(row.id, means)}
    told = row.reason is None
    choices = [each.scenarios for each in catalogue.alternatives if row.id in each.scenarios]
    return row.model_dump(mode="json") | {
        "face": row.face,
        "packs": sorted(packs) if told else [],
        "one_of": [name for choice in choices for name in choice],
    }


def _rule(rule: Rule) -> Row:
    return {
        "id": rule.id,
        "summary": {lang: title(rule.id, lang) for lang in ("fr", "en")},
        "requires": list(rule.requires),
        "basis": rule.basis,
        "trust": rule.trust,
        "source": rule.source,
        "scope": rule.scope,
        "when": rule.when if isinstance(rule.when, str) else list(rule.when),
        "reads": list(rule.reads),
        "no_mutant": rule.no_mutant,
        "sha256": rule.sha256,
    }


def _show(kind: str, rows: list[Row], lang: str) -> None:
    """A line of facts a row, its words below: readable at 80 columns and through a pipe."""
    from rich.padding import Padding
    from rich.text import Text

    from conformance.cli.console import Console

    first, *facts, words = _COLUMNS[kind]
    console = Console(highlight=False)
    for row in rows:
        said = [f"{_(name)} {value}" for name in facts if (value := _cell(row, name, lang))]
        console.print(Text(_cell(row, first, lang), "bold"), Text(" · ".join(said)))
        shown = _official(row) or _cell(row, words, lang)
        console.print(Padding(Text(shown), (0, 0, 0, 4)))
    count = translations(lang).ngettext("{count} row", "{count} rows", len(rows))
    console.print(count.format(count=len(rows)), style="dim")


def _official(row: Row) -> str:
    """The official wording, where its owner's catalogue is at hand and no story tells it."""
    return str(row.get("text") or "") if row.get("mode", "person") == "person" else ""


def _cell(row: Row, name: str, lang: str) -> str:
    value = row["made_from"] if name == "pieces" else row[name.replace(" ", "_")]
    if name in ("steps", "pieces"):
        return str(len(value))
    if name == "statement" and value is None:
        known = row["text_status"] == "imported"
        return _("text not included") if known else _("text not read")
    if name == "rules" and not value:
        return str(row["reason"][lang]) if row["reason"] else ""
    if isinstance(value, dict):
        return str(value[lang])
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
