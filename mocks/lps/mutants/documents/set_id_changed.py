"""A new version opens a new set."""

from collections.abc import Sequence

from mocks.lps.documents import cda
from mocks.lps.documents.records import Version
from mocks.lps.documents.submission import Addressee
from mocks.lps.parts import Parts, with_documents

row = "[CISIS-HEADER §3.5.5.10]"
breaks = {
    "fr": "Une nouvelle version change de setId.",
    "en": "A new version changes its setId.",
}
expects = {"document.set-id-kept": "broken"}
shown_by = ("banc:document-life",)
face = "adapter"


def spoilt(version: Version, addressees: Sequence[Addressee]) -> bytes:
    """The right document, but for one thing."""
    right = cda.cda_of(version, addressees)
    if version.lineage.replaces is None:
        return right
    kept = f'<setId root="{version.lineage.set_id}"/>'
    return right.replace(kept.encode(), kept.replace(version.lineage.set_id, "2.25.1").encode())


def apply(parts: Parts) -> Parts:
    """A new version opens a new set."""
    return with_documents(parts, cda_of=spoilt)
