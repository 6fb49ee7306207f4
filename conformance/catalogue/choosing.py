"""Which catalogue counts: that of a plan before a run, that of a bundle after it."""

from functools import cache
from pathlib import Path

from conformance.catalogue.loader import Catalogue, load_catalogue


@cache
def catalogue_for(imported: Path | None = None) -> Catalogue:
    """The catalogue of a plan. `imported` is what `[plan] catalogue` names; None: the built-in."""
    if imported is not None:
        raise NotImplementedError(f"{imported}: only the built-in catalogue can be used")
    return load_catalogue()


def catalogue_in(folder: Path) -> Catalogue:
    """The catalogue that the run in the bundle `folder` was held to."""
    return catalogue_for()
