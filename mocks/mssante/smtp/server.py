"""The submission listeners of the mock MSSanté operator, one for each tenant."""

import asyncio
import socket
import ssl
import weakref
from collections.abc import Mapping, Sequence
from itertools import count

from common.networks import AllowList, is_loopback
from common.recording import Blob, Recorder
from mocks.mssante.smtp import limits
from mocks.mssante.smtp.limits import Connection
from mocks.mssante.smtp.lines import Said
from mocks.mssante.smtp.submission import Submission
from mocks.mssante.smtp.syntax import Path, Refusal, message_id
from mocks.mssante.store import StoreFull
from mocks.mssante.tenant import MailTenant, MailTenantConfig
from mocks.pki.authority import ServerCertificate

_NOT_SERVED = {
    "unknown-mailbox": "550 5.1.1 No such mailbox here",
    "outside-trust-list": "554 5.7.1 Domain is not in the trust list",
}


class SubmissionFace:
    """Where mails of one tenant are handed in: what a connection asks (`limits.Operator`)."""

    name = "smtp"

    def __init__(self, tenant: MailTenant, certificate: ServerCertificate) -> None:
        self._tenant = tenant
        self.faults = tenant.faults
        self.size_limit = tenant.size_limit
        self.host_name = f"smtp.{tenant.config.domain}"
        self.host, self.port = "", 0
        self._names = count(1)
        self._connections: set[Connection] = set()
        self._wanted: weakref.WeakKeyDictionary[ssl.SSLObject, str] = weakref.WeakKeyDictionary()
        self.server_tls = certificate.server_context()
        self.server_tls.sni_callback = self._note_wanted

    async def listen(self, listener: socket.socket) -> None:
        """Serve on a bound socket, in the running loop."""
        loop = self._loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Submission(self, loop), sock=listener)
        self.host, self.port = listener.getsockname()[:2]

    async def close(self) -> None:
        """End the listener and every connection."""
        self._server.close()
        self.hang_up()
        await self._server.wait_closed()

    def hang_up(self) -> None:
        """End every connection; the listener stays."""
        for connection in [*self._connections]:
            connection.close()

    def lets_in(self, peer: str) -> bool:
        """Whether a client at that address is served; another is hung up on before any greeting."""
        return self._tenant.lets_in(peer)

    def joined(self, connection: Connection) -> str | None:
        """Name a new connection; None when there are too many."""
        self._connections.add(connection)
        if len(self._connections) > limits.CONNECTIONS:
            return None
        return f"smtp-{self._tenant.config.name}-{next(self._names)}"

    def left(self, connection: Connection) -> None:
        """The connection is over."""
        self._connections.discard(connection)

    def why_not_signed_in(self, user: str, token: str) -> str | None:
        """None when `token` opens mailbox `user`, else our word for the reason."""
        return self._tenant.why_not_signed_in(user, token)

    def check_recipient(self, address: str, *, first: bool) -> None:
        """Raise `Refusal` for a recipient that is not served."""
        named = self.faults.value_of("smtp.recipient-refused")
        aimed = first if named is None else address.lower() == str(named).lower()
        if aimed and self.faults.strikes("smtp.recipient-refused"):
            raise Refusal("fault:smtp.recipient-refused", "550 5.1.1 Recipient refused")
        if why := self._tenant.why_not_served(address):
            raise Refusal(why, _NOT_SERVED[why])

    def take(self, connection: Connection, octets: bytes) -> None:
        """Keep a mail and record it. Raises `Refusal` when the store is full."""
        assert connection.sender is not None
        to = [path.address for path in connection.recipients]
        try:
            self._tenant.store.deliver(octets, to, connection.sender.address)
        except StoreFull as full:
            raise Refusal("store-full", f"452 4.3.1 {full}") from full
        data = {
            "connection": connection.name,
            "via": "smtp",
            "mailbox": connection.mailbox,
            "envelope": _envelope(connection.sender, connection.recipients),
            "size": len(octets),
            "message_id": message_id(octets),
        }
        blob = Blob("message.eml", "message/rfc822", octets)
        self._tenant.record("mail.accepted", data, (blob,))

    def note_command(self, connection: Connection, said: Said, reply: str, why: str) -> None:
        """Record one line and its reply."""
        self._tenant.record(
            "smtp.command",
            {
                "connection": connection.name,
                "n": connection.n,
                "tls": connection.tls,
                "verb": said.verb,
                "line": said.line,
                "reply": reply,
                "auth": said.auth if self._tenant.config.tokens else _unverified(said.auth),
                "refused_for": why or None,
            },
        )

    def note_handshake(self, connection: Connection, alert: str | None) -> None:
        """Record how the upgrade to TLS ended; `peer` is the connection's name."""
        tls = connection.ssl_object if alert is None else None
        self._tenant.record(
            "tls.handshake",
            {
                "ok": alert is None,
                "version": tls.version() if tls else None,
                "suite": cipher[0] if tls and (cipher := tls.cipher()) else None,
                "sni": self._wanted.get(tls) if tls else None,
                "client_certificate": None,
                "server_variant": "default",
                "alert": alert,
                "peer": connection.name,
            },
        )

    def _note_wanted(self, tls: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        if name is not None:
            self._wanted[tls] = name


class SmtpMock:
    """Every tenant's submission listener, in the caller's loop.

    `start` takes the first port at once (0: any free one), so that a port in use is reported early;
    the first tenant opened listens there, each later one on a free port of its own. `allow` are the
    networks let in (CIDR; none given: everybody). Raises `ValueError` when one cannot be read.
    """

    def __init__(
        self, recorder: Recorder, certificate: ServerCertificate, allow: Sequence[str] = ()
    ) -> None:
        self._recorder = recorder
        self._certificate = certificate
        self._allowed = AllowList.of(allow)
        self._tenants: dict[str, MailTenant] = {}
        self._first: socket.socket | None = None
        self._host = "127.0.0.1"

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Take the first port.

        Raises `OSError` naming it when it is in use, `ValueError` beyond loopback without the
        networks allowed (TLS is always asked for, by STARTTLS).
        """
        if not (is_loopback(host) or self._allowed.networks):
            raise ValueError(f"mock MSSanté on {host}: beyond loopback it needs networks allowed")
        self._host = host
        self._first = _bound(host, port)

    async def open_tenant(self, config: MailTenantConfig) -> MailTenant:
        """Open a tenant and serve it. Raises `ValueError` for a name that is open already."""
        if config.name in self._tenants:
            raise ValueError(f"mail tenant {config.name!r} is open already")
        listener, self._first = self._first or _bound(self._host, 0), None
        tenant = MailTenant(config, self._recorder, self._allowed)
        face = SubmissionFace(tenant, self._certificate)
        await face.listen(listener)
        tenant.add(face)
        self._tenants[config.name] = tenant
        return tenant

    async def close_tenant(self, name: str) -> None:
        """End one tenant. Raises `KeyError` if it is not open."""
        await self._tenants.pop(name).close()

    async def stop(self) -> None:
        """End everything."""
        if self._first is not None:
            self._first.close()
            self._first = None
        for name in [*self._tenants]:
            await self.close_tenant(name)


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    if not hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # on Windows SO_REUSEADDR would share the port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise OSError(error.errno, f"SMTP port {port} on {host}: {error.strerror}") from error
    return listener


def _unverified(auth: Mapping[str, object] | None) -> Mapping[str, object] | None:
    return {**auth, "verified": False} if auth else auth


def _envelope(sender: Path, recipients: list[Path]) -> dict[str, object]:
    envelope: dict[str, object] = {"from": sender.address}
    for key in ("RET", "ENVID"):
        if key in sender.parameters:
            envelope[key.lower()] = sender.parameters[key]
    envelope["to"] = [
        {
            "address": path.address,
            "notify": path.parameters.get("NOTIFY"),
            "orcpt": path.parameters.get("ORCPT"),
        }
        for path in recipients
    ]
    return envelope
