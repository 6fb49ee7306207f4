"""Writes one part of a journal: hash-chained lines, blobs first, by the thread that observed."""

import contextlib
import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from common.recording import Blob, Secret, Witness
from conformance.journal.events import BlobRef, Event, Json
from conformance.journal.secrets import Vault

FIRST_PREV = "0" * 64
_PRODUCT_SPEAKS = frozenset(
    {
        "ui.seen",
        "action.finished",
        "system.log",
        "system.died",
        "scenario.finished",
        "operator.said",
    }
)
_STICKY = frozenset(
    {"access_token", "refresh_token", "id_token", "code", "auth_req_id", "code_verifier"}
)


class JournalWriter:
    """The `Recorder` of a run.

    One part a process; parts share the run key and the zero of the clock. `scenario` and `step` are
    set by the runner; an event that carries a token or request first seen in an earlier scenario
    keeps that scenario.
    """

    def __init__(self, folder: Path, part: str, run_key: bytes, zero_ns: int) -> None:
        self.folder = folder
        self.part = part
        self.scenario = ""
        self.step: int | None = None
        self._zero = zero_ns
        self._vault = Vault(run_key)
        self._blobs = folder / "blobs"
        self._blobs.mkdir(parents=True, exist_ok=True)
        (folder / "journal").mkdir(exist_ok=True)
        path = folder / "journal" / f"{part}.jsonl"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)
        self._fd = os.open(path, flags, 0o644)
        self._seq = 0
        self._prev = FIRST_PREV
        self._first_seen: dict[str, str] = {}
        self._lock = threading.Lock()
        self._news = threading.Condition(self._lock)
        self._events: list[Event] = []
        self._listeners: list[Callable[[Event], None]] = []
        self.failure: OSError | None = None

    def mono(self) -> int:
        """Nanoseconds since the run began."""
        return time.perf_counter_ns() - self._zero

    @property
    def vault(self) -> Vault:
        """The fingerprints of this run."""
        return self._vault

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
        """Write one event and give its `seq`.

        Raises `OSError` naming the file when the disk refuses it, and ever after: a journal without
        one of its events must not go on as if it were whole.
        """
        seen: list[str] = []

        def note(secret: Secret, fingerprint: str) -> None:
            if secret.role in _STICKY:
                seen.append(fingerprint)

        spoken = self._vault.without_met(data) if kind in _PRODUCT_SPEAKS else data
        cleaned = self._vault.clean(spoken, note)
        assert isinstance(cleaned, dict)
        with self._refused_for_good():
            refs = tuple(self._keep(blob) for blob in blobs)
        with self._news:
            event = self._compose(kind, cleaned, source, tenant, witness, refs, seen)
            with self._refused_for_good():
                self._write(event)
            self._events.append(event)
            for listener in self._listeners:
                listener(event)
            self._news.notify_all()
            return event.seq

    def label(self, secret: Secret) -> None:
        """Learn a secret before it crosses any wire: a product may say it in its first words."""
        self._vault.describe(secret)

    def wait_for(
        self, kind: str, where: Callable[[Event], bool], within: float, since: int = 0
    ) -> Event | None:
        """The first event of `kind` with `seq` > `since` that fits, waiting `within` seconds."""
        deadline = time.monotonic() + within
        position = 0
        with self._news:
            while True:
                for event in self._events[position:]:
                    if event.seq > since and event.kind == kind and where(event):
                        return event
                position = len(self._events)
                left = deadline - time.monotonic()
                if left <= 0:
                    return None
                self._news.wait(left)

    @contextlib.contextmanager
    def following(self, listener: Callable[[Event], None], since: int) -> Iterator[None]:
        """Hand each event with `seq` > `since` to `listener`, past ones first, in their order.

        It is called by the thread that observed, while the journal is held: it must only put the
        event by.
        """
        with self._lock:
            for event in self._events:
                if event.seq > since:
                    listener(event)
            self._listeners.append(listener)
        try:
            yield
        finally:
            with self._lock:
                self._listeners.remove(listener)

    @property
    def last_seq(self) -> int:
        """The number of the last event written."""
        return self._seq

    def forget(self) -> None:
        """Drop the events kept for `wait_for`; the file keeps them all."""
        with self._lock:
            self._events.clear()
            self._vault.forget()

    def recent(self) -> list[Event]:
        """The events since the last `forget`."""
        with self._lock:
            return list(self._events)

    def close(self) -> None:
        """Close the part; later calls to `record` raise `OSError`."""
        with self._lock:
            if self._fd >= 0:
                os.close(self._fd)
                self._fd = -1

    @contextlib.contextmanager
    def _refused_for_good(self) -> Iterator[None]:
        """Keep the first refusal of the disk; without one, let the writing inside begin."""
        if self.failure is not None:
            raise self.failure
        try:
            yield
        except OSError as error:
            if self._fd < 0:
                raise  # closed: what comes after the end is nobody's loss
            path = error.filename or self.folder / "journal" / f"{self.part}.jsonl"
            self.failure = OSError(error.errno, error.strerror, str(path))
            raise self.failure from error

    def _keep(self, blob: Blob) -> BlobRef:
        content = blob.content
        octets = content if isinstance(content, bytes) else self._vault.mask_bytes(content)
        digest = hashlib.sha256(octets).hexdigest()
        path = self._blobs / digest
        if not path.exists():
            part = path.with_name(f"{digest}.{self.part}.{threading.get_ident()}")
            try:
                part.write_bytes(octets)
                part.replace(path)
            except OSError:
                part.unlink(missing_ok=True)
                raise
        return BlobRef(blob.name, blob.media_type, digest)

    def _compose(
        self,
        kind: str,
        data: dict[str, Json],
        source: str,
        tenant: str,
        witness: Witness,
        refs: tuple[BlobRef, ...],
        seen: list[str],
    ) -> Event:
        scenario = self.scenario
        step = self.step
        for fingerprint in seen:
            first = self._first_seen.setdefault(fingerprint, self.scenario)
            if first != self.scenario:
                scenario, step = first, None
        return Event(
            part=self.part,
            seq=self._seq + 1,
            at=datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
            mono=self.mono(),
            tenant=tenant,
            scenario=scenario,
            step=step,
            source=source,
            witness=witness,
            kind=kind,
            data=data,
            blobs=refs,
            prev=self._prev,
        )

    def _write(self, event: Event) -> None:
        line = json.dumps(
            {
                "seq": event.seq,
                "at": event.at,
                "mono": event.mono,
                "tenant": event.tenant,
                "scenario": event.scenario,
                "step": event.step,
                "source": event.source,
                "witness": event.witness,
                "kind": event.kind,
                "data": event.data,
                "blobs": [
                    {"name": b.name, "media_type": b.media_type, "sha256": b.sha256}
                    for b in event.blobs
                ],
                "prev": event.prev,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode("utf-8", "backslashreplace")
        octets = line + b"\n"
        written = os.write(self._fd, octets)
        while written < len(octets):  # a full disk takes a part, and says why at the next attempt
            written += os.write(self._fd, octets[written:])
        self._seq = event.seq
        self._prev = hashlib.sha256(line).hexdigest()
