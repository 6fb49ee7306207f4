"""Builds small but true documents for examples: PDF, CDA, archive, mail; details can be bent."""

import base64
import hashlib
import io
import zipfile
from dataclasses import dataclass, field, replace
from email.message import EmailMessage

TITLE = "Compte rendu de consultation"
LABEL = "CR ou fiche de consultation ou de visite"
INS = "279035121518989"
TEST_OID = "1.2.250.1.213.1.4.10"
HASH = "hash"


def pdf(text: str, part: int | None = 1) -> bytes:
    """One page that says `text`, and claims PDF/A-`part` (nothing when None)."""
    lines = " ".join(f"({line}) Tj T*" for line in text.replace("(", "").split("\n"))
    content = f"BT /F1 10 Tf 12 TL 40 780 Td {lines} ET".encode("latin-1")
    xmp = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        'xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">'
        + (f"<pdfaid:part>{part}</pdfaid:part>" if part else "")
        + "<pdfaid:conformance>B</pdfaid:conformance></rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()
    bodies = [
        b"<</Type /Catalog /Pages 2 0 R /Metadata 6 0 R>>",
        b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
        b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources <</Font <</F1 5 0 R>>>>>>",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content),
        b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding>>",
        b"<</Type /Metadata /Subtype /XML /Length %d>>\nstream\n%s\nendstream" % (len(xmp), xmp),
    ]
    out, places = io.BytesIO(b""), []
    out.write(b"%PDF-1.4\n")
    for number, body in enumerate(bodies, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer<</Size %d /Root 1 0 R>>\n" % (len(bodies) + 1))
    out.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


@dataclass(frozen=True)
class Doc:
    """One document; `pdf_text` None leaves the body as `body` says."""

    id: str = "2.25.1001"
    set_id: str | None = "2.25.77"
    version: str | None = "1"
    related: tuple[tuple[str, str], ...] = ()
    code: str = "11488-4"
    label: str = LABEL
    title: str = TITLE
    ins: str = INS
    ins_root: str = TEST_OID
    birth_name: str = "PAT-TROIS"
    given: str = "DOMINIQUE"
    born: str = "19790328"
    county: str = "51215"
    text: str = f"{TITLE}\nExamen clinique sans particularite. Controle dans six mois."
    part: int | None = 1
    body: bytes | None = None
    media_type: str = "application/pdf"
    entry: dict[str, str] = field(default_factory=dict)

    @property
    def pdf(self) -> bytes:
        return pdf(self.text, self.part) if self.body is None else self.body

    def next(self, **changes: object) -> "Doc":
        """The conformant next version."""
        number = int(self.version or "1") + 1
        given: dict[str, object] = {
            "id": f"2.25.100{number}",
            "version": str(number),
            "related": (("RPLC", self.id),),
            "text": f"{TITLE}\nAnnule et remplace le document 2.25.1001, version 1.\n"
            "Controle dans trois mois.",
        }
        return replace(self, **{**given, **changes})  # type: ignore[arg-type]

    def cda(self) -> bytes:
        related = "".join(
            f'<relatedDocument typeCode="{kind}"><parentDocument><id root="{parent}"/>'
            "</parentDocument></relatedDocument>"
            for kind, parent in self.related
        )
        set_id = f'<setId root="{self.set_id}"/>' if self.set_id else ""
        version = f'<versionNumber value="{self.version}"/>' if self.version is not None else ""
        packed = base64.b64encode(self.pdf).decode()
        return f"""<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3"><templateId root="1.2.250.1.213.1.1.1.1"/>
<id root="{self.id}"/><code code="{self.code}" codeSystem="2.16.840.1.113883.6.1"
 displayName="{self.label}"/><title>{self.title}</title>
<effectiveTime value="20260312101500+0100"/><confidentialityCode code="N"/>
<languageCode code="fr-FR"/>{set_id}{version}
<recordTarget><patientRole><id root="{self.ins_root}" extension="{self.ins}"/>
<patient><name><family qualifier="BR">{self.birth_name}</family><given>{self.given}</given>
<given qualifier="BR">{self.given}</given></name><administrativeGenderCode code="F"/>
<birthTime value="{self.born}"/><birthplace><place><addr><county>{self.county}</county></addr>
</place></birthplace></patient></patientRole></recordTarget>
<informationRecipient><intendedRecipient><id root="1.2.250.1.71.4.2.1" extension="899700042189"/>
<telecom value="mailto:amedee@x.mss.test"/><informationRecipient><name><given>A</given>
<family>B</family></name></informationRecipient></intendedRecipient></informationRecipient>
<documentationOf><serviceEvent><effectiveTime><low value="20260311090000+0100"/></effectiveTime>
</serviceEvent></documentationOf>{related}
<component><nonXMLBody><text mediaType="{self.media_type}" representation="B64">{packed}</text>
</nonXMLBody></component></ClinicalDocument>""".encode()


_MADE = (2026, 1, 15, 9, 30, 0)


def archive(*docs: Doc, drop: tuple[str, ...] = (), extra: dict[str, bytes] | None = None) -> bytes:
    """IHE_XDM.ZIP with these documents; `drop` leaves members out."""
    files = {"INDEX.HTM": b"<html/>", "README.TXT": b"lisez-moi"}
    entries = []
    for number, doc in enumerate(docs, 1):
        name = f"DOC0000{number}.XML"
        octets = doc.cda()
        files[f"IHE_XDM/SUBSET01/{name}"] = octets
        entries.append(_entry(doc, name, octets, f"e{number}"))
    files["IHE_XDM/SUBSET01/METADATA.XML"] = _metadata(docs, entries)
    files |= extra or {}
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in files.items():
            if name not in drop:
                out.writestr(zipfile.ZipInfo(name, _MADE), content, zipfile.ZIP_DEFLATED)
    return held.getvalue()


def _entry(doc: Doc, name: str, octets: bytes, key: str) -> str:
    said = {
        "hash": hashlib.sha1(octets).hexdigest(),
        "size": str(len(octets)),
        "uri": name,
        "unique": doc.id,
        "patient": f"{doc.ins}^^^&{doc.ins_root}&ISO^NH",
        "type": doc.code,
        "confidentiality": "N",
        "language": "fr-FR",
        "id": key,
        **doc.entry,
    }
    slot = '<rim:Slot name="{}"><rim:ValueList><rim:Value>{}</rim:Value></rim:ValueList></rim:Slot>'
    named = '<rim:ExternalIdentifier identificationScheme="urn:uuid:{}" value="{}"/>'
    coded = '<rim:Classification classificationScheme="urn:uuid:{}" nodeRepresentation="{}"/>'
    return "".join(
        [
            f'<rim:ExtrinsicObject id="{said["id"]}" mimeType="text/xml">',
            slot.format("URI", said["uri"]),
            slot.format("hash", said["hash"]),
            slot.format("size", said["size"]),
            slot.format("languageCode", said["language"]),
            coded.format("f0306f51-975f-434e-a61c-c59651d33983", said["type"]),
            coded.format("f4f85eac-e6cb-4883-b524-f2705394840f", said["confidentiality"]),
            named.format(
                "58a6f841-87b3-4a3e-92fd-a8ffeff98427", said["patient"].replace("&", "&amp;")
            ),
            named.format("2e82c1f6-a085-4c72-9da3-8640a32e42ab", said["unique"]),
            "</rim:ExtrinsicObject>",
        ]
    )


def _metadata(docs: tuple[Doc, ...], entries: list[str]) -> bytes:
    first = docs[0] if docs else Doc()
    patient = f"{first.ins}^^^&amp;{first.ins_root}&amp;ISO^NH"
    members = "".join(
        '<rim:Association associationType="urn:oasis:names:tc:ebxml-regrep:AssociationType:'
        f'HasMember" sourceObject="set" targetObject="e{number}"/>'
        for number in range(1, len(docs) + 1)
    )
    return f"""<lcm:SubmitObjectsRequest xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"
 xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"><rim:RegistryObjectList>
<rim:RegistryPackage id="set"><rim:ExternalIdentifier
 identificationScheme="urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446" value="{patient}"/>
</rim:RegistryPackage>{"".join(entries)}{members}</rim:RegistryObjectList>
</lcm:SubmitObjectsRequest>""".encode()


SENDER = '"Dr_OCEANE-TEST_FICTIVE-MARTINEAU_CABINET" <doctor@default.mss.test>'
PDF_NAME = f"20260311_{LABEL}_PAT-TROIS_DOMINIQUE.pdf"


def letter(
    *docs: Doc,
    zipped: bytes | None = None,
    zip_name: str = "IHE_XDM.ZIP",
    zip_type: str = "zip",
    pdfs: tuple[bytes, ...] | None = None,
    pdf_name: str = PDF_NAME,
    html: bool = False,
    charset: str = "utf-8",
    number: int = 1,
    **headers: str | None,
) -> bytes:
    """A mail that carries `docs`; a header given as None is left out (`_` stands for `-`)."""
    message = EmailMessage()
    patient = docs[0] if docs else Doc()
    born = f"{patient.born[6:]}/{patient.born[4:6]}/{patient.born[:4]}"
    told: dict[str, str | None] = {
        "From": SENDER,
        "To": "amedee@default.mss.test",
        "Subject": f"XDM/1.0/DDM+{patient.label[:40].strip()} "
        f"{patient.birth_name} {patient.given} {born}"
        if docs
        else "Bonjour",
        "Message-ID": f"<m{number}.aa@default.mss.test>",
        "X-MSS-NIL": "BANC000001",
        "X-MSS-CODECDA": ",".join(doc.code for doc in docs) if docs else None,
        "X-MSS-INS": "O" if docs else None,
    }
    given = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    for name, usual in told.items():
        if (value := given.pop(name.lower(), usual)) is not None:
            message[name] = value
    for name, value in given.items():
        if value is not None:
            message[name] = value
    text = "Bonjour, voici le compte rendu de la patiente. Très cordialement."
    message.set_content(text, subtype="html" if html else "plain", charset=charset)
    if docs or zipped is not None:
        octets = archive(*docs) if zipped is None else zipped
        message.add_attachment(octets, maintype="application", subtype=zip_type, filename=zip_name)
    for octets in tuple(doc.pdf for doc in docs) if pdfs is None else pdfs:
        message.add_attachment(octets, maintype="application", subtype="pdf", filename=pdf_name)
    return message.as_bytes()
