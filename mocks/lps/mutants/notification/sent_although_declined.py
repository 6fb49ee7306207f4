"""A mail leaves although the person declined."""

from mocks.lps.parts import Parts, with_documents

row = "[BANC-READING decline]"
breaks = {
    "fr": "Un message part alors que l’utilisateur a refusé.",
    "en": "A mail leaves although the person declined.",
}
expects = {"lifecycle.declined-sends-nothing": "broken"}
shown_by = ("banc:document-life-declined",)
face = "adapter"


def apply(parts: Parts) -> Parts:
    """A mail leaves although the person declined."""
    return with_documents(parts, send_policy=lambda kind, answer: answer is not None)
