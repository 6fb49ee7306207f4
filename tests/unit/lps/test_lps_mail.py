"""The mails of the reference system, read back by the standard library."""

import email
import email.policy
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from common.identities import (
    COLLEAGUE,
    DOCTOR,
    NURSE,
    PATIENT,
    UNQUALIFIED_PATIENT,
    Patient,
)
from mocks.lps.document_parts import DocumentParts
from mocks.lps.documents.records import (
    CONSULTATION,
    EPISODE_SUMMARY,
    DocumentType,
    InitialVersion,
    Recipients,
    RecordError,
    SentMail,
    Version,
)
from mocks.lps.mail.letter import Desk, Letter, MailSettings

PARTS = DocumentParts()
DOMAIN = "cabinet.mss.test"
SETTINGS = MailSettings(
    mailbox=DOCTOR.mailbox(DOMAIN),
    nil="NIL-42",
    product="Produit",
    version="1",
    editor="Éditeur",
    domain=DOMAIN,
    patient_domain="patient.mss.test",
    smtp_host="localhost",
    smtp_port=587,
    ca_file=Path("root.pem"),
)
DESK = Desk(DOCTOR, DOCTOR.practices[0], SETTINGS, lambda fresh: "token")
RECIPIENTS = Recipients((COLLEAGUE.mailbox(DOMAIN),), (NURSE.mailbox(DOMAIN),))


def document(
    patient: Patient = PATIENT, kind: DocumentType = CONSULTATION, number: int = 1
) -> Version:
    now = PARTS.now()
    lineage = PARTS.first_version("2.25.11", "2.25.10")
    initial = None
    if number > 1:
        initial = InitialVersion(lineage.id, "Compte rendu", now)
        lineage = PARTS.next_version(lineage, "2.25.12")
    return Version(
        document_id="D0001",
        lineage=lineage,
        initial=initial,
        patient=patient,
        author=DOCTOR,
        practice=DOCTOR.practices[0],
        type=kind,
        title="Compte rendu",
        text="Rien à signaler.",
        written=now,
        acted=now,
        pdf=b"%PDF-1.4",
        cda=b"<ClinicalDocument/>",
    )


def initial_mail() -> SentMail:
    return SentMail(
        kind="first",
        message_id="<first@cabinet.mss.test>",
        subject="XDM/1.0/DDM+CR PAT-TROIS DOMINIQUE 28/03/1979",
        mailbox=SETTINGS.mailbox,
        sent_at=PARTS.now(),
        recipients=RECIPIENTS,
        raw=b"",
    )


def written(letter: Letter, desk: Desk = DESK) -> EmailMessage:
    raw = PARTS.compose(letter, desk, PARTS).as_bytes()
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    read = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    return read


def body(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    assert part.get_content_charset() == "utf-8"
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_document_mail_has_the_headers_of_mssante() -> None:
    mail = written(Letter("first", RECIPIENTS, document()))

    assert mail["Subject"] == (
        "XDM/1.0/DDM+CR ou fiche de consultation ou de visite PAT-TROIS DOMINIQUE 28/03/1979"
    )
    (sender,) = mail["From"].addresses
    assert sender.addr_spec == DOCTOR.mailbox(DOMAIN)
    assert sender.display_name == "Dr_OCEANE-TEST_FICTIVE-MARTINEAU_CABINET FICTIF DES TILLEULS"
    assert mail["To"] == COLLEAGUE.mailbox(DOMAIN)
    assert mail["Cc"] == NURSE.mailbox(DOMAIN)
    assert mail["X-MSS-NIL"] == "NIL-42"
    assert mail["X-MSS-CODECDA"] == "11488-4"
    assert mail["X-MSS-INS"] == "O"
    assert mail["X-MSS-MES"] is None
    assert mail["Disposition-Notification-To"] == DOCTOR.mailbox(DOMAIN)
    assert mail["In-Reply-To"] is None
    assert mail["Date"].datetime.tzinfo is not None


def test_message_ids_are_new_each_time_and_name_no_patient() -> None:
    ids = {PARTS.message_id(DESK) for _ in range(20)}

    assert len(ids) == 20
    assert all(each.startswith("<") and each.endswith(f"@{DOMAIN}>") for each in ids)
    assert not any(PATIENT.ins in each for each in ids)


def test_a_document_mail_carries_archive_and_pdf() -> None:
    mail = written(Letter("first", RECIPIENTS, document()))

    archive, pdf = mail.iter_attachments()
    assert mail.get_content_type() == "multipart/mixed"
    assert archive.get_filename() == "IHE_XDM.ZIP"
    assert archive.get_content_type() == "application/zip"
    assert archive["Content-Transfer-Encoding"] == "base64"
    assert archive.get_content_disposition() == "attachment"
    day = document().acted.strftime("%Y%m%d")
    assert pdf.get_filename() == (
        f"{day}_CR ou fiche de consultation ou de visite_PAT-TROIS_DOMINIQUE.pdf"
    )
    assert isinstance(pdf, EmailMessage)
    assert pdf.get_content() == b"%PDF-1.4"


def test_names_lose_their_accents_and_labels_keep_theirs() -> None:
    patient = replace(PATIENT, birth_name="Lœuvre-Née", given="Anaïs")

    mail = written(Letter("first", RECIPIENTS, document(patient, EPISODE_SUMMARY)))

    assert mail["Subject"] == (
        "XDM/1.0/DDM+Synthèse d'épisode de soins LOEUVRE-NEE Anais 28/03/1979"
    )


def test_a_label_is_cut_at_forty_characters() -> None:
    long = replace(CONSULTATION, label="Lettre de liaison à la sortie d'un établissement de soins")

    subject = PARTS.subject_of(Letter("first", RECIPIENTS, document(kind=long)))

    assert subject.startswith("XDM/1.0/DDM+Lettre de liaison à la sortie d'un établ PAT-TROIS ")


def test_a_person_without_title_is_named_all_the_same() -> None:
    desk = replace(DESK, professional=NURSE, practice=NURSE.practices[0])

    assert PARTS.from_header_of(desk).display_name == (
        "LEONIE-TEST_INVENTEE-ROCHER_CENTRE FICTIF DES ERABLES"
    )


def test_a_replacing_mail_follows_the_first_and_says_so() -> None:
    letter = Letter("replacement", RECIPIENTS, document(number=2), answers=initial_mail())

    mail = written(letter)

    assert mail["In-Reply-To"] == "<first@cabinet.mss.test>"
    assert mail["References"] == "<first@cabinet.mss.test>"
    assert "annule et remplace le document « Compte rendu » du " in body(mail)
    assert "sous l'objet « XDM/1.0/DDM+CR PAT-TROIS DOMINIQUE 28/03/1979 »" in body(mail)
    assert mail["Subject"].startswith("XDM/1.0/DDM+CR ou fiche")


def test_a_deleting_mail_carries_the_document_and_asks_for_its_deletion() -> None:
    mail = written(Letter("deletion", RECIPIENTS, document(), answers=initial_mail()))

    assert "Il doit être supprimé de vos dossiers." in body(mail)
    assert next(each.get_filename() for each in mail.iter_attachments()) == "IHE_XDM.ZIP"


def test_a_free_message_is_plain_text_with_the_product_number_only() -> None:
    letter = Letter("message", RECIPIENTS, subject="Échange sur l'été", text="Cœur à 60 €.\n")

    mail = written(letter)

    assert mail.get_content_type() == "text/plain"
    assert mail["Subject"] == "Échange sur l'été"
    assert body(mail) == "Cœur à 60 €.\n"
    assert mail["X-MSS-NIL"] == "NIL-42"
    assert mail["X-MSS-CODECDA"] is None
    assert mail["X-MSS-INS"] is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda p: p, "O"),
        (lambda p: replace(p, qualified=False), "N"),
        (lambda p: replace(p, ins="279035121518988"), "N"),
        (lambda p: replace(p, given=""), "N"),
        (lambda p: replace(p, ins="253072A07300443"), "O"),
    ],
    ids=["qualified", "not qualified", "wrong key", "trait missing", "Corsica"],
)
def test_the_ins_header_tells_a_qualified_identity(
    change: Callable[[Patient], Patient], said: str
) -> None:
    letter = Letter("first", RECIPIENTS, document(change(PATIENT)))

    assert PARTS.mss_headers(letter, DESK)["X-MSS-INS"] == said


def test_the_end_of_an_exchange_is_said_to_a_patient_only() -> None:
    patient = Recipients((PARTS.patient_mailbox(PATIENT, SETTINGS),))

    to_patient = Letter("first", patient, document(), end_of_exchange=True)
    to_colleague = Letter("first", RECIPIENTS, document(), end_of_exchange=True)

    assert PARTS.mss_headers(to_patient, DESK)["X-MSS-MES"] == "FIN"
    assert "X-MSS-MES" not in PARTS.mss_headers(to_colleague, DESK)


def test_a_patient_mailbox_needs_a_qualified_identity() -> None:
    with pytest.raises(RecordError, match="n'est pas qualifiée"):
        PARTS.patient_mailbox(UNQUALIFIED_PATIENT, SETTINGS)


def test_a_line_break_in_a_subject_never_makes_a_header() -> None:
    letter = Letter("message", RECIPIENTS, subject="Bonjour\r\nBcc: x@evil.test", text="")

    with pytest.raises(ValueError):
        PARTS.compose(letter, DESK, PARTS)
