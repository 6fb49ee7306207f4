"""A mock operator of MSSanté on loopback with its journal, and the ways in."""

import base64
import smtplib
import socket
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from common.identities import COLLEAGUE, DOCTOR
from conformance.journal import Event, JournalWriter
from conformance.journal.kinds import KINDS
from mocks.mssante.smtp.server import SmtpMock
from mocks.mssante.tenant import MailTenant, MailTenantConfig
from mocks.pki.authority import Authority
from tests.worlds.loops import LoopThread

DOMAIN = "alpha.mss.test"
PATIENTS = "patient.alpha.mss.test"
TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ0ZXN0In0.c2lnbmF0dXJlLW9mLWEtdG9rZW4" + "x" * 900
OTHER_TOKEN = "token-of-the-colleague-0123456789abcdef"
BOX = DOCTOR.mailbox(DOMAIN)
COLLEAGUE_BOX = COLLEAGUE.mailbox(DOMAIN)

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Grant:
    """Whose token it is."""

    national_id: str


GRANTS = {TOKEN: Grant(DOCTOR.national_id), OTHER_TOKEN: Grant(COLLEAGUE.national_id)}


class MailWorld:
    """A tenant, its journal, and the ways in; what is not said of the tenant is as above."""

    def __init__(
        self, thread: LoopThread, authority: Authority, folder: Path, **changes: Any
    ) -> None:
        self.thread, self.authority, self.folder = thread, authority, folder
        self.journal = JournalWriter(folder, "main", b"k" * 32, time.perf_counter_ns())
        self.mock = SmtpMock(self.journal, authority.issue())
        self.call(self.mock.start())
        self.tenant = self.open(**{"name": "alpha", **changes})

    def call(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return self.thread.call(work)

    def open(self, name: str, **changes: Any) -> MailTenant:
        wanted: dict[str, Any] = {
            "name": name,
            "domain": DOMAIN,
            "patient_domain": PATIENTS,
            "mailboxes": {BOX: DOCTOR.national_id, COLLEAGUE_BOX: COLLEAGUE.national_id},
            "trust_list": (DOMAIN, PATIENTS, "other.mss.test"),
            "tokens": GRANTS.get,
        }
        return self.call(self.mock.open_tenant(MailTenantConfig(**{**wanted, **changes})))

    def close(self) -> None:
        """Stop, and hold every event to the shape of its kind."""
        self.call(self.mock.stop())
        try:
            for event in self.journal.recent():
                KINDS[event.kind](**event.data)
        finally:
            self.journal.close()

    def client(self) -> smtplib.SMTP:
        """smtplib, greeted and under TLS."""
        client = smtplib.SMTP("localhost", self.tenant.port, timeout=10)
        client.ehlo()
        client.starttls(context=self.authority.client_context())
        client.ehlo()
        return client

    @staticmethod
    def socket_of(client: smtplib.SMTP) -> socket.socket:
        """What the client speaks over."""
        assert client.sock is not None
        return client.sock

    def signed_in(self, user: str = BOX, token: str = TOKEN) -> smtplib.SMTP:
        client = self.client()
        assert client.docmd("AUTH", "XOAUTH2 " + xoauth2(user, token))[0] == 235
        return client

    def raw(self) -> tuple[socket.socket, socket.SocketIO]:
        """A bare socket, as a file of lines, after the greeting."""
        plain = socket.create_connection(("127.0.0.1", self.tenant.port), timeout=10)
        file = plain.makefile("rwb", 0)
        assert file.readline().startswith(b"220 ")
        return plain, file

    def events(self, kind: str) -> list[Event]:
        return [event for event in self.journal.recent() if event.kind == kind]

    def commands(self) -> list[dict[str, Any]]:
        return [dict(event.data) for event in self.events("smtp.command")]

    def wait(self, kind: str, where: Callable[[Event], bool] = lambda _event: True) -> Event:
        found = self.journal.wait_for(kind, where, 5)
        assert found, f"no {kind} came"
        return found

    def bytes(self) -> bytes:
        """All that was written."""
        return b"".join(p.read_bytes() for p in self.folder.rglob("*") if p.is_file())


def xoauth2(user: str, token: str) -> str:
    """The response of the mechanism, as it is sent."""
    return base64.b64encode(f"user={user}\x01auth=Bearer {token}\x01\x01".encode()).decode()
