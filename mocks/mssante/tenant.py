"""One isolated world of mail: its mailboxes, owners, trust list, faults and faces."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from common.networks import AllowList
from common.recording import Blob, Recorder
from mocks.faults import Faults
from mocks.mssante.fault_table import FAULTS
from mocks.mssante.store import MailStore

SIZE_LIMIT = 10_485_760
"""Octets a mail may have: the national operator's 10 MB [MSS-CLIENT size]."""


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
    size_limit: int = SIZE_LIMIT


class Face(Protocol):
    """One protocol by which the mailboxes of a tenant are reached; `name` is that of its port."""

    name: str
    host: str
    port: int

    def hang_up(self) -> None:
        """End every connection; the listener stays."""
        ...

    async def close(self) -> None:
        """End the listener and every connection."""
        ...


class MailTenant:
    """An open tenant: its `store`, `faults` and faces. `source` names the mock in its events."""

    def __init__(
        self, config: MailTenantConfig, recorder: Recorder, allowed: AllowList, source: str = "smtp"
    ) -> None:
        self.config = config
        self.store = MailStore(config.mailboxes)
        self.faults = Faults(FAULTS, recorder, config.name, source)
        self.size_limit = config.size_limit
        self._allowed = allowed
        self._recorder = recorder
        self._source = source
        self._faces: dict[str, Face] = {}
        self._trusted = {domain.lower() for domain in config.trust_list}

    def add(self, face: Face) -> None:
        """Let the mailboxes be reached by a face that listens."""
        self._faces[face.name] = face

    @property
    def host(self) -> str:
        """The address on which mails are submitted."""
        return self._faces["smtp"].host

    @property
    def port(self) -> int:
        """The port on which mails are submitted."""
        return self._faces["smtp"].port

    async def close(self) -> None:
        """End every face."""
        for face in self._faces.values():
            await face.close()

    def reset(self) -> None:
        """Empty the mailboxes, disarm the faults, end the connections. Call it in the loop."""
        self.faults.clear()
        self.store.clear()
        for face in self._faces.values():
            face.hang_up()

    def describe(self) -> dict[str, object]:
        """This tenant's share of `tenant.opened`."""
        return {
            "name": self.config.name,
            "hosts": {name: face.host for name, face in self._faces.items()},
            "ports": {name: face.port for name, face in self._faces.items()},
            "mailboxes": [
                {"address": address, "owner": owner}
                for address, owner in self.config.mailboxes.items()
            ],
            "domain": self.config.domain,
            "patient_domain": self.config.patient_domain,
            "trust_list": list(self.config.trust_list),
            "size_limit": self.size_limit,
        }

    def lets_in(self, peer: str) -> bool:
        """Whether a client at that address is served; another is hung up on before any greeting."""
        return self._allowed.lets_in(peer)

    def why_not_signed_in(self, user: str, token: str) -> str | None:
        """None when `token` opens mailbox `user`, else our word for the reason."""
        grant = self.config.tokens(token) if self.config.tokens else None
        if grant is None and self.config.tokens:
            return "token-not-good"
        if not self.store.knows(user):
            return "unknown-mailbox"
        theirs = grant is None or self.store.owner(user) == grant.national_id
        return None if theirs else "not-their-mailbox"

    def why_not_served(self, address: str) -> str | None:
        """None when mail for `address` is taken, else `unknown-mailbox` or `outside-trust-list`."""
        domain = address.rpartition("@")[2].lower()
        if domain == self.config.domain.lower():
            return None if self.store.knows(address) else "unknown-mailbox"
        served = domain == self.config.patient_domain.lower() or domain in self._trusted
        return None if served else "outside-trust-list"

    def record(self, kind: str, data: Mapping[str, object], blobs: tuple[Blob, ...] = ()) -> None:
        """Record an event of this tenant."""
        name = self.config.name
        self._recorder.record(kind, data, source=self._source, tenant=name, blobs=blobs)
