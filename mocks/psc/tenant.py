"""One isolated world of the mock Pro Santé Connect: issuer, clients, people, lifetimes, faults."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from common.identities import PROFESSIONALS, Professional
from common.recording import Recorder
from mocks.psc.faults import FAULTS, Faults
from mocks.psc.phone import Bell, Phone
from mocks.psc.state import AccessGrant, State

REALM = "/auth/realms/esante-wallet"
DISCOVERY = REALM + "/.well-known/wallet-openid-configuration"
PROTOCOL = REALM + "/protocol/openid-connect"
DEFAULT = "default"

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_AUTHENTICATIONS = ("client_secret_basic", "client_secret_post", "both")
VARIANTS = tuple(
    name.removeprefix("userinfo.")
    for name, fault in FAULTS.items()
    if fault.where == "userinfo" and fault.expected == "accept"
)


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Seconds, all announced to clients [IG-REST tokens]; `interval` is that of CIBA polls."""

    name: str
    access: int
    refresh: int
    session: int
    idle: int
    code: int
    ciba: int
    interval: int


OFFICIAL = Lifetimes("official", 120, 1800, 14400, 1800, 60, 120, 2)
SHORT = Lifetimes("short", 6, 20, 40, 20, 60, 8, 1)
LIFETIMES = {lifetimes.name: lifetimes for lifetimes in (OFFICIAL, SHORT)}


@dataclass(frozen=True, slots=True)
class Client:
    """A registered service; redirect URIs are compared as exact strings.

    `authentication` is `client_secret_basic`, `client_secret_post` or `both`; `name` is what people
    read on the wallet page and on the phone. Raises `ValueError` for another authentication or an
    empty secret.
    """

    client_id: str
    secret: str
    authentication: str = "both"
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    ciba: bool = True
    name: str = ""

    def __post_init__(self) -> None:
        if self.authentication not in _AUTHENTICATIONS:
            raise ValueError(
                f"client {self.client_id}: authentication {self.authentication!r}, "
                f"expected one of {', '.join(_AUTHENTICATIONS)}"
            )
        if not self.secret:
            raise ValueError(f"client {self.client_id}: its secret is empty")

    @property
    def shown(self) -> str:
        """The name shown to people."""
        return self.name or self.client_id


@dataclass(frozen=True, slots=True)
class TenantConfig:
    """How a tenant behaves, for its whole life.

    `acr` is the level returned (None: the claim is absent), `unknown_user` the error for an unknown
    `login_hint` (`unknown_user_id` or `invalid_request` [KEYCLOAK-CIBA errors]), `variants` the
    shapes of UserInfo to serve (names of `VARIANTS`), `interval` overrides that of the lifetimes.
    Raises `ValueError` naming the wrong field.
    """

    name: str = DEFAULT
    clients: tuple[Client, ...] = ()
    people: Sequence[Professional] = PROFESSIONALS
    lifetimes: Lifetimes = OFFICIAL
    interval: int | None = None
    acr: str | None = "eidas1"
    unknown_user: str = "unknown_user_id"
    variants: tuple[str, ...] = ()
    profile: str = "psc-bas-observed"

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"tenant {self.name!r}: expected a-z, 0-9 and hyphens, 40 at most")
        if self.unknown_user not in ("unknown_user_id", "invalid_request"):
            raise ValueError(
                f"tenant {self.name}: unknown_user {self.unknown_user!r}, "
                "expected unknown_user_id or invalid_request"
            )
        if self.interval is not None and self.interval < 1:
            raise ValueError(f"tenant {self.name}: interval {self.interval}, expected 1 or more")
        for variant in self.variants:
            if variant not in VARIANTS:
                raise ValueError(
                    f"tenant {self.name}: variant {variant!r}, "
                    f"expected one of {', '.join(VARIANTS)}"
                )


class Tenant:
    """A tenant that is open. Handlers run in the loop of the mock; see each method for threads."""

    def __init__(
        self, config: TenantConfig, base_url: str, recorder: Recorder, clock: Callable[[], float]
    ) -> None:
        self.config = config
        self.name = config.name
        self.prefix = "" if config.name == DEFAULT else f"/t/{config.name}"
        self.base_url = base_url
        self.issuer = f"{base_url}{self.prefix}{REALM}"
        self.wallet_url = f"{base_url}{self.prefix}/auth"
        self.phone_url = f"{base_url}{self.prefix}/phone"
        self.discovery_url = f"{base_url}{self.prefix}{DISCOVERY}"
        self.clients = {client.client_id: client for client in config.clients}
        self.people = {person.national_id: person for person in config.people}
        self.lifetimes = config.lifetimes
        self.recorder = recorder
        self.clock = clock
        self.state = State()
        self.faults = Faults(recorder, config.name)
        self.bell = Bell()
        self.phone = Phone(self)
        self.cookie = f"psc_session_{config.name}"

    @property
    def interval(self) -> int:
        """The polling interval announced, in seconds."""
        return self.config.interval or self.lifetimes.interval

    def endpoint(self, suffix: str) -> str:
        """The URL of an endpoint below `protocol/openid-connect`."""
        return f"{self.base_url}{self.prefix}{PROTOCOL}{suffix}"

    def reset(self, lifetimes: Lifetimes | None = None) -> None:
        """Forget sessions, logins, codes, tokens, requests and faults; any thread may call.

        Clients and people stay. `lifetimes` replaces those in force, else they stay too.
        """
        if lifetimes is not None:
            self.lifetimes = lifetimes
        self.state = State()
        self.faults.clear()
        self.bell.ring()

    def check_access_token(self, token: str) -> AccessGrant | None:
        """What a live access token stands for; None if unknown, expired or revoked."""
        issued = self.state.access.get(token)
        if issued is None or not issued.active(self.clock()):
            return None
        grant = issued.grant
        return AccessGrant(
            grant.person.national_id, grant.client_id, issued.expires_at, grant.session.id
        )

    def describe(self) -> dict[str, object]:
        """The part of `tenant.opened` that the provider knows; no secret."""
        lifetimes, place = self.lifetimes, urlsplit(self.base_url)
        return {
            "name": self.name,
            "issuer": self.issuer,
            "discovery": self.discovery_url,
            "hosts": {"psc": place.netloc, "wallet": place.netloc},
            "ports": {"psc": place.port or (443 if place.scheme == "https" else 80)},
            "clients": [_client(client) for client in self.clients.values()],
            "people": [_person(person) for person in self.people.values()],
            "lifetimes": {
                "name": lifetimes.name,
                "access": lifetimes.access,
                "refresh": lifetimes.refresh,
                "session": lifetimes.session,
                "idle": lifetimes.idle,
                "code": lifetimes.code,
                "ciba": lifetimes.ciba,
            },
            "interval": self.interval,
            "profile": self.config.profile,
        }


def _client(client: Client) -> dict[str, object]:
    return {
        "id": client.client_id,
        "name": client.shown,
        "authentication": client.authentication,
        "redirect_uris": list(client.redirect_uris),
        "post_logout_redirect_uris": list(client.post_logout_redirect_uris),
        "ciba": client.ciba,
    }


def _person(person: Professional) -> dict[str, object]:
    return {
        "key": person.key,
        "national_id": person.national_id,
        "sub": person.sub,
        "given": person.given,
        "family": person.family,
        "profession": person.profession,
        "practices": len(person.practices),
    }
