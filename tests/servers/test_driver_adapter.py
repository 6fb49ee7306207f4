"""The adapter driver against adapters that behave, refuse, hang, lie and die."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from common.recording import Secret
from conformance.drivers.actions import Stopped
from conformance.drivers.adapter.driver import AdapterDriver, AdapterOptions
from conformance.errors import NotReady
from tests.worlds.loops import served
from tests.worlds.recorder import Heard

pytestmark = pytest.mark.usefixtures("english")

PERSON = {"means": "ecps", "national_id": "899700042171"}


class Peer:
    """A product with an adapter and a wallet beside it, each on a port of its own."""

    def __init__(self) -> None:
        self.say: dict[str, Callable[[], Response]] = {}
        self.callback: Callable[[], Response] = lambda: HTMLResponse("<p>Bonjour</p>")
        self.posted: list[tuple[str, Any]] = []
        self.answered = threading.Event()
        self.wallet = ""
        self.address = ""

    async def action(self, request: Request) -> Response:
        name = request.path_params["name"]
        self.posted.append((name, await request.json()))
        if name == "hang":
            await asyncio.sleep(60)
        if name in self.say:
            return self.say[name]()
        return JSONResponse({"outcome": "unsupported"})

    async def look(self, request: Request) -> Response:
        what = request.path_params["what"]
        return self.say[what]() if what in self.say else Response(status_code=404)

    async def reset(self, _request: Request) -> Response:
        return JSONResponse({"outcome": "done"})

    async def enter(self, _request: Request) -> Response:
        response = RedirectResponse(f"{self.wallet}/wallet/1?state=s1", 302)
        response.set_cookie("session", "s")
        return response

    async def back(self, request: Request) -> Response:
        if "session" not in request.cookies:
            return HTMLResponse("no cookie", 400)
        return self.callback()

    async def loop(self, request: Request) -> Response:
        return RedirectResponse(str(request.url), 302)

    async def page(self, request: Request) -> Response:
        form = await request.form() if request.method == "POST" else {}
        where = f"{self.wallet}/wallet/1"
        if form.get("step") == "choose":
            assert form["national_id"] == PERSON["national_id"]
            return RedirectResponse(f"{where}?means={form['means']}", 303)
        if form.get("step") == "card" or self.answered.is_set():
            return RedirectResponse(f"{self.address}/callback?code=c0de&state=s1", 302)
        return HTMLResponse(_wallet_page(request.query_params.get("means", ""), where))

    async def events(self, _request: Request) -> Response:
        async def lines() -> AsyncIterator[bytes]:
            yield b": waiting\n\n"
            await asyncio.to_thread(self.answered.wait, 20)
            yield b"event: answered\ndata: 1\n\n"

        return StreamingResponse(lines(), media_type="text/event-stream")


def _wallet_page(means: str, action: str) -> str:
    if means == "ecps":
        return "<p data-testid='wallet-digits'>42</p>"
    step = "card" if means == "cps" else "choose"
    return f"""<form method="post" action="{action}"><input type="hidden" name="step"
        value="{step}"><input name="means"><input name="national_id"><button>ok</button></form>"""


def _product(peer: Peer) -> Starlette:
    return Starlette(
        routes=[
            Route("/actions/{name}", peer.action, methods=["POST"]),
            Route("/see/{what}", peer.look),
            Route("/reset", peer.reset, methods=["POST"]),
            Route("/enter", peer.enter),
            Route("/callback", peer.back),
            Route("/loop", peer.loop),
        ]
    )


@pytest.fixture
def peer() -> Iterator[Peer]:
    peer = Peer()
    wallet = Starlette(
        routes=[
            Route("/wallet/1", peer.page, methods=["GET", "POST"]),
            Route("/wallet/1/events", peer.events),
        ]
    )
    with served(wallet) as peer.wallet, served(_product(peer)) as peer.address:
        yield peer
        peer.answered.set()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def driver(peer: Peer, heard: Heard) -> Iterator[AdapterDriver]:
    driver = AdapterDriver(peer.address, AdapterOptions(heard, key="face 'web'"))
    yield driver
    driver.close()


def says(**body: Any) -> Callable[[], Response]:
    return lambda: JSONResponse(body)


def test_an_answer_of_the_contract_is_the_outcome(peer: Peer, driver: AdapterDriver) -> None:
    peer.say["create_document"] = says(outcome="done", values={"document_id": "d1"})
    peer.say["send_document"] = says(outcome="refused", shown="Destinataire inconnu")

    done = driver.act("create_document", {"ins": "1", "title": "t", "text": "x"}, 5)
    refused = driver.act("send_document", {"document_id": "d1", "to": []}, 5)
    unsupported = driver.act("inbox", {}, 5)

    assert (done.name, done.values) == ("done", {"document_id": "d1"})
    assert (refused.name, refused.shown) == ("refused", "Destinataire inconnu")
    assert unsupported.name == "unsupported"
    assert peer.posted[0] == ("create_document", {"ins": "1", "title": "t", "text": "x"})


async def _cut() -> AsyncIterator[bytes]:
    yield b'{"outcome":'
    raise ConnectionError


def _endless() -> Iterator[bytes]:
    while True:
        yield b"x" * 1_000_000


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda: JSONResponse({"outcome": "done"}, 500), "status 500, expected 200"),
        (lambda: JSONResponse({"outcome": "done"}, 204), "status 204, expected 200"),
        (lambda: RedirectResponse("/elsewhere"), "status 307, expected 200"),
        (lambda: Response(b"<html>"), "Invalid JSON"),
        (says(outcome="perhaps"), "outcome: Input should be"),
        (says(outcome="refused"), "the product's own words"),
        (says(outcome="done", values={"sent": "yes"}), "values.sent: "),
        (says(outcome="done", surprise=1), "surprise: Extra inputs"),
        (lambda: StreamingResponse(_cut()), "the connection was dropped"),
        (lambda: StreamingResponse(_endless()), "over 16 MiB"),
    ],
)
def test_any_other_answer_is_broken_and_says_why(
    peer: Peer, driver: AdapterDriver, answer: Callable[[], Response], reason: str
) -> None:
    peer.say["write_message"] = answer

    outcome = driver.act("write_message", {"to": [], "subject": "s", "text": "t"}, 5)

    assert outcome.name == "broken"
    assert outcome.reason is not None
    assert outcome.reason.startswith("POST actions/write_message: ")
    assert reason in outcome.reason


async def _drip() -> AsyncIterator[bytes]:
    while True:
        yield b" "
        await asyncio.sleep(0.05)


async def _mute() -> AsyncIterator[bytes]:
    await asyncio.sleep(60)
    yield b""


@pytest.mark.parametrize("body", [_drip, _mute])
def test_a_silent_or_dripping_answer_is_unclear_at_the_deadline(
    peer: Peer, driver: AdapterDriver, body: Callable[[], AsyncIterator[bytes]]
) -> None:
    peer.say["logout"] = lambda: StreamingResponse(body())

    outcome = driver.act("logout", {}, 0.4)

    assert outcome.name == "unclear"
    assert outcome.reason is not None and "actions/logout" in outcome.reason
    assert "within 0.4 s" in outcome.reason


def test_a_dead_process_explains_the_silence(peer: Peer, heard: Heard) -> None:
    options = AdapterOptions(heard, died=lambda: "the product's process ended with code 3")
    driver = AdapterDriver(peer.address, options)
    peer.say["logout"] = lambda: StreamingResponse(_mute())

    outcome = driver.act("logout", {}, 0.2)

    assert (outcome.name, outcome.reason) == ("broken", "the product's process ended with code 3")


def test_an_address_that_never_answered_is_set_up_and_later_a_break(heard: Heard) -> None:
    nowhere = AdapterDriver("http://127.0.0.1:9", AdapterOptions(heard, key="face 'web'"))
    with served(_product(Peer())) as address:
        driver = AdapterDriver(address, AdapterOptions(heard, key="face 'web'"))
        driver.act("inbox", {}, 5)

    with pytest.raises(NotReady, match=r"face 'web', address http://127.0.0.1:9/.*no connection"):
        nowhere.act("logout", {}, 5)
    assert driver.act("logout", {}, 5).name == "broken"
    driver.close()


@pytest.mark.parametrize("means", ["ecps", "cps"])
def test_the_bench_is_the_browser_of_a_login(
    peer: Peer, driver: AdapterDriver, heard: Heard, means: str
) -> None:
    person = {**PERSON, "means": means}
    peer.say["start_psc_login"] = says(outcome="done", values={"open": f"{peer.address}/enter"})
    identity = {"connected": True, "name": "Dr Test"}
    peer.say["connected_identity"] = says(outcome="done", values=identity)

    started = driver.act("start_psc_login", person, 5)
    threading.Timer(0.1, peer.answered.set).start()
    finished = driver.act("finish_psc_login", person, 5)

    assert (started.name, finished.name) == ("done", "done")
    assert finished.values == identity
    exchanges = heard.exchanges()
    assert [(e["url"], e["response"]["status"]) for e in exchanges] == [
        (f"{peer.address}/enter", 302),
        (f"{peer.address}/callback", 200),
    ]
    assert exchanges[0]["response"]["redirect"] == {
        "url": f"{peer.wallet}/wallet/1",
        "query": {"state": "s1"},
    }
    assert exchanges[1]["query"] == {"code": Secret("code", "c0de"), "state": "s1"}
    assert {(event.source, event.witness) for event in heard.events} == {("adapter", "wire")}


def test_a_login_ends_as_the_product_ends_it(peer: Peer, driver: AdapterDriver) -> None:
    peer.say["start_psc_login"] = says(outcome="done", values={"open": f"{peer.address}/enter"})
    peer.say["connected_identity"] = says(outcome="done", values={"connected": False})
    person = {**PERSON, "means": "cps"}

    def login() -> tuple[str, str | None]:
        driver.reset()
        driver.act("start_psc_login", person, 5)
        outcome = driver.act("finish_psc_login", person, 5)
        return outcome.name, outcome.shown or outcome.reason

    silent = login()
    peer.say["error"] = says(present=True, text="Connexion refusée")
    refused = login()
    peer.say["finish_psc_login"] = says(outcome="refused", shown="Jeton invalide")
    told = login()
    peer.callback = lambda: HTMLResponse("Traceback", 500)
    crashed = login()
    peer.say["start_psc_login"] = says(outcome="done", values={"open": f"{peer.address}/loop"})
    looped = driver.act("start_psc_login", person, 5)

    assert silent[0] == "unclear"
    assert refused == ("refused", "Connexion refusée")
    assert told == ("refused", "Jeton invalide")
    assert crashed == ("broken", f"{peer.address}/callback answered 500")
    assert looped.name == "broken" and "20 redirects" in (looped.reason or "")


def test_a_phone_that_never_answers_leaves_the_login_unclear(
    peer: Peer, driver: AdapterDriver
) -> None:
    peer.say["start_psc_login"] = says(outcome="done", values={"open": f"{peer.address}/enter"})
    driver.act("start_psc_login", PERSON, 5)

    outcome = driver.act("finish_psc_login", PERSON, 0.4)

    assert outcome.name == "unclear"


def test_what_is_seen_is_what_the_adapter_declares(peer: Peer, driver: AdapterDriver) -> None:
    peer.say["ciba.digits"] = says(present=True, text="42", values={"digits": "42"})
    peer.say["error"] = says(present=False)
    peer.say["sent"] = lambda: Response(status_code=500)

    digits, error, unknown = driver.see("ciba.digits"), driver.see("error"), driver.see("inbox.row")

    assert (digits.present, digits.text, digits.values) == (True, "42", {"digits": "42"})
    assert (error.present, error.ready) == (False, True)
    assert (unknown.present, unknown.ready) == (False, False)
    with pytest.raises(Stopped, match=r"see sent: .*status 500"):
        driver.see("sent")
    with pytest.raises(NotReady, match=r"expected one of terms.psc"):
        driver.see("weather")
