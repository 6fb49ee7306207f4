"""The body is HTML alone."""

from email.message import EmailMessage

from mocks.lps.document_parts import DocumentParts
from mocks.lps.mail import composing as mail
from mocks.lps.mail.letter import Desk, Letter
from mocks.lps.parts import Parts, with_documents

row = "[MSS-REF2 ECO.2.2.4]"
breaks = {
    "fr": "Le corps du message est en HTML seul.",
    "en": "The body is HTML alone.",
}
expects = {"mss.mail.body": "broken"}
shown_by = ("banc:document-life",)
face = "adapter"


def in_html(letter: Letter, desk: Desk, parts: DocumentParts) -> EmailMessage:
    """The right mail, its text turned into HTML."""
    whole = mail.compose(letter, desk, parts)
    body = whole.get_body(("plain",))
    if body is not None:
        body.replace_header("Content-Type", 'text/html; charset="utf-8"')
    return whole


def apply(parts: Parts) -> Parts:
    """The body is HTML alone."""
    return with_documents(parts, compose=in_html)
