"""What a mail that carries health documents must be made of [IG-MAIL]."""

import re
from collections.abc import Iterator

from common.folding import fold_accents
from conformance.checks.events import Events
from conformance.checks.observed.actions import ACT_READS, acts
from conformance.checks.observed.mails import MAIL_READS, SentMail, Zip, claim_of, sent_mails
from conformance.checks.registry import Said, broken, held, held_if, rule
from conformance.documents.cda import Cda
from conformance.documents.ins import NIR_DEMONSTRATION_OID, NIR_OID, NIR_TEST_OID
from conformance.documents.pdf import normalise

_IGL = "[IG-MAIL attachments] ANS volume on CDA transfer by MSSanté mail"
_WAVE_1 = "[CATALOGUE-W1 MSS/va1.01] ANS working catalogue of wave 1"
_LABEL = 40
"""Characters of a type label that a subject and a file name keep (ECO.2.1.3, ECO.2.1.6)."""

_SUBJECT = re.compile(r"XDM/1\.0/DDM\+(?P<rest>.+)", re.DOTALL)
_BORN = re.compile(r" \d{2}/\d{2}/\d{4}$")
_QUALIFYING = frozenset({NIR_OID, NIR_TEST_OID, NIR_DEMONSTRATION_OID})
"""Roots that give `X-MSS-INS: O`; a test root counts, the bench only knows synthetic patients."""


def _with_documents(events: Events) -> Iterator[SentMail]:
    """The mails that carry documents: they hold an archive with at least one readable CDA."""
    for sent in sent_mails(events):
        if sent.contents.cdas:
            yield sent


@rule(
    "mss.mail.archive",
    requires=["ECO.2.1.1"],
    reads=(*MAIL_READS, *ACT_READS),
    basis="ans",
    trust="official",
    source=f"{_WAVE_1}; {_IGL}",
)
def archive(events: Events) -> Iterator[Said]:
    """A mail with documents has one attachment IHE_XDM.ZIP, application/zip."""
    sending = acts(events, "send_document", "answer_offer", "write_message", "reply")
    for sent in sent_mails(events):
        before = [act for act in sending if act.started.mono < sent.event.mono]
        owed = bool(before) and before[-1].name in ("send_document", "answer_offer")
        zips = sent.contents.zips
        if zips or sent.contents.pdfs or owed:
            defect = _archive_defect(zips)
            if defect:
                yield broken(sent.name, [sent.event], defect=defect)
            else:
                yield held(sent.name, [sent.event])


def _archive_defect(zips: tuple[Zip, ...]) -> str | None:
    if len(zips) != 1:
        return "several" if zips else "absent"
    part = zips[0].part
    if (part.filename or "").upper() != "IHE_XDM.ZIP":
        return "name"
    if part.media_type != "application/zip":
        return "media-type"
    if part.disposition != "attachment":
        return "disposition"
    return None if part.sound and part.encoding == "base64" else "encoding"


@rule(
    "mss.mail.subject-xdm",
    requires=["ECO.2.1.3"],
    reads=MAIL_READS,
    basis="ans",
    trust="secondary",
    source="[CATALOGUE-W2 SC.MSS/CONF.25] ANS draft of wave 2; [MSS-REF2 ECO.2.1.3] MSSanté 2",
)
def subject_xdm(events: Events) -> Iterator[Said]:
    """The subject of a mail with documents reads XDM/1.0/DDM+label NAME given name [birth date]."""
    for sent in _with_documents(events):
        assert sent.mail is not None
        raw = sent.mail.raw("subject")
        defect = _subject_defect(sent.mail.subject, sent.contents.cdas)
        if any(octet > 127 for value in raw for octet in value):
            defect = "eight-bit"
        if defect:
            yield broken(sent.name, [sent.event], defect=defect)
        else:
            yield held(sent.name, [sent.event])


def _subject_defect(subject: str, cdas: list[Cda]) -> str | None:
    found = _SUBJECT.fullmatch(subject)
    if found is None:
        return "marker"
    rest = _BORN.sub("", found["rest"])
    patient = cdas[0].patient
    name = _without_accents(patient.birth_name).upper()
    given = _without_accents(patient.first_given or patient.givens)
    person = f" {name} {given}"
    if not rest.lower().endswith(person.lower()):
        return "patient"
    if not rest[: -len(given)].endswith(f" {name} "):
        return "case"
    label = rest[: -len(person)]
    if len(cdas) > 1:
        return None if label == f"{len(cdas)} documents" else "label"
    # A replacement may add its mention to the label [MSS-VENDOR replacement].
    label = re.sub(r"^\[[^\]]*\] ?", "", label)
    wanted = cdas[0].code.display[:_LABEL].strip()
    return None if normalise(label) == normalise(wanted) else "label"


def _without_accents(text: str) -> str:
    return " ".join(fold_accents(text).split())


@rule(
    "mss.mail.x-mss-codecda",
    requires=["ECO.2.4.1"],
    reads=MAIL_READS,
    basis="ans",
    trust="secondary",
    source="[CATALOGUE-W2 SC.MSS/CONF.15] ANS draft of wave 2; [MSS-REF2 ECO.2.4.1] MSSanté 2",
)
def x_mss_codecda(events: Events) -> Iterator[Said]:
    """X-MSS-CODECDA lists the code of each CDA, comma separated; it is absent without a CDA."""
    for sent in sent_mails(events):
        codes = [cda.code.code for cda in sent.contents.cdas]
        yield from _header(sent, "x-mss-codecda", ",".join(codes) if codes else None)


@rule(
    "mss.mail.x-mss-ins",
    requires=["ECO.2.4.2"],
    reads=MAIL_READS,
    basis="ans",
    trust="secondary",
    source="[CATALOGUE-W2 SC.MSS/CONF.14] ANS draft of wave 2; [MSS-REF2 ECO.2.4.2] MSSanté 2",
)
def x_mss_ins(events: Events) -> Iterator[Said]:
    """X-MSS-INS is O when the archive contains a qualified INS, else N; absent without a CDA."""
    for sent in sent_mails(events):
        cdas = sent.contents.cdas
        good = [
            cda.patient.has_ins_traits
            and cda.patient.ins is not None
            and cda.patient.ins.root in _QUALIFYING
            for cda in cdas
        ]
        yield from _header(sent, "x-mss-ins", ("O" if any(good) else "N") if cdas else None)


def _header(sent: SentMail, name: str, expected: str | None) -> Iterator[Said]:
    """One value expected exactly, or none at all; a mail that cannot be read says nothing."""
    if sent.mail is None:
        return
    values = [value.decode("ascii", "replace").strip() for value in sent.mail.raw(name)]
    if expected is None:
        if values:
            yield broken(sent.name, [sent.event], defect="unexpected", actual=values[0])
        return
    actual = values[0] if values else ""
    if len(values) == 1 and actual == expected:
        yield held(sent.name, [sent.event], expected=expected)
    elif values:
        yield broken(sent.name, [sent.event], expected=expected, actual=actual)
    else:
        yield broken(sent.name, [sent.event], defect="absent", expected=expected)


@rule(
    "mss.mail.pdf-beside",
    requires=["ECO.2.1.1", "ECO.2.1.5"],
    reads=MAIL_READS,
    basis="ans",
    trust="official",
    source=f"{_WAVE_1}; {_IGL}",
)
def pdf_beside(events: Events) -> Iterator[Said]:
    """Each CDA has one PDF/A-1 beside the archive; for a level 1 CDA, the very one inside it."""
    for sent in _with_documents(events):
        defect = _pdf_defect(sent)
        if defect:
            yield broken(sent.name, [sent.event], defect=defect)
        else:
            yield held(sent.name, [sent.event])


def _pdf_defect(sent: SentMail) -> str | None:
    pdfs, cdas = sent.contents.pdfs, sent.contents.cdas
    if len(pdfs) < len(cdas):
        return "missing"
    if len(pdfs) > len(cdas):
        return "too-many"
    beside = {part.octets for part in pdfs}
    if any(cda.level == 1 and cda.pdf is not None and cda.pdf not in beside for cda in cdas):
        return "differs"
    claims = [claim_of(octets) for octets in beside]
    if any(claim is None for claim in claims):
        return "unreadable"
    return None if all(claim and claim.part == 1 for claim in claims) else "not-pdf-a1"


@rule(
    "mss.mail.pdf-name",
    requires=["ECO.2.1.6"],
    reads=MAIL_READS,
    basis="ans",
    trust="official",
    source="[IG-MAIL PDF name] ANS volume on CDA transfer; [MSS-REF2 ECO.2.1.6] MSSanté 2",
)
def pdf_name(events: Events) -> Iterator[Said]:
    """The PDF is named date of the act_type_NAME_given name, with a file number if need be."""
    for sent in _with_documents(events):
        wanted = [_name_pieces(cda) for cda in sent.contents.cdas]
        named = [normalise(part.filename or "") for part in sent.contents.pdfs]
        if named:
            wrong = [name for name in named if not any(_fits(name, w) for w in wanted)]
            yield held_if(not wrong, sent.name, [sent.event], wrong=len(wrong))


def _name_pieces(cda: Cda) -> list[str]:
    given = cda.patient.first_given or cda.patient.givens
    pieces = (cda.service_start[:8], cda.code.display[:_LABEL], cda.patient.birth_name, given)
    return [_comparable(piece) for piece in pieces]


def _fits(name: str, wanted: list[str]) -> bool:
    """Four pieces or five, `.pdf` at the end; what no file name may hold is not compared."""
    if not name.endswith(".pdf"):
        return False
    pieces = [_comparable(piece) for piece in name.removesuffix(".pdf").split("_")]
    return len(pieces) in (4, 5) and pieces[:4] == wanted


def _comparable(piece: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", normalise(piece))


@rule(
    "mss.mail.one-patient",
    requires=["ECO.2.1.1"],
    reads=MAIL_READS,
    basis="ans",
    trust="official",
    source=_IGL,
    no_mutant="the reference system sends one document a mail, so it cannot mix two patients",
)
def one_patient(events: Events) -> Iterator[Said]:
    """All documents of a mail are about one patient."""
    for sent in _with_documents(events):
        patients = {
            str(cda.patient.ins or next(iter(cda.patient.ids), "")) for cda in sent.contents.cdas
        }
        yield held_if(len(patients) == 1, sent.name, [sent.event], patients=len(patients))
