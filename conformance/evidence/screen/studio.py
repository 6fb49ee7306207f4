"""The filmed screen of one worker: its display, its pointer, its films. Without one: `NoStudio`."""

from pathlib import Path

from common.recording import Recorder
from conformance.errors import NotReady
from conformance.evidence.screen.backends import backend_named
from conformance.evidence.screen.band import Band, notice_of
from conformance.evidence.screen.display import Display
from conformance.evidence.screen.layout import Area, Layout, browser_only, desktop_and_phone
from conformance.evidence.screen.pointer import Pointer
from conformance.evidence.screen.recorder import Film
from conformance.locale import _
from conformance.plan import Plan


class NoStudio:
    """No screen: browsers are headless, native windows stay shut, nothing is filmed."""

    display: str | None = None
    layout: Layout | None = None

    def environment(self) -> dict[str, str]:
        """What a program must be told about the display: nothing."""
        return {}

    def film(self, name: str) -> None:
        """No film."""

    def move_pointer(self, x: float, y: float) -> None:
        """No pointer."""

    def stop(self) -> None:
        """Nothing to stop."""


class Studio:
    """A display of its own, started once a worker; one film at a time on it."""

    def __init__(self, folder: Path, plan: Plan, recorder: Recorder) -> None:
        self._folder = folder
        self._plan = plan
        self._recorder = recorder
        self._display: Display | None = None
        self._pointer: Pointer | None = None

    def start(self) -> None:
        """Bring the display up. Raises `NotReady` when a tool is missing."""
        width, height = self._plan.evidence.size
        self._display = Display.start(width, height)
        try:
            self._pointer = Pointer(self._display.name)
        except BaseException:
            self.stop()
            raise

    @property
    def display(self) -> str | None:
        """The name of the X display."""
        return self._display.name if self._display else None

    @property
    def screen(self) -> Area:
        """What windows can fill."""
        assert self._display is not None
        return self._display.screen

    def layout_for(self, driver: str) -> Layout:
        """A browser fills the screen; a native window leaves room for the phone."""
        return browser_only(self.screen) if driver == "browser" else desktop_and_phone(self.screen)

    def environment(self) -> dict[str, str]:
        """What a program must be told to show its windows here."""
        return {"DISPLAY": self.display or "", "XCURSOR_SIZE": "32"}

    def film(self, name: str, most: int | None = None) -> Film:
        """Start the film of a scenario, of at most `most` octets. Raises `NotReady`."""
        assert self._display is not None
        evidence, product = self._plan.evidence, self._plan.product
        wanted = "x11grab" if evidence.screen == "auto" else evidence.screen
        backend = backend_named(wanted)
        if backend is None:
            said = _("{path}: evidence.screen {value} films nothing here")
            raise NotReady(said.format(path=self._plan.name, value=repr(wanted)))
        return Film.start(
            self._folder,
            name,
            self._display,
            self._recorder,
            band=Band(product.name, product.version, product.build, notice_of(self._plan.stage)),
            rate=evidence.rate,
            backend=backend,
            most=most,
        )

    def move_pointer(self, x: float, y: float) -> None:
        """Glide the real pointer to a point of the screen."""
        if self._pointer is not None:
            self._pointer.move(x, y)

    def stop(self) -> None:
        """Take pointer and display down."""
        if self._pointer is not None:
            self._pointer.close()
        if self._display is not None:
            self._display.stop()
        self._pointer = self._display = None
