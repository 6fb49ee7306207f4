"""`banc run --like BUNDLE`: the options of the run, and what is said before and after it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from conformance.checks.all_rules import all_rules
from conformance.cli.mishaps import printable
from conformance.comparing.deposit import Deposit, deposit_of, strangeness
from conformance.comparing.deposit_difference import likeness_in
from conformance.errors import BundleFault
from conformance.judging.findings import findings_json
from conformance.locale import _
from conformance.run.finish import Finished

_SETTLED = {"packs": "--packs", "lifetimes": "--lifetimes", "strict": "--strict"}


def as_asked(options: dict[str, Any], bundle: Path) -> dict[str, Any]:
    """The options of a run like `bundle`, after telling what of it is not the same here.

    Raises `BundleFault` (nothing is started) when the bundle is altered or no finished run, when
    another option contradicts it, when a product is lacking, or when nothing of it can be told.
    """
    for option, word in _SETTLED.items():
        if options[option]:
            said = _("{option} cannot stand beside --like: the deposit says it")
            raise BundleFault(said.format(option=word))
    deposit = deposit_of(bundle)
    if options["config"] is None and not deposit.of_reference:
        said = _("--like {path}: {product} is not here: --config says where it is")
        product = (deposit.run.get("product") or {}).get("name", "?")
        raise BundleFault(said.format(path=bundle, product=product))
    hashes = {rule.id: rule.sha256 for rule in all_rules().values()}
    for sentence in strangeness(deposit, hashes):
        click.echo(f"banc: {printable(sentence)}", err=True)
    only = _to_tell(deposit, options["only"])
    return options | {
        "only": only,
        "lifetimes": deposit.lifetimes,
        "strict": deposit.strict,
        "no_video": options["no_video"] or not deposit.filmed,
    }


def _to_tell(deposit: Deposit, only: Iterable[str]) -> tuple[str, ...]:
    """The scenarios to tell again: those of the deposit that this bench knows, or some of them."""
    known = {
        name for story in deposit.catalogue.scenarios if not story.reason for name in _names(story)
    }
    unknown = [name for name in deposit.scenarios if name not in known]
    if unknown:
        said = _("run in the deposit and unknown to this bench: {names}")
        click.echo(f"banc: {printable(said.format(names=', '.join(unknown)))}", err=True)
    wanted = tuple(only)
    again = {name: {name, name.partition("@")[0]} for name in deposit.scenarios if name in known}
    new = [name for name in wanted if not any(name in names for names in again.values())]
    for name in new:
        said = _("--only {name}: the deposit did not run it, there is nothing to compare it with")
        click.echo(f"banc: {said.format(name=name)}", err=True)
    chosen = (*new, *(name for name, names in again.items() if not wanted or names & {*wanted}))
    if not chosen:
        raise BundleFault(_("{name}: nothing of it can be run here").format(name=deposit.name))
    return chosen


def _names(story: Any) -> list[str]:
    several = story.means if len(story.means) > 1 else ()
    return [story.id, *(f"{story.id}@{means}" for means in several)]


def compared(finished: Finished, code: int) -> int:
    """Print the difference with the deposit; the exit code is 1 when anything is worse."""
    judgement = finished.judgement
    likeness = likeness_in(finished.folder, findings_json(judgement), judgement.scenarios)
    if likeness is None:
        return code
    click.echo(_("Compared with the deposited run {run}:").format(run=printable(likeness.run_id)))
    for names, said in (
        (likeness.not_run, _("Not compared, run in the deposit only: {names}")),
        (likeness.added, _("Not compared, run here only: {names}")),
    ):
        if names:
            click.echo(f"  {printable(said.format(names=', '.join(names)))}")
    for line in likeness.lines():
        click.echo(f"  {printable(line)}")
    return 1 if likeness.difference.regressed else code
