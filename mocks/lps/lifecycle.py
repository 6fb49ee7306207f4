"""The life of a document: written, sent, replaced, deleted, and the offer to tell its recipients.

Every modification and every deletion of a sent document offers to write to those who received it
(ANS FAQ, spec corrections). Nothing is sent unless the user accepts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from mocks.identities import Patient
from mocks.lps.document_parts import DocumentParts
from mocks.lps.mail import Desk
from mocks.lps.outbox import SendResult
from mocks.lps.records import CONSULTATION, DocumentType, Records, Version


@dataclass(frozen=True, slots=True)
class Offer:
    """The question put to the user after a change.

    `document_id` is the new version (replacement) or the one deleted; `recipients` those who would
    be written to, To first. Not `shown` when the document had never been sent.
    """

    id: str
    kind: Literal["replacement", "deletion"]
    document_id: str
    shown: bool
    recipients: tuple[str, ...]


@dataclass(slots=True)
class Lifecycle:
    """The documents of one person at work. One per signed-in user, on shared `records`."""

    records: Records
    desk: Desk
    parts: DocumentParts = field(default_factory=DocumentParts)

    def create(
        self, patient: Patient, title: str, text: str, type_: DocumentType = CONSULTATION
    ) -> Version:
        """Write version 1 of a new document (PDF and CDA are built)."""
        raise NotImplementedError

    def send(
        self,
        document_id: str,
        to: Sequence[str],
        cc: Sequence[str] = (),
        to_patient: bool = False,
        text: str = "",
        end_of_exchange: bool = False,
    ) -> SendResult:
        """Send a version to professionals, and to its patient's own mailbox if asked."""
        raise NotImplementedError

    def replace(self, document_id: str, text: str, title: str | None = None) -> Offer:
        """Write the next version of a document, and offer to tell its recipients."""
        raise NotImplementedError

    def delete(self, document_id: str) -> Offer:
        """Delete a document, and offer to tell its recipients."""
        raise NotImplementedError

    def answer_offer(self, offer_id: str, accept: bool) -> SendResult | None:
        """Accepted: one mail to every one of them. Declined: no mail at all, None."""
        raise NotImplementedError

    def write(
        self, to: Sequence[str], subject: str, text: str, cc: Sequence[str] = ()
    ) -> SendResult:
        """Send a free message, without document."""
        raise NotImplementedError
