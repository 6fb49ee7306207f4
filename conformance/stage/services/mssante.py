"""MSSanté around the product: the mock operator, or an external platform."""

from collections.abc import Mapping
from typing import Any, Protocol

from common.identities import PROFESSIONALS, Patient, Professional
from common.recording import Secret
from conformance.journal.services import MSSANTE
from conformance.stage.services.external import ExternalService, given
from conformance.stage.services.mock_host import MockHost, MockService
from conformance.stage.services.service import DEFAULT_TENANT, Service
from conformance.story import Declaration
from mocks.mssante.smtp.server import SmtpMock
from mocks.mssante.tenant import MailTenant, MailTenantConfig, TokenCheck


class MssanteService(Service, Protocol):
    """What a run asks of MSSanté beyond what every service answers."""

    def address(self, person: Professional | Patient) -> str:
        """The address of a person. Raises `NotReady` naming the key that lacks it."""
        ...


class MockMssante(MockService):
    """The mock operator of one worker, with the tenant of its scenarios.

    `tokens` says whose an access token is: with an external PSC the operator cannot ask, takes any
    and says so. `mailboxes` are more of them, each with its owner.
    """

    name = MSSANTE
    domain = f"{DEFAULT_TENANT}.mss.test"
    patient_domain = f"patient.{DEFAULT_TENANT}.mss.test"
    tenant: MailTenant

    def __init__(
        self,
        host: MockHost,
        tokens: TokenCheck | None,
        mailboxes: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(host)
        self._tokens = tokens
        self._mailboxes = mailboxes or {}
        self._smtp: SmtpMock | None = None

    def secrets(self) -> tuple[Secret, ...]:
        """None of its own: access tokens are the provider's."""
        return ()

    def start(self) -> None:
        """Listen. Raises `OSError` naming the port when it is taken."""
        host, listening = self._host, self._host.listening
        self._smtp = SmtpMock(host.recorder, host.certificate, listening.admitted)
        host.call(self._smtp.start(listening.listen, listening.smtp_port))
        own = {p.mailbox(self.domain): p.national_id for p in PROFESSIONALS}
        config = MailTenantConfig(
            name=DEFAULT_TENANT,
            domain=self.domain,
            patient_domain=self.patient_domain,
            mailboxes={**own, **self._mailboxes},
            trust_list=(self.domain, self.patient_domain),
            tokens=self._tokens,
        )
        self.tenant = host.call(self._smtp.open_tenant(config))

    def reset(self, lifetimes: str) -> None:
        """Mailboxes and faults go; their owners stay."""
        self._host.do(self.tenant.reset)

    def arm(self, fault: str, value: Any) -> None:
        """Arm one fault by name."""
        self._host.do(lambda: self.tenant.faults.arm(fault, value))

    def places(self) -> dict[str, str]:
        """Where mails are submitted, and the domains."""
        name, port = self._host.listening.name, self.tenant.port
        return {
            "smtp": f"{name}:{port}",
            "smtp_host": name,
            "smtp_port": str(port),
            "domain": self.domain,
            "patient_domain": self.patient_domain,
        }

    def describe(self) -> dict[str, Any]:
        """What the tenant says of itself."""
        told = self.tenant.describe()
        kept = ("hosts", "ports", "mailboxes", "domain", "patient_domain", "trust_list")
        return {key: told[key] for key in kept}

    def address(self, person: Professional | Patient) -> str:
        """The address of a professional or a patient in the tenant."""
        return person.mailbox(self.patient_domain if isinstance(person, Patient) else self.domain)

    def stop(self) -> None:
        """Take it down."""
        if self._smtp is not None:
            self._host.call(self._smtp.stop())


class ExternalMssante(ExternalService):
    """The platform of `[stage] mssante = "external"`, with the mailboxes of `[identities]`."""

    name = MSSANTE

    def refuses(self, story: Declaration) -> str | None:
        """A story needs the mock for a fault; with mails it needs test mailboxes.

        Raises `NotReady` naming the key of `[identities]` that lacks one.
        """
        if why := super().refuses(story):
            return why
        if story.writes:
            for person in PROFESSIONALS[1:]:
                self.address(person)
        return None

    def places(self) -> dict[str, str]:
        """What `[stage.external]` says of it."""
        external = self._external
        host, _colon, port = (external.smtp or "").rpartition(":")
        return given(
            smtp=external.smtp,
            smtp_host=host,
            smtp_port=port,
            domain=external.domain,
            patient_domain=external.patient_domain,
        )

    def describe(self) -> dict[str, Any]:
        """What `banc.toml` says of its domains and mailboxes."""
        named = self._identities.mailboxes().items()
        return {
            "domain": self._external.domain or "",
            "patient_domain": self._external.patient_domain or "",
            "mailboxes": [{"address": address, "owner": who} for address, who in named],
        }

    def address(self, person: Professional | Patient) -> str:
        """The test mailbox of a person. Raises `NotReady` naming the key that lacks it."""
        return self._identities.mailbox(person)
