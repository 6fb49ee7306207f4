"""Which address is served by what: the route names that the journal uses, and their handlers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.responses import Response

from mocks.psc.endpoints.authorize import authorize
from mocks.psc.endpoints.ciba import backchannel
from mocks.psc.endpoints.discovery import document
from mocks.psc.endpoints.introspection import introspect, revoke
from mocks.psc.endpoints.logout import logout
from mocks.psc.endpoints.phone_page import phone
from mocks.psc.endpoints.token import token
from mocks.psc.endpoints.userinfo import userinfo
from mocks.psc.endpoints.wallet import wallet
from mocks.psc.http.call import Answer, Call
from mocks.psc.settings import DEFAULT, DISCOVERY, PROTOCOL
from mocks.psc.tenant import Tenant

Handler = Callable[[Call], Answer]

_CACHED = {"cache-control": "public, max-age=60"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A route of the mock: its name in the journal, the methods it takes, its handler."""

    route: str
    methods: tuple[str, ...]
    handler: Handler


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path leads: `endpoint` is None for an unknown path, `tail` what follows it."""

    tenant: Tenant | None
    endpoint: Endpoint | None
    tail: str = ""


def _discovery(call: Call) -> Answer:
    return Answer(Response(document(call.tenant), 200, _CACHED, "application/json"))


def _jwks(call: Call) -> Answer:
    return Answer(Response(call.keys.jwks, 200, _CACHED, "application/json"))


def _control(call: Call) -> Answer:
    raise AssertionError("control is answered by the door, which knows every tenant")


CONTROL = Endpoint("control", ("GET", "POST", "DELETE"), _control)

_AUTHORIZE = Endpoint("authorize", ("GET", "POST"), authorize)
_ENDPOINTS: dict[str, Endpoint] = {
    "/auth": _AUTHORIZE,
    # The native address of the realm answers too, though none should use it [PSC-DOC wallet].
    f"{PROTOCOL}/auth": _AUTHORIZE,
    DISCOVERY: Endpoint("discovery", ("GET",), _discovery),
    f"{PROTOCOL}/certs": Endpoint("jwks", ("GET",), _jwks),
    f"{PROTOCOL}/token": Endpoint("token", ("POST",), token),
    f"{PROTOCOL}/token/introspect": Endpoint("introspect", ("POST",), introspect),
    f"{PROTOCOL}/userinfo": Endpoint("userinfo", ("GET", "POST"), userinfo),
    f"{PROTOCOL}/revoke": Endpoint("revoke", ("POST",), revoke),
    f"{PROTOCOL}/logout": Endpoint("logout", ("GET", "POST"), logout),
    f"{PROTOCOL}/ext/ciba/auth": Endpoint("ciba", ("POST",), backchannel),
    "/phone": Endpoint("phone", ("GET", "POST"), phone),
}
_BELOW: dict[str, Endpoint] = {
    "/wallet/": Endpoint("wallet", ("GET", "POST"), wallet),
    "/phone/": Endpoint("phone", ("GET",), phone),
}


def find(path: str, tenants: Mapping[str, Tenant]) -> Place:
    """Where `path` leads: below `/t/<tenant>`, or else in the default tenant."""
    if path.startswith("/control/"):
        return Place(tenants.get(DEFAULT), CONTROL, path.removeprefix("/control/"))
    name, local = DEFAULT, path
    if path.startswith("/t/"):
        name, _, rest = path[3:].partition("/")
        local = "/" + rest
        if name == DEFAULT:
            return Place(None, None)
    tenant = tenants.get(name)
    if tenant is None:
        return Place(None, None)
    endpoint = _ENDPOINTS.get(local)
    if endpoint is not None:
        return Place(tenant, endpoint)
    for prefix, below in _BELOW.items():
        if local.startswith(prefix):
            return Place(tenant, below, local[len(prefix) :])
    return Place(tenant, None)
