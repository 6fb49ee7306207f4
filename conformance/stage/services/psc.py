"""Pro Santé Connect around the product: the mock, or an external platform."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from common.identities import PROFESSIONALS
from common.recording import Secret
from conformance.drivers.person.asking import Person
from conformance.drivers.person.sign_in import SIGN_IN_WITHIN, Guide
from conformance.errors import NotReady
from conformance.journal import JournalWriter
from conformance.journal.services import PSC
from conformance.locale import _
from conformance.plan import Plan
from conformance.stage.person.external_psc import ManualPsc, SignInGuide
from conformance.stage.person.phone import Hand, RobotPsc
from conformance.stage.services.external import ExternalService, given
from conformance.stage.services.mock_host import MockHost, MockService
from conformance.stage.services.registration import ClientRegistration
from conformance.stage.services.service import DEFAULT_TENANT, Service
from conformance.story import Declaration
from mocks.mssante.tenant import TokenCheck
from mocks.psc.server import AccessGrant, Client, PscMock, TenantConfig
from mocks.psc.settings import DISCOVERY, LIFETIMES, REALM
from mocks.psc.tenant import Tenant

_WELL_KNOWN = "/.well-known/"
_SETTLED_WITHIN = 2.0


@dataclass(frozen=True, slots=True)
class PhonePage:
    """The e-CPS phone as a page: its address, and the one that opens it in a browser, once."""

    url: str
    opened_by: str
    certificate: Path


class PscService(Service, Protocol):
    """What a run asks of Pro Santé Connect beyond what every service answers.

    `needs_person`: somebody in front of the bench signs in there.
    """

    needs_person: bool

    @property
    def tokens(self) -> TokenCheck | None:
        """Who says whose an access token is; None when nobody here can be asked."""
        ...

    def gestures(
        self,
        writer: JournalWriter,
        person: Callable[[], Person],
        *,
        hand: Hand | None,
        patience: float,
        thick: bool,
    ) -> RobotPsc | ManualPsc:
        """`psc` of a story: `hand` presses the phone, or the `person` does what is asked of them.

        `thick`: the product is no web application. Raises `NotReady` when nobody can be asked.
        """
        ...

    def guide(self, person: Callable[[], Person]) -> Guide | None:
        """Who has the person sign in; None when the bench does. Raises `NotReady`."""
        ...

    def phone_page(self) -> PhonePage | None:
        """The phone's page; None when the person has the phone."""
        ...

    def deadlines(self) -> Mapping[str, float]:
        """The seconds of actions that take longer here, by action."""
        ...


class MockPsc(MockService):
    """The mock Pro Santé Connect of one worker, with the tenant of its scenarios."""

    name = PSC
    needs_person = False
    tenant: Tenant

    def __init__(self, host: MockHost) -> None:
        super().__init__(host)
        self._server: PscMock | None = None

    def secrets(self) -> tuple[Secret, ...]:
        """The client's secret and the token of the control API."""
        desk = self._host.desk
        return Secret("client_secret", desk.client_secret), Secret("api_key", desk.control_token)

    def start(self) -> None:
        """Listen. Raises `OSError` naming the port when it is taken."""
        host, listening = self._host, self._host.listening
        token = host.desk.control_token if listening.beyond_loopback else None
        tls = str(host.certificate.cert_path), str(host.certificate.key_path)
        self._server = PscMock(host.recorder, host.keys / PSC, token, allow=listening.admitted)
        host.call(self._server.start(listening.listen, listening.psc_port, tls, listening.name))

    def open(self, client: ClientRegistration) -> None:
        """Make the tenant in which `client` is registered."""
        known = Client(
            client_id=client.client_id,
            secret=self.client_secret,
            authentication=client.authentication,
            redirect_uris=client.redirect_uris,
            post_logout_redirect_uris=client.post_logout_redirect_uris,
            ciba=True,
        )
        config = TenantConfig(name=DEFAULT_TENANT, clients=(known,), people=PROFESSIONALS)
        self.tenant = self._host.do(lambda: self.server.open_tenant(config))

    @property
    def server(self) -> PscMock:
        """The mock itself, once it is started."""
        assert self._server is not None
        return self._server

    @property
    def client_secret(self) -> str:
        """The secret of the product's client."""
        return self._host.desk.client_secret

    @property
    def tokens(self) -> TokenCheck | None:
        """The tenant says it: it is opened after the operator's."""
        return self._grant

    def _grant(self, token: str) -> AccessGrant | None:
        return self.tenant.check_access_token(token)

    def reset(self, lifetimes: str) -> None:
        """Sessions and faults go; clients and people stay."""
        self._host.do(lambda: self.tenant.reset(lifetimes=LIFETIMES[lifetimes]))

    def arm(self, fault: str, value: Any) -> None:
        """Arm one fault by name."""
        self._host.do(lambda: self.tenant.faults.arm(fault, value))

    def places(self) -> dict[str, str]:
        """Its addresses and the client's secret."""
        return {
            "psc_issuer": f"{self.server.base_url}{REALM}",
            "psc_discovery": f"{self.server.base_url}{DISCOVERY}",
            "client_secret": self.client_secret,
        }

    def describe(self) -> dict[str, Any]:
        """What the tenant says of itself."""
        return dict(self.tenant.describe())

    def gestures(
        self,
        writer: JournalWriter,
        person: Callable[[], Person],
        *,
        hand: Hand | None,
        patience: float,
        thick: bool,
    ) -> RobotPsc:
        """The bench's robot answers on the phone."""
        return RobotPsc(self.tenant, writer, hand, patience)

    def guide(self, person: Callable[[], Person]) -> None:
        """Nobody: the bench signs in on the mock's pages."""

    def phone_page(self) -> PhonePage:
        """The page of the tenant, with an address that opens it once more. Any thread may call."""
        url, opened_by = self.tenant.phone_url, self.server.phone_ticket(self.tenant)
        return PhonePage(url, opened_by, self._host.certificate.cert_path)

    def deadlines(self) -> Mapping[str, float]:
        """The usual ones."""
        return {}

    def settle(self) -> None:
        """Wait until the exchanges under way are answered."""
        self._host.call(self.server.settled(_SETTLED_WITHIN), _SETTLED_WITHIN + 5)

    def stop(self) -> None:
        """Take it down."""
        if self._server is not None:
            self._host.call(self._server.stop())


class ExternalPsc(ExternalService):
    """The platform of `[stage] psc = "external"`: a person signs in there."""

    name = PSC
    needs_person = True
    tokens: TokenCheck | None = None
    _client: ClientRegistration | None = None

    def secrets(self) -> tuple[Secret, ...]:
        """The client's secret there. Raises `NotReady` when it is not where `banc.toml` says."""
        secret = external_client_secret(self._plan)
        return (Secret("client_secret", secret),) if secret else ()

    def open(self, client: ClientRegistration) -> None:
        """Remember how the product says that it is registered there."""
        self._client = client

    def refuses(self, story: Declaration) -> str | None:
        """A story needs the mock for a fault and for short lifetimes."""
        if (why := super().refuses(story)) or story.lifetimes != "short":
            return why
        said = _(
            "short lifetimes need the mock: those of an external service cannot be "
            "shortened ({service})"
        )
        return said.format(service=self.called)

    def places(self) -> dict[str, str]:
        """What `[stage.external]` says of it."""
        return given(
            psc_discovery=self._external.psc_discovery,
            psc_issuer=self._issuer,
            client_id=self._external.client_id,
            client_secret=external_client_secret(self._plan),
        )

    def describe(self) -> dict[str, Any]:
        """What `banc.toml` says of it, its client, and the people as they are called there."""
        known = [self._client] if self._client else []
        return {
            "issuer": self._issuer,
            "discovery": self._external.psc_discovery or "",
            "clients": [
                {
                    "id": self._external.client_id or client.client_id,
                    "redirect_uris": list(client.redirect_uris),
                }
                for client in known
            ],
            "people": self._identities.people(),
        }

    def gestures(
        self,
        writer: JournalWriter,
        person: Callable[[], Person],
        *,
        hand: Hand | None,
        patience: float,
        thick: bool,
    ) -> ManualPsc:
        """Each gesture is asked of the person."""
        return ManualPsc(self._plan, self._identities, person(), thick=thick)

    def guide(self, person: Callable[[], Person]) -> Guide:
        """The person signs in there."""
        return SignInGuide(self._plan, self._identities, person())

    def phone_page(self) -> None:
        """The e-CPS is in the person's own hand."""

    def deadlines(self) -> Mapping[str, float]:
        """A person who signs in has more time."""
        return {"finish_psc_login": SIGN_IN_WITHIN}

    @property
    def _issuer(self) -> str:
        return (self._external.psc_discovery or "").partition(_WELL_KNOWN)[0]


def external_client_secret(plan: Plan) -> str | None:
    """The client's secret at the external PSC. Raises `NotReady` when its variable is not set."""
    name = plan.stage.external.client_secret_env
    if name is None:
        return None
    value = os.environ.get(name)
    if not value:
        said = _("{key}: the variable {name} is not set, expected the client's secret in it")
        raise NotReady(said.format(key="stage.external.client_secret_env", name=name))
    return value
