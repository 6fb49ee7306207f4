"""A mail leaves before the person has answered."""

from mocks.lps.parts import Parts, with_documents

row = "[FAQ-B recipients]"
breaks = {
    "fr": "Un message part sans que l’utilisateur ait répondu.",
    "en": "A mail leaves before the person has answered.",
}
expects = {"lifecycle.nothing-sent-unasked": "unclear"}
shown_by = ("banc:document-life",)
face = "adapter"


def apply(parts: Parts) -> Parts:
    """A mail leaves before the person has answered."""
    return with_documents(parts, send_policy=lambda kind, answer: answer is not False)
