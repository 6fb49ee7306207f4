"""The session is not encrypted before it authenticates."""

import smtplib

from mocks.lps.mail.letter import MailSettings
from mocks.lps.parts import Parts, with_documents

row = "[MSS-REF2 ECO.1.0.1]"
breaks = {
    "fr": "La session de messagerie n’est pas chiffrée avant l’authentification.",
    "en": "The mail session is not encrypted before authenticating.",
}
expects = {"mss.smtp.tls-before-auth": "broken"}
may = ("story.complete",)
shown_by = ("banc:document-life",)
face = "adapter"


def in_clear(settings: MailSettings) -> smtplib.SMTP:
    """Skip STARTTLS, and believe that XOAUTH2 will do."""
    smtp = smtplib.SMTP(
        settings.smtp_host,
        settings.smtp_port,
        local_hostname="[127.0.0.1]",
        timeout=settings.timeout,
    )
    smtp.ehlo()
    smtp.esmtp_features["auth"] = "XOAUTH2"
    return smtp


def apply(parts: Parts) -> Parts:
    """The session is not encrypted before it authenticates."""
    return with_documents(parts, connect=in_clear)
