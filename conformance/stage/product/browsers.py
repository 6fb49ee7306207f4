"""The bench's browsers: the product's window, and the phone beside a desktop on film."""

from collections.abc import Callable

from conformance.drivers.browser.chromium import ChromiumOptions
from conformance.drivers.browser.driver import BrowserDriver, BrowserOptions
from conformance.drivers.browser.side_window import SideWindow
from conformance.drivers.person.sign_in import Guide
from conformance.evidence.screen.layout import Area
from conformance.evidence.screen.studio import NoStudio, Studio
from conformance.journal import JournalWriter
from conformance.plan import Face, Plan
from conformance.stage.person.external_psc import own_display
from conformance.stage.services.psc import PhonePage
from conformance.stage.services.surroundings import Surroundings

_HEADLESS_BOX = (0, 0, 1280, 900)


def browser_driver(
    plan: Plan,
    face: Face,
    address: str,
    services: Surroundings,
    writer: JournalWriter,
    studio: Studio | NoStudio,
    died: Callable[[], str | None],
    guide: Guide | None = None,
) -> BrowserDriver:
    """The driver of a browser face: on the filmed display when there is one, else headless.

    With a `guide` it is on the person's own display, who signs in there. Raises `NotReady` when
    there is none.
    """
    filmed = isinstance(studio, Studio)
    area = studio.layout_for(face.driver).product if isinstance(studio, Studio) else None
    return BrowserDriver(
        address,
        plan.actions,
        plan.see,
        BrowserOptions(
            recorder=writer,
            key=f"face {face.name!r}",
            tenant="default",
            display=studio.display if guide is None else own_display(),
            box=_box(area) if area else _HEADLESS_BOX,
            ca_file=services.external_authorities,
            trusted_certificates=services.trusted_certificates,
            move_pointer=studio.move_pointer if filmed else None,
            died=died,
            guide=guide,
        ),
    )


class PhoneWindow:
    """The e-CPS phone in a window of its own; the real pointer presses its buttons."""

    def __init__(self, page: PhonePage, studio: Studio, area: Area) -> None:
        self._window = SideWindow(
            ChromiumOptions(
                display=studio.display,
                trusted_certificates=(page.certificate,),
            ),
            studio.move_pointer,
        )
        self._window.show(page.url, _box(area), opened_by=page.opened_by)

    def answer(self, request: str, approve: bool) -> None:
        """Press the button of that request. Raises `NotReady` when the page does not show it."""
        button = "phone-approve" if approve else "phone-refuse"
        self._window.click(
            f'[data-testid=phone-request]:has(input[value="{request}"]) [data-testid={button}]'
        )

    def close(self) -> None:
        """Close the window."""
        self._window.close()


def _box(area: Area) -> tuple[int, int, int, int]:
    return area.x, area.y, area.width, area.height
