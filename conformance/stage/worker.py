"""One worker of a run: services, product, drivers and films, opened and closed around stories."""

import contextlib
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from common.identities import Patient, Professional
from conformance.catalogue import Catalogue
from conformance.drivers.actions import Stopped
from conformance.errors import BeyondReach, NotReady
from conformance.evidence.film.keeping import Room
from conformance.evidence.screen.own_display import OwnStudio
from conformance.evidence.screen.studio import NoStudio, Studio
from conformance.journal import JournalWriter
from conformance.plan import Face, NoFace, Plan
from conformance.plan.packs import packs_of
from conformance.stage.options import Options
from conformance.stage.person.dialogue import WITH_A_PERSON, Dialogue
from conformance.stage.person.external_psc import ManualPsc
from conformance.stage.person.phone import PATIENCE, RobotPsc
from conformance.stage.product.faces import Faces
from conformance.stage.product.recorded_system import RecordedSystem, on_film
from conformance.stage.services.mssante import MssanteService
from conformance.stage.services.surroundings import Surroundings
from conformance.story import Declaration


@dataclass(frozen=True, slots=True)
class Opened:
    """What a story is handed."""

    system: RecordedSystem
    psc: RobotPsc | ManualPsc
    mail: "AddressBook"


class AddressBook:
    """`mail` of a story: who has which address in this tenant."""

    def __init__(self, mssante: MssanteService) -> None:
        self._mssante = mssante

    def address(self, person: Professional | Patient) -> str:
        """The MSSanté address of a professional or a patient. Raises `NotReady`."""
        return self._mssante.address(person)


class Worker:
    """Opens and closes scenarios, one after the other. Not shared between threads."""

    def __init__(
        self, plan: Plan, catalogue: Catalogue, writer: JournalWriter, options: Options
    ) -> None:
        self.plan = plan
        self.catalogue = catalogue
        self.writer = writer
        self.options = options
        self._services: Surroundings | None = None
        self._faces: Faces | None = None
        self._studio: Studio | NoStudio = NoStudio()
        self._film: Any = None
        self.dialogue = Dialogue(plan, writer, options.folder, film=options.film, lang=options.lang)
        self._room = Room(options.folder, options.max_size, options.workers)
        self._number = 0
        self._psc: RobotPsc | ManualPsc | None = None

    def open(self, declaration: Declaration, means: str | None) -> Opened:
        """Begin a scenario. Raises `NotReady` when product or set-up cannot take part."""
        name = declaration.name(means)
        self.writer.forget()
        self.writer.scenario, self.writer.step = name, None
        self._started(declaration, means, name)
        face = self.plan.face(declaration.mode)
        by_hand = face.driver == "operator"
        services, faces = self._ready(by_hand)
        services.require(declaration)
        # A person is slower than any short lifetime.
        usual = "official" if by_hand else declaration.lifetimes
        services.reset(self.options.lifetimes or usual)
        self._record("tenant.opened", services.describe())
        faces.start(face.name)
        driver = faces.driver(face)
        driver.reset()
        if by_hand:
            story = self.catalogue.scenario(declaration.id)
            self.dialogue.begin(story, name, faces.address(face))
            self.dialogue.tell_once(services.where_the_phone_is())
        elif services.psc.needs_person:
            self.dialogue.accompany(self.catalogue.scenario(declaration.id), name)
        driver.open()
        hand = faces.hand(face)
        if declaration.filmed:
            seen = by_hand or services.psc.needs_person
            self._film = self._roll(name, self.dialogue.studio if seen else self._studio)
        if declaration.fault is not None:
            services.arm(declaration.fault, declaration.fault_value)
        system = RecordedSystem(
            driver,
            face.name,
            self.writer,
            tenant="default",
            died=lambda: faces.died(face.name),
            deadlines={**services.psc.deadlines(), **self.plan.deadlines()},
            translate=services.identities.translate,
        )
        self._psc = services.psc.gestures(
            self.writer,
            self.dialogue.person,
            hand=hand,
            patience=WITH_A_PERSON if by_hand else PATIENCE,
            thick=declaration.mode == "desktop",
        )
        return Opened(system, self._psc, AddressBook(services.mssante))

    def _roll(self, name: str, studio: Studio | OwnStudio | NoStudio) -> Any:
        """The film of a story; none without a studio, or once the results reached their ceiling."""
        left = self._room.left()
        if isinstance(studio, NoStudio) or self._room.refuses(left, self.writer):
            return None
        return studio.film(name, left)

    def close(
        self, declaration: Declaration, means: str | None, error: BaseException | None
    ) -> BaseException | None:
        """End a scenario: exchanges answered, film stopped, `scenario.finished` written.

        `error` is what left the story. Gives what the scenario ended with: that, else the first
        defect met on the way out. Raises `OSError` when the journal takes no more.
        """
        ends = [] if error is None else [error]
        try:
            for end in (self._hang_up, self._settle, self._end_film, self._clear):
                try:
                    end()
                except Exception as defect:  # noqa: BLE001 - said in scenario.finished
                    ends.append(defect)
        except KeyboardInterrupt as stop:
            ends.insert(0, stop)
        self.writer.step = None
        about = {"id": declaration.name(means), "attempt": 1, "stopped_at": None, "party": None}
        how = self.how_it_ended(ends[0] if ends else None)
        also = "; ".join(_named(defect) for defect in ends[1:])
        reason = f"{how['reason']}; {also}" if also else how["reason"]
        self._record("scenario.finished", {**about, **how, "reason": reason})
        return ends[0] if ends else None

    def _hang_up(self) -> None:
        if self._psc is not None:
            self._psc.close()
            self._psc = None

    def _settle(self) -> None:
        if self._services is not None:
            self._services.settle()

    def _end_film(self) -> None:
        film, self._film = self._film, None
        if film is not None:
            film.stop()

    def _clear(self) -> None:
        self.dialogue.end()
        if self._faces is not None:
            self._faces.clear()

    def step_title(self, n: int, scenario_id: str) -> str:
        """The official title of a step, in the language of the run."""
        return self.catalogue.scenario(scenario_id).step(n).title.said(self.options.lang)

    @contextmanager
    def step(self, n: int, scenario_id: str) -> Iterator[None]:
        """The two events of a step, and its caption on the film."""
        title = self.step_title(n, scenario_id)
        self.writer.step = self._number = n
        self._record("step.started", {"n": n, "title": title})
        if self._film is not None:
            self._film.caption(n, title)
        self.dialogue.enter(n)
        completed = False
        try:
            yield
            completed = True
        finally:
            if self._film is not None and not self.dialogue.telling:
                on_film(self.plan.evidence.pace)
            self._record("step.finished", {"n": n, "completed": completed})
            self.writer.step = None

    def how_it_ended(self, error: BaseException | None) -> dict[str, Any]:
        """`ended`, `reason`, `party` and step, for the exception that left the story (or none)."""
        if error is None:
            return {"ended": "completed", "reason": None}
        at = {"stopped_at": self._number or None}
        if isinstance(error, Stopped):
            at = {"stopped_at": error.step or at["stopped_at"]}
            return {"ended": "stopped", "reason": str(error), "party": "system", **at}
        if isinstance(error, NoFace | BeyondReach):
            return {"ended": "not_tested", "reason": str(error), "party": "setup", **at}
        if isinstance(error, NotReady):
            return {"ended": "not_ready", "reason": str(error), "party": "setup", **at}
        if isinstance(error, KeyboardInterrupt):
            return {"ended": "interrupted", "reason": str(error) or "Ctrl-C", **at}
        return {"ended": "error", "reason": _named(error), "party": "bench", **at}

    def stop(self) -> None:
        """Take product, browser, display and services down; each even if another fails.

        Raises what the first that failed raised.
        """
        with contextlib.ExitStack() as ends:
            for part in (self._services, self._studio, self._faces):
                if part is not None:
                    ends.callback(part.stop)
        self._services = self._faces = None

    def _ready(self, by_hand: bool) -> tuple[Surroundings, Faces]:
        """What every scenario needs, brought up by the first; what failed is tried again.

        A story in which a person acts needs no screen of the bench: it is filmed on their own.
        """
        services = self._services or Surroundings(self.plan, self.writer, self.options.keys)
        unseen = not by_hand and not services.psc.needs_person
        if self.options.film and unseen and not isinstance(self._studio, Studio):
            studio = Studio(self.options.folder, self.plan, self.writer)
            studio.start()
            self._studio = studio
            if self._faces is not None:
                self._faces.studio = studio
        if self._services is None:
            services.start()
            self._services = services
        if self._faces is None:
            faces = Faces(
                self.plan,
                services,
                self.writer,
                self._studio,
                self.options,
                person=self.dialogue.person,
                picture=self.dialogue.picture,
            )
            try:
                services.open(faces.registration())
            except BaseException:
                faces.stop()
                raise
            self._faces = faces
        return services, self._faces

    def _started(self, declaration: Declaration, means: str | None, name: str) -> None:
        self._number = 0
        face: Face | None = next((f for f in self.plan.faces if f.name == declaration.mode), None)
        self._record(
            "scenario.started",
            {
                "id": name,
                "attempt": 1,
                "mode": declaration.mode,
                "face": face.name if face else "",
                "driver": face.driver if face else "",
                "steps": len(self.catalogue.scenario(declaration.id).steps),
                "fault": declaration.fault,
                "twin": declaration.twin,
                "means": means,
                "variant": None,
                "packs": list(packs_of(declaration.id, means)),
            },
        )

    def _record(self, kind: str, data: dict[str, Any]) -> None:
        self.writer.record(kind, data, source="bench", tenant="default")


def _named(error: BaseException) -> str:
    """The type and the words of an exception, without its trace."""
    return "".join(traceback.format_exception_only(error)).strip()
