"""The PDF has a name of the product's own."""

from mocks.lps.parts import Parts, with_documents

row = "[IG-MAIL PDF name]"
breaks = {
    "fr": "Le PDF n’est pas nommé comme il se doit.",
    "en": "The PDF is not named as it should be.",
}
expects = {"mss.mail.pdf-name": "broken"}
shown_by = ("banc:document-life",)
face = "adapter"


def apply(parts: Parts) -> Parts:
    """The PDF has a name of the product's own."""
    return with_documents(parts, pdf_name_of=lambda version: "document.pdf")
