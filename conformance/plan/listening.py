"""What `[stage]` says about listening, and whether that makes sense.

Loopback by default. Beyond it TLS, an allow-list and a token are needed, always: what is asked for
is checked before anything starts.
"""

import re
import socket
from collections.abc import Callable, Iterator
from ipaddress import ip_address, ip_network
from typing import Annotated

from pydantic import BeforeValidator, Field

from conformance.locale import _, phrase
from conformance.plan.table import Port, Table, Words, one_or_several

LOOPBACK = "127.0.0.1"
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")


class ListeningKeys(Table):
    """The keys of `[stage]` that say where the mocks listen and whom they let in.

    `listen` is an address of this machine; beyond loopback `allow` lists the addresses let in
    (CIDR). `host` is how URLs call this machine. A key that ends in `_port` is the port of one
    protocol face, with its name for people; 0 is any free one.
    """

    listen: Words = LOOPBACK
    host: Words | None = None
    allow: Annotated[list[Words], BeforeValidator(one_or_several)] = Field(default_factory=list)
    psc_port: Port = Field(default=0, description="Pro Santé Connect")
    smtp_port: Port = Field(default=0, description="Mail submission")


def port_keys() -> dict[str, str]:
    """The keys that are ports, each with what listens there."""
    fields = ListeningKeys.model_fields.items()
    return {key: field.description or "" for key, field in fields if key.endswith("_port")}


class Listening(ListeningKeys):
    """Where to listen: `listen` as an address, and what follows from the keys."""

    @classmethod
    def of(cls, keys: ListeningKeys) -> "Listening":
        """What `[stage]` of `banc.toml` says."""
        given = {name: getattr(keys, name) for name in ListeningKeys.model_fields}
        if keys.listen == "localhost":
            given["listen"] = LOOPBACK
        return cls.model_validate(given)

    @property
    def ports(self) -> dict[str, int]:
        """The ports asked for, by key; those left free are not among them."""
        return {key: port for key in port_keys() if (port := getattr(self, key))}

    @property
    def beyond_loopback(self) -> bool:
        """Whether other machines may come."""
        return not ip_address(self.listen).is_loopback

    @property
    def lasting(self) -> bool:
        """Whether a product that nobody here starts may know these addresses: its secret lasts."""
        return self.beyond_loopback or bool(self.ports)

    @property
    def name(self) -> str:
        """How URLs call this machine."""
        return self.host or ("localhost" if self.listen == LOOPBACK else self.listen)

    @property
    def certificate_names(self) -> list[str]:
        """Every name under which the mocks are to be believed; the one of the URLs first."""
        own = () if ip_address(self.listen).is_unspecified else (self.listen,)
        return [*dict.fromkeys((self.name, *own, "localhost", LOOPBACK))]

    @property
    def admitted(self) -> tuple[str, ...]:
        """The networks let in, and this machine as it comes to itself; none on loopback.

        On every address that is whatever the name in the URLs stands for.
        """
        if not self.beyond_loopback:
            return ()
        every = ip_address(self.listen).is_unspecified
        own = _addresses_of(self.name) if every else {self.listen}
        return (*self.allow, "127.0.0.0/8", "::1/128", *map(_single, sorted(own)))


def problems(asked: ListeningKeys, key: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """What is wrong with what was asked, as (key, sentence); `key` names a key as the user does."""
    listening = Listening.of(asked)
    try:
        address = ip_address(listening.listen)
    except ValueError:
        said = _("{key} {value}: expected an address of this machine, such as {example}")
        example = "127.0.0.1, 192.168.1.20"
        about = {"key": key("listen"), "value": repr(asked.listen), "example": example}
        yield "listen", said.format(**about)
        return
    if listening.host is not None and not _is_name(listening.host):
        said = _("{key} {value}: expected a host name or an address, without scheme or port")
        yield "host", said.format(key=key("host"), value=repr(listening.host))
    elif address.is_unspecified and listening.host is None:
        said = _("{key} {value} is every address: expected {host}, the one that products will use")
        about = {"key": key("listen"), "value": listening.listen, "host": key("host")}
        yield "listen", said.format(**about)
    yield from _shared_ports(listening, key)
    yield from _allow_list(listening, key)


def _addresses_of(name: str) -> set[str]:
    try:
        return {str(found[4][0]).partition("%")[0] for found in socket.getaddrinfo(name, None)}
    except OSError:
        return set()  # not known here: then nobody here comes by that name


def _shared_ports(listening: Listening, key: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    first: dict[int, str] = {}
    for name, port in listening.ports.items():
        if other := first.get(port):
            said = _("{key} {value} is that of {other} too, expected two ports")
            yield name, said.format(key=key(name), value=str(port), other=key(other))
        first.setdefault(port, name)


def _allow_list(listening: Listening, key: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    about = {"key": key("allow"), "listen": f"{key('listen')} {listening.listen}"}
    if listening.beyond_loopback and not listening.allow:
        said = _("{listen} is reached from other machines: expected {key}, the addresses let in")
        yield "listen", said.format(**about)
    if listening.allow and not listening.beyond_loopback:
        said = _("{key} lets other machines in, and {listen} is reached from this one only")
        yield "allow", said.format(**about)
    for text in listening.allow:
        wrong = _not_a_network(text)
        if wrong:
            yield (
                "allow",
                phrase("{key} {value}: {why}", key=key("allow"), value=repr(text), why=wrong),
            )


def _not_a_network(text: str) -> str | None:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return _("expected addresses as CIDR, such as 192.168.1.20/32 or 192.168.1.0/24")
    if not network.prefixlen:
        return _("it lets everybody in, expected the addresses of your desks")
    try:
        ip_network(text)
    except ValueError:
        said = _("the address and the mask disagree, expected {network} or {single}")
        return said.format(network=network, single=_single(text.partition("/")[0]))
    return None


def _is_name(text: str) -> bool:
    try:
        return not ip_address(text).is_unspecified
    except ValueError:
        return len(text) <= 253 and _NAME.fullmatch(text) is not None


def _single(address: str) -> str:
    return f"{address}/{ip_address(address).max_prefixlen}"
