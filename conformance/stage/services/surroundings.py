"""The services around a product: built once, then started, asked and stopped together."""

import os
import ssl
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from common.identities import PATIENTS, Patient
from common.recording import Recorder
from conformance.errors import BeyondReach
from conformance.journal import JournalWriter
from conformance.journal.services import service_of_fault
from conformance.locale import _
from conformance.plan import Plan
from conformance.plan.listening import Listening
from conformance.stage.person.identities import Identities
from conformance.stage.services.mock_host import MockHost
from conformance.stage.services.mssante import ExternalMssante, MockMssante, MssanteService
from conformance.stage.services.psc import ExternalPsc, MockPsc, PscService
from conformance.stage.services.registration import ClientRegistration
from conformance.stage.services.service import DEFAULT_TENANT, Service
from conformance.story import Declaration

_UNKNOWN: dict[str, Any] = {
    "name": DEFAULT_TENANT,
    **dict.fromkeys(("issuer", "discovery", "domain", "patient_domain"), ""),
    **{key: [] for key in ("clients", "people", "patients", "mailboxes", "trust_list")},
    **{key: {} for key in ("hosts", "ports", "lifetimes")},
    "interval": 0,
    "profile": "external",
}
"""What is known of a tenant before any service has said something."""


class Services:
    """Services as one; `host` is where those answer that a mock plays."""

    def __init__(self, host: MockHost, *services: Service) -> None:
        self.host = host
        self._all = services

    def start(self) -> None:
        """Bring all up, or none. Raises `OSError` naming a port that is taken, `NotReady`."""
        with ExitStack() as undone:
            undone.callback(self.host.stop)
            for service in self._all:
                undone.callback(service.stop)
                service.start()
            undone.pop_all()

    def open(self, client: ClientRegistration) -> None:
        """Make the tenant in which `client` is registered."""
        for service in self._all:
            service.open(client)

    def reset(self, lifetimes: str) -> None:
        """Sessions, mailboxes and faults of the mocks go; clients and people stay."""
        for service in self._all:
            service.reset(lifetimes)

    def arm(self, fault: str, value: Any) -> None:
        """Arm one fault by name, in the service that knows it. Raises `BeyondReach`."""
        [service] = (s for s in self._all if s.name == service_of_fault(fault))
        service.arm(fault, value)

    def describe(self) -> dict[str, Any]:
        """The data of `tenant.opened`."""
        told = dict(_UNKNOWN)
        for service in self._all:
            for key, value in service.describe().items():
                told[key] = {**told[key], **value} if isinstance(value, dict) else value
        if any(service.played == "mock" for service in self._all):
            told["patients"] = [_patient(patient) for patient in PATIENTS]
        return told | {"stage": {service.name: service.played for service in self._all}}

    def settle(self) -> None:
        """Wait until the exchanges under way are answered, two seconds at most."""
        for service in self._all:
            service.settle()

    def stop(self) -> None:
        """Take all down; each even if another fails."""
        with ExitStack() as ends:
            ends.callback(self.host.stop)
            for service in self._all:
                ends.callback(service.stop)


class Mocks(Services):
    """Every service, played by its mock."""

    def __init__(
        self,
        recorder: Recorder,
        keys: Path,
        listening: Listening | None = None,
        *,
        lasting: bool = False,
    ) -> None:
        host = MockHost(recorder, keys, listening, lasting=lasting)
        self.psc = MockPsc(host)
        self.mssante = MockMssante(host, self.psc.tokens)
        super().__init__(host, self.psc, self.mssante)


class Surroundings(Services):
    """The services of one worker, each played by whoever `[stage]` says."""

    def __init__(self, plan: Plan, writer: JournalWriter, keys: Path) -> None:
        host = MockHost(writer, keys, Listening.of(plan.stage))
        self.identities = Identities(plan)
        self.psc: PscService
        self.mssante: MssanteService
        if plan.stage.psc == "mock":
            self.psc = MockPsc(host)
        else:
            self.psc = ExternalPsc(plan, self.identities)
        if plan.stage.mssante == "mock":
            more = self.identities.mailboxes()
            self.mssante = MockMssante(host, self.psc.tokens, more)
        else:
            self.mssante = ExternalMssante(plan, self.identities)
        super().__init__(host, self.psc, self.mssante)
        self._writer = writer
        self._roots: Path | None = None
        self._phone = ""

    def start(self) -> None:
        """Bring up what mocks play.

        Raises `OSError` naming a port that is taken, `NotReady` when a secret is not where it is
        said to be.
        """
        for service in self._all:
            for secret in service.secrets():
                self._writer.label(secret)
        super().start()

    def require(self, story: Declaration) -> None:
        """See that the story can be played here, before anything is asked of anybody.

        Raises `BeyondReach` when it needs the mock of an external service, `NotReady` when it
        needs a mailbox that `[identities]` lacks.
        """
        for service in self._all:
            if why := service.refuses(story):
                raise BeyondReach(why)

    def stop(self) -> None:
        """Take the mocks down."""
        if self._roots is not None:
            self._roots.unlink(missing_ok=True)
            self._roots = None
        super().stop()

    def where_the_phone_is(self) -> str:
        """The sentence on the mock's phone page, empty when there is none; the same all the run.

        Beyond loopback its address opens the page once: for a terminal, never for the journal.
        """
        if not self._phone and (page := self.psc.phone_page()):
            said = _("Phone page, which also shows the mark for a film made elsewhere: {url}")
            self._phone = said.format(url=page.opened_by)
        return self._phone

    @property
    def external_authorities(self) -> Path | None:
        """The file of `[stage.external] ca_file`: whom else browsers and the bench must trust."""
        return next((s.authority for s in self._all if s.played == "external"), None)

    @property
    def ca_file(self) -> Path | None:
        """The authorities that the product is to trust; None: those of its system.

        Those of its services in one file, when they are not the same.
        """
        named = {service.authority for service in self._all}
        if len(named) == 1:
            return named.pop()
        if self._roots is None:
            system = Path(ssl.get_default_verify_paths().cafile or os.devnull)
            handle, name = tempfile.mkstemp(prefix="banc-roots-", suffix=".pem")
            with os.fdopen(handle, "wb") as roots:
                roots.write(b"\n".join((one or system).read_bytes() for one in named))
            self._roots = Path(name)
        return self._roots

    @property
    def trusted_certificates(self) -> tuple[Path, ...]:
        """The certificates of the mocks, which browsers trust as they are."""
        named = (service.certificate for service in self._all)
        return tuple(dict.fromkeys(path for path in named if path is not None))

    def places(self) -> dict[str, str]:
        """What `{psc_issuer}` and its like stand for in commands and addresses."""
        found: dict[str, str] = {}
        for service in self._all:
            found |= service.places()
        return found | ({"ca_file": str(self.ca_file)} if self.ca_file else {})


def _patient(patient: Patient) -> dict[str, Any]:
    return {
        "key": patient.key,
        "ins": patient.ins,
        "birth_name": patient.birth_name,
        "given": patient.given,
        "sex": patient.sex,
        "born": patient.born.isoformat(),
        "qualified": patient.qualified,
    }
