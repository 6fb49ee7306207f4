"""The life of a document: written, sent, replaced, deleted, and the offer to tell its recipients.

Every modification and every deletion of a sent document offers to write to those who received it
[FAQ-B recipients]. Nothing is sent unless the user accepts.
"""

import dataclasses
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from common.identities import Patient
from mocks.lps.document_parts import DocumentParts
from mocks.lps.documents import fields
from mocks.lps.documents.records import (
    CONSULTATION,
    DocumentType,
    InitialVersion,
    Offer,
    PendingOffer,
    Recipients,
    RecordError,
    Records,
    SentMail,
    Version,
)
from mocks.lps.documents.submission import Addressee
from mocks.lps.mail.letter import Desk, Letter
from mocks.lps.mail.outbox import SendResult

__all__ = ["Lifecycle", "Offer"]


@dataclass(slots=True)
class Lifecycle:
    """The documents of one person at work. One per signed-in user, on shared `records`.

    What cannot be done raises `RecordError`, one French sentence for the screen; what the server
    or the network refuses is in the `SendResult`.
    """

    records: Records
    desk: Desk
    parts: DocumentParts = field(default_factory=DocumentParts)

    def create(
        self, patient: Patient, title: str, text: str, type_: DocumentType = CONSULTATION
    ) -> Version:
        """Write version 1 of a new document (PDF and CDA are built)."""
        now = self.parts.now()
        version = Version(
            document_id=self.records.new_document_id(),
            lineage=self.parts.first_version(self.parts.new_id(), self.parts.new_id()),
            initial=None,
            patient=patient,
            author=self.desk.professional,
            practice=self.desk.practice,
            type=type_,
            title=fields.line_of(title, "titre"),
            text=fields.text_of(text, "texte"),
            written=now,
            acted=now,
        )
        return self._build(version)

    def send(
        self,
        document_id: str,
        to: Sequence[str],
        cc: Sequence[str] = (),
        to_patient: bool = False,
        text: str = "",
        end_of_exchange: bool = False,
    ) -> SendResult:
        """Send a version to professionals, and to its patient's own mailbox if asked.

        A document already sent goes out again as it is, to whom it is sent now.
        """
        version = self.records.current(document_id)
        addresses = list(to)
        if to_patient:
            addresses.append(self.parts.patient_mailbox(version.patient, self.desk.settings))
        letter = Letter(
            "first",
            fields.recipients_of(addresses, cc),
            text=fields.text_of(text, "texte") if text else "",
            end_of_exchange=end_of_exchange,
        )
        return self._send(letter, version)

    def replace(self, document_id: str, text: str, title: str | None = None) -> Offer:
        """Write the next version of a document, and offer to tell its recipients."""
        previous = self._own(document_id)
        changes = len(self.records.versions(previous.lineage.set_id)) - 1
        first = self.records.versions(previous.lineage.set_id)[0]
        version = dataclasses.replace(
            previous,
            document_id=self.records.new_document_id(),
            lineage=self.parts.next_version(previous.lineage, self.parts.new_id()),
            initial=InitialVersion(first.lineage.id, first.title, first.written),
            author=self.desk.professional,
            practice=self.desk.practice,
            title=previous.title if title is None else fields.line_of(title, "titre"),
            text=fields.text_of(text, "texte"),
            written=self.parts.now(),
            sealed=False,
        )
        return self._offer("replacement", self._build(version), changes)

    def delete(self, document_id: str) -> Offer:
        """Delete a document, and offer to tell its recipients."""
        version = self._own(document_id)
        changes = len(self.records.versions(version.lineage.set_id)) - 1
        self.records.mark_deleted(version.lineage.set_id)
        return self._offer("deletion", version, changes)

    def answer_offer(self, offer_id: str, accept: bool) -> SendResult | None:
        """Accepted: one mail to every one of them. Declined: no mail at all, None.

        When nothing could leave, the offer stays open to be answered again.
        """
        pending = self.records.pending(offer_id)
        if not self.parts.send_policy(pending.offer.kind, accept):
            del self.records.offers[offer_id]
            return None
        result = self._tell(pending)
        if result.accepted:
            del self.records.offers[offer_id]
        return result

    def write(
        self, to: Sequence[str], subject: str, text: str, cc: Sequence[str] = ()
    ) -> SendResult:
        """Send a free message, without document."""
        letter = Letter(
            "message",
            fields.recipients_of(to, cc),
            subject=fields.line_of(subject, "objet"),
            text=fields.text_of(text, "texte"),
        )
        return self._send(letter, None)

    def _build(self, version: Version) -> Version:
        mention = self.parts.pdf_mention(version)
        pdf = self.parts.write_pdf(self.parts.pdf_page(version, mention))
        with_pdf = dataclasses.replace(version, pdf=pdf)
        built = dataclasses.replace(with_pdf, cda=self.parts.cda_of(with_pdf, ()))
        self.records.keep(built)
        return built

    def _own(self, document_id: str) -> Version:
        """The current version, if the person at work may change it [PDSM-DMP 901]."""
        version = self.records.current(document_id)
        author, here = version.author.national_id, self.desk.practice.structure_id
        if author != self.desk.professional.national_id and here != version.practice.structure_id:
            raise RecordError(
                f"Seul un membre de {version.practice.structure} peut modifier « {version.title} »."
            )
        return version

    def _offer(
        self, kind: Literal["replacement", "deletion"], version: Version, changes: int
    ) -> Offer:
        mails = self.records.mails_about(version.lineage.set_id)
        recipients = self.parts.recipients_to_notify(mails)
        shown = bool(mails) and self.parts.offer_policy(kind, changes, recipients)
        offer = Offer(uuid.uuid4().hex, kind, version.document_id, shown, recipients.all)
        # What is to be deleted is what the recipients hold: a version never sent is unknown there.
        held = mails[-1].document_id if mails and kind == "deletion" else None
        pending = PendingOffer(offer, held or version.document_id, recipients)
        if shown:
            self.records.offers[offer.id] = pending
        if mails and self.parts.send_policy(kind, None):
            self._tell(pending)
        return offer

    def _tell(self, pending: PendingOffer) -> SendResult:
        version = self.records.version(pending.carried)
        mails = self.records.mails_about(version.lineage.set_id)
        return self._send(Letter(pending.offer.kind, pending.recipients, answers=mails[0]), version)

    def _send(self, letter: Letter, version: Version | None) -> SendResult:
        if version is not None:
            letter = self._with_document(letter, version)
        mail = self.parts.compose(letter, self.desk, self.parts)
        raw = mail.as_bytes()
        result = self.parts.deliver(raw, letter.recipients.all, self.desk, self.parts)
        if result.accepted:
            self._keep(letter, result, mail["Message-ID"], mail["Subject"], raw)
        return dataclasses.replace(result, message_id=str(mail["Message-ID"]))

    def _with_document(self, letter: Letter, version: Version) -> Letter:
        addressees = self._addressees(letter.recipients)
        if not version.sealed:
            cda = self.parts.cda_of(version, addressees)
            version = dataclasses.replace(version, cda=cda)
        return dataclasses.replace(letter, version=version, addressees=addressees)

    def _addressees(self, recipients: Recipients) -> tuple[Addressee, ...]:
        domain = self.desk.settings.domain
        known = ((self.records.contact(each, domain), each) for each in recipients.all)
        return tuple(Addressee(person, mailbox) for person, mailbox in known if person)

    def _keep(
        self, letter: Letter, result: SendResult, message_id: str, subject: str, raw: bytes
    ) -> None:
        version = letter.version
        if version is not None and not version.sealed:
            self.records.keep(dataclasses.replace(version, sealed=True))
        self.records.mails.append(
            SentMail(
                kind=letter.kind,
                message_id=str(message_id),
                subject=str(subject),
                mailbox=self.desk.settings.mailbox,
                sent_at=self.parts.now(),
                recipients=letter.recipients.only(result.accepted),
                raw=raw,
                document_id=version.document_id if version else None,
                set_id=version.lineage.set_id if version else None,
                refused=tuple(result.refused.items()),
            )
        )
