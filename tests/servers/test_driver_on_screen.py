"""The browser inside a display: the real pointer goes to what is clicked."""

import http.server
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from conformance.drivers.browser.chromium import ChromiumOptions
from conformance.drivers.browser.driver import BrowserDriver, BrowserOptions
from conformance.drivers.browser.side_window import SideWindow
from conformance.drivers.browser.steps import ActionTable
from conformance.evidence.screen.display import Display
from conformance.evidence.screen.pointer import Pointer

PAGE = """<!doctype html><title>LPS</title><body style="margin:0"><p style="margin:150px 0 0 120px">
<button id=b onclick="this.textContent='cliqué'">bouton</button>"""


class Silent:
    def record(self, *_event: Any, **_about: Any) -> int:
        return 1

    def mono(self) -> Any:
        return time.perf_counter_ns()


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        octets = PAGE.encode()
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(octets)))
        self.end_headers()
        self.wfile.write(octets)

    def log_message(self, *_about: Any) -> None:
        pass


@pytest.fixture
def address() -> Iterator[Any]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def screen() -> Iterator[Any]:
    display = Display.start(1280, 800)
    pointer = Pointer(display.name)
    yield display, pointer
    pointer.close()
    display.stop()


def test_the_pointer_goes_to_what_is_clicked_in_both_windows(address: str, screen: Any) -> None:
    display, pointer = screen
    width, height = display.screen.width, display.screen.height
    actions = {
        "go_to_login": ActionTable.model_validate({"steps": [{"open": "/"}, {"click": "#b"}]})
    }
    options = BrowserOptions(
        Silent(),
        display=display.name,
        box=(0, 0, width - 400, height),
        move_pointer=pointer.move,
    )
    driver = BrowserDriver(address, actions, {"login": "#b"}, options)

    outcome = driver.act("go_to_login", {}, 20)
    seen, reached = driver.see("login"), pointer.position
    side = SideWindow(ChromiumOptions(display=display.name), pointer.move)
    side.show(f"{address}/phone", (width - 400, 0, 400, height))
    side.click("#b")
    beside = pointer.position
    side.close()
    driver.close()

    assert outcome.name == "done"
    assert seen.text == "cliqué"
    assert seen.box is not None
    x, y, wide, high = seen.box
    assert x <= reached[0] <= x + wide
    assert y <= reached[1] <= y + high
    assert y > 150 + 40
    assert beside[0] > width - 400
    assert beside[1] < reached[1]
