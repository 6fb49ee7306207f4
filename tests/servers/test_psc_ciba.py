"""CIBA in poll mode: the backchannel request, the phone, the rhythm of the polls."""

import threading
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from common.identities import COLLEAGUE, DOCTOR
from mocks.psc.server import SHORT
from tests.worlds.psc import PscWorld


def _error(answer: httpx2.Response) -> Any:
    return answer.status_code, answer.json()["error"]


def _hurry(world: PscWorld, seconds: float) -> None:
    """Let the poll before have happened earlier: rhythms are timed on the clock of the run."""
    for request in world.tenant.state.ciba.values():
        assert request.last_poll is not None
        request.last_poll -= int(seconds * 1e9)


def test_an_approved_request_gives_tokens_of_the_person_asked_for(psc_world: PscWorld) -> None:
    asked = psc_world.ask().json()
    pending = psc_world.tenant.phone.wait_pending(DOCTOR.national_id, 5)
    waiting = psc_world.poll(asked["auth_req_id"])
    psc_world.tenant.phone.answer(pending[0], approve=True)
    _hurry(psc_world, 2)

    tokens = psc_world.poll(asked["auth_req_id"]).json()

    keys = KeySet.import_key_set(httpx2.get(psc_world.tenant.endpoint("/certs")).json())
    claims = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"]).claims
    assert (asked["expires_in"], asked["interval"]) == (120, 2)
    assert (pending[0].digits, pending[0].kind, pending[0].channel) == ("42", "ciba", "MOBILE")
    assert _error(waiting) == (400, "authorization_pending")
    assert claims["sub"] == DOCTOR.sub
    assert "nonce" not in claims
    assert psc_world.userinfo(tokens["access_token"]).json()["authMode"] == "MOBILE"


def test_a_request_is_used_once(psc_world: PscWorld) -> None:
    asked = psc_world.ask().json()
    psc_world.tenant.phone.answer(asked["auth_req_id"], approve=True)
    psc_world.poll(asked["auth_req_id"])

    again = psc_world.poll(asked["auth_req_id"])

    assert _error(again) == (400, "invalid_grant")


def test_a_refusal_on_the_phone_ends_the_request(psc_world: PscWorld) -> None:
    asked = psc_world.ask(channel="CARD").json()
    answered = psc_world.tenant.phone.answer(asked["auth_req_id"], approve=False)

    answer = psc_world.poll(asked["auth_req_id"])

    note = psc_world.events("bench.note")[0].data
    assert _error(answer) == (400, "access_denied")
    assert answered.channel == "CARD"
    assert (note["what"], note["values"]["approve"]) == ("phone.answered", False)
    assert psc_world.tenant.phone.pending() == []


def test_polling_too_soon_slows_the_client_down_for_good(psc_world: PscWorld) -> None:
    auth_req_id = psc_world.ask().json()["auth_req_id"]
    first = psc_world.poll(auth_req_id)
    too_soon = psc_world.poll(auth_req_id)
    _hurry(psc_world, 2)
    still_too_soon = psc_world.poll(auth_req_id)
    _hurry(psc_world, 12)
    in_time = psc_world.poll(auth_req_id)

    errors = [_error(answer)[1] for answer in (first, too_soon, still_too_soon, in_time)]
    facts = [exchange["facts"] for exchange in psc_world.exchanges("token")]
    assert errors == ["authorization_pending", "slow_down", "slow_down", "authorization_pending"]
    assert [fact["interval"] for fact in facts] == [2, 2, 7, 12]
    assert [fact["poll"]["n"] for fact in facts] == [1, 2, 3, 4]
    assert facts[0]["poll"]["gap_ns"] is None
    assert facts[1]["poll"]["gap_ns"] < 2_000_000_000


def test_a_request_expires_and_is_forgotten_later(psc_world: PscWorld) -> None:
    psc_world.tenant.reset(lifetimes=SHORT)
    asked = psc_world.ask().json()

    psc_world.clock.ahead = 8
    expired = psc_world.poll(asked["auth_req_id"])
    psc_world.clock.ahead = 8 + 1 + 10
    forgotten = psc_world.poll(asked["auth_req_id"])

    assert (asked["expires_in"], asked["interval"]) == (8, 1)
    assert _error(expired) == (400, "expired_token")
    assert _error(forgotten) == (400, "invalid_grant")
    with pytest.raises(KeyError):
        psc_world.tenant.phone.answer(asked["auth_req_id"], approve=True)


def test_a_client_may_shorten_the_life_of_its_request(psc_world: PscWorld) -> None:
    assert psc_world.ask(requested_expiry="30").json()["expires_in"] == 30
    assert psc_world.ask(requested_expiry="3000").json()["expires_in"] == 120


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"scope": None}, "invalid_request"),
        ({"scope": "scope_all"}, "invalid_scope"),
        ({"scope": "openid invente"}, "invalid_scope"),
        ({"login_hint": None}, "invalid_request"),
        ({"id_token_hint": "a.b.c"}, "invalid_request"),
        ({"login_hint": "899700000000"}, "unknown_user_id"),
        ({"client_notification_token": "n"}, "invalid_request"),
        ({"user_code": "1234"}, "invalid_request"),
        ({"binding_message": "quarante deux"}, "invalid_binding_message"),
        ({"channel": "SMS"}, "invalid_request"),
        ({"requested_expiry": "-1"}, "invalid_request"),
    ],
)
def test_a_wrong_request_gets_its_code(psc_world: PscWorld, changes: Any, error: str) -> None:
    answer = psc_world.ask(**changes)

    assert _error(answer) == (400, error)
    assert psc_world.exchanges("ciba")[0]["refused_for"] == error
    assert psc_world.tenant.phone.pending() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"binding_message": None},
        {"binding_message": "abc"},
        {"acr_values": None},
        {"channel": None},
    ],
)
def test_what_only_the_rules_judge_is_let_through(psc_world: PscWorld, changes: Any) -> None:
    assert psc_world.ask(**changes).status_code == 200


def test_the_error_for_an_unknown_person_is_a_choice_of_the_tenant(psc_world: PscWorld) -> None:
    tenant = psc_world.open("beta", unknown_user="invalid_request")

    form = {"scope": "openid scope_all", "login_hint": "899700000000"}
    answer = psc_world.server.post(tenant.endpoint("/ext/ciba/auth"), data=form)

    assert _error(answer) == (400, "invalid_request")


def test_a_client_without_ciba_is_refused(psc_world: PscWorld) -> None:
    form = {"scope": "openid", "login_hint": DOCTOR.national_id}
    other = (psc_world.other.client_id, psc_world.other.secret)

    answer = httpx2.post(psc_world.tenant.endpoint("/ext/ciba/auth"), data=form, auth=other)

    assert _error(answer) == (400, "unauthorized_client")


def test_the_request_of_another_client_cannot_be_polled(psc_world: PscWorld) -> None:
    asked = psc_world.ask().json()
    form = {
        "grant_type": "urn:openid:params:grant-type:ciba",
        "auth_req_id": asked["auth_req_id"],
    }

    other = (psc_world.other.client_id, psc_world.other.secret)
    answer = httpx2.post(psc_world.tenant.endpoint("/token"), data=form, auth=other)

    assert _error(answer) == (400, "invalid_grant")


def test_the_phone_of_somebody_else_stays_silent(psc_world: PscWorld) -> None:
    psc_world.ask()

    assert psc_world.tenant.phone.pending(COLLEAGUE.national_id) == []
    assert len(psc_world.tenant.phone.pending(DOCTOR.national_id)) == 1


def test_waiting_for_the_phone_ends_when_a_request_comes(psc_world: PscWorld) -> None:
    found = []

    def wait() -> None:
        found.extend(psc_world.tenant.phone.wait_pending(DOCTOR.national_id, 10))

    waiting = threading.Thread(target=wait)
    waiting.start()
    psc_world.ask(binding_message="07")
    waiting.join(10)

    assert [one.digits for one in found] == ["07"]


def test_logout_by_the_server_ends_a_ciba_session(psc_world: PscWorld) -> None:
    asked = psc_world.ask().json()
    psc_world.tenant.phone.answer(asked["auth_req_id"], approve=True)
    tokens = psc_world.poll(asked["auth_req_id"]).json()

    form = {"id_token_hint": tokens["id_token"]}
    psc_world.server.post(psc_world.tenant.endpoint("/logout"), data=form)

    assert psc_world.tenant.check_access_token(tokens["access_token"]) is None
    assert psc_world.exchanges("logout")[0]["facts"]["ended"] is True
