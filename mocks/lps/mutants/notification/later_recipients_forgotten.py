"""Only those of the first sending are told, not those who got a later version."""

from collections.abc import Sequence

from mocks.lps.documents import policies
from mocks.lps.documents.records import Recipients, SentMail
from mocks.lps.parts import Parts, with_documents

row = "[BANC-READING later recipients], [MSS-VENDOR later recipients]"
breaks = {
    "fr": "La proposition oublie les destinataires ajoutés par une version ultérieure.",
    "en": "The offer forgets the recipients that a later version added.",
}
expects = {"lifecycle.later-recipients-told": "broken"}
shown_by = ("banc:document-life-later",)
face = "adapter"


def of_the_first_sending(mails: Sequence[SentMail]) -> Recipients:
    """Those of the first mail alone."""
    return policies.recipients_to_notify(mails[:1])


def apply(parts: Parts) -> Parts:
    """The offer knows the first sending only."""
    return with_documents(parts, recipients_to_notify=of_the_first_sending)
