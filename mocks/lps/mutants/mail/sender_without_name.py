"""Mails show no name of their sender."""

from email.headerregistry import Address

from mocks.lps.mail.letter import Desk
from mocks.lps.parts import Parts, with_documents

row = "[MSS-REF2 ECO.2.2.7]"
breaks = {
    "fr": "Les messages n’affichent pas le nom de l’expéditeur.",
    "en": "Mails show no name of their sender.",
}
expects = {"mss.mail.display-name": "broken"}
shown_by = ("banc:document-life",)
face = "adapter"


def bare(desk: Desk) -> Address:
    """The mailbox alone."""
    return Address(addr_spec=desk.settings.mailbox)


def apply(parts: Parts) -> Parts:
    """Mails show no name of their sender."""
    return with_documents(parts, from_header_of=bare)
