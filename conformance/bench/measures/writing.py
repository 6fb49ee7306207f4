"""One event written to the journal: those of real logins and mails, taken down, then rewritten.

What the mocks handed over (every secret still labelled) is kept in memory and then given to a fresh
journal each round, so that only the journal's own work is in the figure: labels, JSON, chain, file.
"""

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from common.recording import Blob, Witness
from conformance.bench.measures.logins import (
    CALLBACK,
    OurProvider,
    sign_in_by_ciba,
    sign_in_by_code,
)
from conformance.bench.measures.mails import connected, hand_in, mail_of
from conformance.bench.model import Effort, Measured
from conformance.bench.servers import psc, smtp
from conformance.journal import JournalWriter


@dataclass(slots=True)
class Memory:
    """A `Recorder` that keeps what it is given, unchanged."""

    calls: list[tuple[str, dict[str, Any], dict[str, Any]]] = field(default_factory=list)

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
        """Keep one event."""
        told = {"source": source, "tenant": tenant, "witness": witness, "blobs": blobs}
        self.calls.append((kind, dict(data), told))
        return len(self.calls)

    def mono(self) -> int:
        """Nanoseconds of the monotonic clock."""
        return time.perf_counter_ns()


def event_written(effort: Effort, folder: Path) -> Measured:
    """CPU of one `JournalWriter.record`, in microseconds: the mean of all, blobs left out.

    A blob is a file of its own, whose cost is the file system's: with them is among the facts.
    """
    memory = Memory()
    _take_down(memory, str(folder / "keys"), effort.of(100, quick=30))
    bare = Memory([(kind, data, {**told, "blobs": ()}) for kind, data, told in memory.calls])
    rounds = [_write_all(bare, folder / f"run{n}") for n in range(-1, effort.rounds)][1:]
    whole = [_write_all(memory, folder / f"whole{n}") for n in range(effort.rounds)]
    facts: dict[str, float | int | str] = {"with_blobs": round(median(whole), 1)}
    for kind, _, _ in memory.calls:
        facts[kind] = int(facts.get(kind, 0)) + 1
    return Measured(rounds, len(memory.calls), None, facts)


def _take_down(memory: Memory, keys: str, sessions: int) -> None:
    """So many times a login by code, a login by CIBA and a mail of 1 kB."""
    provider, operator = psc(memory, keys, CALLBACK), smtp(memory, keys)
    try:
        ours = OurProvider(provider)
        with connected(operator) as client:
            for number in range(sessions):
                sign_in_by_code(ours)
                sign_in_by_ciba(ours)
                hand_in(client, operator, mail_of(1_024, number))
    finally:
        operator.stop()
        provider.stop()


def _write_all(memory: Memory, folder: Path) -> float:
    writer = JournalWriter(folder, "bench", secrets.token_bytes(32), time.perf_counter_ns())
    began = time.process_time_ns()
    for kind, data, told in memory.calls:
        writer.record(kind, data, **told)
    spent = time.process_time_ns() - began
    writer.close()
    return spent / 1e3 / len(memory.calls)
