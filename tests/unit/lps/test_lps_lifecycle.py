"""The life of a document in the reference system: who is offered a mail, and who gets it."""

import email
import email.policy
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from lxml import etree

from common.identities import COLLEAGUE, DOCTOR, NURSE, PATIENT, UNQUALIFIED_PATIENT
from mocks.lps.document_parts import DocumentParts
from mocks.lps.documents.records import Kind, RecordError, Records
from mocks.lps.lifecycle import Lifecycle
from mocks.lps.mail.letter import Desk, MailSettings
from mocks.lps.mail.outbox import OutboxParts, SendResult

DOMAIN = "cabinet.mss.test"
TO, CC = COLLEAGUE.mailbox(DOMAIN), NURSE.mailbox(DOMAIN)
PATIENT_BOX = PATIENT.mailbox("patient.mss.test")
NAMESPACE = {"h": "urn:hl7-org:v3"}


@dataclass(slots=True)
class Post:
    """Stands for the operator: keeps what is handed over, refuses what it is told to."""

    handed: list[tuple[EmailMessage, tuple[str, ...]]] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)

    def deliver(
        self, raw: bytes, recipients: Sequence[str], desk: Desk, parts: OutboxParts
    ) -> SendResult:
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.handed.append((mail, tuple(recipients)))
        accepted = tuple(each for each in recipients if each not in self.refuses)
        refused = {each: "550 no" for each in recipients if each in self.refuses}
        return SendResult(not refused, accepted=accepted, refused=refused)

    def cda(self, index: int) -> etree._Element:
        archive = next(iter(self.handed[index][0].iter_attachments()))
        assert isinstance(archive, EmailMessage)
        files = zipfile.ZipFile(io.BytesIO(archive.get_content()))
        return etree.fromstring(files.read("IHE_XDM/SUBSET01/DOC00001.XML"))


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def life(post: Post) -> Lifecycle:
    settings = MailSettings(
        mailbox=DOCTOR.mailbox(DOMAIN),
        nil="NIL",
        product="Produit",
        version="1",
        editor="Éditeur",
        domain=DOMAIN,
        patient_domain="patient.mss.test",
        smtp_host="localhost",
        smtp_port=587,
        ca_file=Path("root.pem"),
    )
    desk = Desk(DOCTOR, DOCTOR.practices[0], settings, lambda fresh: "token")
    parts = DocumentParts(deliver=post.deliver, write_pdf=lambda page: page.encode())
    return Lifecycle(Records(), desk, parts)


def sent(life: Lifecycle) -> str:
    """The id of a document sent to a colleague, a nurse in copy, and the patient."""
    version = life.create(PATIENT, "Compte rendu", "Première version.")
    assert life.send(version.document_id, [TO], [CC], to_patient=True).sent
    return version.document_id


def only(root: etree._Element, path: str) -> str:
    found = root.xpath(path, namespaces=NAMESPACE)
    assert isinstance(found, list)
    (value,) = found
    return str(value)


def test_a_document_is_sent_to_professionals_and_patient(life: Lifecycle, post: Post) -> None:
    sent(life)

    mail, recipients = post.handed[0]
    assert recipients == (TO, PATIENT_BOX, CC)
    assert mail["To"] == f"{TO}, {PATIENT_BOX}"
    assert mail["Cc"] == CC
    addressees = post.cda(0).xpath(
        "h:informationRecipient//h:intendedRecipient/h:id/@extension", namespaces=NAMESPACE
    )
    assert addressees == [COLLEAGUE.national_id, NURSE.national_id]


def test_a_replacement_accepted_reaches_every_first_recipient(life: Lifecycle, post: Post) -> None:
    offer = life.replace(sent(life), "Deuxième version.")
    assert offer.shown
    assert offer.recipients == (TO, PATIENT_BOX, CC)
    assert len(post.handed) == 1

    result = life.answer_offer(offer.id, accept=True)

    assert result is not None
    assert result.sent
    mail, recipients = post.handed[1]
    assert recipients == (TO, PATIENT_BOX, CC)
    assert (mail["To"], mail["Cc"]) == (post.handed[0][0]["To"], CC)
    assert mail["In-Reply-To"] == post.handed[0][0]["Message-ID"]
    old, new = post.cda(0), post.cda(1)
    assert only(new, "h:setId/@root") == only(old, "h:setId/@root")
    assert only(new, "h:id/@root") != only(old, "h:id/@root")
    assert only(new, "h:versionNumber/@value") == "2"
    assert only(new, "//h:parentDocument/h:id/@root") == only(old, "h:id/@root")


def test_a_deletion_accepted_carries_the_document_to_delete(life: Lifecycle, post: Post) -> None:
    offer = life.delete(sent(life))
    assert offer.shown
    assert len(post.handed) == 1

    life.answer_offer(offer.id, accept=True)

    mail, recipients = post.handed[1]
    assert recipients == (TO, PATIENT_BOX, CC)
    assert only(post.cda(1), "h:id/@root") == only(post.cda(0), "h:id/@root")
    part = mail.get_body(("plain",))
    assert part is not None
    assert "doit être supprimé" in part.get_content()


@pytest.mark.parametrize("kind", ["replacement", "deletion"])
def test_an_offer_declined_sends_nothing(life: Lifecycle, post: Post, kind: Kind) -> None:
    document_id = sent(life)
    offer = life.delete(document_id) if kind == "deletion" else life.replace(document_id, "Deux.")

    assert life.answer_offer(offer.id, accept=False) is None

    assert len(post.handed) == 1
    with pytest.raises(RecordError, match="n'attend de réponse"):
        life.answer_offer(offer.id, accept=True)


def test_every_change_offers_even_after_a_declined_one(life: Lifecycle) -> None:
    first = life.replace(sent(life), "Deux.")
    life.answer_offer(first.id, accept=False)
    second = life.replace(first.document_id, "Trois.")
    life.answer_offer(second.id, accept=True)

    third = life.delete(second.document_id)

    assert [o.shown for o in (first, second, third)] == [True, True, True]
    assert third.recipients == (TO, PATIENT_BOX, CC)


def test_recipients_added_by_a_later_version_are_told_too(life: Lifecycle) -> None:
    offer = life.replace(sent(life), "Deux.")
    life.answer_offer(offer.id, accept=False)
    life.send(offer.document_id, ["another@cabinet.mss.test", CC])

    later = life.replace(offer.document_id, "Trois.")

    assert later.recipients == (TO, PATIENT_BOX, "another@cabinet.mss.test", CC)


def test_a_deletion_names_the_version_the_recipients_hold(life: Lifecycle, post: Post) -> None:
    declined = life.replace(sent(life), "Jamais envoyée.")
    life.answer_offer(declined.id, accept=False)

    offer = life.delete(declined.document_id)
    life.answer_offer(offer.id, accept=True)

    assert only(post.cda(1), "h:id/@root") == only(post.cda(0), "h:id/@root")


def test_a_document_never_sent_is_changed_without_an_offer(life: Lifecycle, post: Post) -> None:
    version = life.create(PATIENT, "Brouillon", "Un.")

    replaced = life.replace(version.document_id, "Deux.")
    deleted = life.delete(replaced.document_id)

    assert not replaced.shown
    assert not deleted.shown
    assert post.handed == []


def test_who_was_refused_at_first_is_not_told_of_changes(life: Lifecycle, post: Post) -> None:
    post.refuses.add(CC)
    version = life.create(PATIENT, "Compte rendu", "Un.")
    assert not life.send(version.document_id, [TO], [CC]).sent

    assert life.replace(version.document_id, "Deux.").recipients == (TO,)


def test_an_accepted_offer_stays_open_until_something_left(life: Lifecycle, post: Post) -> None:
    offer = life.replace(sent(life), "Deux.")
    post.refuses.update(offer.recipients)
    failed = life.answer_offer(offer.id, accept=True)
    assert failed is not None
    assert failed.accepted == ()

    post.refuses.clear()
    result = life.answer_offer(offer.id, accept=True)

    assert result is not None
    assert result.sent


def test_a_document_sent_keeps_its_octets(life: Lifecycle, post: Post) -> None:
    document_id = sent(life)

    life.send(document_id, ["another@cabinet.mss.test"])

    assert etree.tostring(post.cda(1)) == etree.tostring(post.cda(0))


def test_only_the_last_version_can_be_changed(life: Lifecycle) -> None:
    document_id = sent(life)
    last = life.replace(document_id, "Deux.").document_id

    with pytest.raises(RecordError, match="déjà été remplacé"):
        life.replace(document_id, "Encore.")
    life.delete(last)
    with pytest.raises(RecordError, match="a été supprimé"):
        life.delete(last)


def test_a_stranger_to_the_practice_cannot_change_a_document(life: Lifecycle) -> None:
    document_id = sent(life)
    theirs = replace(life.desk, professional=COLLEAGUE, practice=COLLEAGUE.practices[0])
    stranger = Lifecycle(life.records, theirs, life.parts)

    with pytest.raises(RecordError, match="Seul un membre"):
        stranger.replace(document_id, "Autre.")


@pytest.mark.parametrize(
    "address", ["", "nobody", "a b@x.test", "é@x.test", "x@", "a@b.test, c@d.test", "a@b\r\nBcc: c"]
)
def test_an_address_that_is_none_is_told(life: Lifecycle, post: Post, address: str) -> None:
    version = life.create(PATIENT, "Compte rendu", "Un.")

    with pytest.raises(RecordError):
        life.send(version.document_id, [address])

    assert post.handed == []


@pytest.mark.parametrize(
    "text", ["", " \n", "\x00", "\ud800", "\uffff", "x" * 20_001], ids=lambda t: ascii(t[:6])
)
def test_a_text_that_no_document_can_hold_is_told(life: Lifecycle, text: str) -> None:
    with pytest.raises(RecordError, match="« texte »"):
        life.create(PATIENT, "Compte rendu", text)
    with pytest.raises(RecordError, match="« texte »"):
        life.write([TO], "Objet", text)


def test_a_line_break_in_a_subject_is_a_blank(life: Lifecycle, post: Post) -> None:
    life.write([TO], "Bonjour\r\nBcc: x@evil.test", "Texte")

    assert post.handed[0][0]["Subject"] == "Bonjour Bcc: x@evil.test"
    assert post.handed[0][0]["Bcc"] is None


def test_a_patient_not_qualified_has_no_mailbox(life: Lifecycle, post: Post) -> None:
    version = life.create(UNQUALIFIED_PATIENT, "Compte rendu", "Un.")

    with pytest.raises(RecordError, match="n'est pas qualifiée"):
        life.send(version.document_id, [TO], to_patient=True)

    assert post.handed == []


def test_a_free_message_is_kept_among_the_sent_mails(life: Lifecycle) -> None:
    result = life.write([TO], "Question", "Bonjour")

    (mail,) = life.records.mails
    assert result.sent
    assert (mail.kind, mail.message_id, mail.set_id) == ("message", result.message_id, None)


def test_one_part_is_enough_to_make_a_faulty_product(life: Lifecycle, post: Post) -> None:
    life.parts = replace(life.parts, send_policy=lambda kind, answer: answer is None)

    life.replace(sent(life), "Deux.")

    assert len(post.handed) == 2
