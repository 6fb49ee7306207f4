"""Wallet, phone and control of the mock Pro Santé Connect, spoken to as forms and JSON."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import httpx2
import pytest
from lxml import html

from common.identities import DOCTOR
from mocks.pki.authority import Authority
from mocks.psc.server import PscMock, TenantConfig
from tests.worlds.psc import PscWorld
from tests.worlds.recorder import Heard


def _tree(page: httpx2.Response) -> Any:
    return html.fromstring(page.text)


def _marks(page: httpx2.Response) -> set[str]:
    return set(_tree(page).xpath("//@data-testid"))


def _choose(world: PscWorld, means: str, **changes: Any) -> str:
    shown = world.authorize(**changes)
    chosen = world.submit(shown, step="choose", means=means, national_id=DOCTOR.national_id)
    return world.psc.base_url + chosen.headers["location"]


def _control(world: PscWorld, method: str, path: str, **more: Any) -> httpx2.Response:
    return world.browser.request(method, f"{world.psc.base_url}/control/{path}", **more)


def test_the_wallet_offers_both_means_and_every_person(psc_world: PscWorld) -> None:
    page = psc_world.authorize()

    tree = _tree(page)
    labels = [label.text_content() for label in tree.xpath("//label")]
    assert tree.get("lang") == "fr"
    assert tree.xpath("string(//h1)") == "Se connecter à Logiciel d'essai"
    assert {"wallet-means-ecps", "wallet-means-cps", "wallet-submit"} <= _marks(page)
    assert len(labels) == len(tree.xpath("//input[@type='radio']")) == 5
    assert "RÉPÉTITION – service simulé" in page.text


def test_the_person_hinted_at_is_chosen_beforehand(psc_world: PscWorld) -> None:
    page = psc_world.authorize(login_hint="899700042197")

    chosen = html.fromstring(page.text).xpath("//input[@checked]/@value")
    assert chosen == ["ecps", "899700042197"]


def test_by_phone_the_wallet_waits_shows_the_digits_and_goes_on(psc_world: PscWorld) -> None:
    address = _choose(psc_world, "ecps", state="st")
    waiting = psc_world.browser.get(address)
    pending = psc_world.tenant.phone.pending(DOCTOR.national_id)[0]

    psc_world.tenant.phone.answer(pending, approve=True)
    back = psc_world.browser.get(address)

    shown = _tree(waiting).xpath("string(//*[@data-testid='wallet-digits'])")
    assert {"wallet-waiting", "wallet-continue"} <= _marks(waiting)
    assert (shown, pending.kind) == (pending.digits, "wallet")
    assert shown.isdigit()
    assert len(shown) == 2
    assert "state=st" in back.headers["location"]
    assert psc_world.exchanges("wallet")[-1]["facts"]["auth_mode"] == "MOBILE"


def test_the_waiting_page_is_told_of_the_answer(psc_world: PscWorld) -> None:
    address = _choose(psc_world, "ecps")
    heard = []

    def listen() -> None:
        heard.append(httpx2.get(f"{address}/events", timeout=10).text)

    listening = threading.Thread(target=listen)
    listening.start()
    pending = psc_world.tenant.phone.wait_pending(DOCTOR.national_id, 5)[0]
    psc_world.tenant.phone.answer(pending, approve=True)
    listening.join(10)

    assert "event: answered" in heard[0]


def test_a_refusal_on_the_phone_comes_back_as_access_denied(psc_world: PscWorld) -> None:
    address = _choose(psc_world, "ecps", state="st")
    pending = psc_world.tenant.phone.pending()[0]

    psc_world.tenant.phone.answer(pending, approve=False)
    back = psc_world.browser.get(address)

    assert "error=access_denied" in back.headers["location"]
    assert "state=st" in back.headers["location"]


def test_nobody_answering_in_time_comes_back_as_access_denied(psc_world: PscWorld) -> None:
    address = _choose(psc_world, "ecps")

    psc_world.clock.ahead = 120
    back = psc_world.browser.get(address)

    assert "error=access_denied" in back.headers["location"]


def test_a_person_may_cancel(psc_world: PscWorld) -> None:
    page = psc_world.authorize()

    back = psc_world.submit(page, step="cancel")

    assert "error=access_denied" in back.headers["location"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"step": "choose"},
        {"step": "choose", "means": "cps", "national_id": "0"},
        {"step": "card"},
    ],
)
def test_a_wallet_form_filled_in_wrongly_is_explained(psc_world: PscWorld, fields: Any) -> None:
    page = psc_world.authorize()

    answer = psc_world.submit(page, **fields)

    assert answer.status_code == 400
    assert "psc-error" in _marks(answer)


def test_a_login_that_is_over_cannot_be_resumed(psc_world: PscWorld) -> None:
    page = psc_world.authorize()
    psc_world.submit(page, step="cancel")

    answer = psc_world.submit(page, step="choose", means="cps", national_id=DOCTOR.national_id)

    assert answer.status_code == 400
    assert psc_world.exchanges("wallet")[-1]["refused_for"] == "unknown_login"


def test_pages_carry_what_came_over_the_wire_as_text(psc_world: PscWorld) -> None:
    psc_world.ask()

    page = psc_world.browser.get(psc_world.tenant.phone_url)

    assert "Logiciel d&#39;essai" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_the_phone_page_shows_digits_and_service_and_answers(psc_world: PscWorld) -> None:
    asked = psc_world.ask().json()
    page = psc_world.browser.get(psc_world.tenant.phone_url)
    tree = _tree(page)
    name = tree.xpath("string(//input[@name='auth_req_id']/@value)")

    form = {"auth_req_id": name, "answer": "approve"}
    answered = psc_world.browser.post(psc_world.tenant.phone_url, data=form)
    tokens = psc_world.poll(asked["auth_req_id"])

    facts = psc_world.exchanges("phone")[-1]["facts"]
    assert tree.xpath("string(//*[@data-testid='phone-digits'])") == "42"
    assert tree.xpath("string(//*[@data-testid='phone-service'])") == "Logiciel d'essai"
    assert answered.status_code == 303
    assert (facts["answer"], facts["digits"], facts["kind"]) == ("approve", "42", "ciba")
    assert tokens.status_code == 200


def test_opening_the_phone_is_recorded_once_looking_again_is_not(psc_world: PscWorld) -> None:
    for _ in range(3):
        page = psc_world.browser.get(psc_world.tenant.phone_url)

    assert "phone-empty" in _marks(page)
    assert len(psc_world.exchanges("phone")) == 1


def test_an_answer_comes_once_and_from_no_other_site(psc_world: PscWorld) -> None:
    name = psc_world.ask().json()["auth_req_id"]
    form = {"auth_req_id": name, "answer": "refuse"}
    foreign = {"origin": "https://ailleurs.test"}

    stranger = psc_world.browser.post(psc_world.tenant.phone_url, data=form, headers=foreign)
    own = psc_world.browser.post(
        psc_world.tenant.phone_url, data=form, headers={"origin": psc_world.psc.base_url}
    )
    again = psc_world.browser.post(psc_world.tenant.phone_url, data=form)

    assert [answer.status_code for answer in (stranger, own, again)] == [403, 303, 409]


def test_the_phone_is_told_of_a_new_request(psc_world: PscWorld) -> None:
    with httpx2.stream("GET", f"{psc_world.tenant.phone_url}/events", timeout=10) as stream:
        lines = stream.iter_lines()
        first = next(lines)
        psc_world.ask()
        later = [next(lines) for _ in range(3)]

    assert first == "event: changed"
    assert "event: changed" in later


def test_the_mock_is_steered_by_json(psc_world: PscWorld) -> None:
    armed = _control(
        psc_world,
        "POST",
        "t/default/faults",
        json={"name": "id-token.expired", "occurrence": 1},
    )
    tenants = _control(psc_world, "GET", "tenants").json()["tenants"]
    asked = psc_world.ask().json()
    pending = _control(psc_world, "GET", f"t/default/pending?national_id={DOCTOR.national_id}")
    name = pending.json()["pending"][0]["auth_req_id"]
    answered = _control(
        psc_world, "POST", "t/default/answer", json={"auth_req_id": name, "approve": True}
    )
    cleared = _control(psc_world, "DELETE", "t/default/faults")
    reset = _control(psc_world, "POST", "t/default/reset", json={"lifetimes": "short"})

    assert armed.json()["armed"][0]["name"] == "id-token.expired"
    assert tenants[0]["issuer"] == psc_world.tenant.issuer
    assert name == asked["auth_req_id"]
    assert answered.json()["answered"]["digits"] == "42"
    assert cleared.json()["armed"] == []
    assert reset.json()["lifetimes"]["access"] == 6
    assert len(_control(psc_world, "GET", "faults").json()["faults"]) > 20


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "t/default/faults", {"name": "inconnue"}, 400),
        ("POST", "t/default/faults", {"name": "id-token.expired", "occurrence": "1"}, 400),
        ("POST", "t/default/faults", ["liste"], 400),
        ("POST", "t/default/answer", {"auth_req_id": "x", "approve": "oui"}, 400),
        ("POST", "t/default/answer", {"auth_req_id": "x", "approve": True}, 409),
        ("POST", "t/default/reset", {"lifetimes": "longues"}, 400),
        ("POST", "t/default/inconnu", {}, 404),
        ("POST", "t/personne/reset", {}, 404),
        ("GET", "rien", None, 404),
    ],
)
def test_a_wrong_control_request_is_explained(
    psc_world: PscWorld, method: str, path: str, body: Any, status: int
) -> None:
    answer = _control(psc_world, method, path, json=body)

    assert answer.status_code == status
    assert answer.json()["error_description"]


def _with_mock(folder: Path, work: Any, **options: Any) -> Any:
    """Run `work(psc)` while a mock of its own listens, in this thread's loop."""

    class Silent:
        def mono(self) -> int:
            return 0

        def record(self, kind: str, data: Any, **more: Any) -> int:
            return 0

    async def run() -> Any:
        psc = PscMock(Silent(), folder, **options.pop("guard", {}))
        await psc.start(**options)
        try:
            return await work(psc)
        finally:
            await psc.stop()

    return asyncio.run(run())


def test_phone_and_control_need_the_token_when_one_is_set(tmp_path: Path) -> None:
    async def work(psc: PscMock) -> list[Any]:
        tenant = psc.open_tenant(TenantConfig())
        async with httpx2.AsyncClient() as person:
            without = await person.get(tenant.phone_url)
            opened = await person.get(f"{tenant.phone_url}?control_token=sesame")
            inside = await person.get(tenant.phone_url)
        async with httpx2.AsyncClient() as robot:
            address = f"{psc.base_url}/control/tenants"
            refused = await robot.get(address, headers={"authorization": "Bearer faux"})
            bearer = {"authorization": "Bearer sesame"}
            allowed = await robot.get(address, headers=bearer)
        return [a.status_code for a in (without, opened, inside, refused, allowed)]

    statuses = _with_mock(tmp_path, work, guard={"control_token": "sesame"})

    assert statuses == [401, 303, 200, 401, 200]


def test_strangers_are_kept_out_of_a_mock_with_an_allow_list(tmp_path: Path) -> None:
    async def work(psc: PscMock) -> Any:
        tenant = psc.open_tenant(TenantConfig())
        async with httpx2.AsyncClient() as stranger:
            return (await stranger.get(tenant.discovery_url)).status_code

    assert _with_mock(tmp_path, work, guard={"allow": ["10.0.0.0/8"]}) == 403


def test_beyond_loopback_it_does_not_start_unguarded(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="beyond loopback"):
        _with_mock(tmp_path, None, host="0.0.0.0")


def test_it_speaks_tls_with_the_certificate_given(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "pki")
    certificate = authority.issue(["127.0.0.1", "localhost"])
    files = (str(certificate.cert_path), str(certificate.key_path))

    async def work(psc: PscMock) -> Any:
        tenant = psc.open_tenant(TenantConfig())
        async with httpx2.AsyncClient(verify=False) as client:
            return (await client.get(tenant.discovery_url)).json()["issuer"]

    issuer = _with_mock(tmp_path / "keys", work, tls=files)

    assert issuer.startswith("https://127.0.0.1:")


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    async def work(psc: PscMock) -> None:
        taken = int(psc.base_url.rpartition(":")[2])
        with pytest.raises(OSError, match=f"port {taken} of 127.0.0.1"):
            await PscMock(Heard(), tmp_path).start(port=taken)

    _with_mock(tmp_path, work)


def test_a_key_file_that_holds_no_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "psc-signing.pem").write_text("rien", encoding="utf-8")

    with pytest.raises(ValueError, match=r"psc-signing\.pem.*expected an RSA private key"):
        PscMock(Heard(), tmp_path)
