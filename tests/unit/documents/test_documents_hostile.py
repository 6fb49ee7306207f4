"""What a stranger may put in a message, an archive, a document: one sentence each, no crash."""

import base64
import io
import zipfile

import pytest

from conformance.documents import Unreadable
from conformance.documents.cda import read_cda
from conformance.documents.mail import read_mail
from conformance.documents.pdf import pdf_claim, pdf_text
from conformance.documents.xdm import read_xdm
from conformance.documents.xml import parse_xml

DEEP = b"<a>" * 5000 + b"</a>" * 5000
LAUGHS = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a x="&c;">&c;</a>'
OUTSIDE = b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'


def zipped(**members: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return held.getvalue()


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (DEEP, "too-deep"),
        (LAUGHS, "doctype"),
        (OUTSIDE, "doctype"),
        (b"<a>\xff\xfe</a>", "not-xml"),
        (b"<a>" + b"\x00" * 8 + b"</a>", "not-xml"),
        (b"<a><b></a>", "not-xml"),
        (b"<ClinicalDocument xmlns='urn:hl7-org:v3'><id root='1.2", "not-xml"),
        (b"%PDF-1.4", "not-xml"),
    ],
)
def test_hostile_xml_is_refused_by_name(octets: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse_xml(octets, "DOC0001.XML")

    assert refused.value.code == code
    assert "DOC0001.XML" in str(refused.value)


def test_a_very_large_text_is_no_attack() -> None:
    packed = base64.b64encode(b"%PDF-" + b"x" * 15_000_000)
    document = (
        b"<ClinicalDocument xmlns='urn:hl7-org:v3'><component><nonXMLBody>"
        b"<text mediaType='application/pdf' representation='B64'>" + packed + b"</text>"
        b"</nonXMLBody></component></ClinicalDocument>"
    )

    cda = read_cda(document)

    assert cda.pdf is not None
    assert len(cda.pdf) == 15_000_005


def test_another_root_is_no_cda() -> None:
    with pytest.raises(Unreadable, match="ClinicalDocument of HL7 v3") as refused:
        read_cda(b"<ClinicalDocument/>")

    assert refused.value.code == "not-cda"


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        (b"", "empty"),
        (b"PK", "not-a-zip"),
        (zipped(A=b"1")[:-9], "not-a-zip"),
        (zipped(**{f"M{n}": b"" for n in range(501)}), "too-many-members"),
        (zipped(BOMB=b"\0" * 30_000_000), "bomb"),
    ],
)
def test_a_hostile_archive_is_refused_by_name(octets: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_xdm(octets)

    assert refused.value.code == code


def test_every_truncation_of_an_archive_is_told() -> None:
    whole = zipped(**{"IHE_XDM/SUBSET01/METADATA.XML": b"<a/>", "README.TXT": b"x" * 400})

    for end in range(len(whole)):
        with pytest.raises(Unreadable):
            read_xdm(whole[:end])


def test_a_changed_octet_in_an_archive_never_crashes_the_reader() -> None:
    whole = zipped(**{"IHE_XDM/SUBSET01/METADATA.XML": b"<a/>", "README.TXT": b"abc" * 40})

    for place in range(len(whole)):
        altered = bytearray(whole)
        altered[place] ^= 0xFF
        try:
            read_xdm(bytes(altered))
        except Unreadable as refused:
            assert refused.code


def test_a_member_that_leaves_its_folder_is_a_fault() -> None:
    archive = read_xdm(
        zipped(**{"../evil": b"1", "/abs": b"2", "IHE_XDM\\x": b"3", "README.TXT": b""})
    )

    assert [fault.code for fault in archive.faults].count("bad-name") == 3
    assert list(archive.members) == ["README.TXT"]


def test_a_hostile_metadata_is_a_fault_of_the_archive() -> None:
    archive = read_xdm(zipped(**{"IHE_XDM/SUBSET01/METADATA.XML": LAUGHS}))

    assert [fault.code for fault in archive.faults] == ["bad-metadata"]
    assert archive.submissions == ()


def test_a_message_nested_thousands_deep_is_refused() -> None:
    nested = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n)
        for n in range(3000)
    )

    with pytest.raises(Unreadable) as refused:
        read_mail(b"Subject: x\r\n" + nested + b"\r\nend\r\n")

    assert refused.value.code == "too-deep"


def test_a_message_of_many_parts_is_refused() -> None:
    parts = b"--b\r\n\r\nx\r\n" * 600
    message = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + b"--b--\r\n"

    with pytest.raises(Unreadable) as refused:
        read_mail(message)

    assert refused.value.code == "too-many-parts"


@pytest.mark.parametrize(
    "octets",
    [
        b"Subject: =?utf-8?B?!!!?=\r\nFrom: <<<>>,;\r\nTo: \xff\xfe\r\n\r\n\xff",
        b"Content-Type: text/plain; charset=no-such-thing\r\n\r\nx",
        b"Content-Type: \x00\r\nContent-Disposition: attachment; filename*=zz''%ff\r\n\r\nx",
        b"Subject: a\rb\nFrom: a\r\n\r\nbare\rcarriage\nreturns",
        b"Subject: =?x-unknown?Q?=E9?=\r\nMessage-ID: \r\n\r\n",
        b"Subject: " + b"=?utf-8?Q?=C3=A9?= " * 50_000 + b"\r\n\r\nx",
    ],
)
def test_an_odd_message_is_read_without_a_crash(octets: bytes) -> None:
    mail = read_mail(octets)

    assert mail.headers
    assert mail.root.path == ""


@pytest.mark.parametrize("octets", [b"", b"\r\n \r\n"])
def test_an_empty_message_is_told(octets: bytes) -> None:
    with pytest.raises(Unreadable, match="empty"):
        read_mail(octets)


def test_octets_without_a_header_are_no_message() -> None:
    with pytest.raises(Unreadable) as refused:
        read_mail(b"\x00\x01 no header here\r\nat all\r\n")

    assert refused.value.code == "no-header"


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"PK\x03\x04",
        b"%PDF-1.4",
        b"%PDF-1.4\n1 0 obj\n<</Type /Catalog /Pages 1 0 R>>\nendobj\ntrailer<</Root 1 0 R>>",
        b"%PDF-1.7\n" + b"\xff" * 2000,
    ],
)
def test_a_damaged_pdf_is_told_in_one_sentence(octets: bytes) -> None:
    for read in (pdf_text, pdf_claim):
        try:
            read(octets)
        except Unreadable as refused:
            assert refused.code in {"empty", "not-a-pdf", "too-many-pages"}
            assert "\n" not in str(refused)
