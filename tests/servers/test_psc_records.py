"""What the mock Pro Santé Connect leaves in the journal: every exchange, and no secret."""

import base64
import socket
import urllib.parse
from typing import Any

import httpx2
import pytest
from pydantic import TypeAdapter

from common.identities import DOCTOR
from conformance.journal.kinds import KINDS
from tests.worlds.psc import PscWorld


def _wait(world: PscWorld, where: Any) -> Any:
    event = world.journal.wait_for("http.exchange", where, within=5)
    assert event is not None
    return event.data


def _raw(world: PscWorld, octets: bytes) -> Any:
    host, _, port = world.psc.base_url.removeprefix("http://").partition(":")
    connection = socket.create_connection((host, int(port)), timeout=5)
    connection.sendall(octets)
    return connection


def _whole_story(world: PscWorld) -> Any:
    world.tenant.faults.arm("id-token.acr-eidas2")
    code = world.sign_in(verifier="v" * 50)["code"]
    tokens = world.redeem(code, code_verifier="v" * 50).json()
    world.userinfo(tokens["access_token"])
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    renewed = world.token(**form).json()
    world.server.post(world.tenant.endpoint("/revoke"), data={"token": renewed["access_token"]})
    introspect = world.tenant.endpoint("/token/introspect")
    world.server.post(introspect, data={"token": renewed["refresh_token"]})
    asked = world.ask().json()
    world.browser.get(world.tenant.phone_url)
    answer = {"auth_req_id": asked["auth_req_id"], "answer": "approve"}
    world.browser.post(world.tenant.phone_url, data=answer)
    ciba = world.poll(asked["auth_req_id"]).json()
    world.browser.get(world.tenant.endpoint("/logout"), params={"id_token_hint": ciba["id_token"]})
    # What no honest client does: secrets where none is expected.
    stray = {"x-jeton": tokens["access_token"], "referer": f"http://127.0.0.1/?code={code}"}
    httpx2.get(f"{world.psc.base_url}/inconnu?code={code}&a={ciba['access_token']}", headers=stray)
    httpx2.post(introspect, json={"refresh_token": ciba["refresh_token"]})
    return [
        code,
        "v" * 50,
        world.client.secret,
        asked["auth_req_id"],
        *(cookie.value for cookie in world.browser.cookies.jar),
        *(given[name] for given in (tokens, renewed, ciba) for name in _TOKENS),
    ]


_TOKENS = ("access_token", "refresh_token", "id_token")


def test_no_secret_of_a_whole_story_reaches_the_disk(psc_world: PscWorld) -> None:
    secrets = _whole_story(psc_world)

    octets = b"".join(f.read_bytes() for f in psc_world.folder.rglob("*") if f.is_file())

    assert len(octets) > 10_000
    for secret in secrets:
        raw = secret.encode()
        forms = [raw, urllib.parse.quote(secret, safe="").encode()]
        forms += [base64.b64encode(b"x" * n + raw)[4 * n // 3 + 2 : -4] for n in range(3)]
        assert not [form for form in forms if form in octets], secret[:8]


def test_every_exchange_has_the_shape_of_its_kind(psc_world: PscWorld) -> None:
    _whole_story(psc_world)

    events = psc_world.events()
    routes = {exchange["route"] for exchange in psc_world.exchanges()}

    for event in events:
        TypeAdapter(KINDS[event.kind]).validate_python(event.data)
    assert routes == {
        "authorize",
        "wallet",
        "token",
        "userinfo",
        "revoke",
        "introspect",
        "ciba",
        "phone",
        "logout",
        None,
    }


def test_the_same_secret_has_the_same_mark_wherever_it_stands(psc_world: PscWorld) -> None:
    tokens = psc_world.tokens()
    psc_world.userinfo(tokens["access_token"])

    issued = psc_world.exchanges("token")[0]["response"]["json"]["access_token"]["fp"]
    used = psc_world.exchanges("userinfo")[0]["request"]["headers"]["authorization"]["token"]["fp"]

    assert issued == used


def test_facts_say_who_how_and_for_whom(psc_world: PscWorld) -> None:
    back = psc_world.sign_in()
    psc_world.redeem(back["code"])

    facts = psc_world.exchanges("token")[0]["facts"]

    assert facts == {
        "grant_type": "authorization_code",
        "client": "lps-test",
        "method": "client_secret_basic",
        "login": 1,
        "code_used_before": False,
        "issued": ["access_token", "refresh_token", "id_token"],
        "national_id": DOCTOR.national_id,
        "session": back["session_state"],
        "auth_mode": "CARD",
        "scope": "openid scope_all",
    }


@pytest.mark.parametrize(
    "path", ["/inconnu", "/", "/t/personne/auth", "/t/default/auth", "/auth/realms/autre"]
)
def test_an_unknown_address_is_recorded(psc_world: PscWorld, path: str) -> None:
    answer = httpx2.get(psc_world.psc.base_url + path)

    recorded = psc_world.exchanges()[0]
    assert answer.status_code == 404
    assert (recorded["route"], recorded["refused_for"]) == (None, "not_found")
    assert recorded["url"].endswith(path)


def test_a_wrong_method_is_recorded_under_its_route(psc_world: PscWorld) -> None:
    answer = httpx2.get(psc_world.tenant.endpoint("/token"))

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert psc_world.exchanges("token")[0]["refused_for"] == "method_not_allowed"


def test_a_client_that_hangs_up_within_its_body_is_recorded_as_cut(psc_world: PscWorld) -> None:
    path = psc_world.tenant.endpoint("/token").removeprefix(psc_world.psc.base_url)
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\ngrant_type="

    _raw(psc_world, head.encode()).close()

    recorded = _wait(psc_world, lambda event: event.data["cut"])
    assert (recorded["route"], recorded["response"]) == ("token", {})


def test_a_client_that_hangs_up_within_its_header_is_recorded_as_cut(psc_world: PscWorld) -> None:
    _raw(psc_world, b"GET /auth?client_id=lps-te").close()

    recorded = _wait(psc_world, lambda event: event.data["cut"])
    assert recorded["route"] is None


def test_octets_that_are_no_http_are_recorded_as_malformed(psc_world: PscWorld) -> None:
    connection = _raw(psc_world, b"\x16\x03\x01\x02\x00bonjour\r\n\r\n")

    answer = connection.recv(100)
    connection.close()

    recorded = _wait(psc_world, lambda event: event.data["refused_for"] is not None)
    assert answer.startswith(b"HTTP/1.1 400")
    assert recorded["refused_for"] == "malformed_request"


@pytest.mark.parametrize(
    ("content", "media", "status"),
    [
        (b"a=" + b"x" * 70_000, "application/x-www-form-urlencoded", 413),
        (b"&".join(b"a%d=1" % n for n in range(200)), "application/x-www-form-urlencoded", 400),
        (b"[" * 20_000, "application/json", 400),
        (b'{"grant_type": "authorization_code"}', "application/json", 400),
        (b"grant_type=authorization_code", "text/plain", 400),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_and_recorded(
    psc_world: PscWorld, content: Any, media: str, status: int
) -> None:
    headers = {"content-type": media}

    address = psc_world.tenant.endpoint("/token")
    answer = httpx2.post(address, content=content, headers=headers)

    assert (answer.status_code, answer.json()["error"]) == (status, "invalid_request")
    assert psc_world.exchanges("token")[0]["response"]["status"] == status


def test_a_defect_of_the_mock_is_answered_and_told_apart(
    psc_world: PscWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(psc_world.tenant, "people", None)

    answer = psc_world.ask()

    recorded = psc_world.exchanges("ciba")[0]
    assert answer.status_code == 500
    assert recorded["refused_for"] == "bench_error"
    assert "AttributeError" in recorded["facts"]["bench_error"]


def test_an_exchange_is_on_record_before_its_answer_is_read(psc_world: PscWorld) -> None:
    psc_world.authorize()

    assert len(psc_world.journal.recent()) == 1
    assert psc_world.call(psc_world.psc.settled(1)) is True


def test_describe_fills_its_part_of_tenant_opened(psc_world: PscWorld) -> None:
    said: dict[str, Any] = dict(psc_world.tenant.describe())

    opened = {
        **said,
        "patients": [],
        "mailboxes": [],
        "domain": "",
        "patient_domain": "",
        "trust_list": [],
    }
    TypeAdapter(KINDS["tenant.opened"]).validate_python(opened)
    assert said["clients"][0]["id"] == "lps-test"
    assert "s3cret" not in str(said)
    assert said["lifetimes"]["access"] == 120
