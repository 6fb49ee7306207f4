"""The mock Pro Santé Connect as a server: one port, any number of tenants.

It runs in the asyncio loop of its caller (the bench runs all its mocks in one), or alone by
`python -m mocks.psc`.
"""

import asyncio
import contextlib
import errno
import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import uvicorn

from common.networks import AllowList, is_loopback
from common.recording import Recorder
from mocks.psc.door import Door
from mocks.psc.http import rendering as pages
from mocks.psc.http.connection import Connection
from mocks.psc.http.guard import Guard
from mocks.psc.keys import Keys
from mocks.psc.settings import LIFETIMES, OFFICIAL, SHORT, Client, Lifetimes, TenantConfig
from mocks.psc.state import AccessGrant
from mocks.psc.tenant import Tenant

__all__ = [
    "LIFETIMES",
    "OFFICIAL",
    "SHORT",
    "AccessGrant",
    "Client",
    "Lifetimes",
    "PscMock",
    "Tenant",
    "TenantConfig",
]

_KEEP_ALIVE = 75
"""Seconds an idle connection stays open: longer than the pools of common clients keep theirs."""


class _Server(uvicorn.Server):
    """uvicorn, saying when it listens and leaving signals to whoever owns the process."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class PscMock:
    """The mock provider. `keys_folder` keeps the signing keys (mode 0600) from run to run.

    `control_token`, when set, is needed by phone page and control API; `allow` are the networks let
    in (CIDR; none given: everybody); `clock` gives epoch seconds. Raises `ValueError` when a key
    file holds no key, or a network cannot be read.
    """

    def __init__(
        self,
        recorder: Recorder,
        keys_folder: Path,
        control_token: str | None = None,
        clock: Callable[[], float] = time.time,
        allow: Sequence[str] = (),
    ) -> None:
        self.base_url = ""
        self.port = 0
        self._recorder = recorder
        self._clock = clock
        self._guarded = bool(control_token and allow)
        self._guard = Guard(control_token, AllowList.of(allow))
        self._door = Door(recorder, Keys(keys_folder), clock, self._guard)
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def tenants(self) -> dict[str, Tenant]:
        """The tenants open, by name."""
        return dict(self._door.tenants)

    async def start(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: tuple[str, str] | None = None,
        public_host: str | None = None,
    ) -> None:
        """Listen on `host`; port 0 takes a free one. `tls` is (certificate file, key file).

        `public_host` is the name in the URLs given out, when it is not `host`. Raises `OSError`
        naming address and port when they cannot be had, `ValueError` beyond loopback without TLS,
        control token and allowed networks.
        """
        if not (is_loopback(host) or (tls and self._guarded)):
            raise ValueError(
                f"mock PSC on {host}: beyond loopback it needs TLS, a control token and the "
                "networks allowed"
            )
        pages.prepare()
        listener = _listen(host, port)
        self._server = _Server(_settings(self._door, tls))
        name, self.port = public_host or host, listener.getsockname()[1]
        shown = f"[{name}]" if ":" in name else name
        self.base_url = f"{'https' if tls else 'http'}://{shown}:{self.port}"
        self._serving = asyncio.create_task(self._server.serve([listener]), name="psc")
        listening = asyncio.create_task(self._server.listening.wait())
        await asyncio.wait({self._serving, listening}, return_when=asyncio.FIRST_COMPLETED)
        if self._serving.done():
            listening.cancel()
            listener.close()
            await self._serving
            raise OSError(f"the mock PSC ended before it listened on {host} port {port}")

    def open_tenant(self, config: TenantConfig) -> Tenant:
        """Open a tenant; its addresses are known from here on.

        Raises `RuntimeError` before `start`, `ValueError` when the name is taken.
        """
        if not self.base_url:
            raise RuntimeError("the mock PSC is not started: its tenants have no address yet")
        if config.name in self._door.tenants:
            raise ValueError(f"tenant {config.name}: already open")
        tenant = Tenant(config, self.base_url, self._recorder, self._clock)
        self._door.tenants[config.name] = tenant
        return tenant

    def close_tenant(self, tenant: Tenant) -> None:
        """Forget a tenant: its addresses are unknown from here on."""
        del self._door.tenants[tenant.name]
        tenant.bell.close()

    def wallet_url(self, tenant: Tenant) -> str:
        """The authorization endpoint, on the wallet's side."""
        return tenant.wallet_url

    def phone_url(self, tenant: Tenant) -> str:
        """The page that plays the e-CPS application."""
        return tenant.phone_url

    def phone_ticket(self, tenant: Tenant) -> str:
        """The address that opens that page in one browser, once, when a control token is set.

        Without a control token it is the page's own address. Any thread may call.
        """
        if not self._guard.control_token:
            return tenant.phone_url
        return f"{tenant.phone_url}?control_token={self._guard.ticket()}"

    async def settled(self, within: float) -> bool:
        """Wait until every exchange is answered; false when some is not after `within` seconds."""
        return await self._door.settled(within)

    async def stop(self) -> None:
        """Close pages, connections and the port. Calling it again does nothing."""
        for tenant in self._door.tenants.values():
            tenant.bell.close()
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await self._serving
        self._server = self._serving = None


def _settings(door: Door, tls: tuple[str, str] | None) -> uvicorn.Config:
    certificate, key = tls or (None, None)
    return uvicorn.Config(
        door,
        interface="asgi3",
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",  # what was no request is recorded: no need to warn of it besides
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=2,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio spares small answers the 40 ms of Nagle only where the protocol is said to be TCP,
    # which socket.create_server does not say.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            # Elsewhere this option would let two servers share a port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(512)
    except OSError as error:
        listener.close()
        why = "already in use" if error.errno == errno.EADDRINUSE else error.strerror
        message = f"mock PSC: port {port} of {host} cannot be listened on: {why}"
        raise OSError(error.errno, message) from error
    return listener
