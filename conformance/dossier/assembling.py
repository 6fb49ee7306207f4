"""From bundles to a dossier: what is owed, what the bundles hold, one line for each field."""

import contextlib
from collections.abc import Iterable
from pathlib import Path

from conformance.catalogue import Catalogue
from conformance.catalogue.applicability import Candidate, owed_by
from conformance.dossier.building import build
from conformance.dossier.bundles import Terms, expand, gather, names, newest_gaps
from conformance.dossier.choosing import Holdings, lines_of
from conformance.dossier.model import Dossier, Product
from conformance.errors import BundleFault


def assemble(
    paths: Iterable[Path],
    candidate: Candidate,
    product: Product,
    catalogue: Catalogue,
    *,
    lang: str = "fr",
    out: Path | None = None,
    any_catalogue: bool = False,
) -> Dossier:
    """The dossier of a candidate over several bundles (folders or zips), written to `out` if given.

    `any_catalogue` takes bundles that another version of the catalogue judged. Raises
    `BundleFault` when no bundle at all can be used or `out` holds something else, `OSError` when a
    file cannot be read or written.
    """
    owed = owed_by(candidate, catalogue)
    with contextlib.ExitStack() as stack:
        found = gather(expand(paths), Terms(product, catalogue, any_catalogue), stack)
        if not found.taken:
            raise BundleFault("\n".join(names(found.left_out)))
        held = Holdings(found.evidence, newest_gaps(found.gaps))
        lines = lines_of(owed, candidate, catalogue, product, held, lang)
        dossier = Dossier(product, lines, tuple(found.left_out), tuple(found.notes))
        return build(dossier, out) if out is not None else dossier
