"""A process of the product: started, watched, and stopped with all that it started."""

import atexit
import contextlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

TAIL_OCTETS = 4096


@dataclass(frozen=True, slots=True)
class Death:
    """How a process ended by itself: its exit code (negative: a signal) and the end of its log."""

    code: int | None
    tail: str


class WatchedProcess:
    """One child process whose output goes to `log` and whose end is noticed.

    `on_death` is called from a thread of its own when the process ends without `stop` having been
    asked. Raises `OSError` when the command cannot be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str],
        folder: Path | None = None,
        on_death: Callable[[Death], None] | None = None,
    ) -> None:
        self.log = log
        self._stopping = threading.Event()
        self._on_death = on_death
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._popen = _start(command, output, environment, folder)
        self._own = _process(self._popen.pid)
        self._watch = threading.Thread(
            target=self._wait_for_end, name=f"watch-{self._popen.pid}", daemon=True
        )
        self._watch.start()
        atexit.register(self.stop)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._popen.pid

    def wait(self, within: float) -> bool:
        """Whether the process ended within `within` seconds; returns as soon as it does."""
        self._watch.join(within)
        return not self._watch.is_alive()

    def died(self) -> Death | None:
        """How it ended by itself; None while it runs, and after `stop`."""
        if self._stopping.is_set() or self._popen.poll() is None:
            return None
        return Death(self._popen.returncode, self.tail())

    def tail(self) -> str:
        """The end of what it wrote, at most 4 kB, from the start of a line."""
        try:
            with self.log.open("rb") as lines:
                size = lines.seek(0, os.SEEK_END)
                lines.seek(max(0, size - TAIL_OCTETS))
                octets = lines.read()
        except FileNotFoundError:
            return ""
        if size > TAIL_OCTETS:
            octets = octets.partition(b"\n")[2] or octets
        return octets.decode("utf-8", "replace").strip()

    def stop(self, within: float = 5.0) -> None:
        """End it and everything it started: politely, then by force after `within` seconds."""
        self._stopping.set()
        atexit.unregister(self.stop)
        family = self._family()
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.terminate()
        _await_end(family, within)
        stubborn = self._family()
        for process in stubborn:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        _await_end(stubborn, within)
        self._watch.join(within)

    def _family(self) -> list[psutil.Process]:
        """The process, its descendants, and those that left it for init but kept its session."""
        found: dict[int, psutil.Process] = {}
        if self._own is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                found = {p.pid: p for p in [*self._own.children(recursive=True), self._own]}
        for process in psutil.process_iter():
            if process.pid not in found and _session_of(process.pid) == self._popen.pid:
                found[process.pid] = process
        return [process for process in found.values() if not _ended(process)]

    def _wait_for_end(self) -> None:
        self._popen.wait()
        death = self.died()
        if death is not None and self._on_death is not None:
            self._on_death(death)


def _start(
    command: Sequence[str], output: IO[bytes], environment: Mapping[str, str], folder: Path | None
) -> subprocess.Popen[bytes]:
    """A session (POSIX) or group (Windows) of its own: Ctrl-C on the bench is not for it."""
    return subprocess.Popen(
        [*_tied(command, environment, folder), *command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=dict(environment),
        cwd=folder,
        start_new_session=sys.platform != "win32",
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )


def _tied(command: Sequence[str], environment: Mapping[str, str], folder: Path | None) -> list[str]:
    """What makes the process end with a bench that is killed, where the system offers it.

    The kernel ties it to the thread that starts it: a thread that ends early must not be that one.
    """
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    if setpriv is None or threading.current_thread() is not threading.main_thread():
        return []
    program = command[0]
    if os.sep in program:
        program = str((folder or Path()) / program)
    if shutil.which(program, path=environment.get("PATH")) is None:
        return []  # Popen says what is wrong with it
    # A bench that was killed before the tie held is no parent any more: then nothing is started.
    still = f'[ "$PPID" = {os.getpid()} ] && exec "$@"'
    shell = shutil.which("sh") or "/bin/sh"
    return [setpriv, "--pdeathsig", "TERM", "--", shell, "-c", still, "sh"]


def _ended(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _await_end(processes: list[psutil.Process], within: float) -> None:
    """A zombie counts as ended: where nothing reaps orphans, it would be awaited in vain."""
    until = time.monotonic() + within
    while processes and time.monotonic() < until:
        _gone, alive = psutil.wait_procs(processes, timeout=0.05)
        processes = [process for process in alive if not _ended(process)]


def _process(pid: int) -> psutil.Process | None:
    try:
        return psutil.Process(pid)
    except psutil.NoSuchProcess:
        return None


def _session_of(pid: int) -> int | None:
    if sys.platform == "win32":
        return None
    try:
        return os.getsid(pid)
    except (ProcessLookupError, PermissionError):
        return None
