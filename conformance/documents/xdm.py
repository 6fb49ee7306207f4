"""Reads an IHE XDM archive: its members, and the METADATA.XML of each submission [ITI-32]."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from conformance.documents.faults import Fault, Unreadable
from conformance.documents.xml import Element, parse_xml

MAX_OCTETS = 64 * 1024 * 1024
MAX_MEMBERS = 500
MAX_TOTAL = 256 * 1024 * 1024
MAX_RATIO = 200
_RATIO_FLOOR = 4 * 1024 * 1024

RIM = "{urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0}"

ENTRY_PATIENT = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
ENTRY_UNIQUE = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
ENTRY_TYPE = "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"
ENTRY_CONFIDENTIALITY = "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f"
SET_PATIENT = "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446"
SET_UNIQUE = "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8"
SET_SOURCE = "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832"

_BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    struct.error,
    IndexError,
)


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """One ExtrinsicObject: the metadata of one document, as written."""

    entry_id: str
    mime_type: str
    uri: str | None
    hash: str | None
    size: str | None
    unique_id: str | None
    patient_id: str | None
    source_patient_id: str | None
    type_code: str | None
    confidentiality: tuple[str, ...]
    language: str | None
    version: str | None
    creation_time: str | None
    service_start: str | None
    action: str | None


@dataclass(frozen=True, slots=True)
class SubmissionSet:
    """The RegistryPackage: one sending."""

    set_id: str
    unique_id: str | None
    patient_id: str | None
    source_id: str | None


@dataclass(frozen=True, slots=True)
class Association:
    """HasMember, RPLC…: `kind` is the last part of the type's name."""

    kind: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Submission:
    """One METADATA.XML; `folder` is where it stands (`IHE_XDM/SUBSET01`)."""

    folder: str
    entries: tuple[DocumentEntry, ...]
    sets: tuple[SubmissionSet, ...]
    associations: tuple[Association, ...]


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive: `members` by name in order, `faults` what could be read only in part."""

    members: dict[str, bytes] = field(repr=False)
    submissions: tuple[Submission, ...]
    faults: tuple[Fault, ...]

    def document(self, submission: Submission, entry: DocumentEntry) -> bytes | None:
        """The octets an entry's URI names, None when the archive lacks them."""
        return self.members.get(f"{submission.folder}/{entry.uri}")

    def documents(self) -> Iterator[tuple[Submission, DocumentEntry, bytes | None]]:
        """Each entry with its submission and octets."""
        for submission in self.submissions:
            for entry in submission.entries:
                yield submission, entry, self.document(submission, entry)


def read_xdm(octets: bytes) -> Archive:
    """Read an archive, within limits on count, size, ratio and names.

    Raises `Unreadable`: `empty`, `too-large`, `not-a-zip`, `too-many-members`, `bomb`,
    `encrypted`. Lesser things are in `faults`: `bad-name`, `duplicate-name`, `bad-metadata`,
    `no-metadata`, `metadata-misplaced`.
    """
    if not octets:
        raise Unreadable("empty", "the archive is empty: a ZIP file was expected")
    if len(octets) > MAX_OCTETS:
        limit = f"at most {MAX_OCTETS} are read"
        raise Unreadable("too-large", f"the archive has {len(octets)} octets: {limit}")
    faults: list[Fault] = []
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            members = _members(archive, faults)
    except _BROKEN_ZIP as error:
        raise Unreadable("not-a-zip", f"the archive is no readable ZIP file ({error})") from error
    submissions = tuple(_submissions(members, faults))
    return Archive(members, submissions, tuple(faults))


def _members(archive: zipfile.ZipFile, faults: list[Fault]) -> dict[str, bytes]:
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        count = f"the archive has {len(infos)} members"
        raise Unreadable("too-many-members", f"{count}: at most {MAX_MEMBERS} are read")
    members: dict[str, bytes] = {}
    left = MAX_TOTAL
    for info in infos:
        name = info.filename
        if info.flag_bits & 0x1:
            raise Unreadable("encrypted", f"{name!r} in the archive is encrypted")
        if _hostile(name):
            faults.append(Fault("bad-name", f"{name!r} is no name for a member of an archive"))
            continue
        if name in members:
            faults.append(Fault("duplicate-name", f"{name!r} stands twice in the archive"))
            continue
        if info.is_dir():
            continue
        members[name] = _read(archive, info, left)
        left -= len(members[name])
    return members


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int) -> bytes:
    """One member, never more than the limits let through, whatever its header announces."""
    most = min(left, max(_RATIO_FLOOR, info.compress_size * MAX_RATIO))
    with archive.open(info) as member:
        content = member.read(most + 1)
    if len(content) > most:
        raise Unreadable(
            "bomb", f"{info.filename!r} in the archive unpacks to more than {most} octets"
        )
    return content


def _hostile(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\0" in name


def _submissions(members: dict[str, bytes], faults: list[Fault]) -> Iterator[Submission]:
    found = False
    for name, content in members.items():
        path = PurePosixPath(name)
        if path.name.upper() != "METADATA.XML":
            continue
        found = True
        if len(path.parts) != 3 or path.parts[0].upper() != "IHE_XDM":
            sentence = f"{name!r} stands outside IHE_XDM/<submission>/"
            faults.append(Fault("metadata-misplaced", sentence))
        try:
            yield _submission(str(path.parent), parse_xml(content, name))
        except Unreadable as error:
            faults.append(Fault("bad-metadata", str(error)))
    if not found:
        faults.append(Fault("no-metadata", "the archive holds no METADATA.XML"))


def _submission(folder: str, root: Element) -> Submission:
    return Submission(
        folder=folder,
        entries=tuple(_entry(node) for node in root.iter(f"{RIM}ExtrinsicObject")),
        sets=tuple(
            SubmissionSet(
                node.get("id", ""),
                _external(node, SET_UNIQUE),
                _external(node, SET_PATIENT),
                _external(node, SET_SOURCE),
            )
            for node in root.iter(f"{RIM}RegistryPackage")
        ),
        associations=tuple(
            Association(
                node.get("associationType", "").rsplit(":", 1)[-1],
                node.get("sourceObject", ""),
                node.get("targetObject", ""),
            )
            for node in root.iter(f"{RIM}Association")
        ),
    )


def _entry(node: Element) -> DocumentEntry:
    types = _classified(node, ENTRY_TYPE)
    return DocumentEntry(
        entry_id=node.get("id", ""),
        mime_type=node.get("mimeType", ""),
        uri=_slot(node, "URI"),
        hash=_slot(node, "hash"),
        size=_slot(node, "size"),
        unique_id=_external(node, ENTRY_UNIQUE),
        patient_id=_external(node, ENTRY_PATIENT),
        source_patient_id=_slot(node, "sourcePatientId"),
        type_code=types[0] if types else None,
        confidentiality=tuple(_classified(node, ENTRY_CONFIDENTIALITY)),
        language=_slot(node, "languageCode"),
        version=_slot(node, "version"),
        creation_time=_slot(node, "creationTime"),
        service_start=_slot(node, "serviceStartTime"),
        action=_slot(node, "urn:action:extraMetadataSlot"),
    )


def _slot(node: Element, name: str) -> str | None:
    for slot in node.findall(f"{RIM}Slot"):
        if slot.get("name") == name:
            value = slot.find(f"{RIM}ValueList/{RIM}Value")
            return (value.text or "").strip() if value is not None else None
    return None


def _external(node: Element, scheme: str) -> str | None:
    for external in node.findall(f"{RIM}ExternalIdentifier"):
        if external.get("identificationScheme") == scheme:
            return external.get("value")
    return None


def _classified(node: Element, scheme: str) -> list[str]:
    return [
        classification.get("nodeRepresentation", "")
        for classification in node.findall(f"{RIM}Classification")
        if classification.get("classificationScheme") == scheme
    ]
