"""A new version opens a new set."""

from dataclasses import replace

from mocks.lps import policies
from mocks.lps.parts import Parts, with_documents
from mocks.lps.records import Lineage

row = "spec corrections, CI-SIS §3.5.5.10"
breaks = {
    "fr": "Une nouvelle version change de setId.",
    "en": "A new version changes its setId.",
}
expects = {"document.set-id-kept": "broken"}
may = (
    "lifecycle.offer-shown",
    "story.complete",
    "lifecycle.initial-recipients-told",
)
shown_by = ("banc:document-life",)
face = "adapter"


def elsewhere(previous: Lineage, id_: str) -> Lineage:
    """The version that follows, in a set of its own."""
    return replace(policies.next_version(previous, id_), set_id=policies.new_id())


def apply(parts: Parts) -> Parts:
    """A new version opens a new set."""
    return with_documents(parts, next_version=elsewhere)
