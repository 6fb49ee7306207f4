"""Holds what was asked of `banc run` to what there is, before anything is started."""

import errno
import os
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

from conformance.catalogue import Scenario, load_catalogue
from conformance.locale import _
from conformance.locale.system import sentence_of
from conformance.plan import PACKS
from mocks.lps.mutants import names


def misfits(
    only: Iterable[str], packs: Iterable[str], mutant: str | None, reports: Path
) -> list[str]:
    """One sentence for each scenario, pack or variant that does not exist, and for `reports`."""
    return [*_scenarios(only), *_packs(packs), *_mutant(mutant), *_reports(reports)]


def _scenarios(only: Iterable[str]) -> Iterator[str]:
    stories = load_catalogue().scenarios
    told = {name for story in stories if story.reason is None for name in _names(story)}
    untold = {name: story for story in stories if story.reason for name in _names(story)}
    for name in only:
        if name in untold:
            said = _("--only {name}: no story of this bench tells it yet")
            yield said.format(name=name)
        elif name not in told:
            said = _("--only {name}: no such scenario{near}; see banc list scenarios")
            yield said.format(name=name, near=_near(name, told))


def _names(story: Scenario) -> list[str]:
    """The id, and `id@means` for each way in which it is told."""
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
