"""Inside the archive: its layout, its metadata, its documents [ITI-32]."""

import hashlib
from collections.abc import Iterator

from conformance.checks.events import Events
from conformance.checks.observed.mails import MAIL_READS, Carried, SentMail, Zip, sent_mails
from conformance.checks.registry import Said, broken, held, rule
from conformance.documents.cda import Cda
from conformance.documents.ins import ins_fault
from conformance.documents.xdm import Archive, DocumentEntry

_XDM = "[ITI-32 layout, metadata] IHE XDM; [INTEROP-STUDIO hash, names] ANS tool Interop Studio"
_ROOT = ("INDEX.HTM", "README.TXT")


def _zips(events: Events) -> Iterator[tuple[str, SentMail, Zip]]:
    for sent in sent_mails(events):
        for number, found in enumerate(sent.contents.zips, 1):
            yield (sent.name if number == 1 else f"{sent.name} archive {number}"), sent, found


def _documents(events: Events) -> Iterator[tuple[str, SentMail, Carried]]:
    for sent in sent_mails(events):
        for number, found in enumerate(sent.contents.documents, 1):
            yield (sent.name if number == 1 else f"{sent.name} document {number}"), sent, found


def _say(name: str, sent: SentMail, defect: str | None) -> Said:
    return broken(name, [sent.event], defect=defect) if defect else held(name, [sent.event])


@rule(
    "xdm.layout",
    requires=["ECO.2.1.1"],
    reads=MAIL_READS,
    basis="standard",
    trust="secondary",
    source=_XDM,
)
def layout(events: Events) -> Iterator[Said]:
    """The archive can be read and contains INDEX.HTM, README.TXT and IHE_XDM/<set>/METADATA.XML."""
    for name, sent, found in _zips(events):
        yield _say(name, sent, _layout_defect(found))


def _layout_defect(found: Zip) -> str | None:
    if found.archive is None:
        return found.fault
    if found.archive.faults:
        return found.archive.faults[0].code
    members = {name.upper() for name in found.archive.members}
    missing = [name for name in _ROOT if name not in members]
    return f"no-{missing[0].partition('.')[0].lower()}" if missing else None


@rule(
    "xdm.hash-and-size",
    requires=["ECO.2.1.1"],
    reads=MAIL_READS,
    basis="standard",
    trust="secondary",
    source=_XDM,
)
def hash_and_size(events: Events) -> Iterator[Said]:
    """Each document is where the metadata say, with the SHA-1 and the size they say."""
    for name, sent, found in _documents(events):
        yield _say(name, sent, _hash_defect(found))


def _hash_defect(found: Carried) -> str | None:
    if found.octets is None:
        return "absent"
    digest = hashlib.sha1(found.octets, usedforsecurity=False).hexdigest()
    if (found.entry.hash or "").lower() != digest:
        return "hash"
    return None if found.entry.size == str(len(found.octets)) else "size"


@rule(
    "xdm.metadata-matches-cda",
    requires=["ECO.2.1.1"],
    reads=MAIL_READS,
    basis="ans",
    trust="secondary",
    source="[INTEROP-STUDIO mapping] ANS tool Interop Studio: from CDA to XDS metadata",
)
def metadata_matches(events: Events) -> Iterator[Said]:
    """The metadata of a document say what its header says: id, patient, type, confidentiality."""
    for name, sent, found in _documents(events):
        if found.cda is not None:
            yield _say(name, sent, _metadata_defect(found.archive, found.entry, found.cda))


def _metadata_defect(archive: Archive, entry: DocumentEntry, cda: Cda) -> str | None:
    if entry.unique_id != str(cda.id):
        return "unique-id"
    if not _same_patient(entry.patient_id or "", cda):
        return "patient-id"
    if any(s.patient_id != entry.patient_id for sub in archive.submissions for s in sub.sets):
        return "set-patient-id"
    if entry.type_code != cda.code.code:
        return "type-code"
    if cda.confidentiality not in entry.confidentiality:
        return "confidentiality"
    if (entry.language or "") != cda.language:
        return "language"
    return None if _is_member(archive, entry) else "has-member"


def _same_patient(written: str, cda: Cda) -> bool:
    """`number^^^&OID&ISO^NH` for an INS, `^PI` for a local identifier."""
    number, _, rest = written.partition("^")
    root = rest.split("&")[1] if rest.count("&") >= 2 else ""
    wanted = cda.patient.ins
    ids = [wanted] if wanted is not None else list(cda.patient.ids)
    return any(found.extension == number and found.root == root for found in ids)


def _is_member(archive: Archive, entry: DocumentEntry) -> bool:
    for submission in archive.submissions:
        sets = {found.set_id for found in submission.sets}
        for link in submission.associations:
            if link.kind == "HasMember" and link.target == entry.entry_id and link.source in sets:
                return True
    return False


@rule(
    "cda.readable",
    requires=["ECO.2.1.1"],
    reads=MAIL_READS,
    basis="standard",
    trust="official",
    source="[CDA-R2 body] HL7 CDA R2; [CISIS-HEADER level 1] CI-SIS minimal structuring",
)
def readable(events: Events) -> Iterator[Said]:
    """Each document is a CDA, and a level 1 body is a PDF in base64, declared as such."""
    for name, sent, found in _documents(events):
        if found.octets is not None:
            yield _say(name, sent, _body_defect(found.cda) if found.cda else found.fault)


def _body_defect(cda: Cda) -> str | None:
    if cda.level != 1:
        return None
    if cda.body_media_type != "application/pdf" or cda.body_representation != "B64":
        return "declaration"
    return cda.pdf_fault


@rule(
    "cda.ins-key",
    requires=["ECO.2.1.1"],
    reads=MAIL_READS,
    basis="standard",
    trust="secondary",
    source="[INS-FORM key] Key of the INS number; [CISIS-SCHEMATRON samples] wrong in some",
)
def ins_key(events: Events) -> Iterator[Said]:
    """The INS number of a document has 15 characters and the right key."""
    for name, sent, found in _documents(events):
        ins = found.cda.patient.ins if found.cda is not None else None
        if ins is not None:
            yield _say(name, sent, ins_fault(ins.extension or ""))


@rule(
    "cda.ins-traits",
    requires=["ECO.2.1.1"],
    reads=MAIL_READS,
    basis="ans",
    trust="official",
    source="[CISIS-SCHEMATRON INS traits] Schematron of the CI-SIS minimal structuring",
)
def ins_traits(events: Events) -> Iterator[Said]:
    """A document with an INS has the traits: birth name, given names, sex, birth date and place."""
    for name, sent, found in _documents(events):
        patient = found.cda.patient if found.cda is not None else None
        if patient is None or patient.ins is None:
            continue
        traits = {
            "birth-name": patient.birth_name,
            "first-given": patient.first_given,
            "givens": patient.givens,
            "sex": patient.sex,
            "born": patient.born,
            "birthplace": patient.birthplace,
        }
        yield _say(name, sent, next((key for key, value in traits.items() if not value), None))
