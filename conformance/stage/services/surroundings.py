"""The services around a product, whoever plays them: mocks here, or test platforms of others.

Each service is lent on its own. Of one that somebody else plays only what `banc.toml` says is
known: nothing is started, armed, shortened or seen there.
"""

import os
import ssl
import tempfile
from pathlib import Path
from typing import Any

from common.identities import PROFESSIONALS, Patient, Professional
from common.recording import Secret
from conformance.errors import NotReady
from conformance.journal import JournalWriter
from conformance.journal.services import MSSANTE, PSC, SERVICES, service_of_fault
from conformance.locale import _
from conformance.plan import Plan
from conformance.plan.listening import Listening
from conformance.stage.person.identities import Identities, service_name
from conformance.stage.services.mocks import (
    DEFAULT_TENANT,
    ClientRegistration,
    Services,
    address_of,
)
from conformance.story import Declaration

_WELL_KNOWN = "/.well-known/"
_UNKNOWN: dict[str, Any] = {
    "name": DEFAULT_TENANT,
    **dict.fromkeys(("issuer", "discovery", "domain", "patient_domain"), ""),
    **{key: [] for key in ("clients", "people", "patients", "mailboxes", "trust_list")},
    **{key: {} for key in ("hosts", "ports", "lifetimes")},
    "interval": 0,
    "profile": "external",
}
"""What is known of a tenant before anybody has said something."""


class BeyondReach(NotReady):
    """The story needs a mock where somebody else plays the service: it is not tested here."""


class World:
    """The services of one worker, with the tenant of its scenarios.

    Raises `NotReady` when what is kept of a desk cannot be read.
    """

    def __init__(self, plan: Plan, writer: JournalWriter, keys: Path) -> None:
        self._plan = plan
        self._writer = writer
        self._registration: ClientRegistration | None = None
        self._roots: Path | None = None
        self.identities = Identities(plan)
        self.outside = plan.stage.outside
        self.mocks: Services | None = None
        self._phone = ""
        if plays := frozenset(SERVICES) - self.outside:
            listening, more = Listening.of(plan.stage), self.identities.mailboxes()
            self.mocks = Services(writer, keys, listening, plays=plays, mailboxes=more)

    def start(self) -> None:
        """Bring up what is played here.

        Raises `OSError` naming a port that is taken, `NotReady` when the secret of the client
        outside is not where `banc.toml` says.
        """
        if secret := secret_outside(self._plan):
            self._writer.label(Secret("client_secret", secret))
        if self.mocks is not None:
            self._writer.label(Secret("client_secret", self.mocks.client_secret))
            self._writer.label(Secret("api_key", self.mocks.desk.control_token))
            self.mocks.start()

    def open_tenant(self, client: ClientRegistration) -> None:
        """Make the tenant in which `client` is registered, where a mock registers clients."""
        self._registration = client
        if self.mocks is not None:
            self.mocks.open_tenant(client)

    def where_the_phone_is(self) -> str:
        """The sentence on the mock's phone page, empty when there is none; the same all the run.

        Beyond loopback its address opens the page once: for a terminal, never for the journal.
        """
        if self.mocks is None or PSC in self.outside:
            return ""
        if not self._phone:
            self._phone = self.mocks.psc.phone_ticket(self.mocks.tenant)
        said = _("Phone page, which also shows the mark for a film made elsewhere: {url}")
        return said.format(url=self._phone)

    def hold(self, declaration: Declaration) -> None:
        """See that the story can be told here, before anything is asked of anybody.

        Raises `BeyondReach` when it needs a mock of what somebody else plays, `NotReady` when it
        needs a mailbox that `[identities]` lacks.
        """
        fault = declaration.fault
        if fault is not None and service_of_fault(fault) in self.outside:
            said = _("a fault needs the mock: {fault} cannot be asked of {service}")
            name = service_name(self._plan, service_of_fault(fault))
            raise BeyondReach(said.format(fault=fault, service=name))
        if declaration.lifetimes == "short" and PSC in self.outside:
            said = _("short lifetimes need the mock: nobody can shorten those of {service}")
            raise BeyondReach(said.format(service=service_name(self._plan, PSC)))
        if declaration.writes and MSSANTE in self.outside:
            for person in PROFESSIONALS[1:]:
                self.address(person)

    def reset(self, lifetimes: str) -> None:
        """Sessions, mailboxes and faults of the mocks go; clients and people stay."""
        if self.mocks is not None:
            self.mocks.reset(lifetimes)

    def arm(self, fault: str, value: Any) -> None:
        """Arm one fault by name, in the mock that knows it; `hold` has seen that there is one."""
        assert self.mocks is not None
        self.mocks.arm(fault, value)

    def settle(self) -> None:
        """Wait until the mocks have answered the exchanges under way, two seconds at most."""
        if self.mocks is not None:
            self.mocks.settle()

    def stop(self) -> None:
        """Take the mocks down."""
        if self._roots is not None:
            self._roots.unlink(missing_ok=True)
            self._roots = None
        if self.mocks is not None:
            self.mocks.stop()

    @property
    def authorities_outside(self) -> Path | None:
        """The file of `[stage.external] ca_file`: whom else browsers and the bench must trust."""
        named = self._plan.stage.external.ca_file if self.outside else None
        return (self._plan.folder or Path()) / named if named else None

    @property
    def ca_file(self) -> Path | None:
        """The authorities that the product is to trust; None: those of its system.

        Beside a platform of somebody else's, the bench's own and those outside (`ca_file`, else
        the system's) in one file.
        """
        if self.mocks is None:
            return self.authorities_outside
        if not self.outside:
            return self.mocks.authority.root_path
        if self._roots is None:
            system = Path(ssl.get_default_verify_paths().cafile or os.devnull)
            others = (self.authorities_outside or system).read_bytes()
            handle, name = tempfile.mkstemp(prefix="banc-roots-", suffix=".pem")
            with os.fdopen(handle, "wb") as roots:
                roots.write(self.mocks.authority.root_path.read_bytes() + b"\n" + others)
            self._roots = Path(name)
        return self._roots

    @property
    def trusted_certificates(self) -> tuple[Path, ...]:
        """The certificates of the mocks, which browsers trust as they are."""
        return (self.mocks.certificate.cert_path,) if self.mocks is not None else ()

    def places(self) -> dict[str, str]:
        """What `{psc_issuer}` and its like stand for in commands and addresses."""
        found = dict(self.mocks.places()) if self.mocks is not None else {}
        external = self._plan.stage.external
        if PSC in self.outside:
            found |= _given(psc_discovery=external.psc_discovery, psc_issuer=self._issuer())
            found |= _given(client_id=external.client_id, client_secret=secret_outside(self._plan))
        if MSSANTE in self.outside:
            host, _colon, port = (external.smtp or "").rpartition(":")
            found |= _given(smtp=external.smtp, smtp_host=host, smtp_port=port)
            found |= _given(domain=external.domain, patient_domain=external.patient_domain)
        return found | _given(ca_file=str(self.ca_file or ""))

    def address(self, person: Professional | Patient) -> str:
        """The MSSanté address of a person. Raises `NotReady` naming the key that lacks it."""
        if MSSANTE in self.outside or self.mocks is None:
            return self.identities.mailbox_outside(person)
        return address_of(person, self.mocks.domain, self.mocks.patient_domain)

    def describe(self) -> dict[str, Any]:
        """The data of `tenant.opened`."""
        external, stage = self._plan.stage.external, self._plan.stage
        told = _UNKNOWN | (self.mocks.describe() if self.mocks is not None else {})
        if PSC in self.outside:
            told |= {
                "issuer": self._issuer(),
                "discovery": external.psc_discovery or "",
                "clients": self._clients(),
                "people": self.identities.people(),
            }
        if MSSANTE in self.outside:
            named = self.identities.mailboxes().items()
            told |= {
                "domain": external.domain or "",
                "patient_domain": external.patient_domain or "",
                "mailboxes": [{"address": address, "owner": who} for address, who in named],
            }
        return told | {"stage": {PSC: stage.psc, MSSANTE: stage.mssante}}

    def _clients(self) -> list[dict[str, Any]]:
        client = self._registration
        if client is None:
            return []
        name = self._plan.stage.external.client_id or client.client_id
        return [{"id": name, "redirect_uris": list(client.redirect_uris)}]

    def _issuer(self) -> str:
        return (self._plan.stage.external.psc_discovery or "").partition(_WELL_KNOWN)[0]


def secret_outside(plan: Plan) -> str | None:
    """The client's secret at the PSC outside. Raises `NotReady` when its variable is not set."""
    name = plan.stage.external.client_secret_env
    if PSC not in plan.stage.outside or name is None:
        return None
    value = os.environ.get(name)
    if not value:
        said = _("{key}: the variable {name} is not set, expected the client's secret in it")
        raise NotReady(said.format(key="stage.external.client_secret_env", name=name))
    return value


def _given(**values: str | None) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}
