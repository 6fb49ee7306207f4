"""An event loop on a thread of its own: for servers that a test speaks to from outside."""

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self, TypeVar

import uvicorn
from starlette.types import ASGIApp

Answer = TypeVar("Answer")


class LoopThread:
    """A loop that runs until the block is left."""

    def __init__(
        self, make: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
    ) -> None:
        self.loop = make()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_ended: object) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(20)
        assert not self._thread.is_alive(), "the loop goes on"
        self.loop.close()

    def call(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Run that on the loop; what it gives."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def soon(self, work: Callable[[], object]) -> None:
        """Have that called on the loop, without waiting for it."""
        self.loop.call_soon_threadsafe(work)


@contextmanager
def served(app: ASGIApp, certificate: Path | None = None, key: Path | None = None) -> Iterator[str]:
    """Serve `app` on a free port of the loopback; where. Left without waiting for anybody."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, log_level="critical", lifespan="off", ssl_certfile=certificate, ssl_keyfile=key
    )
    server = uvicorn.Server(config)
    host = "localhost" if certificate else "127.0.0.1"
    with LoopThread() as thread:
        serving = asyncio.run_coroutine_threadsafe(server.serve([listener]), thread.loop)
        yield f"{'https' if certificate else 'http'}://{host}:{listener.getsockname()[1]}"
        server.should_exit = server.force_exit = True
        serving.result(20)
    listener.close()
