"""One mail handed in, at the mock MSSanté and at bare aiosmtpd: MAIL, RCPT, DATA and its octets.

The mock serves nothing without STARTTLS and XOAUTH2: both are done once a connection, before the
first round, and each mail is then taken over TLS, kept, and recorded with its four commands. The
peer takes the same mail in clear, keeps nothing and records nothing: it is a floor.
"""

import base64
import smtplib
import ssl
from importlib.metadata import version
from pathlib import Path

from conformance.bench.model import Effort, Measured, Peer
from conformance.bench.processes import Asked, Served, alone, cpu_rounds

_LINE = b"UmVwZXRpdGlvbi4gVW4gc2VydmljZSBzaW11bGUsIGRlcyBwZXJzb25uZXMgZmljdGl2ZXMuIEJhbmM="
_WITHIN = 20
_PEER = f"aiosmtpd {version('aiosmtpd')}"
_STRANGER = "bench@bench.mss.test"


def small_mail(effort: Effort, folder: Path) -> Measured:
    """CPU of the server for a mail of 1 kB, in milliseconds."""
    return _beside(effort.of(1000, quick=300), 1_024, effort, folder)


def large_mail(effort: Effort, folder: Path) -> Measured:
    """CPU of the server for a mail of 82 kB, in milliseconds."""
    return _beside(effort.of(200, quick=50), 82_000, effort, folder)


def mail_of(size: int, number: int) -> bytes:
    """A mail of `size` octets that differs from every other: no blob is spared its writing."""
    head = (
        f"Message-ID: <{number}@bench.mss.test>\r\nFrom: {_STRANGER}\r\nTo: {_STRANGER}\r\n"
        "Subject: XDM/1.0/DDM\r\n\r\n"
    ).encode()
    lines = (size - len(head)) // (len(_LINE) + 2)
    return head + (_LINE + b"\r\n") * lines


def _beside(operations: int, size: int, effort: Effort, folder: Path) -> Measured:
    ours = alone("smtp", str(folder / "run"), str(folder / "keys"))
    rounds = _rounds(ours, operations, size, effort)
    peer = Peer(_PEER, _rounds(alone("aiosmtpd", str(folder / "peer")), operations, size, effort))
    return Measured(rounds, operations, peer, {"octets": len(mail_of(size, 0))})


def _rounds(command: list[str], operations: int, size: int, effort: Effort) -> list[float]:
    with Served(command) as served, connected(served) as client:

        def send(number: int) -> None:
            hand_in(client, served, mail_of(size, number))

        return cpu_rounds(served, effort, operations, send, lambda: served.ask("reset -"))


def hand_in(client: smtplib.SMTP, server: Asked, mail: bytes) -> None:
    """Send one mail from the mailbox to itself. Raises `SMTPException` when it is refused."""
    mailbox = server.about.get("mailbox", _STRANGER)
    client.sendmail(mailbox, [mailbox], mail)


def connected(server: Asked) -> smtplib.SMTP:
    """A connection on which mails can be handed in: encrypted and signed in, where that is asked.

    Raises `SMTPException`, `OSError`.
    """
    about = server.about
    client = smtplib.SMTP("127.0.0.1", about["port"], "localhost", timeout=_WITHIN)
    client.ehlo()
    if "token" in about:
        client.starttls(context=ssl.create_default_context(cafile=about["ca"]))
        client.ehlo()
        said = f"user={about['mailbox']}\x01auth=Bearer {about['token']}\x01\x01"
        client.docmd("AUTH", "XOAUTH2 " + base64.b64encode(said.encode()).decode())
    return client
