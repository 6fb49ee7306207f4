"""uvicorn's HTTP connection, which also tells of what never became a request."""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class Connection(HttpToolsProtocol):
    """Tells the door when octets were no HTTP, or when the client hung up within a header."""

    _half = False

    def on_message_begin(self) -> None:
        """A request has begun to arrive."""
        self._half = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its header is whole: from here on the door records it."""
        self._half = False
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """The octets are no request."""
        self._half = False
        self._door.unreadable("malformed", self._peer)
        super().send_400_response(msg)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is over; within a header, that is worth a line."""
        if self._half:
            self._half = False
            self._door.unreadable("cut", self._peer)
        super().connection_lost(exc)

    @property
    def _door(self) -> Any:
        return self.app

    @property
    def _peer(self) -> str:
        return ":".join(map(str, self.client)) if self.client else ""
