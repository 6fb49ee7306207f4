"""The mock MSSanté operator: for each tenant a submission listener and one store of mailboxes."""

import asyncio
import socket
import ssl
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from common.networks import AllowList, is_loopback
from common.recording import Blob, Recorder
from mocks.faults import Faults
from mocks.mssante import operator
from mocks.mssante.fault_table import FAULTS
from mocks.mssante.lines import Said
from mocks.mssante.store import MailStore, StoreFull
from mocks.mssante.submission import Submission
from mocks.mssante.syntax import Path, Refusal, message_id
from mocks.pki.authority import ServerCertificate


class AccessGrant(Protocol):
    """What a provider says of a good access token: whose it is (national identifier)."""

    @property
    def national_id(self) -> str:
        """`8` + RPPS, 12 digits."""
        ...


TokenCheck = Callable[[str], AccessGrant | None]
"""Gives None for a token that is unknown, expired or revoked."""


@dataclass(frozen=True, slots=True)
class MailTenantConfig:
    """One isolated world of mail.

    `mailboxes` are those of `domain`, each with the national identifier of its owner (None: nobody
    signs in to it). Recipients may be in `domain` (known mailboxes only), in `patient_domain`, or
    in another domain of `trust_list`; `size_limit` in octets. Without `tokens` they are those of a
    provider that cannot be asked here: any opens a known mailbox, recorded as `verified: false`.
    """

    name: str
    domain: str
    patient_domain: str
    mailboxes: Mapping[str, str | None]
    trust_list: tuple[str, ...]
    tokens: TokenCheck | None
    size_limit: int = operator.SIZE_LIMIT


class MailTenant:
    """An open tenant: its `port`, its `store` and its `faults`."""

    def __init__(
        self,
        config: MailTenantConfig,
        recorder: Recorder,
        certificate: ServerCertificate,
        allowed: AllowList,
    ) -> None:
        self.config = config
        self._allowed = allowed
        self.store = MailStore(config.mailboxes)
        self.faults = Faults(FAULTS, recorder, config.name, "smtp")
        self.size_limit = config.size_limit
        self.host_name = f"smtp.{config.domain}"
        self.host, self.port = "", 0
        self._recorder = recorder
        self._names = count(1)
        self._connections: set[Submission] = set()
        self._trusted = {domain.lower() for domain in config.trust_list}
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
        self._hang_up()
        await self._server.wait_closed()

    def reset(self) -> None:
        """Empty the mailboxes, disarm the faults, end the connections. Call it in the loop."""
        self.faults.clear()
        self.store.clear()
        self._hang_up()

    def _hang_up(self) -> None:
        for connection in [*self._connections]:
            connection.close()

    def describe(self) -> dict[str, object]:
        """This tenant's share of `tenant.opened`."""
        return {
            "name": self.config.name,
            "hosts": {"smtp": self.host},
            "ports": {"smtp": self.port},
            "mailboxes": [
                {"address": address, "owner": owner}
                for address, owner in self.config.mailboxes.items()
            ],
            "domain": self.config.domain,
            "patient_domain": self.config.patient_domain,
            "trust_list": list(self.config.trust_list),
            "size_limit": self.size_limit,
        }

    # What a connection asks (mocks.mssante.operator.Operator)

    def lets_in(self, peer: str) -> bool:
        """Whether a client at that address is served; another is hung up on before any greeting."""
        return self._allowed.lets_in(peer)

    def joined(self, connection: Submission) -> str | None:
        """Name a new connection; None when there are too many."""
        self._connections.add(connection)
        if len(self._connections) > operator.CONNECTIONS:
            return None
        return f"smtp-{self.config.name}-{next(self._names)}"

    def left(self, connection: Submission) -> None:
        """The connection is over."""
        self._connections.discard(connection)

    def why_not_signed_in(self, user: str, token: str) -> str | None:
        """None when `token` opens mailbox `user`, else our word for the reason."""
        grant = self.config.tokens(token) if self.config.tokens else None
        if grant is None and self.config.tokens:
            return "token-not-good"
        if not self.store.knows(user):
            return "unknown-mailbox"
        theirs = grant is None or self.store.owner(user) == grant.national_id
        return None if theirs else "not-their-mailbox"

    def check_recipient(self, address: str, *, first: bool) -> None:
        """Raise `Refusal` for a recipient that is not served."""
        named = self.faults.value_of("smtp.recipient-refused")
        aimed = first if named is None else address.lower() == str(named).lower()
        if aimed and self.faults.strikes("smtp.recipient-refused"):
            raise Refusal("fault:smtp.recipient-refused", "550 5.1.1 Recipient refused")
        domain = address.rpartition("@")[2].lower()
        if domain == self.config.domain.lower():
            if not self.store.knows(address):
                raise Refusal("unknown-mailbox", "550 5.1.1 No such mailbox here")
        elif domain != self.config.patient_domain.lower() and domain not in self._trusted:
            raise Refusal("outside-trust-list", "554 5.7.1 Domain is not in the trust list")

    def take(self, connection: Submission, octets: bytes) -> None:
        """Keep a mail and record it. Raises `Refusal` when the store is full."""
        assert connection.sender is not None
        to = [path.address for path in connection.recipients]
        try:
            self.store.deliver(octets, to, connection.sender.address)
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
        self._tell("mail.accepted", data, (blob,))

    def note_command(self, connection: Submission, said: Said, reply: str, why: str) -> None:
        """Record one line and its reply."""
        self._tell(
            "smtp.command",
            {
                "connection": connection.name,
                "n": connection.n,
                "tls": connection.tls,
                "verb": said.verb,
                "line": said.line,
                "reply": reply,
                "auth": said.auth if self.config.tokens else _unverified(said.auth),
                "refused_for": why or None,
            },
        )

    def note_handshake(self, connection: Submission, alert: str | None) -> None:
        """Record how the upgrade to TLS ended; `peer` is the connection's name."""
        session = connection.session
        tls = session.ssl["ssl_object"] if alert is None and session and session.ssl else None
        self._tell(
            "tls.handshake",
            {
                "ok": alert is None,
                "version": tls.version() if tls else None,
                "suite": tls.cipher()[0] if tls else None,
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

    def _tell(self, kind: str, data: Mapping[str, object], blobs: tuple[Blob, ...] = ()) -> None:
        self._recorder.record(kind, data, source="smtp", tenant=self.config.name, blobs=blobs)


class SmtpMock:
    """Every tenant's submission listener, in the caller's loop.

    `start` takes the first port at once (0: any free one), so that a port in use is told early; the
    first tenant opened listens there, each later one on a free port of its own. `allow` are the
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
        tenant = MailTenant(config, self._recorder, self._certificate, self._allowed)
        await tenant.listen(listener)
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
