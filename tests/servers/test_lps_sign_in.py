"""Signing in to the reference product's pages: what it sends, what it refuses, how it ends."""

import re

import pytest

from common.identities import COLLEAGUE, DOCTOR
from mocks.psc.settings import SHORT
from tests.worlds.product import LpsWorld, MakeWorld

TOKEN_LIKE = re.compile(r"eyJ[A-Za-z0-9_-]{10,}")


def test_a_person_signs_in_and_sees_who_and_where(lps: LpsWorld) -> None:
    browser = lps.browser()

    browser.sign_in()

    assert browser.page.url.path == "/accueil"
    assert browser.sees("identity-name") == DOCTOR.name
    assert browser.sees("identity-national-id") == DOCTOR.national_id
    assert browser.sees("identity-practice") == DOCTOR.practices[0].structure
    assert browser.sees("practice-choice") is not None


def test_a_person_with_one_practice_is_not_asked_which(lps: LpsWorld) -> None:
    browser = lps.browser()

    browser.sign_in(COLLEAGUE)

    assert browser.sees("practice-choice") is None
    assert browser.sees("identity-practice") == COLLEAGUE.practices[0].structure


def test_the_chosen_practice_is_shown_on_every_page(lps: LpsWorld) -> None:
    browser = lps.browser()
    browser.sign_in()

    browser.submit(practice="1")

    assert browser.page.url.path == "/patients"
    assert browser.sees("identity-practice") == DOCTOR.practices[1].structure


def test_the_request_asks_what_the_rules_ask(lps: LpsWorld) -> None:
    browser = lps.browser()
    browser.sign_in()
    browser.open("/deconnexion")
    browser.submit()
    browser.sign_in()

    first, second = (exchange["query"] for exchange in lps.exchanges("authorize"))

    assert first["scope"] == "openid scope_all"
    assert first["acr_values"] == "eidas1"
    assert first["response_type"] == "code"
    assert first["code_challenge_method"] == "S256"
    assert first["redirect_uri"] == lps.settings.redirect_uri
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 22
        assert first[name] != second[name]


def test_no_token_reaches_the_browser_or_the_traces(lps: LpsWorld) -> None:
    browser = lps.browser()
    pages = [browser.open("/connexion"), browser.sign_in()]
    pages += [browser.open(path) for path in ("/patients", "/messages", "/deconnexion")]

    seen = "".join(f"{page.text}{page.headers}" for page in pages)
    seen += "".join(cookie.value or "" for cookie in browser.http.cookies.jar)
    seen += lps.product.traces.text()

    assert not TOKEN_LIKE.search(seen)
    signed_in = next(iter(lps.product.sessions._sessions.values())).signed_in
    assert signed_in is None or signed_in.tokens.access_token not in repr(lps.product.sessions)


@pytest.mark.parametrize(
    "fault",
    [
        "callback.state-altered",
        "callback.state-missing",
        "callback.error-access-denied",
        "callback.error-server-error",
        "id-token.nonce-foreign",
        "id-token.key-foreign",
        "id-token.signature-altered",
        "id-token.alg-none",
        "id-token.alg-hs256",
        "id-token.expired",
        "id-token.aud-foreign",
        "id-token.iss-foreign",
        "userinfo.sub-foreign",
    ],
)
def test_a_falsified_answer_signs_nobody_in(lps: LpsWorld, fault: str) -> None:
    browser = lps.browser()
    lps.arm(fault)

    page = browser.sign_in()

    assert page.status_code == 200
    assert page.url.path == "/connexion"
    assert browser.sees("error")
    assert browser.sees("identity") is None
    assert browser.open("/patients").url.path == "/connexion"


def test_an_altered_state_is_refused_before_the_code_is_redeemed(lps: LpsWorld) -> None:
    browser = lps.browser()
    lps.arm("callback.state-altered")

    browser.sign_in()

    assert lps.exchanges("token") == []


@pytest.mark.parametrize(
    "fault",
    [
        "id-token.acr-eidas2",
        "userinfo.two-professions",
        "userinfo.accents",
        "userinfo.edit-id",
        "userinfo.adeli-id",
        "userinfo.unknown-members",
        "userinfo.no-exercices",
        "userinfo.practice-name-differs",
        "userinfo.signed-jwt",
    ],
)
def test_what_may_differ_is_accepted(lps: LpsWorld, fault: str) -> None:
    browser = lps.browser()
    lps.arm(fault)

    browser.sign_in()

    assert browser.page.url.path == "/accueil"
    assert browser.sees("identity-national-id")


def test_a_person_without_practices_still_signs_in(lps: LpsWorld) -> None:
    browser = lps.browser()
    lps.arm("userinfo.no-subject-ref-pro")

    browser.sign_in()

    assert browser.sees("identity-national-id") == DOCTOR.national_id
    assert browser.open("/patients").status_code == 409
    assert browser.sees("error")


def test_the_session_id_changes_when_a_person_signs_in(lps: LpsWorld) -> None:
    browser = lps.browser()
    browser.open("/connexion")
    before = browser.http.cookies["lps_session"]

    browser.sign_in()

    assert browser.http.cookies["lps_session"] != before


def test_logging_out_ends_both_sessions(lps: LpsWorld) -> None:
    browser = lps.browser()
    browser.sign_in()

    browser.open("/deconnexion")
    browser.submit()

    sent = lps.exchanges("logout")[-1]["query"]
    assert {"id_token_hint", "post_logout_redirect_uri", "state"} == set(sent)
    assert browser.page.url.path == "/deconnexion/retour"
    assert browser.sees("logged-out")
    assert browser.open("/patients").url.path == "/connexion"
    browser.open("/connexion/psc")
    assert browser.sees("identity") is None


def test_an_idle_person_leaves_the_product_and_stays_at_the_provider(make_lps: MakeWorld) -> None:
    world = make_lps(idle_seconds=0.2)
    browser = world.browser()
    browser.sign_in()
    session = next(s for s in world.product.sessions._sessions.values() if s.signed_in)
    session.last_seen -= 1

    browser.open("/patients")

    assert browser.sees("idle-closed")
    assert world.exchanges("logout") == []
    assert browser.open("/patients").url.path == "/connexion"
    browser.open("/connexion/psc")
    assert browser.sees("identity-national-id") == DOCTOR.national_id


def test_a_person_may_shorten_the_idle_delay(lps: LpsWorld) -> None:
    browser = lps.browser()
    browser.sign_in()

    browser.open("/preferences")
    browser.submit(idle="2")

    assert "2 secondes" in (browser.sees("notice") or "")
    assert 'content="3;url=/inactivite"' in browser.page.text


def test_a_form_from_elsewhere_is_refused(lps: LpsWorld) -> None:
    browser = lps.browser()
    browser.sign_in()

    answer = browser.http.post(f"{lps.settings.base_url}/deconnexion", data={"form_token": "x"})

    assert answer.status_code == 403
    browser.open("/accueil")
    assert browser.sees("identity") is not None


def test_a_provider_that_is_down_is_said_in_french(make_lps: MakeWorld) -> None:
    world = make_lps()
    broken = world.settings.model_copy(update={"psc_discovery": "http://127.0.0.1:9/discovery"})
    from mocks.lps.product import Product

    product = Product(broken)
    session = product.sessions.open()

    with pytest.raises(Exception, match="Pro Santé Connect ne répond pas"):
        product.start_login(session)


def test_the_access_token_is_renewed_with_the_last_refresh_token(make_lps: MakeWorld) -> None:
    world = make_lps(lifetimes=SHORT)
    world.browser().sign_in()
    product = world.product
    session = next(s for s in product.sessions._sessions.values() if s.signed_in)
    assert session.signed_in is not None
    first = session.signed_in.tokens

    second = product.access_token(session, fresh=True)
    third = product.access_token(session, fresh=True)

    assert len({first.access_token, second, third}) == 3
    assert product.access_token(session, fresh=False) == third
    refreshes = [e for e in world.exchanges("token") if "refresh_token" in str(e["request"])]
    assert [e["response"]["status"] for e in refreshes] == [200, 200]


@pytest.mark.parametrize("form", ["page", "document", "contract"])
def test_the_terms_of_use_name_pro_sante_connect(lps: LpsWorld, form: str) -> None:
    browser = lps.browser()

    browser.open(f"/conditions/{form}")

    assert "Pro Santé Connect" in (browser.sees("terms-psc") or "")
    assert 'lang="fr"' in browser.page.text
    assert browser.page.text.count("<h1") == 1


def test_the_contract_is_validated_with_its_box_ticked(lps: LpsWorld) -> None:
    browser = lps.browser()
    browser.open("/conditions/contract")

    refused = browser.submit()
    browser.open("/conditions/contract")
    accepted = browser.submit(accepted="yes")

    assert refused.status_code == 422
    assert accepted.url.path == "/connexion"
