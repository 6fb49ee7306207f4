"""The mock services of one run: in one asyncio loop on one thread, on loopback or for a desk."""

import asyncio
import threading
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from common.identities import PATIENTS, PROFESSIONALS, Patient, Professional
from common.recording import Recorder
from conformance.journal.services import MSSANTE, PSC, SERVICES, service_of_fault
from conformance.plan.listening import Listening
from conformance.stage.services.enrolment import kept_enrolment, passing_enrolment
from mocks.mssante.smtp.server import SmtpMock
from mocks.mssante.tenant import MailTenant, MailTenantConfig
from mocks.pki.authority import Authority
from mocks.psc.server import AccessGrant, Client, PscMock, TenantConfig
from mocks.psc.settings import DISCOVERY, LIFETIMES, REALM
from mocks.psc.tenant import Tenant

_Result = TypeVar("_Result")
DEFAULT_TENANT = "default"


@dataclass(frozen=True, slots=True)
class ClientRegistration:
    """How the product is known to the mock PSC: redirect URIs are exact strings."""

    client_id: str
    authentication: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]


class Loop:
    """An asyncio loop on a thread of its own."""

    def __init__(self) -> None:
        self._loop = _new_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mocks", daemon=True)
        self._thread.start()

    def call(self, work: Coroutine[Any, Any, _Result], within: float = 20.0) -> _Result:
        """Run `work` there and wait for it. Raises `TimeoutError` after `within` seconds."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(within)

    def stop(self) -> None:
        """End the loop and its thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()


class Services:
    """Mock PSC and mock MSSanté of one worker, with the tenant of its scenarios.

    `keys` is the folder of what lasts: the bench's authority, the provider's signing keys and the
    registration of a desk (`lasting`: that one even on loopback). `listening` was held to its
    conditions (`listening.problems`). Raises `NotReady` when what is kept of a desk is unreadable.

    Of `plays` only those start: with a PSC of somebody else's, the operator cannot ask whose a
    token is, takes any and says so. `mailboxes` are more of them, each with its owner.
    """

    def __init__(
        self,
        recorder: Recorder,
        keys: Path,
        listening: Listening | None = None,
        *,
        lasting: bool = False,
        plays: frozenset[str] = frozenset(SERVICES),
        mailboxes: Mapping[str, str] | None = None,
    ) -> None:
        self._plays = plays
        self._mailboxes = mailboxes or {}
        self._recorder = recorder
        self._keys = keys
        self.listening = listening or Listening()
        lasting = lasting or self.listening.lasting
        self.desk = kept_enrolment(keys) if lasting else passing_enrolment()
        self.domain = f"{DEFAULT_TENANT}.mss.test"
        self.patient_domain = f"patient.{DEFAULT_TENANT}.mss.test"

    @property
    def client_secret(self) -> str:
        """The secret of the product's client."""
        return self.desk.client_secret

    def start(self) -> None:
        """Bring everything up. Raises `OSError` naming the port when one is taken."""
        listening = self.listening
        allow = listening.admitted
        token = self.desk.control_token if listening.beyond_loopback else None
        self.authority = Authority(self._keys / "pki")
        self.certificate = self.authority.issue(listening.certificate_names)
        self.psc = PscMock(self._recorder, self._keys / "psc", token, allow=allow)
        self.smtp = SmtpMock(self._recorder, self.certificate, allow)
        self._loop = Loop()
        try:
            self._loop.call(self._up(listening))
        except BaseException:
            self._loop.call(self._down())
            self._loop.stop()
            raise

    async def _up(self, listening: Listening) -> None:
        tls = (str(self.certificate.cert_path), str(self.certificate.key_path))
        if MSSANTE in self._plays:
            await self.smtp.start(listening.listen, listening.smtp_port)
        if PSC in self._plays:
            await self.psc.start(listening.listen, listening.psc_port, tls, listening.name)
        if MSSANTE in self._plays:
            self.mail: MailTenant = await self.smtp.open_tenant(self._mail_config())

    def _mail_config(self) -> MailTenantConfig:
        own = {p.mailbox(self.domain): p.national_id for p in PROFESSIONALS}
        return MailTenantConfig(
            name=DEFAULT_TENANT,
            domain=self.domain,
            patient_domain=self.patient_domain,
            mailboxes={**own, **self._mailboxes},
            trust_list=(self.domain, self.patient_domain),
            tokens=self._grant if PSC in self._plays else None,
        )

    def open_tenant(self, client: ClientRegistration) -> None:
        """Make the default tenant, in which `client` is registered."""
        if PSC in self._plays:
            self._loop.call(self._open(client))

    async def _open(self, client: ClientRegistration) -> None:
        self.tenant: Tenant = self.psc.open_tenant(
            TenantConfig(
                name=DEFAULT_TENANT,
                clients=(
                    Client(
                        client_id=client.client_id,
                        secret=self.client_secret,
                        authentication=client.authentication,
                        redirect_uris=client.redirect_uris,
                        post_logout_redirect_uris=client.post_logout_redirect_uris,
                        ciba=True,
                    ),
                ),
                people=PROFESSIONALS,
            )
        )

    def _grant(self, token: str) -> AccessGrant | None:
        """What the provider says of a token; its tenant is opened after the operator's."""
        return self.tenant.check_access_token(token)

    @property
    def smtp_host(self) -> str:
        """The name under which the product reaches its submission server."""
        return self.listening.name

    @property
    def smtp_port(self) -> int:
        """Where the tenant's mails are submitted."""
        return self.mail.port

    def reset(self, lifetimes: str) -> None:
        """Sessions, mailboxes and faults go; clients and people stay."""
        self._loop.call(self._reset(lifetimes))

    async def _reset(self, lifetimes: str) -> None:
        if PSC in self._plays:
            self.tenant.reset(lifetimes=LIFETIMES[lifetimes])
        if MSSANTE in self._plays:
            self.mail.reset()

    def arm(self, fault: str, value: Any) -> None:
        """Arm one fault by name, in the mock that knows it."""
        mock = self.mail if service_of_fault(fault) == MSSANTE else self.tenant
        self._loop.call(_soon(lambda: mock.faults.arm(fault, value)))

    def describe(self) -> dict[str, Any]:
        """The data of `tenant.opened`, as far as the mocks know them."""
        psc: dict[str, Any] = dict(self.tenant.describe()) if PSC in self._plays else {}
        mail: dict[str, Any] = dict(self.mail.describe()) if MSSANTE in self._plays else {}
        shared = ("mailboxes", "domain", "patient_domain", "trust_list")
        return {
            **psc,
            **{key: mail[key] for key in shared if mail},
            "name": DEFAULT_TENANT,
            "hosts": {**psc.get("hosts", {}), **mail.get("hosts", {})},
            "ports": {**psc.get("ports", {}), **mail.get("ports", {})},
            "patients": [_patient(patient) for patient in PATIENTS],
        }

    def places(self) -> dict[str, str]:
        """What `{psc_issuer}` and its like stand for, as far as the mocks play."""
        found: dict[str, str] = {}
        if PSC in self._plays:
            issuer = f"{self.psc.base_url}{REALM}"
            found |= {
                "psc_issuer": issuer,
                "psc_discovery": f"{self.psc.base_url}{DISCOVERY}",
                "client_secret": self.client_secret,
            }
        if MSSANTE in self._plays:
            found |= {
                "smtp": f"{self.smtp_host}:{self.smtp_port}",
                "smtp_host": self.smtp_host,
                "smtp_port": str(self.smtp_port),
                "domain": self.domain,
                "patient_domain": self.patient_domain,
            }
        return found

    def settle(self, within: float = 2.0) -> None:
        """Wait until the exchanges under way are answered, at most `within` seconds."""
        self._loop.call(self.psc.settled(within), within + 5)

    def stop(self) -> None:
        """Take everything down."""
        self._loop.call(self._down())
        self._loop.stop()

    async def _down(self) -> None:
        await self.smtp.stop()
        await self.psc.stop()


def address_of(person: Professional | Patient, domain: str, patient_domain: str) -> str:
    """The address of a professional or a patient in a tenant."""
    return person.mailbox(patient_domain if isinstance(person, Patient) else domain)


async def _soon(work: Any) -> None:
    work()


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


def _new_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:  # Windows: uvloop does not exist there
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
