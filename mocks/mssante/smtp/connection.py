"""One SMTP connection: lines in, replies out, and each of them recorded before it is sent.

aiosmtpd gives the life of a connection, the upgrade to TLS and the small commands; the loop is
ours, because aiosmtpd drops what was read when the client goes away, and shows no reply.

Pseudo-verbs stand in the journal for what is no command: `CONNECT` (a connection that was not
served), `.` (the end of a mail), `CUT` (the client went away; the line says during what) and
`UNKNOWN`.
"""

import asyncio
import logging
import ssl

from aiosmtpd.smtp import SMTP, Session, TLSSetupException

from mocks.mssante.smtp import limits, lines
from mocks.mssante.smtp.lines import Said
from mocks.mssante.smtp.syntax import Path, Refusal

log = logging.getLogger(__name__)

BEFORE_TLS = frozenset({"NOOP", "EHLO", "STARTTLS", "QUIT"})
"""What is answered before STARTTLS [RFC 3207 §4]."""

_TLS_RECORD = b"\x16"
_REASONS = {"500": "unknown-command", "501": "syntax", "502": "unknown-command", "503": "sequence"}


class SmtpConnection(SMTP):
    """The server's side of one connection of one tenant, without its commands."""

    line_length_limit = 65_536

    def __init__(self, tenant: limits.Operator, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            None,
            data_size_limit=tenant.size_limit,
            hostname=tenant.host_name,
            tls_context=tenant.server_tls,
            require_starttls=True,
            auth_required=True,
            timeout=limits.IDLE_SECONDS,
            loop=loop,
        )
        self.tenant = tenant
        self.name = ""
        self.peer = ""
        self.n = 0
        self.mailbox: str | None = None
        self.sender: Path | None = None
        self.recipients: list[Path] = []
        self.tried_recipients = 0
        self.during = "a command"
        self.over = False
        self._said: Said | None = None
        self._why = ""
        self._cut_for = "cut"
        self._blind_after = ""
        self._calls: dict[str, int] = {}

    @property
    def tls(self) -> bool:
        """Whether the connection is encrypted now."""
        return self.session is not None and self.session.ssl is not None

    @property
    def ssl_object(self) -> ssl.SSLObject | None:
        """The TLS session, when there is one."""
        session = self.session
        return session.ssl["ssl_object"] if session is not None and session.ssl else None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; also called by TLS, which begins anew [RFC 3207 §4.2]."""
        # Both asyncio and uvloop set TCP_NODELAY on every connection they accept.
        if not self.name:
            self.name = self.tenant.joined(self) or ""
            self.peer = str((transport.get_extra_info("peername") or ("",))[0])
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Take octets. A client that starts TLS at once, as on port 465, would wait for ever."""
        if self.n == 0 and not self.over and data[:1] == _TLS_RECORD:
            self._end_unserved("TLS without STARTTLS", "", "implicit-tls")
        elif not self.over:
            super().data_received(data)

    def eof_received(self) -> bool | None:
        """Let what came before the end be obeyed and recorded; aiosmtpd would drop it."""
        asyncio.StreamReaderProtocol.eof_received(self)
        return not self.tls

    def close(self) -> None:
        """End the connection from the server's side."""
        self.over = True
        if self.transport is not None:
            self.transport.close()

    def _timeout_cb(self) -> None:
        self._cut_for = "timeout"
        super()._timeout_cb()  # type: ignore[no-untyped-call]

    def _set_rset_state(self) -> None:
        super()._set_rset_state()  # type: ignore[no-untyped-call]
        self.sender, self.recipients, self.tried_recipients = None, [], 0

    def _create_session(self) -> Session:
        self.mailbox = None
        return super()._create_session()

    async def _handle_client(self) -> None:
        try:
            if not self.tenant.lets_in(self.peer):
                self._end_unserved(self.peer, "", "address-not-allowed")
            elif not self.name:
                self._end_unserved("", "421 4.7.0 Too many connections", "too-many-connections")
            elif self.tenant.faults.strikes("smtp.server-down"):
                self._end_unserved("", "", "fault:smtp.server-down")
            else:
                await self.push(f"220 {self.hostname} ESMTP banc (test)")
                await self._converse()
        except (ConnectionError, TLSSetupException) as lost:
            # Recorded as a cut by `_end`, or already as a failed handshake.
            log.debug("%s: %r", self.name, lost)
        except Exception:
            log.exception("%s: a defect of the mock ended this connection", self.name)
            self.over = True
        finally:
            self._end()

    async def _converse(self) -> None:
        while self.transport is not None and not self.over:
            line = await self._next_line()
            if line is None:
                return
            self._reset_timeout()
            await self._obey(line)

    def _end_unserved(self, line: str, reply: str, why: str) -> None:
        self._record(Said("CONNECT", line), reply, why)
        if reply:
            self._writer.write(reply.encode() + b"\r\n")
        self.close()

    def _end(self) -> None:
        if not self.over:
            self._note_unanswered()
        if not self.over:
            self._record(Said("CUT", f"during {self.during}"), "", self._cut_for)
        self.close()
        self.tenant.left(self)

    def _note_unanswered(self) -> None:
        """Record the whole lines that came with the end of the connection."""
        if self.during != "a command":
            return
        unread = bytes(self._reader._buffer)  # type: ignore[attr-defined]
        for line in unread.splitlines(keepends=True):
            verb = _verb(line)
            if line.endswith(b"\n") and verb in self._smtp_methods:
                self._record(self._described(line, verb), "", "unanswered")
                self.over = self.over or verb == "QUIT"

    async def _next_line(self) -> bytes | None:
        """The next line, None when the client is gone; too long a one is eaten and refused."""
        eaten = 0
        while True:
            try:
                line = await self._reader.readuntil(b"\n")
            except asyncio.IncompleteReadError:
                return None
            except asyncio.LimitOverrunError as error:
                eaten += len(await self._reader.readexactly(error.consumed))
                if eaten > limits.FLOOD:
                    await self._refuse_long(eaten, "421 4.7.0 Line too long, goodbye")
                    return None
                continue
            if not eaten:
                return line
            await self._refuse_long(eaten + len(line), "500 5.5.2 Line too long")
            eaten = 0

    async def _refuse_long(self, size: int, reply: str) -> None:
        # Its text is not shown: nobody knows what a line of that length holds.
        self._said = Said("UNKNOWN", f"({size} octets)")
        await self.refuse("line-too-long", reply)

    async def push(self, status: str | bytes) -> None:
        """Send one whole reply; first record it, with the line that it answers."""
        reply = status if isinstance(status, str) else status.decode("ascii", "replace")
        if self._said is not None:
            why = self._why
            if not why and reply[:1] in "45":
                why = _REASONS.get(reply[:3], "refused")
            said, self._said, self._why = self._said, None, ""
            self._record(said, reply, why)
        if reply.startswith(("221", "421")):
            self.over = True
        self._writer.write(reply.encode("ascii", "replace") + b"\r\n")
        await self._writer.drain()

    async def refuse(self, why: str, reply: str) -> None:
        """Send a reply that says no; `why` is our word for the reason."""
        self._why = why
        await self.push(reply)

    def hear(self, said: Said) -> None:
        """Take a line that is no command of its own; the next reply answers it."""
        self._said = said

    def drop(self, why: str) -> None:
        """End the connection instead of answering the line that was heard."""
        if self._said is not None:
            self._record(self._said, "", why)
            self._said = None
        self.close()

    def _record(self, said: Said, reply: str, why: str) -> None:
        self.n += 1
        self.tenant.note_command(self, said, reply, why)

    def _described(self, line: bytes, verb: str) -> Said:
        text = line.rstrip(b"\r\n").decode("ascii", "backslashreplace")
        if self._blind_after and verb not in self._smtp_methods:
            return lines.blind_secret(self._blind_after, text)
        return lines.described(verb, text)

    async def _obey(self, line: bytes) -> None:
        verb = _verb(line)
        self._said = self._described(line, verb)
        argument = line[len(verb) :].strip().decode("ascii", "replace")
        try:
            self._check_door(line, verb)
            self._blind_after = ""
            await self._smtp_methods[verb](argument or None)
        except Refusal as refusal:
            if verb == "AUTH":
                self._blind_after = argument.partition(" ")[0].upper()
            await self.refuse(refusal.why, refusal.reply)

    def _check_door(self, line: bytes, verb: str) -> None:
        """Refuse what no command gets past, whatever it is."""
        if not line.endswith(b"\r\n"):  # [RFC 5321 §2.3.8]
            raise Refusal("bare-lf", "500 5.5.2 A line ends with CR LF")
        if not line.isascii():
            raise Refusal("not-ascii", "500 5.5.2 A command is in ASCII")
        if len(line) > limits.LONGER_LINES.get(verb, limits.LINE):
            raise Refusal("line-too-long", "500 5.5.2 Line too long")
        known = verb in self._smtp_methods
        counted = verb if known else "UNKNOWN"
        calls = self._calls[counted] = self._calls.get(counted, 0) + 1
        if not known and calls >= limits.UNKNOWN_COMMANDS:
            raise Refusal("unknown-command", "421 4.7.0 Too many unknown commands, goodbye")
        if not known:
            raise Refusal("unknown-command", "500 5.5.1 Command not recognized")
        if calls > limits.CALLS.get(verb, limits.CALLS_OF_OTHERS):
            raise Refusal("too-many-commands", f"421 4.7.0 {verb} sent too many times, goodbye")
        if not self.tls and verb not in BEFORE_TLS:
            raise Refusal("tls-required", "530 5.7.0 Must issue a STARTTLS command first")


def _verb(line: bytes) -> str:
    return line.partition(b" ")[0].rstrip(b"\r\n").decode("ascii", "replace").upper()
