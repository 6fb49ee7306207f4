"""Reads the header and the body of a CDA R2 document [CDA-R2]: what is written, unjudged."""

import base64
import binascii
from dataclasses import dataclass, field

from conformance.documents.faults import Unreadable
from conformance.documents.ins import INS_OIDS
from conformance.documents.xml import Element, parse_xml

HL7 = "{urn:hl7-org:v3}"
PDF_COPY_SECTION = "1.2.250.1.213.1.1.2.243"


@dataclass(frozen=True, slots=True)
class InstanceId:
    """An HL7 identifier: `root` and, or not, `extension`."""

    root: str
    extension: str | None = None

    def __str__(self) -> str:
        return f"{self.root}^{self.extension}" if self.extension else self.root


@dataclass(frozen=True, slots=True)
class Code:
    """A coded value."""

    code: str
    system: str
    display: str


@dataclass(frozen=True, slots=True)
class Related:
    """A relatedDocument: its type and the identifiers of the parent document."""

    type_code: str
    parent_ids: tuple[InstanceId, ...]
    parent_version: str | None


@dataclass(frozen=True, slots=True)
class PatientTraits:
    """The recordTarget; `sex` and `born` are as written (`F`, `19790328`), empty when absent."""

    ids: tuple[InstanceId, ...]
    birth_name: str
    used_name: str
    first_given: str
    givens: str
    sex: str
    born: str
    birthplace: str

    @property
    def ins(self) -> InstanceId | None:
        """The identifier under one of the four INS roots."""
        return next((found for found in self.ids if found.root in INS_OIDS), None)

    @property
    def has_ins_traits(self) -> bool:
        """Whether number, root and the four traits are all there."""
        traits = (self.birth_name, self.first_given, self.sex, self.born)
        return self.ins is not None and bool(self.ins.extension) and all(traits)


@dataclass(frozen=True, slots=True)
class Recipient:
    """One informationRecipient: identifiers, name and addresses (`mailto:` without the scheme)."""

    ids: tuple[InstanceId, ...]
    name: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cda:
    """One document. `version` is None when versionNumber is absent or no integer.

    `level` is 1 (nonXMLBody) or 3; `pdf` the embedded PDF, or None with the reason in `pdf_fault`
    (`absent`, `not-base64`, `not-a-pdf`).
    """

    id: InstanceId | None
    set_id: InstanceId | None
    version: int | None
    version_written: str | None
    related: tuple[Related, ...]
    code: Code
    title: str
    effective_time: str
    confidentiality: str
    language: str
    templates: tuple[str, ...]
    patient: PatientTraits
    recipients: tuple[Recipient, ...]
    service_start: str
    level: int
    body_media_type: str | None
    body_representation: str | None
    pdf: bytes | None = field(repr=False)
    pdf_fault: str | None


def read_cda(octets: bytes) -> Cda:
    """Read a document.

    Raises `Unreadable`: those of `parse_xml`, and `not-cda` when the root is another element.
    """
    root = parse_xml(octets, "the CDA document")
    if root.tag != f"{HL7}ClinicalDocument":
        root = _contained(root)
    target = root.find(f"{HL7}recordTarget/{HL7}patientRole")
    version = _attribute(root, "versionNumber", "value")
    body = root.find(f"{HL7}component/{HL7}nonXMLBody/{HL7}text")
    pdf, pdf_fault = _embedded_pdf(root, body)
    return Cda(
        id=_id(root.find(f"{HL7}id")),
        set_id=_id(root.find(f"{HL7}setId")),
        version=int(version) if version and _is_integer(version) else None,
        version_written=version,
        related=tuple(_related(node) for node in root.findall(f"{HL7}relatedDocument")),
        code=_code(root.find(f"{HL7}code")),
        title=_text(root.find(f"{HL7}title")),
        effective_time=_attribute(root, "effectiveTime", "value") or "",
        confidentiality=_attribute(root, "confidentialityCode", "code") or "",
        language=_attribute(root, "languageCode", "code") or "",
        templates=tuple(node.get("root", "") for node in root.findall(f"{HL7}templateId")),
        patient=_patient(target),
        recipients=tuple(_recipients(root)),
        service_start=_service_start(root),
        level=1 if body is not None else 3,
        body_media_type=body.get("mediaType") if body is not None else None,
        body_representation=body.get("representation") if body is not None else None,
        pdf=pdf,
        pdf_fault=pdf_fault,
    )


def _contained(root: Element) -> Element:
    """The document inside a self-presenting stylesheet; only that wrapping is known."""
    inside = root.find(f"{{urn:asip-sante:ci-sis}}Contenu/{HL7}ClinicalDocument")
    if inside is None:
        what = f"its root is {str(root.tag)[:80]!r}, a ClinicalDocument of HL7 v3 was expected"
        raise Unreadable("not-cda", f"the document is no CDA: {what}")
    return inside


def _is_integer(text: str) -> bool:
    return text.lstrip("+-").isascii() and text.lstrip("+-").isdigit() and len(text) <= 9


def _id(node: Element | None) -> InstanceId | None:
    if node is None or not node.get("root"):
        return None
    return InstanceId(node.get("root", ""), node.get("extension"))


def _ids(parent: Element | None) -> tuple[InstanceId, ...]:
    nodes = parent.findall(f"{HL7}id") if parent is not None else []
    return tuple(found for found in map(_id, nodes) if found is not None)


def _attribute(parent: Element, name: str, attribute: str) -> str | None:
    node = parent.find(f"{HL7}{name}")
    return node.get(attribute) if node is not None else None


def _text(node: Element | None) -> str:
    return " ".join("".join(map(str, node.itertext())).split()) if node is not None else ""


def _code(node: Element | None) -> Code:
    if node is None:
        return Code("", "", "")
    return Code(node.get("code", ""), node.get("codeSystem", ""), node.get("displayName", ""))


def _related(node: Element) -> Related:
    parent = node.find(f"{HL7}parentDocument")
    version = _attribute(parent, "versionNumber", "value") if parent is not None else None
    return Related(node.get("typeCode", ""), _ids(parent), version)


def _patient(role: Element | None) -> PatientTraits:
    person = role.find(f"{HL7}patient") if role is not None else None
    name = person.find(f"{HL7}name") if person is not None else None
    place = (
        person.find(f"{HL7}birthplace/{HL7}place/{HL7}addr/{HL7}county")
        if person is not None
        else None
    )
    return PatientTraits(
        ids=_ids(role),
        birth_name=_qualified(name, "family", "BR"),
        used_name=_qualified(name, "family", "CL"),
        first_given=_qualified(name, "given", "BR"),
        givens=_qualified(name, "given", None),
        sex=(_attribute(person, "administrativeGenderCode", "code") or "")
        if person is not None
        else "",
        born=(_attribute(person, "birthTime", "value") or "") if person is not None else "",
        birthplace=_text(place),
    )


def _qualified(name: Element | None, tag: str, qualifier: str | None) -> str:
    if name is None:
        return ""
    found = [node for node in name.findall(f"{HL7}{tag}") if node.get("qualifier") == qualifier]
    return _text(found[0]) if found else ""


def _recipients(root: Element) -> list[Recipient]:
    return [
        Recipient(
            ids=_ids(node),
            name=_text(node.find(f"{HL7}informationRecipient/{HL7}name")),
            addresses=tuple(
                telecom.get("value", "")[len("mailto:") :]
                for telecom in node.iter(f"{HL7}telecom")
                if telecom.get("value", "").lower().startswith("mailto:")
            ),
        )
        for node in root.findall(f"{HL7}informationRecipient/{HL7}intendedRecipient")
    ]


def _service_start(root: Element) -> str:
    path = f"{HL7}documentationOf/{HL7}serviceEvent/{HL7}effectiveTime/{HL7}low"
    low = root.find(path)
    return low.get("value", "") if low is not None else ""


def _embedded_pdf(root: Element, body: Element | None) -> tuple[bytes | None, str | None]:
    """The PDF of a level 1 body, or of the section of a level 3 document that copies it."""
    holder = body if body is not None else _pdf_copy(root)
    if holder is None or not (holder.text or "").strip():
        return None, "absent"
    packed = "".join((holder.text or "").split())
    try:
        octets = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        return None, "not-base64"
    if not octets.startswith(b"%PDF-"):
        return None, "not-a-pdf"
    return octets, None


def _pdf_copy(root: Element) -> Element | None:
    for section in root.iter(f"{HL7}section"):
        if any(t.get("root") == PDF_COPY_SECTION for t in section.findall(f"{HL7}templateId")):
            return section.find(f".//{HL7}observationMedia/{HL7}value")
    return None
