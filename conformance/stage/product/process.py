"""Brings the product up for a run as `banc.toml` says, and takes it down again."""

import os
import re
import shlex
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from conformance.errors import NotReady
from conformance.locale import _, phrase
from conformance.locale.system import reason_of
from conformance.stage.product.watched_process import Death, WatchedProcess

_PLACE = re.compile(r"\{([a-z_]+)\}")
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.5


@dataclass(frozen=True, slots=True)
class StartSpec:
    """How one face of the product is started.

    `command` is a list, or a string cut as a shell would but run without one; `{psc_issuer}` and
    its like are filled in, in the environment too. `ready` is a URL that answers 200 once it is
    up; `within` bounds the wait for it, in seconds.
    """

    face: str
    command: str | Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    ready: str | None = None
    folder: Path | None = None
    within: float = 30.0
    ca_file: Path | None = None


class ProductProcess:
    """The product's process behind one face: `start`, `died`, `stop`.

    Every error is a `NotReady` that names the key of `banc.toml` and gives the end of the log.
    """

    def __init__(
        self,
        spec: StartSpec,
        substitutions: Mapping[str, str],
        folder: Path,
        on_death: Callable[[Death], None] | None = None,
    ) -> None:
        self.spec = spec
        self.log = folder / f"{spec.face}.log"
        self._on_death = on_death
        self._substitutions = substitutions
        self._process: WatchedProcess | None = None

    def start(self) -> None:
        """Start it and return once `ready` answers 200. Raises `NotReady`."""
        ready = self.spec.ready and self._fill(self.spec.ready, "ready")
        if ready and (taken := _taken(ready)):
            said = _(
                "{key}: {address} is already in use by another process, expected a free port "
                "before the product starts"
            )
            raise NotReady(said.format(key=self._key("ready"), address=taken))
        command = self._command()
        try:
            self._process = WatchedProcess(
                command,
                log=self.log,
                environment=self._environment(),
                folder=self.spec.folder,
                on_death=self._on_death,
            )
        except OSError as error:
            said = _(
                "{key}: command {command} cannot be started ({reason}), expected a program of "
                "this machine"
            )
            about = {"command": repr(command[0]), "reason": reason_of(error)}
            raise NotReady(said.format(key=self._key("start"), **about)) from error
        if ready:
            self._await(self._process, ready)

    def died(self, within: float = 0.0) -> Death | None:
        """How it ended by itself, if it did.

        A dropped connection is seen a moment before the end of whoever dropped it: `within` bounds
        the wait for that end, in seconds.
        """
        if self._process is None:
            return None
        self._process.wait(within)
        return self._process.died()

    @property
    def pid(self) -> int | None:
        """The process id, None when it was never started."""
        return self._process.pid if self._process else None

    def tail(self) -> str:
        """The end of its log."""
        return self._process.tail() if self._process else ""

    def stop(self) -> None:
        """End it and all that it started; harmless when it is not running."""
        if self._process:
            self._process.stop()
            self._process = None

    def _await(self, process: WatchedProcess, ready: str) -> None:
        """Ask `ready` until 200, at growing pauses that its death cuts short."""
        until = time.monotonic() + self.spec.within
        verify = ssl.create_default_context(cafile=self.spec.ca_file) if self.spec.ca_file else True
        pause, last = _FIRST_PAUSE, _("no answer")
        with httpx2.Client(verify=verify, trust_env=False) as client:
            while (left := until - time.monotonic()) > 0:
                answer = _ask(client, ready, min(left, 2.0))
                if answer == "200":
                    return
                last = answer
                if process.wait(min(pause, left)):
                    said = _("the product ended with code {code} before {url} answered")
                    self._fail(said.format(code=_code(process), url=ready))
                pause = min(pause * 1.6, _LONGEST_PAUSE)
        said = _("the product is not up: {url} gave {answer} for {seconds:g} s, expected 200")
        self._fail(said.format(url=ready, answer=last, seconds=self.spec.within))

    def _fail(self, what: str) -> None:
        tail = self.tail()
        self.stop()
        raise NotReady(f"{self._key('start')}: {what}{last_words(self.log, tail)}")

    def _key(self, key: str) -> str:
        return f"banc.toml: face {self.spec.face!r}, {key}"

    def _command(self) -> list[str]:
        raw = self.spec.command
        try:
            words = shlex.split(raw) if isinstance(raw, str) else list(raw)
        except ValueError as error:
            said = _("{key}: {value} is not a command ({reason})")
            about = {"value": repr(raw), "reason": error}
            raise NotReady(said.format(key=self._key("start"), **about)) from error
        if not words:
            said = _("{key}: the command is empty, expected a program")
            raise NotReady(said.format(key=self._key("start")))
        return [self._fill(word, "start") for word in words]

    def _environment(self) -> dict[str, str]:
        given = {name: self._fill(value, f"env.{name}") for name, value in self.spec.env.items()}
        return {**os.environ, **given}

    def _fill(self, text: str, key: str) -> str:
        def value_of(place: re.Match[str]) -> str:
            if place[1] not in self._substitutions:
                known = ", ".join(sorted(self._substitutions))
                said = _("{key}: {value} is unknown, expected one of {known}")
                raise NotReady(said.format(key=self._key(key), value=place[0], known=known))
            return self._substitutions[place[1]]

        return _PLACE.sub(value_of, text)


def _ask(client: httpx2.Client, url: str, within: float) -> str:
    try:
        with client.stream("GET", url, timeout=within) as response:
            return str(response.status_code)
    except httpx2.HTTPError as error:
        return f"{_('no answer')} ({type(error).__name__})"


def _code(process: WatchedProcess) -> str:
    death = process.died()
    return str(death.code) if death else "?"


def last_words(log: Path, tail: str) -> str:
    """What follows a sentence about a product: the end of its log, or that there is none."""
    if not tail:
        return phrase("; {log} is empty", log=log.name)
    return phrase("; end of {log}:", log=log.name) + f"\n{tail}"


def _taken(url: str) -> str | None:
    """`host:port` of `url` if something listens there already."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((host, port), timeout=1.0).close()
    except OSError:
        return None
    return f"{host}:{port}"
