"""Faults: each strikes where it says, once recorded, and an honest client sees it."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from common.identities import COLLEAGUE
from conformance.journal.kinds import KINDS
from mocks.psc.fault_table import FAULTS
from tests.worlds.psc import PscWorld


def _keys(world: PscWorld) -> Any:
    return KeySet.import_key_set(httpx2.get(world.tenant.endpoint("/certs")).json())


def _parts(token: str) -> list[Any]:
    return [
        json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        for part in token.split(".")[:2]
    ]


def _fired(world: PscWorld) -> list[Any]:
    return [event.data for event in world.events("fault.fired")]


def _fingerprints(world: PscWorld, value: str) -> Any:
    return world.journal.vault.fingerprint(value)


def test_a_name_outside_the_table_a_wrong_value_or_occurrence_is_refused(
    psc_world: PscWorld,
) -> None:
    faults = psc_world.tenant.faults

    for arguments in (("inconnue",), ("id-token.expired", 3), ("ciba.slow-down", 0)):
        with pytest.raises(ValueError, match=r"fault .*expected"):
            faults.arm(*arguments)
    with pytest.raises(ValueError, match="occurrence 0"):
        faults.arm("id-token.expired", occurrence=0)


def test_every_fault_says_in_both_languages_what_it_does() -> None:
    for name, fault in FAULTS.items():
        assert name == fault.name
        assert fault.en.endswith(".")
        assert fault.fr.endswith(".")
        assert fault.expected in ("refuse", "accept", "recover")


def test_nothing_strikes_when_nothing_is_armed_or_all_is_cleared(psc_world: PscWorld) -> None:
    psc_world.tenant.faults.arm("id-token.alg-none")
    psc_world.tenant.faults.clear()

    tokens = psc_world.tokens()

    jwt.decode(tokens["id_token"], _keys(psc_world), algorithms=["RS256"])
    assert _fired(psc_world) == []
    assert psc_world.events("fault.armed")[0].data["name"] == "id-token.alg-none"


def test_a_fault_strikes_the_chosen_occurrence_only(psc_world: PscWorld) -> None:
    psc_world.tenant.faults.arm("id-token.acr-eidas2", occurrence=2)

    levels = [_parts(psc_world.tokens()["id_token"])[1]["acr"] for _ in range(3)]

    assert levels == ["eidas1", "eidas2", "eidas1"]
    assert [fired["occurrence"] for fired in _fired(psc_world)] == [2]


def test_a_fault_stays_in_its_tenant(psc_world: PscWorld) -> None:
    psc_world.open("alpha").faults.arm("callback.state-altered")

    back = psc_world.sign_in(state="st")

    assert back["state"] == "st"


def test_an_altered_state_taints_the_code(psc_world: PscWorld) -> None:
    psc_world.tenant.faults.arm("callback.state-altered")

    back = psc_world.sign_in(state="st")

    fired = _fired(psc_world)[0]
    assert back["state"] != "st"
    assert (fired["name"], fired["expected"], fired["route"]) == (
        "callback.state-altered",
        "refuse",
        "wallet",
    )
    assert [taint["fp"] for taint in fired["taints"]] == [_fingerprints(psc_world, back["code"])]


@pytest.mark.parametrize(
    "error", ["access_denied", "login_required", "server_error", "temporarily_unavailable"]
)
def test_the_callback_may_say_an_error(psc_world: PscWorld, error: str) -> None:
    psc_world.tenant.faults.arm(f"callback.error-{error.replace('_', '-')}")

    back = psc_world.sign_in(state="st")

    assert (back["error"], back["state"]) == (error, "st")
    assert "code" not in back


@pytest.mark.parametrize(
    "name", ["id-token.key-foreign", "id-token.signature-altered", "id-token.alg-none"]
)
def test_a_badly_signed_id_token_does_not_verify(psc_world: PscWorld, name: str) -> None:
    psc_world.tenant.faults.arm(name)

    tokens = psc_world.tokens()

    with pytest.raises((JoseError, ValueError)):
        jwt.decode(tokens["id_token"], _keys(psc_world), algorithms=["RS256"])
    tainted = {taint["secret"]: taint["fp"] for taint in _fired(psc_world)[0]["taints"]}
    assert tainted == {
        role: _fingerprints(psc_world, tokens[role])
        for role in ("access_token", "refresh_token", "id_token")
    }


@pytest.mark.parametrize("value", ["client-secret", "public-key"])
def test_an_hmac_id_token_verifies_for_who_trusts_its_header(
    psc_world: PscWorld, value: str
) -> None:
    psc_world.tenant.faults.arm("id-token.alg-hs256", value)

    token = psc_world.tokens()["id_token"]

    secret = "s3cret-of-lps-test"
    if value == "public-key":
        secret = _keys(psc_world).keys[0].as_pem(private=False).decode()
    signed, _, signature = token.rpartition(".")
    expected = base64.urlsafe_b64encode(hmac.digest(secret.encode(), signed.encode(), "sha256"))
    assert _parts(token)[0]["alg"] == "HS256"
    assert signature == expected.rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("name", "claim", "honest"),
    [
        ("id-token.nonce-foreign", "nonce", "n-1"),
        ("id-token.aud-foreign", "aud", "lps-test"),
        ("id-token.iss-foreign", "iss", None),
        ("id-token.acr-eidas2", "acr", "eidas1"),
    ],
)
def test_a_falsified_claim_is_well_signed(
    psc_world: PscWorld, name: str, claim: str, honest: str | None
) -> None:
    psc_world.tenant.faults.arm(name)

    tokens = psc_world.tokens(nonce="n-1")

    claims = jwt.decode(tokens["id_token"], _keys(psc_world), algorithms=["RS256"]).claims
    assert claims[claim] != (honest or psc_world.tenant.issuer)


def test_an_expired_id_token_is_long_expired(psc_world: PscWorld) -> None:
    psc_world.tenant.faults.arm("id-token.expired")

    claims = _parts(psc_world.tokens()["id_token"])[1]

    assert claims["exp"] < time.time() - 500
    assert claims["iat"] < claims["exp"]


def test_userinfo_of_somebody_else_taints_the_tokens(psc_world: PscWorld) -> None:
    tokens = psc_world.tokens()
    psc_world.tenant.faults.arm("userinfo.sub-foreign")

    said = psc_world.userinfo(tokens["access_token"]).json()

    tainted = {taint["fp"] for taint in _fired(psc_world)[0]["taints"]}
    assert said["sub"] != _parts(tokens["id_token"])[1]["sub"]
    assert _fingerprints(psc_world, tokens["access_token"]) in tainted
    assert _fingerprints(psc_world, tokens["refresh_token"]) in tainted


def _shape(name: str, said: Any) -> bool:
    exercises: Any = (said.get("SubjectRefPro") or {}).get("exercices")
    shapes: dict[str, Callable[[], bool]] = {
        "no-subject-ref-pro": lambda: "SubjectRefPro" not in said,
        "no-exercices": lambda: exercises == [],
        "two-professions": lambda: len({e["codeProfession"] for e in exercises}) == 2,
        "two-activities": lambda: len(exercises[0]["activities"]) == 2,
        "edit-id": lambda: said["SubjectNameID"].startswith("ANS"),
        "adeli-id": lambda: said["SubjectNameID"][0] == "0" and len(said["otherIds"]) == 2,
        "accents": lambda: "'" in said["family_name"] and "ë" in said["given_name"],
        "practice-name-differs": lambda: exercises[0]["nomDexercice"] != said["family_name"],
        "unknown-members": lambda: "membreInconnu" in said,
    }
    return shapes[name]()


VARIANTS = [
    "no-subject-ref-pro",
    "no-exercices",
    "two-professions",
    "two-activities",
    "edit-id",
    "adeli-id",
    "accents",
    "practice-name-differs",
    "unknown-members",
]


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_of_userinfo_has_its_shape_and_keeps_the_subject(
    psc_world: PscWorld, name: Any
) -> None:
    tokens = psc_world.tokens(person=COLLEAGUE)
    psc_world.tenant.faults.arm(f"userinfo.{name}")

    said = psc_world.userinfo(tokens["access_token"]).json()

    assert _shape(name, said)
    assert said["sub"] == COLLEAGUE.sub
    assert _fired(psc_world)[0]["expected"] == "accept"


def test_a_tenant_may_serve_variants_all_the_time(psc_world: PscWorld) -> None:
    psc_world.tenant = psc_world.open("delta", variants=("accents", "signed-jwt"))
    tokens = psc_world.tokens()

    answer = psc_world.userinfo(tokens["access_token"])

    claims = jwt.decode(answer.text, _keys(psc_world), algorithms=["RS256"]).claims
    assert answer.headers["content-type"] == "application/jwt"
    assert claims["family_name"].startswith("D'ESSAI")
    assert _fired(psc_world) == []


def test_userinfo_may_say_once_that_the_token_expired(psc_world: PscWorld) -> None:
    psc_world.tenant.faults.arm("userinfo.expired")
    tokens = psc_world.tokens()

    first = psc_world.userinfo(tokens["access_token"])
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    renewed = psc_world.token(**form).json()

    assert first.status_code == 401
    assert psc_world.userinfo(renewed["access_token"]).status_code == 200


def test_an_approval_may_arrive_as_a_refusal(psc_world: PscWorld) -> None:
    psc_world.tenant.faults.arm("ciba.access-denied")
    auth_req_id = psc_world.ask().json()["auth_req_id"]
    psc_world.tenant.phone.answer(auth_req_id, approve=True)

    answer = psc_world.poll(auth_req_id)

    assert answer.json()["error"] == "access_denied"
    assert _fired(psc_world)[0]["taints"][0]["fp"] == _fingerprints(psc_world, auth_req_id)


def test_a_request_may_expire_at_the_first_poll(psc_world: PscWorld) -> None:
    psc_world.tenant.faults.arm("ciba.expired")
    auth_req_id = psc_world.ask().json()["auth_req_id"]

    answers = [psc_world.poll(auth_req_id).json()["error"] for _ in range(2)]

    assert answers == ["expired_token", "expired_token"]
    assert len(_fired(psc_world)) == 1
    assert psc_world.tenant.phone.pending() == []


def test_slow_down_strikes_the_chosen_poll_whatever_the_rhythm(psc_world: PscWorld) -> None:
    psc_world.tenant.faults.arm("ciba.slow-down", 1)
    auth_req_id = psc_world.ask().json()["auth_req_id"]
    psc_world.tenant.phone.answer(auth_req_id, approve=True)

    first = psc_world.poll(auth_req_id)
    for request in psc_world.tenant.state.ciba.values():
        assert request.last_poll is not None
        request.last_poll -= 7_000_000_000
    second = psc_world.poll(auth_req_id)

    facts = psc_world.exchanges("token")[-1]["facts"]
    assert first.json()["error"] == "slow_down"
    assert second.status_code == 200
    assert facts["interval"] == 7
    assert _fired(psc_world)[0]["expected"] == "recover"


def test_the_tokens_may_be_those_of_somebody_else(psc_world: PscWorld) -> None:
    psc_world.tenant.faults.arm("ciba.subject-foreign")
    auth_req_id = psc_world.ask().json()["auth_req_id"]
    psc_world.tenant.phone.answer(auth_req_id, approve=True)

    tokens = psc_world.poll(auth_req_id).json()

    assert _parts(tokens["id_token"])[1]["sub"] == COLLEAGUE.sub
    assert len(_fired(psc_world)[0]["taints"]) == 3


def test_a_known_person_may_be_said_unknown(psc_world: PscWorld) -> None:
    psc_world.tenant.faults.arm("ciba.unknown-user")

    answer = psc_world.ask()

    assert (answer.status_code, answer.json()["error"]) == (400, "unknown_user_id")


def test_a_good_refresh_token_may_be_refused(psc_world: PscWorld) -> None:
    tokens = psc_world.tokens()
    psc_world.tenant.faults.arm("token.refresh-invalid-grant")

    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    answer = psc_world.token(**form)

    assert answer.json()["error"] == "invalid_grant"
    assert _fired(psc_world)[0]["taints"][0]["secret"] == "refresh_token"


def test_the_token_endpoint_fails_once_and_the_code_still_works(psc_world: PscWorld) -> None:
    psc_world.tenant.faults.arm("token.server-error")
    code = psc_world.sign_in()["code"]

    first, second = psc_world.redeem(code), psc_world.redeem(code)

    assert (first.status_code, second.status_code) == (500, 200)


def test_a_server_error_may_be_limited_to_one_grant(psc_world: PscWorld) -> None:
    psc_world.tenant.faults.arm("token.server-error", "refresh_token")

    tokens = psc_world.tokens()
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}

    assert psc_world.token(**form).status_code == 500


def test_what_fired_is_recorded_right_after_its_exchange_in_the_shape_of_its_kind(
    psc_world: PscWorld,
) -> None:
    psc_world.tenant.faults.arm("id-token.expired")
    psc_world.tokens()

    kinds = [event.kind for event in psc_world.events()]
    place = kinds.index("fault.fired")
    assert psc_world.events()[place - 1].data["route"] == "token"
    KINDS["fault.fired"](**_fired(psc_world)[0])
