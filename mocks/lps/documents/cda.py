"""The version as CDA R2 level 1 (CI-SIS structuration minimale, cda.md §3)."""

from collections.abc import Sequence

from mocks.lps.documents.submission import Addressee
from mocks.lps.records import Version


def cda_of(version: Version, addressees: Sequence[Addressee] = ()) -> bytes:
    """The document, UTF-8, with `version.pdf` as its body."""
    raise NotImplementedError
