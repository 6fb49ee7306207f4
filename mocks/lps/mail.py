"""How a mail of the reference system is composed (mssante.md §5 and §7).

Every rule is a small function that takes a `Letter` and a `Desk`; `compose` puts them together and
calls them only through `DocumentParts`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

from mocks.identities import Practice, Professional
from mocks.lps.records import Kind, Recipients, SentMail, Version

if TYPE_CHECKING:
    from mocks.lps.document_parts import DocumentParts


@dataclass(frozen=True, slots=True)
class MailSettings:
    """What the mail half is configured with.

    `nil` is the product's reference number (mssante.md §5.1); `mailbox` the user's own address;
    `domain` the professionals' domain, `patient_domain` the patients'; `ca_file` the authority that
    signs the server's certificate (PEM); `timeout` in seconds.
    """

    mailbox: str
    nil: str
    product: str
    version: str
    editor: str
    domain: str
    patient_domain: str
    smtp_host: str
    smtp_port: int
    ca_file: Path
    timeout: float = 20.0


@dataclass(frozen=True, slots=True)
class Desk:
    """Who is at work: the person, where they practise, their mailbox and their PSC session.

    `access_token(fresh)` gives the session's access token; with `fresh=True` one newly obtained. It
    raises when the session is over.
    """

    professional: Professional
    practice: Practice
    settings: MailSettings
    access_token: Callable[[bool], str]


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail is to say, before it is written.

    `version` is the document carried (for a deletion the one to delete), None for a free message;
    `answers` the initial mail of that document, when there is one; `subject` and `text` are the
    user's own words, the subject only for a free message.
    """

    kind: Kind
    recipients: Recipients
    version: Version | None = None
    answers: SentMail | None = None
    subject: str = ""
    text: str = ""
    read_receipt: bool = True
    end_of_exchange: bool = False


def subject_of(letter: Letter) -> str:
    """The subject, decoded: `XDM/1.0/DDM+<label> NOM prenom JJ/MM/AAAA` (ECO.2.1.3)."""
    raise NotImplementedError


def from_header_of(desk: Desk) -> Address:
    """The sender: meaningful name (ECO.2.2.7) and the authenticated mailbox."""
    raise NotImplementedError


def message_id(desk: Desk) -> str:
    """A new Message-ID, with its angle brackets (ECO.2.2.1)."""
    raise NotImplementedError


def thread_headers(letter: Letter) -> Mapping[str, str]:
    """`In-Reply-To` and `References` of a mail that follows another (ECO.2.2.2), else none."""
    raise NotImplementedError


def mss_headers(letter: Letter, desk: Desk) -> Mapping[str, str]:
    """The `X-MSS-*` headers (mssante.md §5.1)."""
    raise NotImplementedError


def receipt_headers(letter: Letter, desk: Desk) -> Mapping[str, str]:
    """The request for a read receipt (ECO.2.3.2), when asked for."""
    raise NotImplementedError


def body_of(letter: Letter, desk: Desk) -> str:
    """The text of the mail: the user's words and what the case demands (mssante.md §7)."""
    raise NotImplementedError


def pdf_name_of(version: Version) -> str:
    """The name of the PDF beside the archive (ECO.2.1.6)."""
    raise NotImplementedError


def attachments_of(letter: Letter, desk: Desk, parts: "DocumentParts") -> "list[Attachment]":
    """The archive and the same document as PDF; nothing for a free message (ECO.2.1.1)."""
    raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attachment; `media_type` as `application/zip`."""

    name: str
    media_type: str
    content: bytes


def compose(letter: Letter, desk: Desk, parts: "DocumentParts") -> EmailMessage:
    """The whole mail, ready to be sent as `as_bytes()` (lines end with CR LF)."""
    raise NotImplementedError
