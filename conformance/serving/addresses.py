"""Where everything is: what a product is told of the mocks that were stood up for it."""

from dataclasses import asdict, dataclass
from ipaddress import ip_address
from typing import Any

from conformance.stage.services.mocks import ClientRegistration, Services

SCOPE = "openid scope_all"
"""What a product asks of Pro Santé Connect [IG-REST request]."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of one bench and the client registered there; nothing of it is a secret.

    `allow` are the networks let in, beside the machine of the bench; `machine` is its address.
    """

    issuer: str
    discovery: str
    authorization: str
    phone: str
    control: str
    host: str
    machine: str
    psc_port: int
    smtp_port: int
    domain: str
    patient_domain: str
    client: ClientRegistration
    allow: tuple[str, ...]
    lifetimes: str

    @property
    def smtp(self) -> str:
        """Host and port of the submission server."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.smtp_port}"

    @property
    def needs_hosts_line(self) -> bool:
        """Whether the other desk must be told which machine `host` is."""
        try:
            ip_address(self.host)
        except ValueError:
            return self.host != "localhost"
        return False

    def as_json(self) -> dict[str, Any]:
        """One object for a machine."""
        told = asdict(self)
        return {**told, "smtp": self.smtp, "scope": SCOPE}


def addresses_of(services: Services, client: ClientRegistration) -> Addresses:
    """Those of services that are up, in whose tenant `client` is registered."""
    listening, tenant = services.listening, services.tenant
    return Addresses(
        issuer=tenant.issuer,
        discovery=tenant.discovery_url,
        authorization=tenant.wallet_url,
        phone=tenant.phone_url,
        control=f"{tenant.base_url}/control/tenants",
        host=listening.name,
        machine=listening.listen,
        psc_port=services.psc.port,
        smtp_port=services.smtp_port,
        domain=services.domain,
        patient_domain=services.patient_domain,
        client=client,
        allow=tuple(listening.allow),
        lifetimes=tenant.lifetimes.name,
    )
