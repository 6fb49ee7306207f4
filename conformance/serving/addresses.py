"""Where everything is: what a product is told of the mocks that were stood up for it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from ipaddress import ip_address
from typing import Any

from conformance.stage.services.registration import ClientRegistration
from conformance.stage.services.surroundings import Mocks

SCOPE = "openid scope_all"
"""What a product asks of Pro Santé Connect [IG-REST request]."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of one bench and the client registered there; nothing of it is a secret.

    `allow` are the networks let in, beside the machine of the bench; `machine` is its address;
    `ports` are those of the mocks, by their key in `[stage]`.
    """

    issuer: str
    discovery: str
    authorization: str
    phone: str
    control: str
    host: str
    machine: str
    ports: Mapping[str, int]
    domain: str
    patient_domain: str
    client: ClientRegistration
    allow: tuple[str, ...]
    lifetimes: str

    @property
    def smtp(self) -> str:
        """Host and port of the submission server."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.ports['smtp_port']}"

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
        ports = told.pop("ports")
        return {**told, **ports, "smtp": self.smtp, "scope": SCOPE}


def addresses_of(mocks: Mocks, client: ClientRegistration) -> Addresses:
    """Those of mocks that are up, in whose tenant `client` is registered."""
    listening, tenant = mocks.host.listening, mocks.psc.tenant
    return Addresses(
        issuer=tenant.issuer,
        discovery=tenant.discovery_url,
        authorization=tenant.wallet_url,
        phone=tenant.phone_url,
        control=f"{tenant.base_url}/control/tenants",
        host=listening.name,
        machine=listening.listen,
        ports={f"{name}_port": port for name, port in mocks.describe()["ports"].items()},
        domain=mocks.mssante.domain,
        patient_domain=mocks.mssante.patient_domain,
        client=client,
        allow=tuple(listening.allow),
        lifetimes=tenant.lifetimes.name,
    )
