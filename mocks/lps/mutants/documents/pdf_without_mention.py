"""The PDF of a new version does not say what it replaces."""

from mocks.lps.parts import Parts, with_documents

row = "[FAQ-B mention]"
breaks = {
    "fr": "Le PDF d’une nouvelle version ne porte pas « annule et remplace ».",
    "en": "The PDF of a new version has no « annule et remplace ».",
}
expects = {"document.annule-et-remplace": "broken"}
shown_by = ("banc:document-life",)
face = "adapter"


def apply(parts: Parts) -> Parts:
    """The PDF of a new version does not say what it replaces."""
    return with_documents(parts, pdf_mention=lambda version: "")
