"""What a tenant is made of: addresses, lifetimes, registered clients, and how it behaves."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from common.identities import PROFESSIONALS, Professional
from mocks.psc.fault_table import FAULTS

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
