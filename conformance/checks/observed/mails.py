"""The mails of a scenario, opened once: message, archives, documents, PDFs."""

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.checks.events import Events
from conformance.documents import Unreadable
from conformance.documents.cda import Cda, read_cda
from conformance.documents.mail import Mail, Part, read_mail
from conformance.documents.pdf import PdfClaim, pdf_claim, pdf_text
from conformance.documents.xdm import Archive, DocumentEntry, read_xdm
from conformance.journal.events import Event

MAIL_READS = ("mail.accepted",)


@dataclass(frozen=True, slots=True)
class Carried:
    """One document of an archive; `cda` is None with `fault` when it cannot be read."""

    archive: Archive
    entry: DocumentEntry
    octets: bytes | None
    cda: Cda | None
    fault: str | None


@dataclass(frozen=True, slots=True)
class Zip:
    """One attached archive; `archive` is None with `fault` when it cannot be read."""

    part: Part
    archive: Archive | None
    fault: str | None
    documents: tuple[Carried, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """A message and what is attached to it; `mail` is None with `fault` when unreadable."""

    mail: Mail | None
    fault: str | None
    zips: tuple[Zip, ...] = ()
    pdfs: tuple[Part, ...] = ()

    @property
    def documents(self) -> list[Carried]:
        """Every document of every archive."""
        return [document for archive in self.zips for document in archive.documents]

    @property
    def cdas(self) -> list[Cda]:
        """Every document that could be read."""
        return [document.cda for document in self.documents if document.cda is not None]


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail the server took. `recipients` are those of the envelope, in lower case."""

    name: str
    event: Event
    sha256: str
    contents: Contents
    recipients: frozenset[str]

    @property
    def mail(self) -> Mail | None:
        """The message, None when it cannot be read."""
        return self.contents.mail


def sent_mails(events: Events) -> list[SentMail]:
    """The mails of a scenario in order, named `mail 1`, `mail 2`…"""
    return [
        SentMail(
            name=f"mail {number}",
            event=event,
            sha256=event.blobs[0].sha256,
            contents=events.documents.parsed("contents", event.blobs[0].sha256, open_mail),
            recipients=frozenset(
                entry["address"].strip().lower() for entry in event.data["envelope"]["to"]
            ),
        )
        for number, event in enumerate(events.of("mail.accepted"), 1)
        if event.blobs
    ]


def open_mail(octets: bytes) -> Contents:
    """Read a message and all that is attached; what cannot be read is said where it stands."""
    try:
        mail = read_mail(octets)
    except Unreadable as error:
        return Contents(None, error.code)
    return Contents(
        mail=mail,
        fault=None,
        zips=tuple(_open_zip(part) for part in mail.attachments if _is_zip(part)),
        pdfs=tuple(part for part in mail.attachments if _is_pdf(part)),
    )


def text_of(events: Events, sent: SentMail, pdf: bytes, name: str) -> str | None:
    """The text of a PDF of a mail, read once under `name`; None when it cannot be read."""
    found: str | None = events.documents.parsed(
        f"pdf-text {name}", sent.sha256, lambda octets: _text_or_none(pdf)
    )
    return found


def claim_of(pdf: bytes) -> PdfClaim | None:
    """What a PDF claims of PDF/A, None when it cannot be read."""
    try:
        return pdf_claim(pdf)
    except Unreadable:
        return None


def _text_or_none(pdf: bytes) -> str | None:
    try:
        return pdf_text(pdf)
    except Unreadable:
        return None


def _is_zip(part: Part) -> bool:
    return (
        part.media_type in ("application/zip", "application/x-zip-compressed")
        or (part.filename or "").lower().endswith(".zip")
        or part.octets.startswith(b"PK\x03\x04")
    )


def _is_pdf(part: Part) -> bool:
    return part.media_type == "application/pdf" or (part.filename or "").lower().endswith(".pdf")


def _open_zip(part: Part) -> Zip:
    try:
        archive = read_xdm(part.octets)
    except Unreadable as error:
        return Zip(part, None, error.code, ())
    return Zip(part, archive, None, tuple(_carried(archive)))


def _carried(archive: Archive) -> Iterator[Carried]:
    """The documents that the metadata name; without metadata, those lying in the archive."""
    for _, entry, octets in archive.documents():
        if octets is None:
            yield Carried(archive, entry, None, None, "absent")
            continue
        if entry.mime_type not in ("text/xml", "application/xml", ""):
            continue
        try:
            yield Carried(archive, entry, octets, read_cda(octets), None)
        except Unreadable as error:
            yield Carried(archive, entry, octets, None, error.code)
