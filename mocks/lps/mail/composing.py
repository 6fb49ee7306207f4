"""How a mail of the reference system is composed [MSS-REF2] [IG-MAIL].

Every rule is a small function that takes a `Letter` and a `Desk`; `compose` puts them together and
calls them only through `MailParts`.
"""

import re
import unicodedata
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Protocol

from stdnum.fr import nir

from common.identities import Patient
from mocks.lps.documents.pages import french_date
from mocks.lps.documents.records import RecordError, Version
from mocks.lps.documents.submission import MetadataAction, Submission
from mocks.lps.documents.xdm import ARCHIVE_NAME, ArchiveParts
from mocks.lps.mail.letter import Attachment, Desk, Letter, MailSettings

LABEL_LENGTH = 40
"""Characters of a document type's label in a subject (ECO.2.1.3) and in a file name (ECO.2.1.6)."""


class MailParts(ArchiveParts, Protocol):
    """What composing a mail calls of the parts of the product."""

    @property
    def new_id(self) -> Callable[[], str]:
        """Makes an identifier."""
        ...

    @property
    def now(self) -> Callable[[], datetime]:
        """Tells the time."""
        ...

    @property
    def archive_of(self) -> Callable[[Submission, ArchiveParts], bytes]:
        """Makes the archive."""
        ...

    @property
    def subject_of(self) -> Callable[[Letter], str]:
        """Words the subject."""
        ...

    @property
    def from_header_of(self) -> Callable[[Desk], Address]:
        """Names the sender."""
        ...

    @property
    def message_id(self) -> Callable[[Desk], str]:
        """Makes a Message-ID."""
        ...

    @property
    def thread_headers(self) -> Callable[[Letter], Mapping[str, str]]:
        """Links the mail to the one it answers."""
        ...

    @property
    def mss_headers(self) -> Callable[[Letter, Desk], Mapping[str, str]]:
        """Gives the headers of MSSanté."""
        ...

    @property
    def receipt_headers(self) -> Callable[[Letter, Desk], Mapping[str, str]]:
        """Asks for a read receipt."""
        ...

    @property
    def body_of(self) -> Callable[[Letter, Desk], str]:
        """Words the body."""
        ...

    @property
    def pdf_name_of(self) -> Callable[[Version], str]:
        """Names the PDF."""
        ...

    @property
    def attachments_of(self) -> "Callable[[Letter, Desk, MailParts], list[Attachment]]":
        """Gives the attachments."""
        ...


def without_accents(text: str) -> str:
    """The text with its marks and ligatures resolved to plain letters, anything else dropped."""
    unbound = text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae").replace("Æ", "AE")
    return unicodedata.normalize("NFKD", unbound).encode("ascii", "ignore").decode("ascii")


def label_of(version: Version) -> str:
    """The label of the document's type, cut to `LABEL_LENGTH`."""
    return version.type.label[:LABEL_LENGTH].rstrip()


def subject_of(letter: Letter) -> str:
    """The subject, decoded: `XDM/1.0/DDM+<label> NOM prenom JJ/MM/AAAA` (ECO.2.1.3).

    A message without document keeps the user's own.
    """
    if letter.version is None:
        return letter.subject
    patient = letter.version.patient
    family = without_accents(patient.birth_name).upper()
    given = without_accents(patient.given)
    return f"XDM/1.0/DDM+{label_of(letter.version)} {family} {given} {french_date(patient.born)}"


def from_header_of(desk: Desk) -> Address:
    """The sender: `Titre_Prenom_NOM_Entité` (ECO.2.2.7) and the authenticated mailbox."""
    person = desk.professional
    words = (person.title, person.given, person.family.upper(), desk.practice.structure)
    return Address("_".join(filter(None, words)), addr_spec=desk.settings.mailbox)


def message_id(desk: Desk) -> str:
    """A new Message-ID, with its angle brackets (ECO.2.2.1)."""
    domain = desk.settings.mailbox.rpartition("@")[2]
    return f"<{uuid.uuid4()}@{domain}>"


def thread_headers(letter: Letter) -> Mapping[str, str]:
    """`In-Reply-To` and `References` of a mail that follows another (ECO.2.2.2), else none."""
    if letter.answers is None:
        return {}
    return {"In-Reply-To": letter.answers.message_id, "References": letter.answers.message_id}


def mss_headers(letter: Letter, desk: Desk) -> Mapping[str, str]:
    """The `X-MSS-*` headers [MSS-REF2 ECO.2.4.1, ECO.2.4.2, ECO.2.4.3]."""
    headers = {"X-MSS-NIL": desk.settings.nil}
    if letter.version is not None:
        headers["X-MSS-CODECDA"] = letter.version.type.code
        headers["X-MSS-INS"] = "O" if has_qualified_ins(letter.version.patient) else "N"
    to_patient = any(
        address.endswith(f"@{desk.settings.patient_domain}") for address in letter.recipients.all
    )
    if letter.end_of_exchange and to_patient:
        headers["X-MSS-MES"] = "FIN"
    return headers


def has_qualified_ins(patient: Patient) -> bool:
    """Whether number and every trait of a qualified INS are there."""
    traits = (patient.birth_name, patient.given, patient.sex, patient.born)
    return patient.qualified and nir.is_valid(patient.ins) and all(traits)


def patient_mailbox(patient: Patient, settings: MailSettings) -> str:
    """The patient's own address, from a qualified INS only (ECO.2.2.6). Raises `RecordError`."""
    if not has_qualified_ins(patient):
        raise RecordError(
            f"L'identité de {patient.birth_name} {patient.given} n'est pas qualifiée : "
            "son adresse de messagerie ne peut pas être formée."
        )
    return patient.mailbox(settings.patient_domain)


def receipt_headers(letter: Letter, desk: Desk) -> Mapping[str, str]:
    """The request for a read receipt (ECO.2.3.2), when asked for."""
    return {"Disposition-Notification-To": desk.settings.mailbox} if letter.read_receipt else {}


def pdf_name_of(version: Version) -> str:
    """`AAAAMMJJ_<type>_NOM_prenom.pdf` (ECO.2.1.6), without what a file system refuses."""
    patient = version.patient
    words = (
        version.acted.strftime("%Y%m%d"),
        label_of(version),
        without_accents(patient.birth_name).upper(),
        without_accents(patient.given),
    )
    return re.sub(r'[<>:"/\\|?*\x00-\x1f]', "-", "_".join(words)) + ".pdf"


def attachments_of(letter: Letter, desk: Desk, parts: MailParts) -> list[Attachment]:
    """The archive and the same document as PDF; nothing for a free message (ECO.2.1.1)."""
    if letter.version is None:
        return []
    archive = parts.archive_of(submission_of(letter, letter.version, desk, parts), parts)
    return [
        Attachment(ARCHIVE_NAME, "application/zip", archive),
        Attachment(parts.pdf_name_of(letter.version), "application/pdf", letter.version.pdf),
    ]


def submission_of(letter: Letter, version: Version, desk: Desk, parts: MailParts) -> Submission:
    """The submission set of a mail: a new id, and why it is sent."""
    settings = desk.settings
    return Submission(
        id=parts.new_id(),
        version=version,
        action=_action(letter, version),
        sender=desk.professional,
        practice=desk.practice,
        mailbox=settings.mailbox,
        addressees=letter.addressees,
        submitted=parts.now(),
        product=settings.product,
        product_version=settings.version,
        editor=settings.editor,
    )


def _action(letter: Letter, version: Version) -> MetadataAction:
    if letter.kind == "deletion":
        return "D"
    return "C" if version.lineage.number > 1 else ""


def compose(letter: Letter, desk: Desk, parts: MailParts) -> EmailMessage:
    """The whole mail, ready to be sent as `as_bytes()` (7-bit octets, lines end with CR LF)."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = parts.from_header_of(desk)
    mail["To"] = ", ".join(letter.recipients.to)
    if letter.recipients.cc:
        mail["Cc"] = ", ".join(letter.recipients.cc)
    mail["Subject"] = parts.subject_of(letter)
    mail["Date"] = parts.now()
    mail["Message-ID"] = parts.message_id(desk)
    for headers in (
        parts.thread_headers(letter),
        parts.receipt_headers(letter, desk),
        parts.mss_headers(letter, desk),
    ):
        for name, value in headers.items():
            mail[name] = value
    mail.set_content(parts.body_of(letter, desk), cte="quoted-printable")
    for attachment in parts.attachments_of(letter, desk, parts):
        maintype, _, subtype = attachment.media_type.partition("/")
        mail.add_attachment(
            attachment.content, maintype=maintype, subtype=subtype, filename=attachment.name
        )
    return mail
