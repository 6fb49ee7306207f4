"""The product's own traces of who signed in and what left: never a token, code or password.

Fields after the traces asked of a proxy e-Santé [PSC-EDC traces]: event, national identifier,
session_state of Pro Santé Connect, instant.
"""

import logging
from collections import deque
from datetime import UTC, datetime

log = logging.getLogger("lps.traces")

KEPT = 10_000


class Traces:
    """The last traces, in memory, each also a line of the log."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=KEPT)

    def add(self, event: str, **facts: str) -> None:
        """Keep one event."""
        said = " ".join(f"{name}={value}" for name, value in facts.items() if value)
        line = f"{datetime.now(UTC).isoformat(timespec='seconds')} {event} {said}".rstrip()
        self._lines.append(line)
        log.info("%s", line)

    def text(self) -> str:
        """All traces kept, oldest first, one a line."""
        return "\n".join(self._lines)
