"""Who may reach a mock beyond this machine: one allow-list of addresses for all its listeners."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network


@dataclass(frozen=True, slots=True)
class AllowList:
    """The networks let in; none: everybody, which is right on loopback only."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def of(cls, networks: Iterable[str]) -> "AllowList":
        """Read CIDR texts. Raises `ValueError` naming one that is none."""
        return cls(tuple(ip_network(text) for text in networks))

    def lets_in(self, peer: str) -> bool:
        """Whether the address `peer` is in one of the networks; a peer without address is not."""
        if not self.networks:
            return True
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped  # an IPv4 client of a listener that takes both
        return any(address in network for network in self.networks)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches `host`. Raises `ValueError` when it is no address."""
    return host == "localhost" or ip_address(host).is_loopback
