"""The body of the document does not say that it is a PDF."""

from collections.abc import Sequence

from mocks.lps.documents import cda
from mocks.lps.documents.records import Version
from mocks.lps.documents.submission import Addressee
from mocks.lps.parts import Parts, with_documents

row = "[CISIS-HEADER level 1]"
breaks = {
    "fr": "Le corps du CDA n’est pas déclaré comme PDF.",
    "en": "The body of the CDA is not declared as PDF.",
}
expects = {"cda.readable": "broken"}
shown_by = ("banc:document-life",)
face = "adapter"


def spoilt(version: Version, addressees: Sequence[Addressee]) -> bytes:
    """The right document, but for one thing."""
    right = cda.cda_of(version, addressees)
    return right.replace(b'mediaType="application/pdf"', b'mediaType="text/plain"')


def apply(parts: Parts) -> Parts:
    """The body of the document does not say that it is a PDF."""
    return with_documents(parts, cda_of=spoilt)
