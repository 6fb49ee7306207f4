"""What is asked of the person where others play the services, and what is not even tried there."""

import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from common.identities import COLLEAGUE, DOCTOR, PATIENT
from conformance.drivers.actions import Seen, Stopped
from conformance.drivers.person.asking import DONE, NO, YES, Asked, Opening, Place, Said
from conformance.errors import BeyondReach, NotReady
from conformance.journal import JournalWriter
from conformance.plan import Plan, parse_plan
from conformance.stage.person.external_psc import (
    AWAY,
    DIFFERS,
    ManualPsc,
    SignInGuide,
    own_display,
)
from conformance.stage.person.identities import Identities
from conformance.stage.services.psc import external_client_secret
from conformance.stage.services.surroundings import Surroundings
from conformance.story import scenario

pytestmark = pytest.mark.usefixtures("english")

NURSE_ID = "899700042197"
TEXT = f"""\
[product]
name = "LPS"
version = "1.0"
[plan]
corridor = "LGC"
wave = "2"
[[face]]
name = "web"
driver = "browser"
address = "http://127.0.0.1:8000/"
[stage]
psc = "external"
mssante = "external"
[stage.external]
psc_name = "PSC bac à sable"
psc_discovery = "https://psc.test/realm/.well-known/wallet-openid-configuration"
client_secret_env = "A_SECRET"
[identities.doctor]
name = "LEONIE-TEST INVENTEE-ROCHER"
national_id = "{NURSE_ID}"
"""


class Scripted:
    """A person whose answers are written down beforehand; what they were asked is kept."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[Asked] = []
        self.told: list[str] = []

    def ask(self, asked: Asked) -> Said:
        self.asked.append(asked)
        return Said(self.answers.pop(0))

    def tell(self, sentence: str) -> None:
        self.told.append(sentence)

    def begin(self, opening: Opening) -> None: ...

    def enter(self, place: Place) -> None: ...


def plan_of(text: str = TEXT) -> Plan:
    return parse_plan(text.encode(), "banc.toml", None, date(2026, 12, 1))


def psc(person: Scripted, *, thick: bool = False) -> ManualPsc:
    plan = plan_of()
    return ManualPsc(plan, Identities(plan), person, thick=thick)


@pytest.mark.parametrize(
    ("thick", "words"), [(False, "sign-in page of PSC bac à sable"), (True, "reached the e-CPS")]
)
def test_whether_psc_asks_is_asked_of_the_person(thick: bool, words: str) -> None:
    person = Scripted(YES)

    psc(person, thick=thick).asked()

    assert words in person.asked[0].todo
    assert not person.asked[0].enter  # a hurried Enter declares nothing


GESTURES: dict[str, Callable[[ManualPsc], None]] = {
    "asked": lambda world: world.asked(),
    "approve": lambda world: world.phone(DOCTOR).approve(),
    "refuse": lambda world: world.phone(DOCTOR).refuse(),
}


@pytest.mark.parametrize("gesture", GESTURES)
def test_no_ends_the_story_and_a_platform_that_is_away_is_the_set_up(gesture: str) -> None:
    with pytest.raises(Stopped):
        GESTURES[gesture](psc(Scripted(NO)))
    with pytest.raises(NotReady, match="PSC bac à sable does not answer"):
        GESTURES[gesture](psc(Scripted(AWAY)))


def test_the_number_on_the_product_is_told_to_whoever_holds_the_e_cps() -> None:
    person = Scripted(DONE, DIFFERS)
    phone = psc(person).phone(DOCTOR)

    phone.approve(matching=Seen("ciba.digits", True, " 42 "))
    phone.approve()

    assert f"LEONIE-TEST INVENTEE-ROCHER ({NURSE_ID})" in person.asked[0].todo
    assert "The product shows 42." in person.asked[0].todo
    assert "The product shows" not in person.asked[1].todo


def test_what_only_a_mock_sees_is_never_taken_for_seen() -> None:
    world = psc(Scripted())

    with pytest.raises(BeyondReach):
        world.polled(3)
    with pytest.raises(BeyondReach):
        world.slowed_down()


def test_drivers_have_the_person_sign_in_with_the_test_identity() -> None:
    plan, person = plan_of(), Scripted(DONE, YES, NO)
    guide = SignInGuide(plan, Identities(plan), person)
    who = {"national_id": NURSE_ID, "means": "cps"}

    guide.sign_in(who)
    guide.visit("https://product.test/login", who)
    back = [guide.returned(who), guide.returned(who)]

    assert "LEONIE-TEST INVENTEE-ROCHER (899700042197), with the CPS card" in person.told[0]
    assert person.asked[0].todo.splitlines()[-1] == "https://product.test/login"
    assert back == [True, False]


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[JournalWriter]:
    found = JournalWriter(tmp_path / "run", "main", b"k" * 32, time.perf_counter_ns())
    yield found
    found.close()


def story(mail: bool = False, **how: Any) -> Any:
    told: Any = (lambda system, mail: None) if mail else (lambda system: None)
    return scenario("S.1", mode="web", **how)(told).banc_scenario


@pytest.mark.parametrize(
    ("stage", "how", "words"),
    [
        ("psc", {"fault": "id-token.alg-none", "twin": "S.0"}, "a fault needs the mock"),
        ("mssante", {"fault": "smtp.server-down", "twin": "S.0"}, "a fault needs the mock"),
        ("psc", {"lifetimes": "short"}, "short lifetimes need the mock"),
    ],
)
def test_a_story_that_needs_a_mock_is_held_before_anybody_is_asked(
    writer: JournalWriter, tmp_path: Path, stage: str, how: dict[str, Any], words: str
) -> None:
    away = "mssante" if stage == "psc" else "psc"
    only = plan_of(TEXT.replace(f'{away} = "external"\n', ""))

    with pytest.raises(BeyondReach, match=words):
        Surroundings(only, writer, tmp_path).require(story(**how))
    Surroundings(only, writer, tmp_path).require(story())
    if "fault" in how:
        other = {"psc": "smtp.server-down", "mssante": "id-token.alg-none"}[stage]
        Surroundings(only, writer, tmp_path).require(story(fault=other, twin="S.0"))


def test_a_story_with_mails_needs_test_mailboxes_and_says_which(
    writer: JournalWriter, tmp_path: Path
) -> None:
    boxes = '[identities.colleague]\nmailbox = "a@x.test"\n[identities.nurse]\nmailbox = "b@x.test"'
    bare, whole = Surroundings(plan_of(), writer, tmp_path), plan_of(f"{TEXT}{boxes}\n")

    with pytest.raises(NotReady, match=r"identities.colleague.mailbox is missing"):
        bare.require(story(mail=True))
    with pytest.raises(NotReady, match=r"identities.patient.mailbox is missing"):
        bare.mssante.address(PATIENT)
    ready = Surroundings(whole, writer, tmp_path)
    ready.require(story(mail=True))
    assert ready.mssante.address(COLLEAGUE) == "a@x.test"


def test_the_bench_s_people_act_under_the_test_identity(
    writer: JournalWriter, tmp_path: Path
) -> None:
    world = Surroundings(plan_of(), writer, tmp_path)

    asked = world.identities.translate({"national_id": DOCTOR.national_id, "means": "cps"})
    opened = world.describe()

    assert asked == {"national_id": NURSE_ID, "means": "cps"}
    assert opened["people"][0]["family"] == "INVENTEE-ROCHER"
    assert (opened["issuer"], opened["stage"]["psc"]) == ("https://psc.test/realm", "external")


def test_the_secret_comes_from_its_variable_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "hush")
    assert external_client_secret(plan_of()) == "hush"

    monkeypatch.delenv("A_SECRET")
    with pytest.raises(NotReady, match="A_SECRET is not set"):
        external_client_secret(plan_of())


def test_whoever_signs_in_must_see_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("DISPLAY", ":7")
    assert own_display() == ":7"

    monkeypatch.delenv("DISPLAY")
    with pytest.raises(NotReady, match="DISPLAY is not set"):
        own_display()
