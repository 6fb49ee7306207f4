"""The session opens with a password instead of the PSC token."""

import base64
import smtplib

from mocks.lps.parts import Parts, with_documents

row = "[MSS-REF2 ECO.1.2.1]"
breaks = {
    "fr": "La session s’ouvre par mot de passe et non par le jeton PSC.",
    "en": "The session opens by password, not by the PSC token.",
}
expects = {"mss.smtp.xoauth2-token": "broken"}
may = ("story.complete",)
shown_by = ("banc:document-life",)
face = "adapter"


def by_password(smtp: smtplib.SMTP, user: str, token: str) -> None:
    """Try what ordinary mail servers take."""
    said = base64.b64encode(f"\0{user}\0mot-de-passe".encode()).decode()
    smtp.docmd("AUTH", f"PLAIN {said}")


def apply(parts: Parts) -> Parts:
    """The session opens with a password instead of the PSC token."""
    return with_documents(parts, authenticate=by_password)
