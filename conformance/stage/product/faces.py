"""The faces of the product in one worker: their processes, and a driver for each."""

import shutil
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.drivers.actions import Driver
from conformance.drivers.adapter.driver import AdapterDriver, AdapterOptions
from conformance.drivers.operator.driver import OperatorDriver, OperatorOptions
from conformance.drivers.person.asking import Person
from conformance.errors import NotReady
from conformance.evidence.screen.studio import NoStudio, Studio
from conformance.journal import JournalWriter
from conformance.locale import _, phrase
from conformance.plan import Face, Plan
from conformance.stage.person.phone import Hand
from conformance.stage.product.process import ProductProcess, StartSpec, last_words
from conformance.stage.product.watched_process import Death
from conformance.stage.services.registration import (
    CLIENT_ID,
    ClientRegistration,
    registration_of,
)
from conformance.stage.services.surroundings import Surroundings

if TYPE_CHECKING:
    from conformance.stage.options import Options
    from conformance.stage.product.browsers import PhoneWindow

_NO_GEOMETRY = "900x760+40+60"
_LAST_BREATH_S = 2.0


class Faces:
    """Starts what `banc.toml` says can be started, once, when a story first needs it.

    `studio` is the filmed screen of the bench; a face that a person acts on is shown on theirs.
    `person` is who is asked, `picture` takes that person's screen.
    """

    def __init__(
        self,
        plan: Plan,
        services: Surroundings,
        writer: JournalWriter,
        studio: Studio | NoStudio,
        options: "Options",
        *,
        person: Callable[[], Person] | None = None,
        picture: Callable[[], bytes | None] = lambda: None,
    ) -> None:
        self._person = person
        self._picture = picture
        self._plan = plan
        self._services = services
        self._writer = writer
        self.studio = studio
        self._options = options
        self._ports = {face.name: _free_port() for face in plan.faces if "{port}" in face.address}
        self._processes: dict[str, ProductProcess] = {}
        self._drivers: dict[str, Driver] = {}
        self._deaths: set[str] = set()
        self._phone: PhoneWindow | None = None
        self._logs = Path(tempfile.mkdtemp(prefix="banc-logs-"))  # never in a bundle: not ours

    def registration(self) -> ClientRegistration:
        """How the product is registered at the mock PSC. Raises `NotReady`."""
        return registration_of(self._plan, self._substitutions)

    def start(self, name: str) -> None:
        """Start the process of a face if it has one and is not running. Raises `NotReady`."""
        face = self._plan.face(name)
        if face.start is None or (name in self._processes and name not in self._deaths):
            return
        environment = dict(face.env) | self._studio_of(face).environment()
        if self._options.mutant:
            environment["LPS_MUTANT"] = self._options.mutant
        process = ProductProcess(
            StartSpec(
                face=name,
                command=face.start,
                env=environment,
                ready=face.ready,
                folder=self._plan.folder,
                within=face.within,
                ca_file=self._services.ca_file,
            ),
            self._substitutions(face),
            self._logs,
            on_death=lambda death: self._note_death(name, death),
        )
        process.start()
        self._processes[name] = process
        self._deaths.discard(name)

    def died(self, name: str, within: float = 0.0) -> str | None:
        """How the process of a face ended by itself, with the end of its log; None while it runs.

        `within` bounds the wait for an end that is being reached, in seconds.
        """
        process = self._processes.get(name)
        death = process.died(within) if process else None
        if process is None or death is None:
            return None
        said = phrase(
            "the process of face {name} ended with code {code}", name=repr(name), code=death.code
        )
        return said + last_words(process.log, death.tail)

    def driver(self, face: Face) -> Driver:
        """The driver of a face, kept for the stories to come. Raises `NotReady`."""
        if face.name not in self._drivers:
            self._drivers[face.name] = self._make(face)
        return self._drivers[face.name]

    def hand(self, face: Face) -> Hand | None:
        """How the phone is pressed: in its own window on the film of a desktop, else unseen."""
        studio = self._studio_of(face)
        if face.driver == "browser" or not isinstance(studio, Studio):
            return None
        if self._phone is None:
            page = self._services.psc.phone_page()
            if page is None:
                return None
            from conformance.stage.product.browsers import PhoneWindow

            area = studio.layout_for(face.driver).phone
            assert area is not None
            self._phone = PhoneWindow(page, studio, area)
        return self._phone.answer

    def clear(self) -> None:
        """Close the windows that the next story must not find: browsers and the phone."""
        if not isinstance(self.studio, Studio) and not self._services.psc.needs_person:
            return
        for name in [n for n, d in self._drivers.items() if d.source == "ui"]:
            self._drivers.pop(name).close()
        if self._phone is not None:
            self._phone.close()
            self._phone = None

    def address(self, face: Face) -> str:
        """Where the face answers, its port filled in."""
        return face.address.replace("{port}", str(self._ports.get(face.name, "")))

    def stop(self) -> None:
        """Let go of drivers and end the processes."""
        if self._phone is not None:
            self._phone.close()
            self._phone = None
        for driver in self._drivers.values():
            driver.close()
        for process in self._processes.values():
            process.stop()
        self._drivers.clear()
        self._processes.clear()
        shutil.rmtree(self._logs, ignore_errors=True)

    def _make(self, face: Face) -> Driver:
        if face.driver == "browser":
            from conformance.stage.product.browsers import browser_driver

            return browser_driver(
                self._plan,
                face,
                self.address(face),
                self._services,
                self._writer,
                self._studio_of(face),
                died=lambda: self.died(face.name, _LAST_BREATH_S),
                guide=self._services.psc.guide(lambda: self._somebody(face)),
            )
        if face.driver == "adapter":
            return AdapterDriver(
                self.address(face),
                AdapterOptions(
                    recorder=self._writer,
                    key=f"face {face.name!r}",
                    tenant="default",
                    ca_file=self._services.ca_file,
                    product_addresses=(_origin(self.address(face)),),
                    died=lambda: self.died(face.name, _LAST_BREATH_S),
                    guide=self._services.psc.guide(lambda: self._somebody(face)),
                ),
            )
        return self._operated(face)

    def _somebody(self, face: Face) -> Person:
        if self._person is None:
            said = _("{path}: face {name}: nobody was asked to operate it")
            raise NotReady(said.format(path=self._plan.name, name=repr(face.name)))
        return self._person()

    def _operated(self, face: Face) -> OperatorDriver:
        """A face in the hands of a person. Raises `NotReady` when nobody can be asked."""
        named = self._plan.identities.items()
        called: dict[str, str] = {key: who.name for key, who in named if who.name}
        options = OperatorOptions("default", called, self._picture)
        return OperatorDriver(self._somebody(face), self._writer, options)

    def _studio_of(self, face: Face) -> Studio | NoStudio:
        """Where its windows stand: what a person must see is never on a screen of the bench."""
        return NoStudio() if face.driver == "operator" else self.studio

    def _note_death(self, name: str, death: Death) -> None:
        self._deaths.add(name)
        self._writer.record(
            "system.died",
            {"face": name, "code": death.code, "tail": death.tail},
            source="bench",
            tenant="default",
        )

    def _substitutions(self, face: Face) -> dict[str, str]:
        """What `{…}` stands for in the commands and addresses of a face."""
        named = {"client_id": face.client_id} if face.client_id else {}
        studio = self._studio_of(face)
        layout = studio.layout_for(face.driver) if isinstance(studio, Studio) else None
        return {
            "python": sys.executable,
            "port": str(self._ports.get(face.name, "")),
            "address": self.address(face),
            "client_id": CLIENT_ID,
            **self._services.places(),
            **named,
            "tenant": "default",
            "nil": self._plan.product.nil,
            "geometry": layout.product.geometry if layout else _NO_GEOMETRY,
        }


def _free_port() -> int:
    """A port of the loopback that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _origin(address: str) -> str:
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"
