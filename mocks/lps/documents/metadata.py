"""METADATA.XML of an archive: ebRIM SubmitObjectsRequest [INTEROP-STUDIO mapping]."""

import hashlib
import uuid
from datetime import UTC, datetime

from lxml import etree
from lxml.etree import _Element as Element

from common.identities import (
    INS_TEST_OID,
    ORGANISATIONS_OID,
    PROFESSIONALS_OID,
    Patient,
    Practice,
    Professional,
)
from mocks.lps.documents.codes import (
    Code,
    facility_of,
    organisation_id,
    patient_ids,
    setting_of,
    specialty_of,
)
from mocks.lps.documents.records import Version
from mocks.lps.documents.submission import Addressee, Submission

DOCUMENT_NAME = "DOC00001.XML"
"""URI of the document: its name in the folder of the metadata."""

LCM = "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"
RIM = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"
_APPROVED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"
_OBJECT = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject"

_SET_NODE = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"
_SET_AUTHOR = "urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d"
_SET_CONTENT_TYPE = "urn:uuid:aa543740-bdda-424e-8c96-df4873be8500"
_SET_PATIENT = "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446"
_SET_SOURCE = "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832"
_SET_ID = "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8"
_ENTRY = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
_AUTHOR = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d"
_CLASS = "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a"
_TYPE = "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"
_FORMAT = "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d"
_CONFIDENTIALITY = "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f"
_FACILITY = "urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1"
_SETTING = "urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead"
_PATIENT = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
_DOCUMENT_ID = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"

_XDS_SD_PDF = Code("urn:ihe:iti:xds-sd:pdf:2008", "PDF", "1.3.6.1.4.1.19376.1.2.3")
_NORMAL = Code("N", "Normal", "2.16.840.1.113883.5.25")


def metadata_of(submission: Submission) -> bytes:
    """The metadata of the submission's document, UTF-8; the same octets for the same submission."""
    root = etree.Element(f"{{{LCM}}}SubmitObjectsRequest", nsmap={"lcm": LCM, "rim": RIM})
    objects = _add(root, "RegistryObjectList")
    package, entry = _uuid(submission, "package"), _uuid(submission, "entry")
    _submission_set(objects, submission, package)
    _document_entry(objects, submission, entry)
    member = _add(
        objects,
        "Association",
        id=_uuid(submission, "member"),
        associationType="urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember",
        sourceObject=package,
        targetObject=entry,
    )
    _slot(member, "SubmissionSetStatus", "Original")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _submission_set(objects: Element, submission: Submission, id_: str) -> None:
    version = submission.version
    package = _add(
        objects,
        "RegistryPackage",
        id=id_,
        objectType=f"{_OBJECT}:RegistryPackage",
        status=_APPROVED,
    )
    _slot(package, "submissionTime", utc(submission.submitted))
    if submission.addressees:
        _slot(package, "intendedRecipient", *map(_intended, submission.addressees))
    _named(package, version.title)
    _add(
        package,
        "Classification",
        id=_uuid(submission, "node"),
        objectType=f"{_OBJECT}:Classification",
        classificationNode=_SET_NODE,
        classifiedObject=id_,
    )
    _author(package, _SET_AUTHOR, submission.sender, submission.practice)
    _classify(package, _SET_CONTENT_TYPE, facility_of(version.practice))
    _identify(package, _SET_PATIENT, "XDSSubmissionSet.patientId", patient_id(version.patient))
    _identify(package, _SET_SOURCE, "XDSSubmissionSet.sourceId", _source_id(version))
    _identify(package, _SET_ID, "XDSSubmissionSet.uniqueId", submission.id)


def _document_entry(objects: Element, submission: Submission, id_: str) -> None:
    version = submission.version
    entry = _add(
        objects,
        "ExtrinsicObject",
        id=id_,
        mimeType="text/xml",
        objectType=_ENTRY,
        status=_APPROVED,
    )
    _entry_slots(entry, submission)
    _named(entry, version.title)
    _author(entry, _AUTHOR, version.author, version.practice)
    kind = version.type
    _classify(entry, _CLASS, Code(kind.class_code, kind.class_label, "1.2.250.1.213.1.1.4.1"))
    _classify(entry, _TYPE, Code(kind.code, kind.label, kind.code_system))
    _classify(entry, _FORMAT, _XDS_SD_PDF)
    _classify(entry, _CONFIDENTIALITY, _NORMAL)
    _classify(entry, _FACILITY, facility_of(version.practice))
    _classify(entry, _SETTING, setting_of(version.practice))
    _identify(entry, _PATIENT, "XDSDocumentEntry.patientId", patient_id(version.patient))
    _identify(entry, _DOCUMENT_ID, "XDSDocumentEntry.uniqueId", version.lineage.id)


def _entry_slots(entry: Element, submission: Submission) -> None:
    version, patient = submission.version, submission.version.patient
    if submission.action:
        _slot(entry, "urn:action:extraMetadataSlot", submission.action)
    _slot(entry, "creationTime", utc(version.written))
    _slot(entry, "hash", hashlib.sha1(version.cda, usedforsecurity=False).hexdigest())
    _slot(entry, "languageCode", "fr-FR")
    _slot(entry, "legalAuthenticator", _person(version.author))
    _slot(entry, "serviceStartTime", utc(version.acted))
    _slot(entry, "size", str(len(version.cda)))
    root, extension = patient_ids(patient)[-1]
    _slot(entry, "sourcePatientId", f"{extension}^^^&{root}&ISO^PI")
    _slot(
        entry,
        "sourcePatientInfo",
        f"PID-5|{patient.birth_name}^{patient.given}^^^^^L",
        f"PID-7|{patient.born:%Y%m%d}",
        f"PID-8|{patient.sex}",
        f"PID-11|^^^^^^BDL^^{patient.birthplace_cog}",
    )
    _slot(entry, "URI", DOCUMENT_NAME)


def utc(moment: datetime) -> str:
    """An XDS time: UTC, to the second, without zone."""
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%S")


def patient_id(patient: Patient) -> str:
    """The INS (type NH) when the identity is qualified, else the local number (type PI)."""
    root, extension = patient_ids(patient)[0]
    return f"{extension}^^^&{root}&ISO^{'NH' if root == INS_TEST_OID else 'PI'}"


def _person(person: Professional) -> str:
    identity = f"{person.national_id}^{person.family}^{person.given}"
    return f"{identity}^^^^^^&{PROFESSIONALS_OID}&ISO^D^^^IDNPS"


def _institution(practice: Practice, person: Professional) -> str:
    number = organisation_id(practice, person)
    return f"{practice.structure}^^^^^&{ORGANISATIONS_OID}&ISO^IDNST^^^{number}"


def _intended(addressee: Addressee) -> str:
    person = addressee.professional
    return f"{_institution(person.practices[0], person)}|{_person(person)}"


def _source_id(version: Version) -> str:
    return f"{ORGANISATIONS_OID}.{organisation_id(version.practice, version.author)}"


def _author(parent: Element, scheme: str, person: Professional, practice: Practice) -> None:
    specialty = specialty_of(person)
    classification = _classification(parent, scheme, "")
    _slot(classification, "authorInstitution", _institution(practice, person))
    _slot(classification, "authorPerson", _person(person))
    _slot(
        classification, "authorSpecialty", f"{specialty.code}^{specialty.label}^{specialty.system}"
    )


def _classify(parent: Element, scheme: str, code: Code) -> None:
    classification = _classification(parent, scheme, code.code)
    _slot(classification, "codingScheme", code.system)
    _named(classification, code.label)


def _classification(parent: Element, scheme: str, code: str) -> Element:
    return _add(
        parent,
        "Classification",
        id=_uuid_within(parent, scheme),
        objectType=f"{_OBJECT}:Classification",
        classificationScheme=scheme,
        classifiedObject=_id(parent),
        nodeRepresentation=code,
    )


def _identify(parent: Element, scheme: str, name: str, value: str) -> None:
    identifier = _add(
        parent,
        "ExternalIdentifier",
        id=_uuid_within(parent, scheme),
        objectType=f"{_OBJECT}:ExternalIdentifier",
        identificationScheme=scheme,
        registryObject=_id(parent),
        value=value,
    )
    _named(identifier, name)


def _slot(parent: Element, name: str, *values: str) -> None:
    listed = _add(_add(parent, "Slot", name=name), "ValueList")
    for value in values:
        _add(listed, "Value").text = value


def _named(parent: Element, value: str) -> None:
    text = _add(_add(parent, "Name"), "LocalizedString", charset="UTF-8", value=value)
    text.set("{http://www.w3.org/XML/1998/namespace}lang", "fr")


def _add(parent: Element, tag: str, **attributes: str) -> Element:
    return etree.SubElement(parent, f"{{{RIM}}}{tag}", attributes)


def _id(element: Element) -> str:
    return str(element.get("id"))


def _uuid(submission: Submission, role: str) -> str:
    named = f"{submission.id} {role}"
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, named)}"


def _uuid_within(parent: Element, scheme: str) -> str:
    inside = f"{_id(parent)} {scheme}"
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, inside)}"
