"""Where the mocks of a run listen and whom they let in.

Loopback by default. Beyond it TLS, an allow-list and a token are needed, always: what is asked for
is held to that before anything starts.
"""

import re
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address, ip_network
from typing import Protocol

from conformance.errors import NotReady
from conformance.locale import _, phrase
from conformance.locale.system import reason_of

LOOPBACK = "127.0.0.1"
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")


class StageTable(Protocol):
    """The keys of `[stage]` that say where to listen."""

    @property
    def listen(self) -> str: ...
    @property
    def host(self) -> str | None: ...
    @property
    def allow(self) -> Sequence[str]: ...
    @property
    def psc_port(self) -> int: ...
    @property
    def smtp_port(self) -> int: ...


@dataclass(frozen=True)
class Listening:
    """Address, ports (0: any free one), networks let in (CIDR), `host` in the URLs given out."""

    listen: str = LOOPBACK
    host: str | None = None
    allow: tuple[str, ...] = ()
    psc_port: int = 0
    smtp_port: int = 0

    @classmethod
    def of(cls, stage: StageTable) -> "Listening":
        """What `[stage]` of `banc.toml` says."""
        listen = LOOPBACK if stage.listen == "localhost" else stage.listen
        return cls(listen, stage.host, tuple(stage.allow), stage.psc_port, stage.smtp_port)

    @cached_property
    def beyond_loopback(self) -> bool:
        """Whether other machines may come."""
        return not ip_address(self.listen).is_loopback

    @property
    def lasting(self) -> bool:
        """Whether a product that nobody here starts may know these addresses: its secret lasts."""
        return self.beyond_loopback or bool(self.psc_port or self.smtp_port)

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


def problems(asked: StageTable, key: Callable[[str], str]) -> Iterator[tuple[str, str]]:
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
    if listening.psc_port and listening.psc_port == listening.smtp_port:
        said = _("{key} {value} is that of {other} too, expected two ports")
        about = {"value": str(listening.smtp_port), "other": key("psc_port")}
        yield "smtp_port", said.format(key=key("smtp_port"), **about)
    yield from _allow_list(listening, key)


def hold_here(listening: Listening) -> None:
    """Raises `NotReady` when this machine cannot listen there: address, name or port."""
    address = ip_address(listening.listen)
    if not (address.is_loopback or address.is_unspecified):
        known = own_addresses()
        if address not in map(ip_address, known):
            said = _("{address} is no address of this machine, which has {known}")
            raise NotReady(said.format(address=address, known=", ".join(sorted(known))))
    for port in filter(None, (listening.psc_port, listening.smtp_port)):
        _hold_port(listening.listen, port)


def hold_run(stage: StageTable, workers: int) -> None:
    """Raises `NotReady` when a run cannot listen as `[stage]` says: told before anything starts."""
    listening = Listening.of(stage)
    for key in ("psc_port", "smtp_port"):
        if workers > 1 and getattr(listening, key):
            said = _(
                "--jobs {count}: only one worker can have the port of {key}, expected --jobs 1"
            )
            raise NotReady(said.format(count=workers, key=f"stage.{key}"))
    hold_here(listening)
    _hold_name(listening)


def _hold_name(listening: Listening) -> None:
    """Raises `NotReady` when this machine does not know the name in its own URLs, as a run must."""
    if listening.host is None:
        return
    try:
        socket.getaddrinfo(listening.host, None)
    except OSError as error:
        said = _("{name} is unknown on this machine: expected a line {line} in its hosts file")
        line = repr(f"{listening.listen} {listening.name}")
        raise NotReady(said.format(name=listening.name, line=line)) from error


def machines(listening: Listening) -> tuple[str, ...]:
    """The addresses by which other machines may reach this one there; IPv4 first."""
    if not ip_address(listening.listen).is_unspecified:
        return (listening.listen,)
    found = {address for address in own_addresses() if not ip_address(address).is_loopback}
    return tuple(sorted(found, key=lambda address: (":" in address, address)))


def own_addresses() -> set[str]:
    """The addresses of this machine, without their scope."""
    import psutil

    families = (socket.AF_INET, socket.AF_INET6)
    found = [one for each in psutil.net_if_addrs().values() for one in each]
    return {one.address.partition("%")[0] for one in found if one.family in families}


def _addresses_of(name: str) -> set[str]:
    try:
        return {str(found[4][0]).partition("%")[0] for found in socket.getaddrinfo(name, None)}
    except OSError:
        return set()  # not known here: then nobody here comes by that name


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


def _hold_port(address: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if not hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # on Windows SO_REUSEADDR would share it
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
            probe.listen(1)
        except OSError as error:
            said = _("port {port} of {address} cannot be listened on: {reason}")
            about = {"port": port, "address": address, "reason": reason_of(error)}
            raise NotReady(said.format(**about)) from error


def _is_name(text: str) -> bool:
    try:
        return not ip_address(text).is_unspecified
    except ValueError:
        return len(text) <= 253 and _NAME.fullmatch(text) is not None


def _single(address: str) -> str:
    return f"{address}/{ip_address(address).max_prefixlen}"
