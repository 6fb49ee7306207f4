"""The mail carries the PDF without the archive."""

from mocks.lps.document_parts import DocumentParts
from mocks.lps.mail import composing as mail
from mocks.lps.mail.letter import Attachment, Desk, Letter
from mocks.lps.parts import Parts, with_documents

row = "[IG-MAIL attachments]"
breaks = {
    "fr": "Le message porte le PDF sans l’archive IHE_XDM.",
    "en": "The mail carries the PDF without the archive.",
}
expects = {"mss.mail.archive": "broken"}
may = (
    "story.complete",
    "mss.mail.x-mss-codecda",
    "mss.mail.x-mss-ins",
)
shown_by = ("banc:document-life",)
face = "adapter"


def pdf_only(letter: Letter, desk: Desk, parts: DocumentParts) -> list[Attachment]:
    """The PDF without its archive."""
    return mail.attachments_of(letter, desk, parts)[1:]


def apply(parts: Parts) -> Parts:
    """The mail carries the PDF without the archive."""
    return with_documents(parts, attachments_of=pdf_only)
