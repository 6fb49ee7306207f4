"""`banc list owed`: what a product owes under its plan, what is set aside, and why."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from conformance.catalogue import Proof, Requirement, Scenario, catalogue_for
from conformance.catalogue.applicability import Candidate, OneOf, Owed, mode_words
from conformance.locale import _
from conformance.plan import load_plan
from conformance.plan.applicability import candidate_of, owed_by
from conformance.reporting.sections.by_person import statement_of
from conformance.wording.labels import constraint_word, proof_kind
from conformance.wording.verdicts import nature_word


def show_owed(config: Path | None, as_json: bool, lang: str) -> None:
    """Print it, for people or as one JSON object. Raises `PlanError`."""
    plan = load_plan(config)
    candidate = candidate_of(plan)
    found = owed_by(plan, catalogue_for(plan.imported_catalogue))
    if as_json:
        click.echo(json.dumps(as_data(candidate, found), ensure_ascii=False, indent=2))
    else:
        _show(candidate, found, lang)


def as_data(candidate: Candidate, found: Owed) -> dict[str, Any]:
    """What is owed as plain data; texts in both languages, reasons in the current one."""
    return {
        "candidate": {
            "waves": list(candidate.waves),
            "corridors": list(candidate.corridors),
            "profiles": list(candidate.profiles),
            "modes": None if candidate.modes is None else list(candidate.modes),
        },
        "requirements": [row.model_dump(mode="json") for row in found.requirements],
        "scenarios": [_named(row.model_dump(mode="json"), found) for row in found.scenarios],
        "proofs": [_named(row.model_dump(mode="json"), found) for row in found.proofs],
        "one_of": [
            each.alternative.model_dump(mode="json") | {"shown": list(each.shown)}
            for each in found.one_of
        ],
        "set_aside": [{"id": name, "why": why} for name, why in found.set_aside.items()],
    }


def _named(row: Mapping[str, Any], found: Owed) -> dict[str, Any]:
    choice = found.choice(str(row["id"]))
    return {**row, "one_of": choice.alternative.id if choice else None}


def _show(candidate: Candidate, found: Owed, lang: str) -> None:
    """Readable at 80 columns and through a pipe: one line of facts a row, its words below."""
    from conformance.cli.console import Console

    console = Console(highlight=False)
    console.print(_about(candidate), markup=False)
    for choice in found.one_of:
        console.print(_choice(choice, lang), markup=False)
    sections = (
        (_("Requirements"), _requirements(found.requirements, lang)),
        (_("Scenarios"), [_scenario(row, found, lang) for row in found.scenarios]),
        (_("Proofs"), [_proof(row, found, lang) for row in found.proofs]),
        (_("Set aside, and why"), list(found.set_aside.items())),
    )
    for title, rows in sections:
        console.print(f"\n{title} ({len(rows)})", style="bold", markup=False)
        for name, words in rows:
            _row(console, name, words)


def _row(console: Any, name: str, words: str) -> None:
    from rich.padding import Padding
    from rich.text import Text

    console.print(Text(name, "bold"))
    console.print(Padding(Text(words), (0, 0, 0, 4)))


def _about(candidate: Candidate) -> str:
    said = _("Corridor {corridors} · wave {waves} · profiles: {profiles} · sign-in by: {ways}")
    return said.format(
        corridors=", ".join(candidate.corridors),
        waves=", ".join(candidate.waves),
        profiles=", ".join(candidate.profiles) or "–",
        ways=", ".join(mode_words(candidate.modes or ())) or "–",
    )


def _choice(choice: OneOf, lang: str) -> str:
    said = _("One of {names} is enough: {title}. The product shows {shown}.")
    return said.format(
        names=", ".join(choice.alternative.scenarios),
        title=choice.alternative.title.said(lang),
        shown=", ".join(choice.shown),
    )


def _requirements(rows: Iterable[Requirement], lang: str) -> list[tuple[str, str]]:
    """One line an id and nature, its waves together where they ask the same."""
    waves: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        facts = f"{row.id} · {nature_word(row.nature)} · {row.profile}"
        words = statement_of(row, lang)
        waves.setdefault((facts, words), []).append(row.wave)
    said = _("wave {waves}")
    return [
        (f"{facts} · {said.format(waves=', '.join(own))}", words)
        for (facts, words), own in waves.items()
    ]


def _scenario(row: Scenario, found: Owed, lang: str) -> tuple[str, str]:
    return f"{row.id}{_one_of(row.id, found)}", row.title.said(lang)


def _proof(row: Proof, found: Owed, lang: str) -> tuple[str, str]:
    kinds = " / ".join(proof_kind(kind) for kind in row.kinds)
    asked = ", ".join(constraint_word(word) for word in row.constraints)
    facts = f"{row.id} · {kinds}{_one_of(row.id, found)}"
    return facts, row.title.said(lang) + (f" ({asked})" if asked else "")


def _one_of(name: str, found: Owed) -> str:
    choice = found.choice(name)
    if choice is None:
        return ""
    return " · " + _("one of {names}").format(names=", ".join(choice.alternative.scenarios))
