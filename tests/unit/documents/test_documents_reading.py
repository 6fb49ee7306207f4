"""Mails, archives, CDA and PDF read back as they were written."""

from conformance.documents.cda import InstanceId, read_cda
from conformance.documents.identifiers import luhn_holds, national_id_kind
from conformance.documents.ins import ins_fault
from conformance.documents.mail import read_mail
from conformance.documents.pdf import PdfClaim, is_scan, normalise, pdf_claim, pdf_text
from conformance.documents.xdm import read_xdm
from tests.unit.checks.checks_documents import (
    INS,
    LABEL,
    TEST_OID,
    TITLE,
    Doc,
    archive,
    letter,
    pdf,
)


def test_the_header_of_a_document_is_read_whole() -> None:
    cda = read_cda(Doc().next().cda())

    assert cda.id == InstanceId("2.25.1002")
    assert str(cda.set_id) == "2.25.77"
    assert (cda.version, cda.version_written) == (2, "2")
    assert [(r.type_code, r.parent_ids) for r in cda.related] == [
        ("RPLC", (InstanceId("2.25.1001"),))
    ]
    assert (cda.code.code, cda.code.display, cda.title) == ("11488-4", LABEL, TITLE)
    assert cda.patient.ins == InstanceId(TEST_OID, INS)
    assert cda.patient.has_ins_traits
    assert (cda.patient.birth_name, cda.patient.first_given) == ("PAT-TROIS", "DOMINIQUE")
    assert [r.addresses for r in cda.recipients] == [("amedee@x.mss.test",)]
    assert cda.service_start == "20260311090000+0100"
    assert (cda.level, cda.pdf_fault) == (1, None)
    assert cda.pdf == Doc().next().pdf


def test_what_is_no_number_is_no_version_and_a_cut_body_is_told() -> None:
    no_number = read_cda(Doc(version="deux").cda())
    cut = read_cda(Doc().cda().replace(b"</text>", b"=A</text>"))

    assert (no_number.version, no_number.version_written) == (None, "deux")
    assert (cut.pdf, cut.pdf_fault) == (None, "not-base64")


def test_the_metadata_of_an_archive_are_read() -> None:
    first, second = Doc(), Doc(id="2.25.2001", code="34133-9")

    found = read_xdm(archive(first, second))

    (submission,) = found.submissions
    assert found.faults == ()
    assert [entry.unique_id for entry in submission.entries] == ["2.25.1001", "2.25.2001"]
    assert [entry.type_code for entry in submission.entries] == ["11488-4", "34133-9"]
    assert submission.entries[0].patient_id == f"{INS}^^^&{TEST_OID}&ISO^NH"
    assert submission.sets[0].patient_id == f"{INS}^^^&{TEST_OID}&ISO^NH"
    assert [(a.kind, a.source, a.target) for a in submission.associations] == [
        ("HasMember", "set", "e1"),
        ("HasMember", "set", "e2"),
    ]
    assert [octets for _, _, octets in found.documents()] == [first.cda(), second.cda()]


def test_a_mail_is_read_decoded_and_raw() -> None:
    mail = read_mail(letter(Doc(), Subject="Été à l’hôpital", pdf_name="résumé d’été.pdf"))

    assert mail.subject == "Été à l’hôpital"
    assert mail.raw("subject")[0].startswith(b"=?utf-8?")
    assert mail.sender[0].name == "Dr_OCEANE-TEST_FICTIVE-MARTINEAU_CABINET"
    assert mail.sender[0].address == "doctor@default.mss.test"
    assert [part.filename for part in mail.attachments] == ["IHE_XDM.ZIP", "résumé d’été.pdf"]
    assert mail.attachments[0].octets == archive(Doc())
    assert [part.media_type for part in mail.root.walk()] == [
        "multipart/mixed",
        "text/plain",
        "application/zip",
        "application/pdf",
    ]


def test_base64_that_lost_something_is_not_sound() -> None:
    octets = letter(Doc())
    cut = octets.replace(b"UEsDB", b"U!sDB", 1)

    assert all(part.sound for part in read_mail(octets).attachments)
    assert not read_mail(cut).attachments[0].sound


def test_the_text_and_the_claim_of_a_pdf_are_read() -> None:
    made = pdf("Annule et remplace\nle document du 12/03/2026", part=1)

    assert pdf_text(made) == "annule et remplace le document du 12/03/2026"
    assert pdf_claim(made) == PdfClaim(1, "B")
    assert pdf_claim(pdf("x", part=None)) == PdfClaim(None, "B")
    assert is_scan(pdf_text(pdf(" ")))


def test_wordings_are_compared_without_accents_case_or_blanks() -> None:
    assert normalise("S’IDENTIFIER  avec\nPro Santé\u00a0Con\u00adnect") == (
        "s'identifier avec pro sante connect"
    )


def test_identifiers_are_told_by_their_form() -> None:
    assert national_id_kind("899700042171") == "RPPS"
    assert national_id_kind("ANS20260115093000") == "EDIT"
    assert national_id_kind("doctor@cabinet.test") is None
    assert luhn_holds("79927398713")
    assert not luhn_holds("79927398710")
    assert ins_fault(INS) is None
    assert ins_fault("253072A07300443") is None
    assert ins_fault("279035121518988") == "key"
    assert ins_fault("27903512151898") == "length"
    assert ins_fault("2790351215189éé") == "form"
