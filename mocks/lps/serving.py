"""Serving an ASGI application: in the foreground for good, or on a thread beside a window."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp


class PortTaken(Exception):
    """The address cannot be listened on: names it and says why."""


def bound(host: str, port: int) -> socket.socket:
    """A socket bound to `host`:`port` (0 takes a free one). Raises `PortTaken`."""
    try:
        return socket.create_server((host, port))
    except OSError as error:
        raise PortTaken(f"cannot listen on {host}:{port}: {error.strerror}") from error


def port_of(listener: socket.socket) -> int:
    """The port that a bound socket got."""
    return int(listener.getsockname()[1])


def server_for(app: ASGIApp) -> uvicorn.Server:
    """A server that logs no request line: the callback's holds an authorization code."""
    return uvicorn.Server(
        uvicorn.Config(
            app, access_log=False, log_level="warning", timeout_graceful_shutdown=2, lifespan="on"
        )
    )


@contextmanager
def served(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    """Serve `app` on a thread of its own until the block is left."""
    server = server_for(app)
    thread = threading.Thread(target=server.run, args=([listener],), name="lps-http", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(5)
        listener.close()
