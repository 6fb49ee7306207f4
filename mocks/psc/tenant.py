"""One isolated world of the mock Pro Santé Connect: issuer, clients, people, lifetimes, faults."""

from collections.abc import Callable
from urllib.parse import urlsplit

from common.identities import Professional
from common.recording import Recorder
from mocks.faults import Faults
from mocks.psc.fault_table import FAULTS
from mocks.psc.phone import Bell, Phone
from mocks.psc.settings import DEFAULT, DISCOVERY, PROTOCOL, REALM, Client, Lifetimes, TenantConfig
from mocks.psc.state import AccessGrant, State


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
        self.faults = Faults(FAULTS, recorder, config.name, "psc")
        self.bell = Bell()
        self.phone = Phone(
            config.name,
            lambda: self.state,
            lambda: self.lifetimes,
            clock,
            self.bell,
            recorder,
        )
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
