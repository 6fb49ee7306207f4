"""The PDF beside the archive is missing."""

from mocks.lps.document_parts import DocumentParts
from mocks.lps.mail import composing as mail
from mocks.lps.mail.letter import Attachment, Desk, Letter
from mocks.lps.parts import Parts, with_documents

row = "[IG-MAIL attachments]"
breaks = {
    "fr": "Le PDF à côté de l’archive manque.",
    "en": "The PDF beside the archive is missing.",
}
expects = {"mss.mail.pdf-beside": "broken"}
shown_by = ("banc:document-life",)
face = "adapter"


def archive_only(letter: Letter, desk: Desk, parts: DocumentParts) -> list[Attachment]:
    """The archive without its PDF."""
    return mail.attachments_of(letter, desk, parts)[:1]


def apply(parts: Parts) -> Parts:
    """The PDF beside the archive is missing."""
    return with_documents(parts, attachments_of=archive_only)
