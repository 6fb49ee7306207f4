"""The limits of the mock operator, and what one SMTP connection asks of its tenant."""

import ssl
from typing import Protocol

from mocks.faults import Faults
from mocks.mssante.smtp.lines import Said
from mocks.mssante.smtp.syntax import Path

IDLE_SECONDS = 300
"""A server waits at least five minutes for the next command [RFC 5321 §4.5.3.2.7]."""

LINE = 512
"""End of line included [RFC 5321 §4.5.3.1.4]."""

LONGER_LINES = {"AUTH": 12_288, "MAIL": 1_024, "RCPT": 2_048}
"""AUTH [RFC 4954 §4]: a PSC token needs far more than 512; MAIL and RCPT [RFC 3461 §4]."""

TEXT_LINE = 998
"""End of line left out [RFC 5322 §2.1.1]."""

FLOOD = 1_048_576
RECIPIENTS = 100
REFUSED_SIGN_INS = 5
UNKNOWN_COMMANDS = 5
CALLS = {"AUTH": 20, "STARTTLS": 5, "EHLO": 100, "HELO": 100}
CALLS_OF_OTHERS = 100_000
CONNECTIONS = 200


class Connection(Protocol):
    """What a tenant is shown of one connection: who signed in, and the mail under way."""

    name: str
    n: int
    mailbox: str | None
    sender: Path | None
    recipients: list[Path]

    @property
    def tls(self) -> bool:
        """Whether the connection is encrypted now."""
        ...

    @property
    def ssl_object(self) -> ssl.SSLObject | None:
        """The TLS session, when there is one."""
        ...

    def close(self) -> None:
        """End it from the server's side."""
        ...


class Operator(Protocol):
    """What a connection asks of its tenant."""

    faults: Faults
    size_limit: int
    host_name: str
    server_tls: ssl.SSLContext

    def lets_in(self, peer: str) -> bool:
        """Whether a client at that address is served."""
        ...

    def joined(self, connection: Connection) -> str | None:
        """Name a new connection; None when the tenant has too many."""
        ...

    def left(self, connection: Connection) -> None:
        """The connection is over."""
        ...

    def note_command(self, connection: Connection, said: Said, reply: str, why: str) -> None:
        """Record one line, its reply, and our word for the reason if it was refused."""
        ...

    def note_handshake(self, connection: Connection, alert: str | None) -> None:
        """Record how the upgrade to TLS ended."""
        ...

    def why_not_signed_in(self, user: str, token: str) -> str | None:
        """None when `token` opens mailbox `user`, else our word for the reason."""
        ...

    def check_recipient(self, address: str, *, first: bool) -> None:
        """Raise `Refusal` for a recipient that is not served."""
        ...

    def take(self, connection: Connection, octets: bytes) -> None:
        """Keep a mail. Raises `Refusal` when it cannot be kept."""
        ...
