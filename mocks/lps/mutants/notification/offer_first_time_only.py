"""The offer is made at the first change only."""

from mocks.lps.parts import Parts, with_documents

row = "[FAQ-B recipients]"
breaks = {
    "fr": "La proposition n’est faite qu’à la première modification.",
    "en": "The offer is made at the first change only.",
}
expects = {"lifecycle.offer-shown": "broken"}
may = ("story.complete",)
shown_by = ("banc:document-life",)
face = "adapter"


def apply(parts: Parts) -> Parts:
    """The offer is made at the first change only."""
    return with_documents(
        parts, offer_policy=lambda kind, changes, to: changes == 0 and bool(to.all)
    )
