"""Faulty variants of the reference product: one module each, one replaced field of `Parts` each.

A module says `row` (the sources it goes against), `breaks` (one sentence, French and English),
`expects` (rule id → `broken` or `unclear`), `may` (kin that may break too), `shown_by` (scenarios
to run, twins included), `face`, `fault` (when one is needed to see it) and `apply(parts)`, which
gives the parts of the variant. Dropping a module in this folder is all it takes.

`face` is `web` (pages in a browser), `adapter` (the same without a browser), `desktop` (the program
without its window) or `window` (with it: a display is needed).
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
    found = (module.name for module in pkgutil.iter_modules(__path__))
    return sorted(name.replace("_", "-") for name in found if not name.startswith("_"))


def named(name: str) -> Mutant:
    """The mutant of that name. Raises `UnknownMutant`."""
    if name not in names():
        raise UnknownMutant(f"mutant {name!r} is unknown: expected one of {', '.join(names())}")
    module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
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
