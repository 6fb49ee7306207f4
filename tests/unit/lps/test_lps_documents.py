"""What the reference system writes: PDF/A-1, CDA R2 level 1, XDM archive."""

import base64
import hashlib
import io
import re
import unicodedata
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pypdf
import pytest
from lxml import etree

from common.identities import COLLEAGUE, DOCTOR, NURSE, PATIENT, UNQUALIFIED_PATIENT, Patient
from mocks.lps.document_parts import DocumentParts
from mocks.lps.documents.pdf import FontMissing
from mocks.lps.documents.records import CONSULTATION, InitialVersion, RecordError, Version
from mocks.lps.documents.submission import Addressee, MetadataAction, Submission

PARTS = DocumentParts()
CDA = {"h": "urn:hl7-org:v3"}
RIM = {"r": "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"}
SUMMER = timezone(timedelta(hours=2))
WRITTEN = datetime(2026, 7, 14, 0, 30, 5, tzinfo=SUMMER)
PDF = b"%PDF-1.4 stands for a real one"


def first(patient: Patient = PATIENT, pdf: bytes = PDF) -> Version:
    return Version(
        document_id="D0001",
        lineage=PARTS.first_version("2.25.11", "2.25.10"),
        initial=None,
        patient=patient,
        author=DOCTOR,
        practice=DOCTOR.practices[0],
        type=CONSULTATION,
        title="Compte rendu d'été",
        text="Œdème résorbé & fièvre < 38 °C.",
        written=WRITTEN,
        acted=WRITTEN,
        pdf=pdf,
    )


def second(pdf: bytes = PDF) -> Version:
    before = first()
    return replace(
        before,
        document_id="D0002",
        lineage=PARTS.next_version(before.lineage, "2.25.12"),
        initial=InitialVersion(before.lineage.id, before.title, before.written),
        pdf=pdf,
    )


def cda(version: Version, *addressees: Addressee) -> etree._Element:
    return etree.fromstring(PARTS.cda_of(version, addressees))


def texts(root: etree._Element, path: str) -> list[str]:
    found = root.xpath(path, namespaces=CDA)
    assert isinstance(found, list)
    return [str(each) for each in found]


def submission(version: Version, action: MetadataAction = "") -> Submission:
    whole = replace(version, cda=PARTS.cda_of(version, ()))
    return Submission(
        id="2.25.99",
        version=whole,
        action=action,
        sender=DOCTOR,
        practice=DOCTOR.practices[0],
        mailbox="doctor@cabinet.mss.test",
        addressees=(Addressee(COLLEAGUE, "colleague@cabinet.mss.test"),),
        submitted=WRITTEN,
        product="Produit",
        product_version="1.0",
        editor="Éditeur",
    )


def archive(version: Version, action: MetadataAction = "") -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(PARTS.archive_of(submission(version, action), PARTS)))


def slot(metadata: etree._Element, name: str) -> list[str]:
    found = metadata.xpath(f"//r:Slot[@name='{name}']//r:Value/text()", namespaces=RIM)
    assert isinstance(found, list)
    return [str(each) for each in found]


def read(pdf: bytes) -> str:
    text = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text))


def test_the_page_is_pdf_a_1b_with_its_font_inside() -> None:
    pdf = PARTS.write_pdf(PARTS.pdf_page(first(), ""))

    assert pdf.startswith(b"%PDF-1.4")
    assert b'pdfaid:part="1"' in pdf
    assert b'pdfaid:conformance="B"' in pdf
    assert b"/FontFile" in pdf


def test_the_page_shows_title_traits_author_date_version_and_narrative() -> None:
    text = read(PARTS.write_pdf(PARTS.pdf_page(first(), "")))

    for shown in (
        "Compte rendu d'été",
        "PAT-TROIS",
        "DOMINIQUE",
        "28/03/1979",
        "Féminin",
        "51215",
        PATIENT.ins,
        "Dr OCEANE-TEST FICTIVE-MARTINEAU",
        "14/07/2026 à 00:30",
        "Version 1",
        "Œdème résorbé & fièvre < 38 °C.",
    ):
        assert shown in text
    assert "remplace" not in text


def test_a_later_version_says_what_it_cancels_by_title_date_and_id() -> None:
    version = second()

    text = read(PARTS.write_pdf(PARTS.pdf_page(version, PARTS.pdf_mention(version))))

    assert "Annule et remplace le document « Compte rendu d'été » du 14/07/2026 à 00:30" in text
    assert "(version 1, identifiant 2.25.11)" in text
    assert "Version 2" in text


def test_a_first_version_has_no_mention() -> None:
    assert PARTS.pdf_mention(first()) == ""


def test_a_page_in_another_font_is_an_error() -> None:
    with pytest.raises(FontMissing, match="fonts-dejavu-core"):
        PARTS.write_pdf("<p></p>")


def test_the_header_names_document_patient_and_people() -> None:
    root = cda(first(), Addressee(COLLEAGUE, "colleague@cabinet.mss.test"))

    assert [etree.QName(child).localname for child in root] == [
        "realmCode",
        "typeId",
        *["templateId"] * 3,
        *["id", "code", "title", "effectiveTime", "confidentialityCode", "languageCode"],
        *["setId", "versionNumber", "recordTarget", "author", "custodian"],
        *["informationRecipient", "legalAuthenticator", "documentationOf", "componentOf"],
        "component",
    ]
    assert texts(root, "h:code/@displayName") == [CONSULTATION.label]
    assert texts(root, "h:effectiveTime/@value") == ["20260714003005+0200"]
    patient = "h:recordTarget/h:patientRole"
    assert texts(root, f"{patient}/h:id[1]/@root") == ["1.2.250.1.213.1.4.10"]
    assert texts(root, f"{patient}/h:id[1]/@extension") == [PATIENT.ins]
    assert texts(root, f"{patient}//h:family[@qualifier='BR']/text()") == ["PAT-TROIS"]
    assert texts(root, f"{patient}//h:given[@qualifier='BR']/text()") == ["DOMINIQUE"]
    assert texts(root, f"{patient}//h:birthTime/@value") == ["19790328"]
    assert texts(root, f"{patient}//h:county/text()") == ["51215"]
    assert texts(root, "h:author/h:assignedAuthor/h:id/@extension") == [DOCTOR.national_id]
    assert texts(root, "h:custodian//h:id/@extension") == [f"4{DOCTOR.rpps}001"]
    assert texts(root, "h:informationRecipient//h:telecom[@value]/@value") == [
        "mailto:colleague@cabinet.mss.test"
    ]


def test_the_body_is_the_pdf_itself() -> None:
    root = cda(first())

    body = "h:component/h:nonXMLBody/h:text[@mediaType='application/pdf'][@representation='B64']"
    assert base64.b64decode(texts(root, f"{body}/text()")[0], validate=True) == PDF


def test_a_version_without_pdf_cannot_become_a_document() -> None:
    with pytest.raises(ValueError, match="D0001 has no PDF"):
        PARTS.cda_of(first(pdf=b""), ())


def test_a_first_version_relates_to_nothing() -> None:
    root = cda(first())

    assert texts(root, "h:versionNumber/@value") == ["1"]
    assert texts(root, "h:relatedDocument") == []


def test_a_next_version_keeps_the_set_and_replaces_the_one_just_before() -> None:
    third = PARTS.next_version(second().lineage, "2.25.13")

    root = cda(replace(second(), lineage=third))

    assert texts(root, "h:id/@root") == ["2.25.13"]
    assert texts(root, "h:setId/@root") == ["2.25.10"]
    assert texts(root, "h:versionNumber/@value") == ["3"]
    assert texts(root, "h:relatedDocument/@typeCode") == ["RPLC"]
    assert texts(root, "h:relatedDocument/h:parentDocument/h:id/@root") == ["2.25.12"]


def test_an_identity_not_qualified_is_sent_without_ins() -> None:
    version = first(UNQUALIFIED_PATIENT)

    root = cda(version)
    metadata = etree.fromstring(PARTS.metadata_of(submission(version)))

    assert texts(root, "h:recordTarget/h:patientRole/h:id/@extension") == ["BANC-0003"]
    assert b"1.2.250.1.213.1.4.10" not in etree.tostring(metadata)


def test_a_speciality_the_product_lacks_is_told() -> None:
    dentist = replace(NURSE, profession="40")

    with pytest.raises(RecordError, match="La spécialité « G15_40 »"):
        PARTS.cda_of(replace(first(), author=dentist, practice=NURSE.practices[0]), ())


def test_the_archive_has_the_four_files_in_upper_case() -> None:
    files = archive(first())

    assert files.namelist() == [
        "INDEX.HTM",
        "README.TXT",
        "IHE_XDM/SUBSET01/METADATA.XML",
        "IHE_XDM/SUBSET01/DOC00001.XML",
    ]
    assert files.testzip() is None
    assert "Éditeur" in files.read("README.TXT").decode("utf-8")
    index = etree.fromstring(files.read("INDEX.HTM"), etree.XMLParser(load_dtd=False))
    links = index.xpath("//x:a/@href", namespaces={"x": "http://www.w3.org/1999/xhtml"})
    assert links == ["IHE_XDM/SUBSET01/DOC00001.XML", "README.TXT"]


def test_the_same_submission_gives_the_same_octets() -> None:
    assert PARTS.archive_of(submission(first()), PARTS) == PARTS.archive_of(
        submission(first()), PARTS
    )


def test_the_metadata_describe_the_document_as_it_is() -> None:
    files = archive(first())
    document = files.read("IHE_XDM/SUBSET01/DOC00001.XML")

    metadata = etree.fromstring(files.read("IHE_XDM/SUBSET01/METADATA.XML"))

    assert slot(metadata, "hash") == [hashlib.sha1(document).hexdigest()]
    assert slot(metadata, "size") == [str(len(document))]
    assert slot(metadata, "URI") == ["DOC00001.XML"]
    assert slot(metadata, "creationTime") == ["20260713223005"]
    assert slot(metadata, "urn:action:extraMetadataSlot") == []
    identifiers = metadata.xpath("//r:ExternalIdentifier/@value", namespaces=RIM)
    assert identifiers == [
        f"{PATIENT.ins}^^^&1.2.250.1.213.1.4.10&ISO^NH",
        f"1.2.250.1.71.4.2.2.4{DOCTOR.rpps}001",
        "2.25.99",
        f"{PATIENT.ins}^^^&1.2.250.1.213.1.4.10&ISO^NH",
        "2.25.11",
    ]


def test_the_metadata_link_the_set_to_its_document() -> None:
    metadata = etree.fromstring(PARTS.metadata_of(submission(first())))

    (member,) = metadata.findall(".//r:Association", RIM)
    (package,) = metadata.findall(".//r:RegistryPackage", RIM)
    (entry,) = metadata.findall(".//r:ExtrinsicObject", RIM)
    assert member.get("associationType", "").endswith(":HasMember")
    assert member.get("sourceObject") == package.get("id")
    assert member.get("targetObject") == entry.get("id")
    ids = metadata.xpath("//@id")
    assert isinstance(ids, list)
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("action", ["C", "D"])
def test_the_metadata_say_change_or_deletion(action: MetadataAction) -> None:
    metadata = etree.fromstring(PARTS.metadata_of(submission(second(), action)))

    assert slot(metadata, "urn:action:extraMetadataSlot") == [action]
