"""What a mail is made from: the settings, who is at work, what is to be said, what is attached."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from common.identities import Practice, Professional
from mocks.lps.documents.records import Kind, Recipients, SentMail, Version
from mocks.lps.documents.submission import Addressee


@dataclass(frozen=True, slots=True)
class MailSettings:
    """What the mail half is configured with.

    `nil` is the product's reference number [MSS-REF2 ECO.2.4.3]; `mailbox` the user's own address;
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
    raises `outbox.CannotSend` when there is none to be had.
    """

    professional: Professional
    practice: Practice
    settings: MailSettings
    access_token: Callable[[bool], str]


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail is to say, before it is written.

    `version` is the document carried (for a deletion the one to delete), None for a free message;
    `addressees` the professionals known among its recipients; `answers` the initial mail of that
    document, when there is one; `subject` and `text` are the user's own words, the subject only for
    a free message.
    """

    kind: Kind
    recipients: Recipients
    version: Version | None = None
    addressees: tuple[Addressee, ...] = ()
    answers: SentMail | None = None
    subject: str = ""
    text: str = ""
    read_receipt: bool = True
    end_of_exchange: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attachment; `media_type` as `application/zip`."""

    name: str
    media_type: str
    content: bytes
