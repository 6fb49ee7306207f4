"""Every mail has the same Message-ID."""

from mocks.lps.parts import Parts, with_documents

row = "[RFC 5322 §3.6.4]"
breaks = {
    "fr": "Tous les messages portent le même Message-ID.",
    "en": "Every mail has the same Message-ID.",
}
expects = {"mss.mail.message-id": "broken"}
shown_by = ("banc:document-life",)
face = "adapter"


def apply(parts: Parts) -> Parts:
    """Every mail has the same Message-ID."""
    return with_documents(parts, message_id=lambda desk: "<compte-rendu@exemple.mss.test>")
