"""Faulty variants of the reference product: one module each, one replaced field of `Parts` each.

A module says `ROW` (where the mistake was described), `BREAKS` (one sentence, French and English),
`EXPECTS` (rule id → `broken` or `unclear`), `MAY` (kin that may break too), `SHOWN_BY` (scenarios
to run), `FACE` (`web` by pages, `adapter`, `desktop`), optionally `FAULT`, and `apply(parts)`,
which gives the parts of the variant. Dropping a module in this folder is all it takes.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from mocks.lps.parts import Parts

Said = Literal["broken", "unclear"]
Face = Literal["web", "adapter", "desktop"]


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
        module.ROW,
        module.BREAKS,
        module.EXPECTS,
        getattr(module, "MAY", ()),
        module.SHOWN_BY,
        module.FACE,
        getattr(module, "FAULT", None),
        cast(Callable[[Parts], Parts], module.apply),
    )


def all_mutants() -> list[Mutant]:
    """Every mutant, in alphabetical order."""
    return [named(name) for name in names()]
