"""A deletion does not offer to tell the recipients."""

from mocks.lps.parts import Parts, with_documents

row = "[FAQ-B recipients]"
breaks = {
    "fr": "Une suppression ne propose pas de prévenir les destinataires.",
    "en": "A deletion does not offer to tell the recipients.",
}
expects = {"lifecycle.offer-shown": "broken"}
may = ("story.complete",)
shown_by = ("banc:document-life",)
face = "adapter"


def apply(parts: Parts) -> Parts:
    """A deletion does not offer to tell the recipients."""
    return with_documents(
        parts, offer_policy=lambda kind, changes, to: kind != "deletion" and bool(to.all)
    )
