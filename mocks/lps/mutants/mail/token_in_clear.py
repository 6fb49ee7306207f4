"""The access token crosses the network in clear."""

import base64
import smtplib
from collections.abc import Sequence

from mocks.lps.document_parts import DocumentParts
from mocks.lps.mail.letter import Desk
from mocks.lps.mail.outbox import SendResult
from mocks.lps.parts import Parts, with_documents

row = "[MSS-REF2 ECO.1.2.1]"
breaks = {
    "fr": "Le jeton d’accès circule en clair.",
    "en": "The access token crosses the network in clear.",
}
expects = {"mss.smtp.never-in-clear": "broken"}
may = (
    "mss.smtp.tls-before-auth",
    "story.complete",
    "mss.smtp.xoauth2-token",
)
shown_by = ("banc:document-life",)
face = "adapter"


def in_clear(raw: bytes, recipients: Sequence[str], desk: Desk, parts: DocumentParts) -> SendResult:
    """Authenticate at once, before anything is encrypted."""
    settings, token = desk.settings, desk.access_token(False)
    line = f"user={settings.mailbox}\x01auth=Bearer {token}\x01\x01"
    with smtplib.SMTP(
        settings.smtp_host, settings.smtp_port, "[127.0.0.1]", settings.timeout
    ) as smtp:
        smtp.ehlo()
        smtp.docmd("AUTH", f"XOAUTH2 {base64.b64encode(line.encode()).decode()}")
    return SendResult(False, error="La messagerie a refusé la connexion.")


def apply(parts: Parts) -> Parts:
    """The access token crosses the network in clear."""
    return with_documents(parts, deliver=in_clear)
