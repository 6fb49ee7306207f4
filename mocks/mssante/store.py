"""The mailboxes of one tenant, shared by every face of the mock: what SMTP takes, IMAP will show.

Octets are kept exactly as they came: no trace header is added to them.
"""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

CAPACITY = 512 * 1024 * 1024
"""Octets that one tenant keeps before it answers that it is full."""


class StoreFull(Exception):
    """The tenant already keeps `CAPACITY` octets."""


@dataclass(frozen=True, slots=True)
class StoredMail:
    """One mail in one mailbox. `uid` counts from 1 in the mailbox; `sender` is its envelope's."""

    mailbox: str
    uid: int
    octets: bytes
    sender: str


class MailStore:
    """Mailboxes by address, in memory; safe to read from any thread.

    `owners` gives the tenant's own mailboxes and, for each, the national identifier of the person
    who may open it (None: nobody signs in to it). Addresses outside it (patients, other domains of
    the trust list) get a mailbox when a first mail comes.
    """

    def __init__(self, owners: Mapping[str, str | None]) -> None:
        self._owners = {_key(address): owner for address, owner in owners.items()}
        self._mails: dict[str, list[StoredMail]] = {}
        self._size = 0
        self._lock = threading.Lock()

    def knows(self, address: str) -> bool:
        """Whether `address` is one of the tenant's own mailboxes."""
        return _key(address) in self._owners

    def owner(self, address: str) -> str | None:
        """The national identifier of the person whose mailbox this is, if anybody's."""
        return self._owners.get(_key(address))

    def deliver(self, octets: bytes, addresses: Iterable[str], sender: str) -> list[StoredMail]:
        """Put one mail in the mailbox of each of `addresses`, once each. Raises `StoreFull`."""
        with self._lock:
            if self._size + len(octets) > CAPACITY:
                raise StoreFull(f"{self._size} octets are kept already, {CAPACITY} at most")
            self._size += len(octets)
            return [
                self._keep(octets, address, sender)
                for address in dict.fromkeys(map(_key, addresses))
            ]

    def _keep(self, octets: bytes, address: str, sender: str) -> StoredMail:
        mails = self._mails.setdefault(address, [])
        mail = StoredMail(address, len(mails) + 1, octets, sender)
        mails.append(mail)
        return mail

    def addresses(self) -> list[str]:
        """Every mailbox, also those made by a mail, in order of address."""
        with self._lock:
            return sorted({*self._owners, *self._mails})

    def list(self, address: str) -> list[StoredMail]:
        """The mails of one mailbox, oldest first; none for a mailbox that never got any."""
        with self._lock:
            return [*self._mails.get(_key(address), ())]

    def octets(self, address: str, uid: int) -> bytes:
        """One mail, byte for byte as it came. Raises `KeyError` if there is no such mail."""
        for mail in self.list(address):
            if mail.uid == uid:
                return mail.octets
        raise KeyError(f"{address} has no mail {uid}")

    def clear(self) -> None:
        """Empty every mailbox; the mailboxes stay."""
        with self._lock:
            self._mails.clear()
            self._size = 0


def _key(address: str) -> str:
    # RFC 5321 leaves the case of a local part to its host; operators of mailboxes ignore it.
    return address.lower()
