"""Where the document and mail half of the reference system is put together.

Each field is one replaceable function; a faulty variant is `dataclasses.replace(parts, field=…)`.
Lifecycle, mail and outbox call one another's rules through these fields and in no other way.
"""

import smtplib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage

from common.identities import Patient
from mocks.lps.documents import cda, metadata, pdf, policies, xdm
from mocks.lps.documents.records import Kind, Lineage, Recipients, SentMail, Version
from mocks.lps.documents.submission import Addressee, Submission
from mocks.lps.documents.xdm import ArchiveParts
from mocks.lps.mail import composing as mail
from mocks.lps.mail import outbox
from mocks.lps.mail import texts as mail_texts
from mocks.lps.mail.composing import MailParts
from mocks.lps.mail.letter import Attachment, Desk, Letter, MailSettings
from mocks.lps.mail.outbox import OutboxParts, SendResult


@dataclass(frozen=True, slots=True)
class DocumentParts:
    """The conformant defaults, by area."""

    new_id: Callable[[], str] = policies.new_id
    now: Callable[[], datetime] = policies.now
    first_version: Callable[[str, str], Lineage] = policies.first_version
    next_version: Callable[[Lineage, str], Lineage] = policies.next_version

    pdf_mention: Callable[[Version], str] = pdf.pdf_mention
    pdf_page: Callable[[Version, str], str] = pdf.pdf_page
    write_pdf: Callable[[str], bytes] = pdf.write_pdf
    cda_of: Callable[[Version, Sequence[Addressee]], bytes] = cda.cda_of
    metadata_of: Callable[[Submission], bytes] = metadata.metadata_of
    archive_files_of: Callable[[Submission, ArchiveParts], dict[str, bytes]] = xdm.archive_files_of
    archive_of: Callable[[Submission, ArchiveParts], bytes] = xdm.archive_of

    subject_of: Callable[[Letter], str] = mail.subject_of
    from_header_of: Callable[[Desk], Address] = mail.from_header_of
    message_id: Callable[[Desk], str] = mail.message_id
    thread_headers: Callable[[Letter], Mapping[str, str]] = mail.thread_headers
    mss_headers: Callable[[Letter, Desk], Mapping[str, str]] = mail.mss_headers
    receipt_headers: Callable[[Letter, Desk], Mapping[str, str]] = mail.receipt_headers
    body_of: Callable[[Letter, Desk], str] = mail_texts.body_of
    patient_mailbox: Callable[[Patient, MailSettings], str] = mail.patient_mailbox
    pdf_name_of: Callable[[Version], str] = mail.pdf_name_of
    attachments_of: Callable[[Letter, Desk, MailParts], list[Attachment]] = mail.attachments_of
    compose: Callable[[Letter, Desk, MailParts], EmailMessage] = mail.compose

    connect: Callable[[MailSettings], smtplib.SMTP] = outbox.connect
    authenticate: Callable[[smtplib.SMTP, str, str], None] = outbox.authenticate
    check_size: Callable[[smtplib.SMTP, bytes], None] = outbox.check_size
    delivery_options: Callable[[smtplib.SMTP], tuple[Sequence[str], Sequence[str]]] = (
        outbox.delivery_options
    )
    deliver: Callable[[bytes, Sequence[str], Desk, OutboxParts], SendResult] = outbox.deliver

    recipients_to_notify: Callable[[Sequence[SentMail]], Recipients] = policies.recipients_to_notify
    offer_policy: Callable[[Kind, int, Recipients], bool] = policies.offer_policy
    send_policy: Callable[[Kind, bool | None], bool] = policies.send_policy
