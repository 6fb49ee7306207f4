"""Which catalogue counts: that of a plan before a run, that of a bundle after it."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.catalogue.loader import Catalogue, built_in

if TYPE_CHECKING:
    from conformance.catalogue.official.recorded import Recorded


def catalogue_for(imported: Path | None = None) -> Catalogue:
    """The catalogue of a plan. `imported` is what `[plan] catalogue` names; None: the built-in.

    Raises `CatalogueFault` when the folder holds no imported catalogue that can be read.
    """
    if imported is None:
        return built_in()
    from conformance.catalogue.official import folder

    return _merged(folder.octets(imported), str(imported / folder.FILE))


def catalogue_in(folder: Path) -> Catalogue:
    """The catalogue that judged the run in the bundle `folder`, in the version of this bench.

    Raises `CatalogueFault` when the vendor's part of it is missing or damaged.
    """
    from conformance.catalogue.official.recorded import kept_in

    kept = kept_in(folder)
    return _kept(kept) if kept is not None else built_in()


def recorded_for(imported: Path | None, *, with_texts: bool = False) -> "Recorded":
    """What a run judged by `catalogue_for(imported)` keeps of it; official texts only if asked."""
    from conformance.catalogue.official import folder
    from conformance.catalogue.official.recorded import recorded

    whole = catalogue_for(imported)
    own = folder.load(imported) if imported is not None else None
    return recorded(built_in(), whole, own, with_texts=with_texts)


def recorded_like(bundle: Path) -> "Recorded":
    """What a run keeps that is judged by the catalogue of the bundle in the folder `bundle`."""
    from conformance.catalogue.official.recorded import kept_in, read_kept, recorded

    octets = kept_in(bundle)
    imported = read_kept(octets).imported if octets is not None else None
    return recorded(built_in(), catalogue_in(bundle), imported)


def catalogue_note(folder: Path) -> str:
    """One sentence when the bundle is of another version of our rows, naming them; else empty."""
    from conformance.catalogue.official.recorded import version_note

    return version_note(folder, built_in())


@lru_cache(maxsize=4)
def _merged(octets: bytes, name: str) -> Catalogue:
    from conformance.catalogue.official.folder import parsed
    from conformance.catalogue.official.merge import merged

    return merged(built_in(), parsed(octets, name))


@lru_cache(maxsize=4)
def _kept(octets: bytes) -> Catalogue:
    from conformance.catalogue.official.merge import merged
    from conformance.catalogue.official.recorded import read_kept

    imported = read_kept(octets).imported
    return merged(built_in(), imported) if imported is not None else built_in()
