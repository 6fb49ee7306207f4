"""The version as CDA R2 level 1 [CISIS-HEADER level 1]."""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from lxml import etree
from lxml.etree import _Element as Element

from common.identities import (
    ORGANISATIONS_OID,
    PROFESSIONALS_OID,
    Patient,
    Practice,
    Professional,
)
from mocks.lps.documents.codes import (
    Code,
    facility_of,
    gender_of,
    organisation_id,
    patient_ids,
    setting_of,
    specialty_of,
)
from mocks.lps.documents.records import Version
from mocks.lps.documents.submission import Addressee

NAMESPACE = "urn:hl7-org:v3"
_DEFAULT_NAMESPACE: Any = {None: NAMESPACE}
TEMPLATES = ("2.16.840.1.113883.2.8.2.1", "1.2.250.1.213.1.1.1.1", "1.3.6.1.4.1.19376.1.2.20")
"""HL7 France, CI-SIS structuration minimale, XDS-SD: exactly these three at level 1."""


def cda_of(version: Version, addressees: Sequence[Addressee] = ()) -> bytes:
    """The document, UTF-8, with `version.pdf` as its body.

    Raises `ValueError` for a version that has no PDF yet.
    """
    if not version.pdf:
        raise ValueError(f"Version {version.document_id} has no PDF: a level 1 body needs one.")
    root = etree.Element(f"{{{NAMESPACE}}}ClinicalDocument", nsmap=_DEFAULT_NAMESPACE)
    _identification(root, version)
    _record_target(root, version.patient)
    _author(root, version)
    _custodian(root, version)
    for addressee in addressees:
        _addressee(root, addressee)
    _legal_authenticator(root, version)
    _service_event(root, version)
    if version.lineage.replaces is not None:
        related = add(root, "relatedDocument", typeCode="RPLC")
        add(add(related, "parentDocument"), "id", root=version.lineage.replaces)
    _encounter(root, version)
    _body(root, version.pdf)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def add(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    """A new last child in the CDA namespace."""
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}", attributes)
    child.text = text
    return child


def timestamp(moment: datetime) -> str:
    """An HL7 time to the second, with its zone."""
    return moment.strftime("%Y%m%d%H%M%S%z")


def _coded(parent: Element, tag: str, code: Code) -> None:
    add(parent, tag, code=code.code, displayName=code.label, codeSystem=code.system)


def _identification(root: Element, version: Version) -> None:
    kind, lineage = version.type, version.lineage
    add(root, "realmCode", code="FR")
    add(root, "typeId", root="2.16.840.1.113883.1.3", extension="POCD_HD000040")
    for template in TEMPLATES:
        add(root, "templateId", root=template)
    add(root, "id", root=lineage.id)
    add(
        root,
        "code",
        code=kind.code,
        displayName=kind.label,
        codeSystem=kind.code_system,
        codeSystemName=kind.code_system_name,
    )
    add(root, "title", version.title)
    add(root, "effectiveTime", value=timestamp(version.written))
    _coded(root, "confidentialityCode", Code("N", "Normal", "2.16.840.1.113883.5.25"))
    add(root, "languageCode", code="fr-FR")
    add(root, "setId", root=lineage.set_id)
    add(root, "versionNumber", value=str(lineage.number))


def _record_target(root: Element, patient: Patient) -> None:
    role = add(add(root, "recordTarget"), "patientRole")
    for oid, extension in patient_ids(patient):
        add(role, "id", root=oid, extension=extension)
    add(role, "addr", nullFlavor="NASK")
    add(role, "telecom", nullFlavor="NASK")
    person = add(role, "patient")
    name = add(person, "name")
    add(name, "family", patient.birth_name, qualifier="BR")
    add(name, "given", patient.given)
    add(name, "given", patient.given, qualifier="BR")
    _coded(person, "administrativeGenderCode", gender_of(patient))
    add(person, "birthTime", value=patient.born.strftime("%Y%m%d"))
    place = add(add(person, "birthplace"), "place")
    add(add(place, "addr"), "county", patient.birthplace_cog)


def _author(root: Element, version: Version) -> None:
    author = add(root, "author")
    add(author, "time", value=timestamp(version.written))
    assigned = add(author, "assignedAuthor")
    _professional_id(assigned, version.author)
    _coded(assigned, "code", specialty_of(version.author))
    _address(assigned, version.practice)
    add(assigned, "telecom", nullFlavor="NASK")
    _person(assigned, "assignedPerson", version.author)
    _organisation(assigned, "representedOrganization", version.practice, version.author)


def _custodian(root: Element, version: Version) -> None:
    assigned = add(add(root, "custodian"), "assignedCustodian")
    _organisation(assigned, "representedCustodianOrganization", version.practice, version.author)


def _addressee(root: Element, addressee: Addressee) -> None:
    person = addressee.professional
    recipient = add(root, "informationRecipient", typeCode="PRCP")
    intended = add(recipient, "intendedRecipient")
    _professional_id(intended, person)
    _address(intended, person.practices[0])
    add(intended, "telecom", value=f"mailto:{addressee.mailbox}")
    _person(intended, "informationRecipient", person)
    _organisation(intended, "receivedOrganization", person.practices[0], person)


def _legal_authenticator(root: Element, version: Version) -> None:
    authenticator = add(root, "legalAuthenticator")
    add(authenticator, "time", value=timestamp(version.written))
    add(authenticator, "signatureCode", code="S")
    assigned = add(authenticator, "assignedEntity")
    _professional_id(assigned, version.author)
    _coded(assigned, "code", specialty_of(version.author))
    _address(assigned, version.practice)
    add(assigned, "telecom", nullFlavor="NASK")
    _person(assigned, "assignedPerson", version.author)
    _organisation(assigned, "representedOrganization", version.practice, version.author)


def _service_event(root: Element, version: Version) -> None:
    event = add(add(root, "documentationOf"), "serviceEvent")
    add(add(event, "effectiveTime"), "low", value=timestamp(version.acted))
    assigned = add(add(event, "performer", typeCode="PRF"), "assignedEntity")
    _professional_id(assigned, version.author)
    _coded(assigned, "code", specialty_of(version.author))
    _address(assigned, version.practice)
    add(assigned, "telecom", nullFlavor="NASK")
    _person(assigned, "assignedPerson", version.author)
    organisation = _organisation(
        assigned, "representedOrganization", version.practice, version.author
    )
    _coded(organisation, "standardIndustryClassCode", setting_of(version.practice))


def _encounter(root: Element, version: Version) -> None:
    encounter = add(add(root, "componentOf"), "encompassingEncounter")
    add(add(encounter, "effectiveTime"), "low", value=timestamp(version.acted))
    facility = add(add(encounter, "location"), "healthCareFacility")
    add(
        facility,
        "id",
        root=ORGANISATIONS_OID,
        extension=organisation_id(version.practice, version.author),
    )
    _coded(facility, "code", facility_of(version.practice))


def _body(root: Element, pdf: bytes) -> None:
    body = add(add(root, "component"), "nonXMLBody")
    text = base64.b64encode(pdf).decode("ascii")
    add(body, "text", text, mediaType="application/pdf", representation="B64")


def _professional_id(parent: Element, person: Professional) -> None:
    add(parent, "id", root=PROFESSIONALS_OID, extension=person.national_id)


def _person(parent: Element, tag: str, person: Professional) -> None:
    name = add(add(parent, tag), "name")
    add(name, "prefix", person.civility)
    add(name, "given", person.given)
    add(name, "family", person.family)
    if person.title:
        add(name, "suffix", person.title.upper())


def _organisation(parent: Element, tag: str, practice: Practice, person: Professional) -> Element:
    organisation = add(parent, tag)
    add(organisation, "id", root=ORGANISATIONS_OID, extension=organisation_id(practice, person))
    add(organisation, "name", practice.structure)
    add(organisation, "telecom", nullFlavor="NASK")
    _address(organisation, practice)
    return organisation


def _address(parent: Element, practice: Practice) -> None:
    address = add(parent, "addr")
    add(address, "postalCode", practice.postcode)
    add(address, "city", practice.city)
