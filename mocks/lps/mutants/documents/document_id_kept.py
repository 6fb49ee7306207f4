"""A new version keeps the id of the one before."""

from mocks.lps.documents import policies
from mocks.lps.documents.records import Lineage
from mocks.lps.parts import Parts, with_documents

row = "[CDA-R2 id]"
breaks = {
    "fr": "La nouvelle version garde l’identifiant de la précédente.",
    "en": "A new version keeps the id of the one before.",
}
expects = {"document.new-id": "broken"}
shown_by = ("banc:document-life",)
face = "adapter"


def same_id(previous: Lineage, id_: str) -> Lineage:
    """The version that follows, under the same id."""
    return policies.next_version(previous, previous.id)


def apply(parts: Parts) -> Parts:
    """A new version keeps the id of the one before."""
    return with_documents(parts, next_version=same_id)
