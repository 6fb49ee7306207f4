"""Whether this machine can listen as `[stage]` says: its addresses, free ports, known names."""

import socket
from ipaddress import ip_address

from conformance.errors import NotReady
from conformance.locale import _
from conformance.locale.system import reason_of
from conformance.plan.listening import Listening, ListeningKeys


def require_here(listening: Listening) -> None:
    """Raises `NotReady` when this machine cannot listen there: address, name or port."""
    address = ip_address(listening.listen)
    if not (address.is_loopback or address.is_unspecified):
        known = own_addresses()
        if address not in map(ip_address, known):
            said = _("{address} is no address of this machine, which has {known}")
            raise NotReady(said.format(address=address, known=", ".join(sorted(known))))
    for port in listening.ports.values():
        _require_port(listening.listen, port)


def require_for_run(stage: ListeningKeys, workers: int) -> None:
    """Raises `NotReady` when a run cannot listen as `[stage]` says: told before anything starts."""
    listening = Listening.of(stage)
    for key in listening.ports:
        if workers > 1:
            said = _(
                "--jobs {count}: only one worker can have the port of {key}, expected --jobs 1"
            )
            raise NotReady(said.format(count=workers, key=f"stage.{key}"))
    require_here(listening)
    _require_name(listening)


def _require_name(listening: Listening) -> None:
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


def _require_port(address: str, port: int) -> None:
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
