"""Checks the options of `banc run` against what there is, before anything is started."""

import errno
import os
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

from conformance.catalogue import Scenario, catalogue_for
from conformance.locale import _
from conformance.locale.system import sentence_of
from conformance.plan import PACKS, Plan
from conformance.plan.applicability import not_for
from conformance.plan.packs import packs_of
from mocks.lps.mutants import names


def misfits(
    plan: Plan, only: Iterable[str], packs: Iterable[str], mutant: str | None, reports: Path
) -> list[str]:
    """One sentence for each scenario, pack or variant that does not exist, and for `reports`.

    Also for a scenario that this plan may not run.
    """
    asked = tuple(only)
    return [
        *_scenarios(plan, asked),
        *_derogations(plan, asked),
        *_packs(packs),
        *_mutant(mutant),
        *_reports(reports),
    ]


def left_out(plan: Plan, packs: Iterable[str]) -> list[str]:
    """One sentence for each scenario of `packs` that this plan may not run."""
    said = _("{name} is left out of the packs {packs}: {why} (the plan is for wave {waves})")
    asked = {*packs}
    return [
        said.format(name=name, packs=", ".join(sorted(asked)), why=why, waves=_waves(plan))
        for name, why in _outside(plan).items()
        if asked & set(_packs_with(name))
    ]


def _outside(plan: Plan) -> dict[str, str]:
    return not_for(plan, catalogue_for(plan.imported_catalogue))


def _packs_with(scenario_id: str) -> Iterator[str]:
    story = catalogue_for().scenario(scenario_id)
    for means in story.means or (None,):
        yield from packs_of(scenario_id, means)


def _derogations(plan: Plan, only: Iterable[str]) -> Iterator[str]:
    outside = _outside(plan)
    for name in only:
        why = outside.get(name.partition("@")[0])
        if why:
            said = _("--only {name}: {why}; the plan is for wave {waves}")
            yield said.format(name=name, why=why, waves=_waves(plan))


def _waves(plan: Plan) -> str:
    return ", ".join(plan.waves)


def _scenarios(plan: Plan, only: Iterable[str]) -> Iterator[str]:
    stories = catalogue_for(plan.imported_catalogue).scenarios
    told = {name for story in stories if story.reason is None for name in _names(story)}
    not_run = {name: story for story in stories if story.reason for name in _names(story)}
    for name in only:
        if name in not_run:
            said = _("--only {name}: no scenario of this bench runs it yet")
            yield said.format(name=name)
        elif name not in told:
            said = _("--only {name}: no such scenario{near}; see banc list scenarios")
            yield said.format(name=name, near=_near(name, told))


def _names(story: Scenario) -> list[str]:
    """The id, and `id@means` for each means with which it is run."""
    several = story.means if len(story.means) > 1 else ()
    return [story.id, *(f"{story.id}@{means}" for means in several)]


def _packs(packs: Iterable[str]) -> Iterator[str]:
    for name in packs:
        if name not in PACKS:
            said = _("--packs {name}: no such pack, expected among {known}")
            yield said.format(name=name, known=", ".join(PACKS))


def _mutant(name: str | None) -> Iterator[str]:
    if name is not None and name not in names():
        said = _("--mutant {name}: no such variant of the reference system{near}")
        yield said.format(name=name, near=_near(name, names()))


def _reports(folder: Path) -> Iterator[str]:
    """Whether a run can be written there; the folder is made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
    except OSError as error:
        yield _("--reports {what}").format(what=sentence_of(error))


def _near(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, known, 1)
    return _(" (did you mean {name}?)").format(name=near[0]) if near else ""
