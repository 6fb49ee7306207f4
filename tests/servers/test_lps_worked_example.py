"""The banc.toml of the reference product, played by the bench's browser driver on real pages."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from common.identities import COLLEAGUE, DOCTOR, NURSE, PATIENT
from conformance.drivers.browser.driver import BrowserDriver, BrowserOptions
from conformance.plan import load_plan
from tests.worlds.product import LpsWorld

CPS = {"means": "cps", "national_id": DOCTOR.national_id}
ECPS = {"means": "ecps", "national_id": DOCTOR.national_id}


class Person:
    """What the bench does on the web face, and what it sees there."""

    def __init__(self, world: LpsWorld) -> None:
        plan = load_plan()
        options = BrowserOptions(world.mocks.heard, ca_file=world.mocks.ca_file)
        address = f"{world.settings.base_url}/"
        self.driver = BrowserDriver(address, plan.actions, plan.see, options)

    def does(self, action: str, **arguments: Any) -> Any:
        outcome = self.driver.act(action, arguments, 20)
        assert outcome.name == "done", f"{action}: {outcome}"
        return outcome.values

    def sees(self, what: str) -> Any:
        seen = self.driver.see(what)
        assert seen.present, what
        return seen


@pytest.fixture
def person(lps: LpsWorld) -> Iterator[Any]:
    made = Person(lps)
    yield made
    made.driver.close()


def test_the_official_web_story_can_be_told(lps: LpsWorld, person: Any) -> None:
    person.does("show_terms", form="page")
    person.does("scroll_to_psc_terms")
    terms = person.sees("terms.psc")
    person.does("close_terms")
    person.does("go_to_login")
    button = person.sees("psc.button")
    person.does("start_psc_login", **ECPS)
    approve = threading.Thread(target=approve_on_the_phone, args=(lps,))
    approve.start()
    person.does("finish_psc_login", **ECPS)
    approve.join()
    identity = person.sees("identity")
    person.sees("practice-choice")
    connected = person.does("connected_identity")
    person.does("go_to_logout")
    person.sees("logout")
    person.does("logout")
    person.sees("logged-out")
    person.does("start_psc_login", **ECPS)

    assert "Pro Santé Connect" in terms.text
    assert button.text == "S’identifier avec Pro Santé Connect"
    assert identity.values["national_id"] == DOCTOR.national_id
    assert connected["connected"] is True
    assert len(lps.exchanges("authorize")) == 2
    assert "id_token_hint" in lps.exchanges("logout")[0]["query"]


def approve_on_the_phone(world: LpsWorld) -> None:
    pending = world.tenant.phone.wait_pending(DOCTOR.national_id, 15)
    world.tenant.phone.answer(pending[0], True)


@pytest.mark.parametrize("form", ["document", "contract"])
def test_the_other_forms_of_the_terms_open_and_close(person: Any, form: str) -> None:
    person.does("show_terms", form=form)
    person.does("scroll_to_psc_terms")
    person.sees("terms.psc")

    person.does("close_terms")

    person.sees("login")


def test_a_refused_sign_in_is_seen_as_a_refusal(lps: LpsWorld, person: Any) -> None:
    lps.arm("id-token.nonce-foreign")
    person.does("go_to_login")
    person.does("start_psc_login", **CPS)

    outcome = person.driver.act("finish_psc_login", CPS, 20)

    assert outcome.name == "refused"
    assert person.sees("error").text == outcome.shown
    assert person.does("connected_identity") == {"connected": False}


def test_doing_nothing_ends_the_session_of_the_product_only(lps: LpsWorld, person: Any) -> None:
    person.does("go_to_login")
    person.does("start_psc_login", **CPS)
    person.does("finish_psc_login", **CPS)

    person.does("idle", seconds=3.5)

    assert person.does("connected_identity") == {"connected": False}
    assert lps.exchanges("logout") == []


def test_the_life_of_a_document_can_be_told(lps: LpsWorld, person: Any) -> None:
    to, cc = (p.mailbox(lps.settings.domain) for p in (COLLEAGUE, NURSE))
    patient = PATIENT.mailbox(lps.settings.patient_domain)
    person.does("go_to_login")
    person.does("start_psc_login", **CPS)
    person.does("finish_psc_login", **CPS)
    person.does("open_patient", ins=PATIENT.ins)
    first = person.does("create_document", ins=PATIENT.ins, title="Compte rendu", text="Bon état.")

    sent = person.does(
        "send_document", document_id=first["document_id"], to=[to], cc=[cc], patient=True
    )
    person.sees("sent")
    second = person.does("replace_document", text="Mieux.", document_id=first["document_id"])
    person.sees("recipients")
    person.does("answer_offer", answer="accept")
    deleted = person.does("delete_document", document_id=second["document_id"])
    person.sees("notify-offer")
    person.does("answer_offer", answer="decline")

    assert sent["sent"] is True
    assert second["document_id"] != first["document_id"]
    assert set(second["offer"]["recipients"]) == {to, cc, patient}
    assert deleted["offer"] == second["offer"]
    assert [len(lps.mail.store.list(address)) for address in (to, cc, patient)] == [2, 2, 2]
