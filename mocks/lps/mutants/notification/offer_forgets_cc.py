"""The offer forgets those in copy."""

from collections.abc import Sequence
from dataclasses import replace

from mocks.lps.documents import policies
from mocks.lps.documents.records import Recipients, SentMail
from mocks.lps.parts import Parts, with_documents

row = "[FAQ-B recipients]"
breaks = {
    "fr": "La proposition oublie les destinataires en copie.",
    "en": "The offer forgets those in Cc.",
}
expects = {"lifecycle.initial-recipients-told": "broken"}
shown_by = ("banc:document-life",)
face = "adapter"


def without_cc(mails: Sequence[SentMail]) -> Recipients:
    """Those of the To header."""
    return replace(policies.recipients_to_notify(mails), cc=())


def apply(parts: Parts) -> Parts:
    """The offer forgets those in copy."""
    return with_documents(parts, recipients_to_notify=without_cc)
