"""The commands of submission as an MSSanté operator would take them [MSS-REF2].

AUTH knows XOAUTH2 only [XOAUTH2-PROTOCOL], and only under TLS. MAIL, RCPT and DATA are ours rather
than aiosmtpd's, which refuses DSN parameters, changes the case of others, and is slow at parsing
addresses.
"""

import asyncio
import base64

from aiosmtpd.smtp import TLSSetupException, syntax

from mocks.mssante.smtp import limits
from mocks.mssante.smtp.connection import SmtpConnection
from mocks.mssante.smtp.lines import Said, sasl_response
from mocks.mssante.smtp.syntax import (
    MAIL_PARAMETERS,
    RCPT_PARAMETERS,
    Refusal,
    read_path,
    read_xoauth2,
)

REFUSED_TOKEN = b'{"status":"401","schemes":"bearer","scope":"mail"}'
_LINE_END = b"\r\n"
_LAST_LINE = b".\r\n"
_END = _LINE_END + _LAST_LINE


class Submission(SmtpConnection):
    """One connection on which mails are handed in."""

    _refused_sign_ins = 0

    @syntax("EHLO hostname")
    async def smtp_EHLO(self, hostname: str | None) -> None:  # noqa: N802 -- aiosmtpd's names
        """Say what is served; AUTH is not among it before TLS."""
        if not hostname:
            raise Refusal("syntax", "501 5.5.4 Syntax: EHLO hostname")
        assert self.session is not None
        self._set_rset_state()
        self.session.extended_smtp = True
        self.session.host_name = hostname
        served = [
            self.hostname,
            f"SIZE {self.tenant.size_limit}",
            "8BITMIME",
            "DSN",
            "ENHANCEDSTATUSCODES",
            "AUTH XOAUTH2" if self.tls else "STARTTLS",
        ]
        await self.push("\r\n".join([*(f"250-{line}" for line in served), "250 HELP"]))

    @syntax("STARTTLS", when="tls_context")
    async def smtp_STARTTLS(self, arg: str | None) -> None:  # noqa: N802
        """Upgrade; how it ended is recorded as `tls.handshake`."""
        if self.tls:
            raise Refusal("sequence", "503 5.5.1 TLS is on already")
        if arg:
            raise Refusal("syntax", "501 5.5.4 Syntax: STARTTLS")
        self.during = "the TLS handshake"
        try:
            await super().smtp_STARTTLS("")
        except TLSSetupException as error:
            cause = error.__cause__
            self.tenant.note_handshake(self, getattr(cause, "reason", None) or repr(cause))
            self.close()
            raise
        assert self.session is not None
        if self.session.ssl is None:
            raise ConnectionResetError("the client left during the handshake")
        self.tenant.note_handshake(self, None)
        self.during = "a command"

    @syntax("AUTH XOAUTH2 [initial-response]")
    async def smtp_AUTH(self, arg: str | None) -> None:  # noqa: N802
        """Sign in with a PSC access token, with or without an initial response [RFC 4954 §4]."""
        assert self.session is not None
        mechanism, _, response = (arg or "").partition(" ")
        if not self.session.extended_smtp:
            raise Refusal("sequence", "503 5.5.1 Send EHLO first")
        if self.mailbox is not None:
            raise Refusal("sequence", "503 5.5.1 Signed in already")
        if mechanism.upper() != "XOAUTH2":
            raise Refusal("mechanism", "504 5.5.4 Mechanism not served: XOAUTH2 only")
        if not response:
            response = await self._asked_for()
        if response == "*":
            raise Refusal("cancelled", "501 5.7.0 Sign-in cancelled")
        await self._sign_in(response)

    async def _asked_for(self) -> str:
        await self.push("334 ")
        self.during = "AUTH"
        line = await self._next_line()
        if line is None:
            raise ConnectionResetError("the client left during AUTH")
        self.during = "a command"
        response = line.rstrip(_LINE_END).decode("ascii", "backslashreplace")
        self.hear(sasl_response("XOAUTH2", response))
        if len(line) > limits.LONGER_LINES["AUTH"]:
            raise Refusal("line-too-long", "500 5.5.6 SASL response too long")
        return response

    async def _sign_in(self, response: str) -> None:
        read = read_xoauth2(response)
        if not read.whole or read.user is None or read.token is None:
            raise self._not_signed_in("malformed", "501 5.5.2 Not an XOAUTH2 response in base64")
        why = self.tenant.why_not_signed_in(read.user, read.token)
        if why is not None:
            raise self._not_signed_in(why, "535 5.7.8 Authentication credentials invalid")
        if self.tenant.faults.strikes("smtp.auth-refused"):
            challenge = base64.b64encode(REFUSED_TOKEN).decode()
            await self.refuse("fault:smtp.auth-refused", f"334 {challenge}")
            self.close()
            return
        self.mailbox = read.user
        await self.push("235 2.7.0 Signed in")

    def _not_signed_in(self, why: str, reply: str) -> Refusal:
        self._refused_sign_ins += 1
        if self._refused_sign_ins >= limits.REFUSED_SIGN_INS:
            return Refusal(why, "421 4.7.0 Too many refused sign-ins, goodbye")
        return Refusal(why, reply)

    @syntax("MAIL FROM:<address>", extended=" [SIZE= BODY= RET= ENVID=]")
    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        """Begin a mail. Its sender is the mailbox that signed in, or `<>` (an MDN) [RFC 8098 §3].

        Another sender is refused with 553, as strict operators do, so that no product rehearses
        with what the real service would not take.
        """
        if self.mailbox is None:
            raise Refusal("auth-required", "530 5.7.0 Authentication required")
        if self.sender is not None:
            raise Refusal("sequence", "503 5.5.1 A mail is under way already")
        path = read_path(arg or "", "FROM:", MAIL_PARAMETERS)
        if path.address and path.address.lower() != self.mailbox.lower():
            raise Refusal("sender-not-mailbox", "553 5.7.1 Sender is not the mailbox signed in")
        if int(path.parameters.get("SIZE", "0")) > self.tenant.size_limit:
            raise Refusal("too-large", f"552 5.3.4 Over {self.tenant.size_limit} octets")
        self.sender = path
        await self.push("250 2.1.0 Sender taken")

    @syntax("RCPT TO:<address>", extended=" [NOTIFY= ORCPT=]")
    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        """Add a recipient: of the tenant's domain, patients, or the trust list [MSS-WHITELIST]."""
        if self.sender is None:
            raise Refusal("sequence", "503 5.5.1 Send MAIL first")
        path = read_path(arg or "", "TO:", RCPT_PARAMETERS)
        if not path.address:
            raise Refusal("syntax", "501 5.1.3 A recipient has an address")
        if len(self.recipients) >= limits.RECIPIENTS:
            raise Refusal("too-many-recipients", "452 4.5.3 Too many recipients")
        self.tried_recipients += 1
        self.tenant.check_recipient(path.address, first=self.tried_recipients == 1)
        self.recipients.append(path)
        await self.push("250 2.1.5 Recipient taken")

    @syntax("DATA")
    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802
        """Take the mail, byte for byte, or nothing of it."""
        if arg:
            raise Refusal("syntax", "501 5.5.4 Syntax: DATA")
        if not self.recipients:
            raise Refusal("sequence", "503 5.5.1 Send RCPT first")
        await self.push("354 End with CR LF . CR LF")
        try:
            octets = await self._mail()
            self.hear(Said(".", "."))
            if self.tenant.faults.strikes("smtp.drop-after-data"):
                self.drop("fault:smtp.drop-after-data")
                return
            self.tenant.take(self, _checked(octets, self.tenant.size_limit))
        finally:
            self._set_rset_state()
        await self.push("250 2.0.0 Mail taken")

    async def _mail(self) -> bytearray | None:
        """The octets of a mail, dots still doubled; None when over the limit."""
        octets: bytearray | None = bytearray()
        tail, size = b"", 0
        while not (tail == _END or (size == len(_LAST_LINE) and tail == _LAST_LINE)):
            self.during = f"DATA, after {size} octets"
            try:
                piece = await self._reader.readuntil(_LAST_LINE)
            except asyncio.LimitOverrunError as error:
                piece = await self._reader.readexactly(error.consumed)
            except asyncio.IncompleteReadError as error:
                self.during = f"DATA, after {size + len(error.partial)} octets"
                raise ConnectionResetError(f"the client left during {self.during}") from error
            size += len(piece)
            tail = (tail + piece[-len(_END) :])[-len(_END) :]
            # Dots still doubled and the last line weigh a little: the true size is checked later.
            if octets is not None and size > 2 * self.tenant.size_limit + len(_END):
                octets = None
            elif octets is not None:
                octets += piece
        self.during = "a command"
        return octets


def _checked(octets: bytearray | None, limit: int) -> bytes:
    """The mail as it was before its dots were doubled [RFC 5321 §4.5.2]. Raises `Refusal`."""
    if octets is None:
        raise Refusal("too-large", f"552 5.3.4 Over {limit} octets")
    mail = bytes((b"\r\n" + octets[: -len(_LAST_LINE)]).replace(b"\r\n.", b"\r\n")[2:])
    if len(mail) > limit:
        raise Refusal("too-large", f"552 5.3.4 Over {limit} octets")
    if max(map(len, mail.split(b"\r\n"))) > limits.TEXT_LINE:
        raise Refusal("text-line-too-long", f"554 5.6.0 A line is over {limits.TEXT_LINE} octets")
    return mail
