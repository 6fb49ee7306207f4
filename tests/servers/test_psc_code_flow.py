"""The code flow of the mock Pro Santé Connect, from discovery to logout."""

import secrets
from pathlib import Path
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from common.identities import COLLEAGUE, DOCTOR
from mocks.psc.server import SHORT
from tests.worlds.psc import PscWorld

CALLBACK = "http://127.0.0.1:9/psc/retour"
AFTER = "http://127.0.0.1:9/au-revoir"


def _id_token(world: PscWorld, tokens: Any) -> Any:
    keys = KeySet.import_key_set(httpx2.get(world.tenant.endpoint("/certs")).json())
    return jwt.decode(tokens["id_token"], keys, algorithms=["RS256"])


def test_discovery_stands_under_the_psc_name_only(psc_world: PscWorld) -> None:
    tenant = psc_world.tenant
    standard = f"{tenant.issuer}/.well-known/openid-configuration"

    found = httpx2.get(tenant.discovery_url)
    missing = httpx2.get(standard)

    assert found.json()["issuer"] == tenant.issuer
    assert found.json()["authorization_endpoint"] == tenant.wallet_url
    assert missing.status_code == 404
    assert psc_world.exchanges(None)[0]["url"] == standard


def test_every_endpoint_of_the_discovery_document_is_served(psc_world: PscWorld) -> None:
    document = httpx2.get(psc_world.tenant.discovery_url).json()
    addresses = [value for name, value in document.items() if name.endswith(("endpoint", "uri"))]

    answers = [httpx2.options(address) for address in addresses]

    assert len(addresses) == 8
    assert {answer.status_code for answer in answers} == {405}


def test_a_login_by_card_gives_tokens_that_verify(psc_world: PscWorld) -> None:
    verifier, nonce = secrets.token_urlsafe(48), "nonce-of-this-login"

    back = psc_world.sign_in(verifier=verifier, nonce=nonce, state="st-1")
    tokens = psc_world.redeem(back["code"], code_verifier=verifier).json()

    token = _id_token(psc_world, tokens)
    assert back["state"] == "st-1"
    assert back["iss"] == psc_world.tenant.issuer
    assert token.claims["nonce"] == nonce
    assert token.claims["aud"] == "lps-test"
    assert token.claims["acr"] == "eidas1"
    assert token.claims["sub"] == DOCTOR.sub
    assert token.claims["sid"] == back["session_state"]
    assert (tokens["expires_in"], tokens["refresh_expires_in"]) == (120, 1800)


def test_the_access_token_has_no_audience(psc_world: PscWorld) -> None:
    tokens = psc_world.tokens()

    keys = KeySet.import_key_set(httpx2.get(psc_world.tenant.endpoint("/certs")).json())
    claims = jwt.decode(tokens["access_token"], keys, algorithms=["RS256"]).claims

    assert "aud" not in claims
    assert claims["authMode"] == "CARD"


def test_userinfo_tells_the_whole_identity(psc_world: PscWorld) -> None:
    tokens = psc_world.tokens()

    said = psc_world.userinfo(tokens["access_token"]).json()

    exercise = said["SubjectRefPro"]["exercices"][0]
    assert said["sub"] == DOCTOR.sub
    assert said["SubjectNameID"] == DOCTOR.national_id
    assert exercise["codeSavoirFaire"] == "SM26"
    assert len(exercise["activities"]) == 2


def test_a_reused_code_revokes_its_tokens(psc_world: PscWorld) -> None:
    code = psc_world.sign_in()["code"]
    tokens = psc_world.redeem(code).json()

    again = psc_world.redeem(code)

    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert psc_world.userinfo(tokens["access_token"]).status_code == 401
    refreshed = psc_world.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.json()["error"] == "invalid_grant"


def test_a_code_lives_sixty_seconds(psc_world: PscWorld) -> None:
    code = psc_world.sign_in()["code"]

    psc_world.clock.ahead = 60

    assert psc_world.redeem(code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("verifier", [None, "w" * 43])
def test_a_wrong_or_missing_verifier_is_refused(psc_world: PscWorld, verifier: str | None) -> None:
    code = psc_world.sign_in(verifier=secrets.token_urlsafe(48))["code"]

    answer = psc_world.redeem(code, **({"code_verifier": verifier} if verifier else {}))

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_another_redirect_uri_at_the_token_endpoint_is_refused(psc_world: PscWorld) -> None:
    code = psc_world.sign_in()["code"]

    answer = psc_world.token(
        grant_type="authorization_code", code=code, redirect_uri=CALLBACK + "/"
    )

    assert answer.json()["error"] == "invalid_grant"


def test_a_code_of_another_client_is_refused(psc_world: PscWorld) -> None:
    code = psc_world.sign_in()["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}

    other = (psc_world.other.client_id, psc_world.other.secret)
    answer = httpx2.post(psc_world.tenant.endpoint("/token"), data=form, auth=other)

    assert answer.json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"client_id": "inconnu"}, "unknown_client"),
        ({"client_id": None}, "unknown_client"),
        ({"redirect_uri": CALLBACK + "/"}, "invalid_redirect_uri"),
        ({"redirect_uri": None}, "invalid_redirect_uri"),
        ({"redirect_uri": CALLBACK.upper()}, "invalid_redirect_uri"),
    ],
)
def test_a_wrong_client_or_address_gets_a_page_never_a_redirect(
    psc_world: PscWorld, changes: Any, code: str
) -> None:
    answer = psc_world.authorize(**changes)

    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/html")
    assert "location" not in answer.headers
    assert psc_world.exchanges("authorize")[0]["refused_for"] == code


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"scope": "openid scope_all invente"}, "invalid_scope"),
        ({"prompt": "none"}, "login_required"),
        ({"code_challenge": "court"}, "invalid_request"),
        ({"code_challenge_method": "S256"}, "invalid_request"),
        ({"request": "eyJ"}, "request_not_supported"),
        ({"response_mode": "fragment"}, "invalid_request"),
    ],
)
def test_a_wrong_request_goes_back_with_its_error_and_state(
    psc_world: PscWorld, changes: Any, error: str
) -> None:
    answer = psc_world.authorize(state="st-2", **changes)

    recorded = psc_world.exchanges("authorize")[0]
    assert answer.status_code == 302
    assert recorded["response"]["redirect"]["query"]["error"] == error
    assert recorded["response"]["redirect"]["query"]["state"] == "st-2"
    assert recorded["refused_for"] == error


@pytest.mark.parametrize(
    "changes",
    [{"acr_values": None}, {"acr_values": "eidas2"}, {"state": None}, {"nonce": None}],
)
def test_what_only_the_rules_judge_is_let_through_and_recorded(
    psc_world: PscWorld, changes: Any
) -> None:
    tokens = psc_world.tokens(**changes)

    (name, value), query = next(iter(changes.items())), psc_world.exchanges("authorize")[0]["query"]
    assert "id_token" in tokens
    assert query.get(name) == value


def test_without_openid_there_is_no_id_token_and_no_userinfo(psc_world: PscWorld) -> None:
    tokens = psc_world.tokens(scope="scope_all")

    answer = psc_world.userinfo(tokens["access_token"])

    assert "id_token" not in tokens
    assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")


def test_a_parameter_given_twice_is_refused_and_both_values_recorded(psc_world: PscWorld) -> None:
    url = (
        f"{psc_world.tenant.wallet_url}?client_id=lps-test&redirect_uri={CALLBACK}&nonce=a&nonce=b"
    )

    answer = psc_world.browser.get(url)

    assert "error=invalid_request" in answer.headers["location"]
    assert psc_world.exchanges("authorize")[0]["query"]["nonce"] == ["a", "b"]


def test_form_post_brings_the_code_in_a_form(psc_world: PscWorld) -> None:
    shown = psc_world.authorize(response_mode="form_post", state="st-3")
    waiting = psc_world.submit(shown, step="choose", means="cps", national_id=DOCTOR.national_id)
    card = psc_world.browser.get(psc_world.psc.base_url + waiting.headers["location"])

    page = psc_world.submit(card, step="card")

    redirect = psc_world.exchanges("wallet")[-1]["response"]["redirect"]
    assert page.status_code == 200
    assert f'action="{CALLBACK}"' in page.text
    assert (redirect["mode"], redirect["query"]["state"]) == ("form_post", "st-3")


@pytest.mark.parametrize(
    ("auth", "form"),
    [
        (("lps-test", "faux"), {}),
        (("inconnu", "s3cret-of-lps-test"), {}),
        (None, {}),
        (None, {"client_id": "lps-test", "client_secret": "faux"}),
        (None, {"client_id": "lps-test", "client_assertion": "a.b.c"}),
        (("lps-test", "s3cret-of-lps-test"), {"client_id": "autre"}),
    ],
)
def test_a_client_that_does_not_authenticate_is_refused(
    psc_world: PscWorld, auth: Any, form: Any
) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": "x", **form}

    answer = httpx2.post(psc_world.tenant.endpoint("/token"), data=form, auth=auth)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert "basic" in answer.headers["www-authenticate"].lower()


def test_a_secret_in_the_form_works_too_but_not_both_at_once(psc_world: PscWorld) -> None:
    secret = {"client_id": "lps-test", "client_secret": "s3cret-of-lps-test"}
    tokens = psc_world.tokens()
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], **secret}

    both = psc_world.server.post(psc_world.tenant.endpoint("/token"), data=form)
    posted = httpx2.post(psc_world.tenant.endpoint("/token"), data=form)

    assert both.json()["error"] == "invalid_request"
    assert posted.status_code == 200
    assert psc_world.exchanges("token")[-1]["facts"]["method"] == "client_secret_post"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password", "username": "a"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code"}, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "x"}, "invalid_grant"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant"),
    ],
)
def test_a_wrong_token_request_gets_its_code(psc_world: PscWorld, form: Any, error: str) -> None:
    answer = psc_world.token(**form)

    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_refreshing_rotates_and_the_old_refresh_token_is_refused(psc_world: PscWorld) -> None:
    first = psc_world.tokens()

    second = psc_world.token(grant_type="refresh_token", refresh_token=first["refresh_token"])
    again = psc_world.token(grant_type="refresh_token", refresh_token=first["refresh_token"])

    assert second.json()["refresh_token"] != first["refresh_token"]
    assert second.json()["access_token"] != first["access_token"]
    assert again.json()["error"] == "invalid_grant"
    assert psc_world.exchanges("token")[-1]["facts"]["refresh_used_before"] is True


def test_tokens_expire_after_the_announced_lifetimes(psc_world: PscWorld) -> None:
    psc_world.tenant.reset(lifetimes=SHORT)
    tokens = psc_world.tokens()
    alive = psc_world.tenant.check_access_token(tokens["access_token"])

    psc_world.clock.ahead = 6
    late = psc_world.userinfo(tokens["access_token"])
    psc_world.clock.ahead = 20
    refreshed = psc_world.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])

    assert tokens["expires_in"] == 6
    assert alive is not None
    assert alive.national_id == DOCTOR.national_id
    assert late.status_code == 401
    assert 'error="invalid_token"' in late.headers["www-authenticate"]
    assert refreshed.json()["error"] == "invalid_grant"
    assert psc_world.tenant.check_access_token(tokens["access_token"]) is None


def test_a_second_login_inside_a_live_session_is_silent(psc_world: PscWorld) -> None:
    first = psc_world.sign_in()

    second = psc_world.authorize(prompt="none")

    facts = psc_world.exchanges("authorize")[-1]["facts"]
    assert second.status_code == 302
    assert (facts["sso"], facts["silent"]) == (True, True)
    assert facts["session"] == first["session_state"]


@pytest.mark.parametrize("later", [1800, 14400])
def test_an_idle_or_old_session_asks_again(psc_world: PscWorld, later: int) -> None:
    psc_world.sign_in()

    psc_world.clock.ahead = later
    shown = psc_world.authorize()

    assert shown.status_code == 200
    assert psc_world.exchanges("authorize")[-1]["facts"]["sso"] is False


@pytest.mark.parametrize("changes", [{"prompt": "login"}, {"max_age": "10"}])
def test_a_client_may_ask_for_a_fresh_authentication(psc_world: PscWorld, changes: Any) -> None:
    psc_world.sign_in()

    psc_world.clock.ahead = 11
    shown = psc_world.authorize(**changes)

    assert shown.status_code == 200


def test_logout_ends_session_and_tokens_and_the_next_login_asks_again(psc_world: PscWorld) -> None:
    tokens = psc_world.tokens()
    query = {
        "id_token_hint": tokens["id_token"],
        "post_logout_redirect_uri": AFTER,
        "state": "bye",
    }

    back = psc_world.browser.get(psc_world.tenant.endpoint("/logout"), params=query)
    shown = psc_world.authorize()

    assert back.headers["location"] == f"{AFTER}?state=bye"
    assert shown.status_code == 200
    assert psc_world.tenant.check_access_token(tokens["access_token"]) is None
    refreshed = psc_world.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.json()["error"] == "invalid_grant"


def test_logout_by_the_server_needs_no_browser(psc_world: PscWorld) -> None:
    tokens = psc_world.tokens()
    form = {"id_token_hint": tokens["id_token"]}

    answer = psc_world.server.post(psc_world.tenant.endpoint("/logout"), data=form)

    assert answer.status_code == 200
    assert psc_world.tenant.check_access_token(tokens["access_token"]) is None


def test_logout_without_hint_asks_the_person(psc_world: PscWorld) -> None:
    tokens = psc_world.tokens()

    asked = psc_world.browser.get(psc_world.tenant.endpoint("/logout"))
    alive = psc_world.tenant.check_access_token(tokens["access_token"])
    done = psc_world.submit(asked, confirm="1")

    assert "Voulez-vous vous déconnecter" in asked.text
    assert alive is not None
    assert "Votre session est fermée" in done.text
    assert psc_world.tenant.check_access_token(tokens["access_token"]) is None


@pytest.mark.parametrize("wrong", [AFTER + "/", "https://ailleurs.test/"])
def test_logout_towards_an_address_that_is_not_registered_ends_nothing(
    psc_world: PscWorld, wrong: str
) -> None:
    tokens = psc_world.tokens()
    query = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": wrong}

    answer = psc_world.browser.get(psc_world.tenant.endpoint("/logout"), params=query)

    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert psc_world.tenant.check_access_token(tokens["access_token"]) is not None


@pytest.mark.parametrize("hint", ["rien", "a.b.c", "access_token"])
def test_a_hint_that_is_no_id_token_of_ours_is_refused(psc_world: PscWorld, hint: str) -> None:
    tokens = psc_world.tokens()
    query = {"id_token_hint": tokens.get(hint, hint)}

    answer = psc_world.browser.get(psc_world.tenant.endpoint("/logout"), params=query)

    assert answer.status_code == 400
    assert psc_world.exchanges("logout")[0]["refused_for"] == "invalid_id_token_hint"


def test_introspection_tells_active_tokens_from_dead_ones(psc_world: PscWorld) -> None:
    tokens, address = psc_world.tokens(), psc_world.tenant.endpoint("/token/introspect")

    access = psc_world.server.post(address, data={"token": tokens["access_token"]}).json()
    refresh = psc_world.server.post(address, data={"token": tokens["refresh_token"]}).json()
    unknown = psc_world.server.post(address, data={"token": "rien"})

    assert (access["active"], access["SubjectNameID"]) == (True, DOCTOR.national_id)
    assert refresh["active"]
    assert "SubjectNameID" not in refresh
    assert (unknown.status_code, unknown.json()) == (200, {"active": False})


def test_revoking_a_refresh_token_takes_the_login_with_it(psc_world: PscWorld) -> None:
    tokens, address = psc_world.tokens(), psc_world.tenant.endpoint("/revoke")

    answer = psc_world.server.post(address, data={"token": tokens["refresh_token"]})
    unknown = psc_world.server.post(address, data={"token": "rien"})

    assert (answer.status_code, unknown.status_code) == (200, 200)
    assert psc_world.userinfo(tokens["access_token"]).status_code == 401


def test_a_client_cannot_revoke_the_tokens_of_another(psc_world: PscWorld) -> None:
    tokens, other = psc_world.tokens(), (psc_world.other.client_id, psc_world.other.secret)

    form = {"token": tokens["access_token"]}
    answer = httpx2.post(psc_world.tenant.endpoint("/revoke"), data=form, auth=other)

    assert answer.json()["error"] == "invalid_token"
    assert psc_world.userinfo(tokens["access_token"]).status_code == 200


def test_tenants_know_nothing_of_each_other(psc_world: PscWorld) -> None:
    other = psc_world.open("alpha")
    tokens = psc_world.tokens()
    headers = {"authorization": f"Bearer {tokens['access_token']}"}

    foreign = httpx2.get(other.endpoint("/userinfo"), headers=headers)

    assert other.issuer.endswith("/t/alpha/auth/realms/esante-wallet")
    assert foreign.status_code == 401
    assert psc_world.events("http.exchange")[-1].tenant == "alpha"


def test_reset_forgets_sessions_and_keeps_clients_and_people(psc_world: PscWorld) -> None:
    tokens = psc_world.tokens()

    psc_world.tenant.reset()

    assert psc_world.tenant.check_access_token(tokens["access_token"]) is None
    assert psc_world.authorize().status_code == 200
    assert psc_world.sign_in(person=COLLEAGUE)["code"]


def test_the_signing_key_lasts_and_is_for_its_owner_only(
    psc_world: PscWorld, psc_keys: Path
) -> None:
    file = psc_keys / "psc-signing.pem"

    before = file.read_bytes()
    tokens = psc_world.tokens()

    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_bytes() == before
    assert _id_token(psc_world, tokens).header["alg"] == "RS256"


def test_a_mock_left_running_forgets_what_is_long_over(psc_world: PscWorld) -> None:
    state = psc_world.tenant.state
    first = psc_world.sign_in()
    state._prune_at = 1

    psc_world.clock.ahead = 14400 + 3601
    psc_world.browser.cookies.clear()
    second = psc_world.sign_in()

    assert list(state.sessions) == [second["session_state"]]
    assert first["code"] not in state.codes
    assert len(state.cookies) == 1
