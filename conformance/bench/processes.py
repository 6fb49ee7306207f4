"""Servers under measurement: each in a process of its own, whose CPU time is read from outside."""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import psutil

from conformance.bench.model import Effort, MeasureFailed

_UP_WITHIN = 30.0
_DOWN_WITHIN = 10.0
_KEPT_OF_LOG = 400


class Asked(Protocol):
    """A server, in this process or in another, as its clients know it."""

    @property
    def about(self) -> Mapping[str, Any]:
        """Where it answers, and with which credentials."""
        ...

    def ask(self, words: str) -> None:
        """Have it obey one line."""
        ...


class Served:
    """A child process that prints one JSON line once it answers, obeys lines, ends at end of file.

    Raises `MeasureFailed`, with the end of what it wrote to stderr, when it does not come up.
    """

    def __init__(self, command: Sequence[str], folder: Path | None = None) -> None:
        self._name = " ".join(Path(word).name for word in command[:4])
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 -- closed by stop
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            cwd=folder,
            env=os.environ | {"PYTHONUTF8": "1"},
        )
        self._seen = psutil.Process(self._process.pid)
        self.about: dict[str, Any] = {}
        try:
            self.about = json.loads(self._line())
        except BaseException:
            self.stop()
            raise

    def ask(self, words: str, within: float = _UP_WITHIN) -> None:
        """Send one line and wait for its `ok`, at most `within` seconds.

        Raises `MeasureFailed` for any other answer.
        """
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(words.encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise self._died() from error
        answer = self._line(within).strip()
        if answer != "ok":
            raise MeasureFailed(f"{self._name}: {words.split()[0]} was answered {answer!r}, not ok")

    def cpu_ms(self) -> float:
        """CPU time of that process since it began, user and system, in milliseconds."""
        times = self._seen.cpu_times()
        return (times.user + times.system) * 1e3

    def memory_mb(self) -> float:
        """Resident memory now, in MB; 0 once it is over."""
        try:
            return self._seen.memory_info().rss / 1e6
        except psutil.NoSuchProcess:
            return 0.0

    def stop(self) -> None:
        """Close its input, and kill it if that is not enough."""
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.close()
            self._process.wait(_DOWN_WITHIN)
        except (OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._log.close()

    def __enter__(self) -> "Served":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _line(self, within: float = _UP_WITHIN) -> str:
        assert self._process.stdout is not None
        watch = threading.Timer(within, self._process.kill)
        watch.start()
        try:
            line = self._process.stdout.readline()
        finally:
            watch.cancel()
        if not line.endswith(b"\n"):
            raise self._died()
        return line.decode("utf-8", "replace")

    def _died(self) -> MeasureFailed:
        self._process.kill()
        self._process.wait()
        self._log.seek(0)
        said = self._log.read().decode("utf-8", "replace").strip()
        return MeasureFailed(f"{self._name}: ended or silent; it wrote: {said[-_KEPT_OF_LOG:]}")


def alone(kind: str, *arguments: str) -> list[str]:
    """The command of one of our own servers (`conformance.bench.servers`)."""
    return [sys.executable, "-m", "conformance.bench.servers", kind, *arguments]


def cpu_rounds(
    served: Served,
    effort: Effort,
    operations: int,
    operate: Callable[[int], None],
    between: Callable[[], None] = lambda: None,
) -> list[float]:
    """Milliseconds of CPU of `served` for one operation, a figure a round.

    `operate` gets the running number of the operation. A fifth of a round is done first, unseen, so
    that nothing is measured cold; `between` comes before each round and is not counted.
    """
    done = 0
    for _ in range(max(1, operations // 5)):
        operate(done)
        done += 1
    figures = []
    for _ in range(effort.rounds):
        between()
        before = served.cpu_ms()
        for _ in range(operations):
            operate(done)
            done += 1
        figures.append((served.cpu_ms() - before) / operations)
    return figures
