"""A new version does not say which one it replaces."""

from dataclasses import replace

from mocks.lps.documents import policies
from mocks.lps.documents.records import Lineage
from mocks.lps.parts import Parts, with_documents

row = "[CDA-R2 replacement]"
breaks = {
    "fr": "La nouvelle version ne désigne pas celle qu’elle remplace.",
    "en": "A new version does not say which one it replaces.",
}
expects = {"document.replaces-previous": "broken"}
shown_by = ("banc:document-life",)
face = "adapter"


def alone(previous: Lineage, id_: str) -> Lineage:
    """The version that follows, without the link."""
    return replace(policies.next_version(previous, id_), replaces=None)


def apply(parts: Parts) -> Parts:
    """A new version does not say which one it replaces."""
    return with_documents(parts, next_version=alone)
