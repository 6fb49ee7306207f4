"""A `Recorder` for a mock that runs alone: JSON lines, every secret masked by its role."""

import json
import re
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TextIO

from common.recording import Blob, Masked, Secret, Witness

_OUTSIDE_ASCII = re.compile(r"[^\x20-\x7e]")


class LineRecorder:
    """Writes each event as one JSON line; `⟦role⟧` stands in the place of a secret."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._zero = time.perf_counter_ns()
        self._seq = 0
        self._lock = threading.Lock()

    def mono(self) -> int:
        """Nanoseconds since the recorder was made."""
        return time.perf_counter_ns() - self._zero

    def record(
        self,
        kind: str,
        data: Mapping[str, object],
        *,
        source: str,
        tenant: str = "",
        witness: Witness = "wire",
        blobs: Sequence[Blob] = (),
    ) -> int:
        """Write one event and give its number. Raises `OSError` when the stream refuses it."""
        with self._lock:
            self._seq += 1
            event = {
                "seq": self._seq,
                "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "mono": self.mono(),
                "tenant": tenant,
                "source": source,
                "witness": witness,
                "kind": kind,
                "data": masked(data),
                "blobs": [{"name": blob.name, "media_type": blob.media_type} for blob in blobs],
            }
            self._stream.write(json_line(event) + "\n")
            self._stream.flush()
            return self._seq


def json_line(event: object) -> str:
    """`event` on one line that may go to a terminal: what would steer it is escaped."""
    line = json.dumps(event, ensure_ascii=False)
    return _OUTSIDE_ASCII.sub(
        lambda c: c[0] if c[0].isprintable() else json.dumps(c[0])[1:-1], line
    )


def masked(value: object) -> object:
    """`value` ready for JSON, with every secret masked."""
    if isinstance(value, Secret):
        return _mark(value)
    if isinstance(value, Masked):
        content = value.content
        text = content if isinstance(content, str) else content.decode("utf-8", "replace")
        for secret in value.secrets:
            text = text.replace(secret.value, _mark(secret))
        return text
    if isinstance(value, Mapping):
        return {str(key): masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked(item) for item in value]
    return value


def _mark(secret: Secret) -> str:
    return f"⟦{secret.role}⟧"
