"""A recorder for mocks and drivers that no run surrounds."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.recording import Blob, Witness, secrets_in


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that was recorded."""

    kind: str
    data: dict[str, Any]
    source: str
    tenant: str
    witness: Witness


@dataclass(slots=True)
class Heard:
    """Keeps everything it is told, and every secret apart."""

    events: list[Told] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)

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
        self.events.append(Told(kind, dict(data), source, tenant, witness))
        self.secrets.update(secret.value for secret in secrets_in(data))
        return len(self.events)

    def mono(self) -> int:
        return time.perf_counter_ns()

    def data(self, kind: str) -> list[dict[str, Any]]:
        """What was said in the events of a kind."""
        return [event.data for event in self.events if event.kind == kind]

    def exchanges(self) -> list[dict[str, Any]]:
        """The requests and their answers."""
        return self.data("http.exchange")
