"""A new version keeps the number of the one before."""

from dataclasses import replace

from mocks.lps.documents import policies
from mocks.lps.documents.records import Lineage
from mocks.lps.parts import Parts, with_documents

row = "[CISIS-HEADER §3.5.5.11]"
breaks = {
    "fr": "Le numéro de version n’augmente pas.",
    "en": "The version number does not increase.",
}
expects = {"document.version-next": "broken"}
shown_by = ("banc:document-life",)
face = "adapter"


def still(previous: Lineage, id_: str) -> Lineage:
    """The version that follows, under the same number."""
    return replace(policies.next_version(previous, id_), number=previous.number)


def apply(parts: Parts) -> Parts:
    """A new version keeps the number of the one before."""
    return with_documents(parts, next_version=still)
