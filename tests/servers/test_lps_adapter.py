"""The bench's door of the reference product, driven by the bench's own adapter driver."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from common.identities import COLLEAGUE, DOCTOR, NURSE, PATIENT
from conformance.drivers.adapter.driver import AdapterDriver, AdapterOptions
from tests.worlds.product import LpsWorld, MakeWorld


@pytest.fixture
def driver(lps: LpsWorld) -> Iterator[Any]:
    made = drive(lps)
    yield made
    made.close()


def drive(world: LpsWorld) -> Any:
    options = AdapterOptions(world.mocks.heard, ca_file=world.mocks.ca_file)
    made = AdapterDriver(f"{world.settings.base_url}/adapter", options)
    made.reset()
    return made


def act(driver: Any, name: str, **arguments: Any) -> Any:
    return driver.act(name, arguments, 30)


def sign_in(driver: Any) -> Any:
    asked = {"national_id": DOCTOR.national_id, "means": "cps"}
    act(driver, "start_psc_login", **asked)
    return act(driver, "finish_psc_login", **asked)


def test_the_bench_signs_in_as_the_users_browser(driver: Any) -> None:
    outcome = sign_in(driver)

    identity = act(driver, "connected_identity")
    assert outcome.name == "done"
    assert identity.values["national_id"] == DOCTOR.national_id
    assert driver.see("identity").present
    assert driver.see("practice-choice").present


def test_a_refused_sign_in_is_told_in_the_products_words(lps: LpsWorld, driver: Any) -> None:
    lps.arm("id-token.key-foreign")

    outcome = sign_in(driver)

    assert outcome.name == "refused"
    assert "vérifiée" in outcome.shown
    assert act(driver, "connected_identity").values["connected"] is False
    assert driver.see("error").text == outcome.shown


def test_logging_out_goes_through_the_provider(lps: LpsWorld, driver: Any) -> None:
    sign_in(driver)
    act(driver, "go_to_logout")

    outcome = act(driver, "logout")

    assert outcome.name == "done"
    assert "id_token_hint" in lps.exchanges("logout")[-1]["query"]
    assert driver.see("logged-out").present
    assert act(driver, "connected_identity").values["connected"] is False


def test_idling_leaves_the_product_only(lps: LpsWorld, driver: Any) -> None:
    sign_in(driver)

    act(driver, "idle", seconds=0.3)

    assert act(driver, "connected_identity").values["connected"] is False
    assert lps.exchanges("logout") == []


def test_a_document_lives_and_its_recipients_are_offered_to_be_told(
    lps: LpsWorld, driver: Any
) -> None:
    sign_in(driver)
    to, cc = (p.mailbox(lps.settings.domain) for p in (COLLEAGUE, NURSE))
    patient = PATIENT.mailbox(lps.settings.patient_domain)
    made = act(driver, "create_document", ins=PATIENT.ins, title="CR", text="Bon état.")

    sent = act(driver, "send_document", to=[to], cc=[cc], patient=True, **dict(made.values))
    replaced = act(driver, "replace_document", text="Très bon état.", **dict(made.values))
    shown = driver.see("recipients")
    told = act(driver, "answer_offer", answer="accept")

    assert sent.values["sent"] is True
    assert replaced.values["offer"]["shown"] is True
    assert set(replaced.values["offer"]["recipients"]) == {to, cc, patient}
    assert to in shown.text
    assert told.name == "done"
    assert [len(lps.mail.store.list(address)) for address in (to, cc, patient)] == [2, 2, 2]
    assert driver.see("version.shown").text == "Version 2"


def test_what_the_product_cannot_do_is_refused_in_french(driver: Any) -> None:
    before = act(driver, "create_document", ins=PATIENT.ins, title="CR", text="Bon état.")
    sign_in(driver)
    unknown = act(driver, "delete_document", document_id="inconnu")

    assert before.name == "refused"
    assert unknown.name == "refused"
    assert "inconnu" in unknown.shown


def test_words_it_was_not_taught_are_unsupported(driver: Any) -> None:
    assert act(driver, "inbox").name == "unsupported"
    assert driver.see("inbox.row").ready is False


@pytest.mark.parametrize("body", ["[]", "nonsense", "{}", '{"form": "poster"}', '{"forme": 1}'])
def test_bad_arguments_are_told_apart(lps: LpsWorld, body: str) -> None:
    address = f"{lps.settings.base_url}/adapter/actions/show_terms"

    answer = httpx2.post(address, content=body)

    assert answer.status_code == 422


def test_without_the_setting_there_is_no_door(make_lps: MakeWorld) -> None:
    world = make_lps(adapter=False)

    answer = httpx2.get(f"{world.settings.base_url}/adapter/ready")

    assert answer.status_code == 404
