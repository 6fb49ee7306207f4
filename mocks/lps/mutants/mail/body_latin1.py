"""The body is not in UTF-8."""

from email.message import EmailMessage

from mocks.lps.document_parts import DocumentParts
from mocks.lps.mail import composing as mail
from mocks.lps.mail.letter import Desk, Letter
from mocks.lps.parts import Parts, with_documents

row = "[MSS-REF2 ECO.2.2.3]"
breaks = {
    "fr": "Le corps du message n’est pas en UTF-8.",
    "en": "The body is not in UTF-8.",
}
expects = {"mss.mail.utf8": "broken"}
shown_by = ("banc:document-life",)
face = "adapter"


def in_latin1(letter: Letter, desk: Desk, parts: DocumentParts) -> EmailMessage:
    """The right mail, its text in the character set of another time."""
    whole = mail.compose(letter, desk, parts)
    body = whole.get_body(("plain",))
    if body is not None:
        body.set_content(parts.body_of(letter, desk), charset="iso-8859-15", cte="base64")
    return whole


def apply(parts: Parts) -> Parts:
    """The body is not in UTF-8."""
    return with_documents(parts, compose=in_latin1)
