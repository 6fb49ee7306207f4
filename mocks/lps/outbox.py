"""How a mail leaves: SMTP submission with STARTTLS and XOAUTH2 (mssante.md §2.1, §2.2, §2.4)."""

import smtplib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mocks.lps.mail import Desk, MailSettings

if TYPE_CHECKING:
    from mocks.lps.document_parts import DocumentParts


@dataclass(frozen=True, slots=True)
class SendResult:
    """What became of a mail.

    `sent` is true only when the server took it for every recipient; `accepted` are those it took
    it for, `refused` says why for each other (the server's words); `error` is one French sentence
    when nothing left at all.
    """

    sent: bool
    message_id: str = ""
    accepted: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    error: str | None = None


class TokenRefused(Exception):
    """The server did not take the access token."""


class CannotSend(Exception):
    """The mail cannot leave; one French sentence for the user."""


def connect(settings: MailSettings) -> smtplib.SMTP:
    """An SMTP session on verified TLS (1.2 or newer), after STARTTLS and a second EHLO."""
    raise NotImplementedError


def authenticate(smtp: smtplib.SMTP, user: str, token: str) -> None:
    """AUTH XOAUTH2 without initial response. Raises `TokenRefused`, `CannotSend`."""
    raise NotImplementedError


def check_size(smtp: smtplib.SMTP, raw: bytes) -> None:
    """Raises `CannotSend` when the mail is over the SIZE the server announces."""
    raise NotImplementedError


def delivery_options(smtp: smtplib.SMTP) -> tuple[Sequence[str], Sequence[str]]:
    """Options of MAIL FROM and RCPT TO that ask for delivery receipts, if DSN is offered."""
    raise NotImplementedError


def deliver(
    raw: bytes, recipients: Sequence[str], desk: Desk, parts: "DocumentParts"
) -> SendResult:
    """Hand the mail to the server; a refused token is renewed and tried again once."""
    raise NotImplementedError
