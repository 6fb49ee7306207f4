"""The PDF of a first version says that it replaces something."""

from mocks.lps.documents import pdf
from mocks.lps.documents.records import Version
from mocks.lps.parts import Parts, with_documents

row = "[BANC-READING first version]"
breaks = {
    "fr": "Le PDF d’une première version porte « annule et remplace ».",
    "en": "The PDF of a first version says « annule et remplace ».",
}
expects = {"document.first-without-mention": "broken"}
shown_by = ("banc:document-life",)
face = "adapter"


def always(version: Version) -> str:
    """The mention, even when there is nothing to replace."""
    return pdf.pdf_mention(version) or "Annule et remplace toute version antérieure."


def apply(parts: Parts) -> Parts:
    """The PDF of a first version says that it replaces something."""
    return with_documents(parts, pdf_mention=always)
