"""Mails are sent in the name of another mailbox."""

from email.headerregistry import Address

from mocks.lps.mail import composing as mail
from mocks.lps.mail.letter import Desk
from mocks.lps.parts import Parts, with_documents

row = "[MSS-VENDOR From]"
breaks = {
    "fr": "L’expéditeur affiché n’est pas la boîte authentifiée.",
    "en": "The sender shown is not the authenticated mailbox.",
}
expects = {"mss.mail.from-is-mailbox": "broken"}
may = ("story.complete",)
shown_by = ("banc:document-life",)
face = "adapter"


def secretariat(desk: Desk) -> Address:
    """The right name on the mailbox of the house."""
    shown = mail.from_header_of(desk).display_name
    return Address(shown, addr_spec=f"secretariat@{desk.settings.domain}")


def apply(parts: Parts) -> Parts:
    """Mails are sent in the name of another mailbox."""
    return with_documents(parts, from_header_of=secretariat)
