"""The services around a product, and which of them records which kind of event."""

from collections.abc import Mapping
from typing import Any

PSC, MSSANTE = "psc", "mssante"
SERVICES = (PSC, MSSANTE)
WIRE = {
    "http.exchange": PSC,
    "tls.handshake": MSSANTE,
    "smtp.command": MSSANTE,
    "imap.command": MSSANTE,
    "mail.accepted": MSSANTE,
    "directory.query": MSSANTE,
    "dns.query": MSSANTE,
    "crl.fetched": MSSANTE,
}
"""Who records an event of that kind. No mock of PSC records handshakes."""


def service_of_fault(fault: str) -> str:
    """The service whose mock misbehaves in that way."""
    return MSSANTE if fault.partition(".")[0] in ("smtp", "imap") else PSC


def external_services(stage: Mapping[str, Any]) -> frozenset[str]:
    """The services that are external, by what `run.started` keeps of `[stage]`."""
    return frozenset(name for name in SERVICES if stage.get(name) == "external")
