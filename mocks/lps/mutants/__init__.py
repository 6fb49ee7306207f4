"""Faulty variants of the reference product: one module each, one replaced field of `Parts` each.

A module says `row` (the sources it goes against), `breaks` (one sentence, French and English),
`expects` (rule id → `broken` or `unclear`), `may` (kin that may break too), `shown_by` (scenarios
to run, twins included), `face`, `fault` (when one is needed to see it) and `apply(parts)`, which
gives the parts of the variant. Dropping a module in the folder of its subject is all it takes.

`face` is `web` (pages in a browser), `adapter` (the same without a browser), `desktop` (the program
without its window) or `window` (with it: a display is needed).
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from mocks.lps.parts import Parts

Said = Literal["broken", "unclear"]
Face = Literal["web", "adapter", "desktop", "window"]


class UnknownMutant(Exception):
    """There is no mutant of that name; lists those there are."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One faulty variant. `name` is its module's, with dashes."""

    name: str
    row: str
    breaks: Mapping[str, str]
    expects: Mapping[str, Said]
    may: Sequence[str]
    shown_by: Sequence[str]
    face: Face
    fault: str | None
    apply: Callable[[Parts], Parts]


def names() -> list[str]:
    """All mutants, in alphabetical order."""
    return sorted(_modules())


@cache
def _modules() -> Mapping[str, str]:
    """The module of each mutant. Raises `ValueError` when two have the same name."""
    found: dict[str, str] = {}
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        name = module.name.rpartition(".")[2].replace("_", "-")
        if module.ispkg or name.startswith("-"):
            continue
        if name in found:
            raise ValueError(f"mutant {name!r} is there twice: {found[name]}, {module.name}")
        found[name] = module.name
    return found


def named(name: str) -> Mutant:
    """The mutant of that name. Raises `UnknownMutant`."""
    if name not in _modules():
        raise UnknownMutant(f"mutant {name!r} is unknown: expected one of {', '.join(names())}")
    module = importlib.import_module(_modules()[name])
    return Mutant(
        name,
        module.row,
        module.breaks,
        module.expects,
        getattr(module, "may", ()),
        module.shown_by,
        module.face,
        getattr(module, "fault", None),
        cast(Callable[[Parts], Parts], module.apply),
    )


def all_mutants() -> list[Mutant]:
    """Every mutant, in alphabetical order."""
    return [named(name) for name in names()]
