"""uvicorn's HTTP connection, which also tells of what never became a request, and does not wait.

uvicorn waits for ever for the first request of a connection, and takes a header of any length.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADER_LIMIT = 131_072
"""Octets of a request line with its header; the longest honest one carries a few tokens."""

HEADER_SECONDS = 75.0
"""For a whole header, from when the connection or the request began; browsers connect ahead."""

STRANGER_SECONDS = 10.0
"""For all that somebody who is not let in has to say, and to hear."""


class Connection(HttpToolsProtocol):
    """Tells the door when octets were no HTTP, or when the client hung up within a header."""

    _half = False
    _in_header = True
    _stranger = False
    _octets = 0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there; one who is not let in stays long enough to hear it."""
        super().connection_made(transport)
        self._stranger = not self._door.lets_in(self.client[0] if self.client else "")
        self._wait_at_most(STRANGER_SECONDS if self._stranger else HEADER_SECONDS)

    def data_received(self, data: bytes) -> None:
        """Take octets; too many of them for a header are no request."""
        if self._in_header and self._octets > HEADER_LIMIT:
            self.send_400_response("The header is too long.")
            return
        self._octets += len(data)
        super().data_received(data)

    def on_message_begin(self) -> None:
        """A request has begun to arrive."""
        self._half = self._in_header = True
        self._octets = 0
        if not self._stranger:
            self._wait_at_most(HEADER_SECONDS)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its header is whole: from here on the door records it."""
        self._half = self._in_header = False
        if not self._stranger:
            self._wait_no_more()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """The octets are no request."""
        self._half = False
        self._door.unreadable("malformed", self._peer)
        super().send_400_response(msg)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is over; within a header, that is worth a line."""
        self._wait_no_more()
        if self._half:
            self._half = False
            self._door.unreadable("cut", self._peer)
        super().connection_lost(exc)

    def _wait_at_most(self, seconds: float) -> None:
        self._wait_no_more()
        self._deadline = self.loop.call_later(seconds, self.transport.abort)

    def _wait_no_more(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()

    @property
    def _door(self) -> Any:
        return self.app

    @property
    def _peer(self) -> str:
        return ":".join(map(str, self.client)) if self.client else ""
