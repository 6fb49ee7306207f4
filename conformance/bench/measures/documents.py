"""A mail as the reference system writes it, read through: MIME, archive, CDA, PDF; readers warm.

The document is a one-page PDF/A-1 in a CDA, in an XDM archive, beside the PDF itself. XSD and rules
are not in the figure yet: only what `conformance.documents` does.
"""

import time
from collections.abc import Sequence
from pathlib import Path

from common.identities import COLLEAGUE, DOCTOR, PATIENT
from conformance.bench.model import Effort, Measured, MeasureFailed
from conformance.documents.cda import read_cda
from conformance.documents.mail import read_mail
from conformance.documents.pdf import pdf_claim, pdf_text
from conformance.documents.xdm import read_xdm
from mocks.lps.document_parts import DocumentParts
from mocks.lps.documents.records import Records
from mocks.lps.lifecycle import Lifecycle
from mocks.lps.mail.letter import Desk, MailSettings
from mocks.lps.mail.outbox import OutboxParts, SendResult

_DOMAIN = "bench.mss.test"
_TEXT = "Examen sans particularité. Le traitement est poursuivi ; contrôle dans trois mois.\n" * 12


def document_read(effort: Effort, folder: Path) -> Measured:
    """CPU of one mail read to the text of its PDF, in milliseconds."""
    mail = written_mail()
    _read_through(mail)
    operations = effort.of(50, quick=10)
    rounds = []
    for _ in range(effort.rounds):
        began = time.process_time_ns()
        for _ in range(operations):
            _read_through(mail)
        rounds.append((time.process_time_ns() - began) / 1e6 / operations)
    return Measured(rounds, operations, None, {"octets": len(mail)})


def written_mail() -> bytes:
    """The octets that the reference system hands to its operator for a document sent."""
    handed: list[bytes] = []

    def deliver(
        raw: bytes, recipients: Sequence[str], desk: Desk, parts: OutboxParts
    ) -> SendResult:
        handed.append(raw)
        return SendResult(sent=True, accepted=tuple(recipients))

    settings = MailSettings(
        mailbox=DOCTOR.mailbox(_DOMAIN),
        nil="NIL-BENCH",
        product="Produit de référence",
        version="1",
        editor="banc",
        domain=_DOMAIN,
        patient_domain=f"patient.{_DOMAIN}",
        smtp_host="localhost",
        smtp_port=587,
        ca_file=Path("none.pem"),
    )
    desk = Desk(DOCTOR, DOCTOR.practices[0], settings, lambda fresh: "")
    life = Lifecycle(Records(), desk, DocumentParts(deliver=deliver))
    document = life.create(PATIENT, "Compte rendu de consultation", _TEXT)
    life.send(document.document_id, [COLLEAGUE.mailbox(_DOMAIN)])
    return handed[0]


def _read_through(octets: bytes) -> None:
    """Raises `MeasureFailed` when something that must be read is not there."""
    attached = read_mail(octets).attachments
    archive = next(
        (p for p in attached if p.filename and p.filename.upper().endswith(".ZIP")), None
    )
    if archive is None:
        raise MeasureFailed("documents: the mail of the reference system carries no archive")
    documents = [found for _, _, found in read_xdm(archive.octets).documents() if found]
    pdfs = [pdf for found in documents if (pdf := read_cda(found).pdf)]
    if not pdfs:
        raise MeasureFailed(
            "documents: the archive of the reference system carries no CDA with PDF"
        )
    for pdf in pdfs:
        pdf_text(pdf)
        pdf_claim(pdf)
