"""The browser driver against pages that behave, refuse, hang, loop, flood and crash."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from common.recording import Secret
from conformance.drivers.actions import Outcome, Stopped
from conformance.drivers.browser.driver import BrowserDriver, BrowserOptions
from conformance.drivers.browser.steps import ActionTable, SeeTable
from conformance.errors import NotReady
from tests.worlds.loops import served
from tests.worlds.recorder import Heard

pytestmark = pytest.mark.usefixtures("english")

PERSON: dict[str, Any] = {"means": "cps", "national_id": "899700042171"}


class Peer:
    """A web server whose pages a test writes; `base` is where it listens."""

    def __init__(self, certificate: trustme.LeafCert | None, folder: Path) -> None:
        self.pages: dict[str, Callable[[Request], Any]] = {}
        self.posted: list[dict[str, str]] = []
        app = Starlette(routes=[Route("/{path:path}", self._answer, methods=["GET", "POST"])])
        if certificate:
            key, chain = folder / f"key-{id(self)}.pem", folder / f"chain-{id(self)}.pem"
            certificate.private_key_pem.write_to_path(key)
            certificate.cert_chain_pems[0].write_to_path(chain)
            self._serving = served(app, chain, key)
        else:
            self._serving = served(app)
        self.base = self._serving.__enter__()

    async def _answer(self, request: Request) -> Response:
        if request.method == "POST":
            self.posted.append({k: str(v) for k, v in (await request.form()).items()})
        page = self.pages.get(request.url.path)
        if page is None:
            return HTMLResponse("<h1>404</h1>", 404)
        answer = page(request)
        if asyncio.iscoroutine(answer):
            answer = await answer
        return HTMLResponse(f"<!doctype html>{answer}") if isinstance(answer, str) else answer

    def stop(self) -> None:
        self._serving.__exit__(None, None, None)


@dataclass
class Scene:
    """One browser, a product and a wallet, and what was recorded."""

    product: Peer
    wallet: Peer
    heard: Heard
    driver: BrowserDriver
    actions: dict[str, ActionTable]
    see: dict[str, str | SeeTable]

    def on(self, path: str, page: str | Callable[[Request], Any]) -> None:
        self.product.pages[path] = page if callable(page) else lambda _request: page

    def action(self, name: str, **table: Any) -> None:
        self.actions[name] = ActionTable.model_validate(table)

    def act(self, name: str, within: float = 10.0, **arguments: Any) -> Outcome:
        return self.driver.act(name, arguments, within)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def stage(
    tmp_path_factory: pytest.TempPathFactory, authority: trustme.CA
) -> Iterator[tuple[Peer, Peer, Path]]:
    folder = tmp_path_factory.mktemp("peers")
    ca_file = folder / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    leaf = authority.issue_cert("localhost")
    product, wallet = Peer(leaf, folder), Peer(leaf, folder)
    yield product, wallet, ca_file
    product.stop()
    wallet.stop()


@pytest.fixture(scope="module")
def shared(stage: tuple[Peer, Peer, Path]) -> Iterator[Scene]:
    product, wallet, ca_file = stage
    heard, actions, see = Heard(), dict[str, ActionTable](), dict[str, str | SeeTable]()
    options = BrowserOptions(heard, key="face 'web'", ca_file=ca_file, box=(0, 0, 900, 700))
    driver = BrowserDriver(product.base, actions, see, options)
    yield Scene(product, wallet, heard, driver, actions, see)
    driver.close()


@pytest.fixture
def scene(shared: Scene) -> Iterator[Scene]:
    yield shared
    shared.driver.reset()
    shared.driver._see.clear()
    for table in (shared.actions, shared.product.pages, shared.wallet.pages):
        table.clear()
    shared.heard.events.clear()
    shared.product.posted.clear()


def watch_for(scene: Scene, **see: Any) -> None:
    for what, table in see.items():
        selector = SeeTable.model_validate(
            table if isinstance(table, dict) else {"selector": table}
        )
        scene.driver._see[what.replace("__", "-").replace("_", ".")] = selector


def test_steps_are_played_and_the_marks_tell_the_end(scene: Scene) -> None:
    scene.on(
        "/compose",
        """<form method=post action=/sent><input id=to name=to>
        <textarea id=text name=text></textarea>
        <input type=checkbox id=p name=patient value=yes><select id=d name=d><option value=a>A
        <option value=b>Compte rendu</select><button>Envoyer</button></form>""",
    )
    scene.on("/sent", "<p class=ok data-id=m1>Message envoyé</p><ul><li>a@x<li>b@x</ul>")
    scene.action(
        "send_document",
        steps=[
            {"open": "/compose"},
            {"fill": "#to", "value": "{to}"},
            {"fill": "#text", "value": "x"},
            {"check": "#p", "when": {"patient": True}},
            {"select": "#d", "value": "{document_id}"},
            {"click": "role=button[name='Envoyer']"},
        ],
        done_when=".ok",
        refused_when=".error",
        values={
            "message_id": {"selector": ".ok", "attribute": "data-id"},
            "path": {"url": True, "pattern": "(/[a-z]+)$"},
            "people.to": {"selector": "li", "all": True},
            "people.any": {"selector": ".nobody", "present": True},
        },
    )

    outcome = scene.act(
        "send_document", to=["a@x", "b@x"], patient=True, document_id="Compte rendu"
    )

    assert outcome == Outcome(
        "done",
        {
            "sent": True,
            "message_id": "m1",
            "path": "/sent",
            "people": {"to": ["a@x", "b@x"], "any": False},
        },
    )
    assert scene.product.posted == [{"to": "a@x, b@x", "text": "x", "patient": "yes", "d": "b"}]


def test_a_refusal_is_the_words_of_the_page(scene: Scene) -> None:
    scene.on(
        "/",
        "<button onclick=\"document.title='x';e.hidden=false\">Go</button>"
        "<p id=e hidden class=error>Jeton expiré</p>",
    )
    scene.action(
        "logout",
        steps=[{"open": "/"}, {"click": "button"}],
        done_when=".bye",
        refused_when=".error",
    )

    outcome = scene.act("logout")

    assert (outcome.name, outcome.shown) == ("refused", "Jeton expiré")


def test_neither_mark_is_unclear_and_says_what_the_page_had_asked(scene: Scene) -> None:
    scene.on(
        "/", "<button onclick=\"if(confirm('Sûr ?')) t.hidden=false\">Go</button><p id=t hidden>ok"
    )
    steps: list[dict[str, str]] = [{"open": "/"}, {"click": "button"}]
    scene.action("logout", steps=steps, done_when="#t")

    dismissed = scene.act("logout", within=3.0)
    scene.action("logout", steps=[{"dialog": "accept"}, *steps], done_when="#t")
    accepted = scene.act("logout")

    assert dismissed.name == "unclear"
    assert dismissed.reason is not None
    assert "logout: neither mark was seen within 3 s" in dismissed.reason
    assert "the page had asked 'Sûr ?'" in dismissed.reason
    assert accepted.name == "done"
    notes = scene.heard.data("bench.note")
    assert [note["values"]["accepted"] for note in notes] == [False, True]


async def _cut() -> AsyncIterator[bytes]:
    yield b"<p>half"
    raise ConnectionError


def test_what_breaks_in_the_product_is_broken(scene: Scene) -> None:
    scene.on("/", "<a href=/next>next</a>")
    scene.on("/start", lambda request: RedirectResponse(request.url, 302))
    scene.action("logout", steps=[{"open": "/"}, {"click": "a"}], done_when=".ok")
    cases: list[tuple[Any, str]] = [
        (lambda _r: HTMLResponse("<p class=ok>Traceback", 500), "/next answered 500"),
        (lambda request: RedirectResponse(request.url, 302), "ERR_TOO_MANY_REDIRECTS"),
        (lambda _r: StreamingResponse(_cut()), "ERR_INCOMPLETE_CHUNKED_ENCODING"),
        # Last: it goes on asking for documents while the next action begins.
        ("<meta http-equiv=refresh content='0;url=/next'>", "40 documents in one action"),
    ]

    said = []
    for page, expected in cases:
        scene.on("/next", page)
        said.append((scene.act("logout"), expected))

    assert [outcome.name for outcome, _ in said] == ["broken"] * len(cases)
    assert all(expected in (outcome.reason or "") for outcome, expected in said), said
    assert scene.heard.exchanges()[1]["response"]["status"] == 500


async def _hang() -> str:
    await asyncio.sleep(30)
    return ""


async def _flood() -> AsyncIterator[bytes]:
    yield b"<!doctype html><p class=ok>ok</p>"
    while True:
        yield b"<p>x</p>" * 1000
        await asyncio.sleep(0.001)


def test_silence_is_unclear_at_the_deadline(scene: Scene) -> None:
    scene.on("/", lambda _request: _hang())
    scene.action("logout", steps=[{"open": "/"}], done_when=".ok")
    silent = scene.act("logout", within=1.0)
    scene.on("/", "<a href=/slow>x</a>")
    scene.on("/slow", lambda _request: _hang())
    scene.action("logout", steps=[{"open": "/"}, {"click": "a"}], done_when=".ok")

    leaving = scene.act("logout", within=2.5)

    assert (silent.name, leaving.name) == ("unclear", "unclear")
    assert silent.reason == f"{scene.product.base}/ did not answer within 1 s"


def test_a_page_without_end_does_not_hold_the_story(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.drivers.browser.driver._GRACE_S", 0.5)
    scene.on("/", lambda _request: StreamingResponse(_flood(), media_type="text/html"))
    scene.action("logout", steps=[{"open": "/"}], done_when=".ok", refused_when=".error")

    outcome = scene.act("logout", within=2)

    assert outcome.name in ("done", "unclear")


def test_a_page_that_no_longer_reacts_is_unclear_and_the_next_action_works(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.drivers.browser.driver._GRACE_S", 0.5)
    scene.on("/", "<button onclick='for(;;);'>x</button>")
    scene.on("/ok", "<p class=ok>ok")
    scene.action("logout", steps=[{"open": "/"}, {"click": "button"}], done_when=".ok")
    scene.action("go_to_login", steps=[{"open": "/ok"}], done_when=".ok")

    hung = scene.act("logout", within=3.0)
    after = scene.act("go_to_login")

    assert hung == Outcome("unclear", reason="logout: the page no longer reacts")
    assert after.name == "done"


def test_a_crashed_page_is_broken(scene: Scene) -> None:
    scene.on("/", "<a href='chrome://crash'>x</a><p class=ok>ok")
    scene.action("go_to_login", steps=[{"open": "/"}], done_when=".ok")
    scene.action("logout", steps=[{"open": "chrome://crash"}], done_when=".never")
    scene.act("go_to_login")

    crashed = scene.act("logout")

    assert (crashed.name, crashed.reason) == ("broken", "the page crashed")


def test_a_selector_that_never_matched_is_the_set_up(scene: Scene) -> None:
    scene.on("/", "<button>x</button>")
    scene.on("/empty", "<p>nothing")
    scene.action("logout", steps=[{"open": "/"}, {"click": "#absent"}])
    scene.action("go_to_login", steps=[{"open": "/{form}"}, {"click": "button"}])
    scene.action("close_terms", steps=[{"open": "/"}, {"click": "[[["}])
    scene.action("show_terms", steps=[{"open": "/"}], done_when="p >> nonsense=1")

    with pytest.raises(
        NotReady, match=r"face 'web', actions\.logout\.steps\[1\]\.click: '#absent'"
    ):
        scene.act("logout", within=2.0)
    assert scene.act("go_to_login", form="").name == "done"
    moved = scene.act("go_to_login", form="empty", within=2.0)
    assert (moved.name, moved.reason) == (
        "unclear",
        f"button did not show on {scene.product.base}/empty",
    )
    with pytest.raises(
        NotReady, match=r"close_terms\.steps\[1\]\.click: '\[\[\[' is not a selector"
    ):
        scene.act("close_terms")
    with pytest.raises(NotReady, match=r"done_when: .* is not a selector"):
        scene.act("show_terms")
    with pytest.raises(NotReady, match=r"actions\.reply is missing"):
        scene.act("reply")


def test_an_address_where_nobody_is_is_the_set_up_until_it_answered(
    stage: tuple[Peer, Peer, Path], tmp_path: Path, scene: Scene
) -> None:
    peer = Peer(None, tmp_path)
    peer.pages["/"] = lambda _request: "<p class=ok>ok"
    actions = {"go_to_login": ActionTable.model_validate({"steps": [{"open": "/"}]})}
    nowhere = BrowserDriver("http://localhost:9", actions, {}, BrowserOptions(Heard()))
    untrusted = BrowserDriver(scene.product.base, actions, {}, BrowserOptions(Heard()))
    product = BrowserDriver(peer.base, actions, {}, BrowserOptions(Heard()))
    try:
        with pytest.raises(NotReady, match=r"http://localhost:9/ gave ERR_"):
            nowhere.act("go_to_login", {}, 10)
        with pytest.raises(NotReady, match=r"gave ERR_CERT_AUTHORITY_INVALID"):
            untrusted.act("go_to_login", {}, 10)
        assert product.act("go_to_login", {}, 10).name == "done"
        peer.stop()
        gone = product.act("go_to_login", {}, 10)
    finally:
        for driver in (nowhere, untrusted, product):
            driver.close()

    assert gone.name == "broken"
    assert "ERR_CONNECTION_REFUSED" in (gone.reason or "")


def test_a_death_of_the_product_explains_what_broke(
    stage: tuple[Peer, Peer, Path], scene: Scene
) -> None:
    options = BrowserOptions(Heard(), ca_file=stage[2], died=lambda: "ended with code 3")
    actions = {"logout": ActionTable.model_validate({"steps": [{"open": "/"}], "done_when": "#x"})}
    scene.on("/", "<p>alive")
    driver = BrowserDriver(scene.product.base, actions, {}, options)

    gone = BrowserDriver("http://localhost:9", actions, {}, options)

    outcomes = [one.act("logout", {}, 1.5) for one in (driver, gone)]
    driver.close()
    gone.close()

    assert outcomes == [Outcome("broken", reason="ended with code 3")] * 2


async def _once(answered: threading.Event) -> str:
    await asyncio.to_thread(answered.wait, 20)
    return "yes"


def _wallet(scene: Scene, answered: threading.Event) -> None:
    """A wallet page with the marks of the mock's."""

    def page(request: Request) -> Any:
        step = scene.wallet.posted[-1] if request.method == "POST" else {}
        if step.get("step") == "card" or answered.is_set():
            return RedirectResponse(f"{scene.product.base}/callback?code=c0de&state=s1", 302)
        if step.get("means") == "ecps":
            return (
                "<p data-testid=wallet-digits>42</p><script>fetch('/answered')"
                ".then(()=>location.replace('/wallet'))</script>"
            )
        if step.get("means") == "cps":
            return (
                "<form method=post><button name=step value=card"
                " data-testid=wallet-card-confirm>ok</button></form>"
            )
        return """<form method=post><input type=hidden name=step value=choose>
            <label><input type=radio name=means value=ecps checked data-testid=wallet-means-ecps>e
            <label><input type=radio name=means value=cps data-testid=wallet-means-cps>c
            <label><input type=radio name=national_id value=899700042171
             data-testid=wallet-person-899700042171>p
            <button data-testid=wallet-submit>Continuer</button></form>"""

    scene.wallet.pages["/wallet"] = page
    scene.wallet.pages["/answered"] = lambda _r: _once(answered)
    scene.on("/", "<a class=psc href=/login>PSC</a>")
    scene.on("/login", lambda _r: RedirectResponse(f"{scene.wallet.base}/wallet?state=s1", 302))
    scene.on("/callback", "<p class=who data-id=899700042171>Dr Test</p>")
    scene.action("start_psc_login", steps=[{"open": "/"}, {"click": ".psc"}])
    watch_for(
        scene,
        identity={
            "selector": ".who",
            "values": {"national_id": {"selector": ".who", "attribute": "data-id"}},
        },
        error=".error",
    )


@pytest.mark.parametrize("means", ["cps", "ecps"])
def test_the_person_signs_in_at_the_wallet(scene: Scene, means: str) -> None:
    answered = threading.Event()
    _wallet(scene, answered)
    person = {**PERSON, "means": means}

    started = scene.act("start_psc_login", **person)
    before = scene.act("connected_identity")
    threading.Timer(0.3, answered.set).start() if means == "ecps" else None
    finished = scene.act("finish_psc_login", **person)
    who = scene.act("connected_identity")

    assert (started.name, finished.name) == ("done", "done"), (started, finished)
    assert before.values == {"connected": False}
    assert who.values == {"connected": True, "name": "Dr Test", "national_id": "899700042171"}
    exchanges = scene.heard.exchanges()
    assert [e["url"].removeprefix(scene.product.base) for e in exchanges] == [
        "/",
        "/login",
        "/callback",
    ]
    assert exchanges[1]["response"]["redirect"]["query"] == {"state": "s1"}
    assert exchanges[2]["query"] == {"code": Secret("code", "c0de"), "state": "s1"}
    assert {(event.source, event.witness) for event in scene.heard.events} == {("ui", "screen")}
    assert all(0 <= e["began"] <= e["ended"] <= 10**15 for e in exchanges)


def test_a_callback_that_crashes_or_refuses_ends_the_login_so(scene: Scene) -> None:
    _wallet(scene, threading.Event())

    def login() -> Outcome:
        scene.driver.reset()
        scene.act("start_psc_login", **PERSON)
        return scene.act("finish_psc_login", within=5.0, **PERSON)

    scene.on("/callback", lambda _r: HTMLResponse("<p class=error>oops", 500))
    crashed = login()
    scene.on("/callback", lambda _r: HTMLResponse("<p class=error>Connexion refusée", 403))
    refused = login()

    assert crashed == Outcome("broken", reason=f"{scene.product.base}/callback answered 500")
    assert (refused.name, refused.shown) == ("refused", "Connexion refusée")


def test_the_silence_of_the_phone_is_unclear(scene: Scene) -> None:
    answered = threading.Event()
    _wallet(scene, answered)
    person = {**PERSON, "means": "ecps"}
    scene.act("start_psc_login", **person)

    outcome = scene.act("finish_psc_login", within=0.8, **person)
    answered.set()

    assert (outcome.name, outcome.reason) == ("unclear", "the phone did not answer within 0.8 s")


def test_what_is_seen_is_visible_and_inside_the_window(scene: Scene) -> None:
    scene.on(
        "/",
        """<body style='margin:0'><p id=a style='margin:0;height:40px;width:100px'> Quarante </p>
        <input id=i value=deux><p id=h hidden>x</p><p id=far style='margin-top:5000px'>loin</p>""",
    )
    scene.action("go_to_login", steps=[{"open": "/?code=secret"}])
    scene.act("go_to_login")
    watch_for(scene, identity="#a", sent="#i", error="#h", terms_psc="#far")

    seen = {what: scene.driver.see(what) for what in ("identity", "sent", "error", "terms.psc")}
    unknown = scene.driver.see("inbox.row")

    assert {what: look.present for what, look in seen.items()} == {
        "identity": True,
        "sent": True,
        "error": False,
        "terms.psc": False,
    }
    assert (seen["identity"].text, seen["sent"].text) == ("Quarante", "deux")
    identity = seen["identity"]
    assert (identity.box, identity.url) == ((0, 0, 100, 40), f"{scene.product.base}/")
    assert (seen["error"].screenshot or b"").startswith(b"\x89PNG")
    assert (unknown.present, unknown.ready) == (False, False)
    with pytest.raises(NotReady):
        scene.driver.see("weather")


def test_terms_out_of_sight_are_scrolled_to(scene: Scene) -> None:
    scene.on("/", "<p style='height:5000px'>…<p id=psc>Pro Santé Connect</p>")
    scene.action("show_terms", steps=[{"open": "/"}])
    watch_for(scene, terms_psc="#psc")

    scene.act("show_terms", form="page")
    before = scene.driver.see("terms.psc")
    scrolled = scene.act("scroll_to_psc_terms")
    after = scene.driver.see("terms.psc")

    assert (before.present, scrolled.name, after.present) == (False, "done", True)


def test_the_offer_is_read_where_it_is_shown(scene: Scene) -> None:
    scene.on("/", "<dialog open><p class=r>Dr A &lt;a@x.test>, b@x.test</p></dialog>")
    scene.action("delete_document", steps=[{"open": "/"}])
    watch_for(scene, notify__offer="dialog", recipients=".r")

    shown = scene.act("delete_document", document_id="d1")
    scene.on("/", "<p>supprimé")
    none = scene.act("delete_document", document_id="d1")

    assert shown.values == {"offer": {"shown": True, "recipients": ["a@x.test", "b@x.test"]}}
    assert none.values == {"offer": {"shown": False, "recipients": []}}


def test_a_new_window_is_followed_and_left_when_it_closes(scene: Scene) -> None:
    scene.on("/", "<a target=_blank href=/terms>CGU</a><p class=home>accueil")
    scene.on("/terms", "<p class=psc>PSC</p><button onclick='window.close()'>Fermer</button>")
    scene.action("show_terms", steps=[{"open": "/"}, {"click": "a"}], done_when=".psc")
    scene.action("close_terms", steps=[{"click": "button"}], done_when=".home")

    outcomes = [scene.act("show_terms", form="page").name, scene.act("close_terms").name]

    assert outcomes == ["done", "done"]


def test_a_download_and_a_document_do_not_hold_the_story(scene: Scene) -> None:
    disposition = {"content-disposition": "attachment; filename=cgu.txt"}
    scene.on("/", "<a href=/file>CGU</a>")
    scene.on("/file", lambda _r: Response("CGU", headers=disposition))
    scene.action("show_terms", steps=[{"open": "/"}, {"click": "a"}])
    scene.action("go_to_login", steps=[{"open": "/file"}])

    outcomes = [scene.act("show_terms", form="document").name, scene.act("go_to_login").name]

    assert outcomes == ["done", "done"]
    notes = scene.heard.data("bench.note")
    assert [note["what"] for note in notes] == ["download", "download"]


def test_the_next_story_starts_as_a_new_visitor(scene: Scene) -> None:
    def page(request: Request) -> Response:
        known = "yes" if "id" in request.cookies else "no"
        body = (
            f"<p class=c>{known}</p><p class=s></p><script>document.querySelector('.s').textContent"
            "=localStorage.k||'none';localStorage.k='kept'</script>"
        )
        response = HTMLResponse(f"<!doctype html>{body}")
        response.set_cookie("id", "1")
        return response

    scene.on("/", page)
    values = {"cookie": {"selector": ".c"}, "storage": {"selector": ".s"}}
    scene.action("go_to_login", steps=[{"open": "/"}], values=values)

    first, second = scene.act("go_to_login"), scene.act("go_to_login")
    scene.driver.reset()
    third = scene.act("go_to_login")

    assert second.values == {"cookie": "yes", "storage": "kept"}
    assert third.values == first.values == {"cookie": "no", "storage": "none"}


def test_doing_nothing_lasts_as_long_as_asked(scene: Scene) -> None:
    scene.on(
        "/",
        "<script>setTimeout(()=>{document.body.innerHTML='<p class=out>Session fermée'},300)"
        "</script>",
    )
    scene.action("go_to_login", steps=[{"open": "/"}])
    scene.action("idle", steps=[], done_when=".out")
    scene.act("go_to_login")

    outcome = scene.act("idle", within=20, seconds=0.5)

    assert outcome.name == "done"


def test_a_page_that_cannot_be_looked_at_ends_the_story(scene: Scene) -> None:
    scene.on("/", "<p class=ok>ok")
    scene.action("go_to_login", steps=[{"open": "/"}])
    scene.action("logout", steps=[{"open": "chrome://crash"}])
    watch_for(scene, error=".ok")
    scene.act("go_to_login")
    scene.act("logout", within=2.0)

    with pytest.raises(Stopped, match="see error: the page crashed"):
        scene.driver.see("error")


def test_a_first_step_that_opens_nothing_is_the_set_up(scene: Scene) -> None:
    scene.action("go_to_login", steps=[{"click": "#enter"}])

    with pytest.raises(NotReady, match=r"actions.go_to_login.steps\[0\].click: no page .* open"):
        scene.act("go_to_login", within=1.0)


def test_what_the_page_says_stands_beside_a_mark_that_never_came(scene: Scene) -> None:
    scene.on("/", "<h1>Connexion impossible</h1><p role=alert>Le jeton est refusé.</p>")
    scene.action("go_to_login", steps=[{"open": "/"}], done_when="#never")

    outcome = scene.act("go_to_login", within=1.0)

    assert outcome.name == "unclear"
    assert str(outcome.reason).endswith(
        "; the page says 'Connexion impossible Le jeton est refusé.'"
    )


def test_an_action_that_an_observation_replaces_names_both(scene: Scene) -> None:
    with pytest.raises(NotReady, match=r"actions.finish_psc_login and \[see\] identity"):
        scene.act("finish_psc_login", within=1.0)
