"""What the reference system remembers, in memory: patients, documents and their versions, mails.

A document is a chain of versions that share a set id; a version is known inside the product by its
`document_id`, outside it by its CDA id. A sent mail is kept with the octets that left.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from common.identities import PATIENTS, PROFESSIONALS, Patient, Practice, Professional

Kind = Literal["first", "replacement", "deletion", "message"]
"""Why a mail was written."""


class RecordError(Exception):
    """A request about a record that cannot be honoured; the text is French, for the screen."""


@dataclass(frozen=True, slots=True)
class DocumentType:
    """A document type of JDV_J07 [CISIS-SCHEMATRON value sets], with its XDS class."""

    code: str
    label: str
    class_code: str
    class_label: str
    code_system: str = "2.16.840.1.113883.6.1"
    code_system_name: str = "LOINC"


CONSULTATION = DocumentType(
    "11488-4", "CR ou fiche de consultation ou de visite", "10", "Compte rendu"
)
EPISODE_SUMMARY = DocumentType("34133-9", "Synthèse d'épisode de soins", "11", "Synthèse")


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a version stands: ids are OIDs (a root alone); `replaces` is the id before."""

    id: str
    set_id: str
    number: int
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class InitialVersion:
    """The first version of a document, as a later one names it."""

    id: str
    title: str
    written: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a document. Times are aware; `pdf` and `cda` are octets, empty until built.

    `initial` is None for the first version. `sealed` says the CDA has left the house and is fixed.
    """

    document_id: str
    lineage: Lineage
    initial: InitialVersion | None
    patient: Patient
    author: Professional
    practice: Practice
    type: DocumentType
    title: str
    text: str
    written: datetime
    acted: datetime
    pdf: bytes = b""
    cda: bytes = b""
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Recipients:
    """Mail addresses, by header; a patient's own mailbox is among `to`."""

    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Every address once, To first."""
        return tuple(dict.fromkeys((*self.to, *self.cc)))

    def union(self, other: "Recipients") -> "Recipients":
        """Both lists, each address once; one already in To is not repeated in Cc."""
        to = tuple(dict.fromkeys((*self.to, *(a for a in other.to if a not in self.cc))))
        cc = tuple(dict.fromkeys((*self.cc, *(a for a in other.cc if a not in to))))
        return Recipients(to, cc)

    def only(self, kept: Iterable[str]) -> "Recipients":
        """The same lists without the addresses that are not in `kept`."""
        wanted = set(kept)
        return Recipients(
            tuple(a for a in self.to if a in wanted), tuple(a for a in self.cc if a in wanted)
        )


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail the server took for at least one recipient; `recipients` are those it took."""

    kind: Kind
    message_id: str
    subject: str
    mailbox: str
    sent_at: datetime
    recipients: Recipients
    raw: bytes
    document_id: str | None = None
    set_id: str | None = None
    refused: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """The question put to the user after a change of a document.

    `document_id` is the new version (replacement) or the one deleted; `recipients` those who would
    be written to, To first. Not `shown` when the document had never been sent.
    """

    id: str
    kind: Literal["replacement", "deletion"]
    document_id: str
    shown: bool
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PendingOffer:
    """An offer shown and not answered: `carried` is the version its mail would carry."""

    offer: Offer
    carried: str
    recipients: Recipients


@dataclass(slots=True)
class Records:
    """The product's memory. Lists are in the order things happened."""

    patients: tuple[Patient, ...] = PATIENTS
    professionals: tuple[Professional, ...] = PROFESSIONALS
    mails: list[SentMail] = field(default_factory=list)
    offers: dict[str, PendingOffer] = field(default_factory=dict)
    _versions: dict[str, Version] = field(default_factory=dict)
    _deleted: set[str] = field(default_factory=set)

    def patient(self, key: str) -> Patient:
        """The patient with that INS number, local id or key. Raises `RecordError`."""
        for patient in self.patients:
            if key and key in (patient.ins, patient.local_id, patient.key):
                return patient
        raise RecordError(f"Aucun patient ne porte l'identifiant « {key} ».")

    def contact(self, address: str, domain: str) -> Professional | None:
        """The known professional whose mailbox in `domain` is `address`, if any."""
        for person in self.professionals:
            if person.mailbox(domain) == address:
                return person
        return None

    def new_document_id(self) -> str:
        """A short number of the product's own, in the order of writing."""
        return f"D{len(self._versions) + 1:04d}"

    def keep(self, version: Version) -> None:
        """Add a version, or put it in the place of the same one."""
        self._versions[version.document_id] = version

    def version(self, document_id: str) -> Version:
        """One version by the product's id. Raises `RecordError`."""
        try:
            return self._versions[document_id]
        except KeyError:
            raise RecordError(f"Aucun document ne porte l'identifiant « {document_id} ».") from None

    def versions(self, set_id: str) -> list[Version]:
        """The chain of versions of a document, oldest first."""
        return [v for v in self._versions.values() if v.lineage.set_id == set_id]

    def documents(self, patient: Patient | None = None) -> Iterator[Version]:
        """The last version of each document not deleted, of one patient or of all."""
        last = {v.lineage.set_id: v for v in self._versions.values()}
        for set_id, version in last.items():
            if set_id not in self._deleted and patient in (None, version.patient):
                yield version

    def current(self, document_id: str) -> Version:
        """That version if it is the last of a document not deleted. Raises `RecordError`."""
        version = self.version(document_id)
        if self.is_deleted(version.lineage.set_id):
            raise RecordError(f"Le document « {version.title} » a été supprimé.")
        if self.versions(version.lineage.set_id)[-1].document_id != document_id:
            raise RecordError(f"Le document « {version.title} » a déjà été remplacé.")
        return version

    def is_deleted(self, set_id: str) -> bool:
        """Whether the document was deleted here."""
        return set_id in self._deleted

    def mark_deleted(self, set_id: str) -> None:
        """Delete a document: its versions stay readable by id, out of the lists."""
        self._deleted.add(set_id)

    def mails_about(self, set_id: str) -> list[SentMail]:
        """The mails that carried any version of a document, oldest first."""
        return [mail for mail in self.mails if mail.set_id == set_id]

    def pending(self, offer_id: str) -> PendingOffer:
        """An offer that waits for its answer. Raises `RecordError`."""
        try:
            return self.offers[offer_id]
        except KeyError:
            raise RecordError(f"Aucune proposition « {offer_id} » n'attend de réponse.") from None
