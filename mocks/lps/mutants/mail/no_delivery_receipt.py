"""No delivery receipt is ever asked for."""

from mocks.lps.parts import Parts, with_documents

row = "[MSS-REF2 ECO.2.3.1]"
breaks = {
    "fr": "Aucun accusé de remise n’est demandé.",
    "en": "No delivery receipt is ever asked for.",
}
expects = {"mss.mail.dsn-asked": "unclear"}
shown_by = ("banc:document-life",)
face = "adapter"


def apply(parts: Parts) -> Parts:
    """No delivery receipt is ever asked for."""
    return with_documents(parts, delivery_options=lambda smtp: ((), ()))
