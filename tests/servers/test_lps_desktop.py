"""The desktop program and its server half: CIBA from the press of a button to the log-out."""

import itertools
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from common.identities import DOCTOR
from conformance.drivers.adapter.driver import AdapterDriver, AdapterOptions
from conformance.evidence.screen.display import Display
from mocks.lps.ciba import CibaLogin, Means
from mocks.lps.parts import Parts
from mocks.lps.sign_in.decisions import SignInRefused
from mocks.lps.sign_in.psc_client import PscClient
from mocks.psc.settings import SHORT
from tests.worlds.product import LpsWorld, MakeWorld

PERSON: dict[str, Any] = {"national_id": DOCTOR.national_id, "means": "ecps"}


@pytest.fixture
def short_lps(make_lps: MakeWorld) -> LpsWorld:
    return make_lps(lifetimes=SHORT)


def log_in(
    world: LpsWorld, means: Means = "ecps", national_id: str = DOCTOR.national_id
) -> CibaLogin:
    return CibaLogin(PscClient(world.settings), Parts(), national_id, means)


def answer(world: LpsWorld, approve: bool = True) -> Any:
    (pending,) = world.tenant.phone.wait_pending(DOCTOR.national_id, 10)
    world.tenant.phone.answer(pending, approve)
    return pending


def polls(world: LpsWorld) -> list[Any]:
    return [e for e in world.exchanges("token") if "auth_req_id" in str(e["request"])]


def gaps(world: LpsWorld) -> list[Any]:
    began = [exchange["began"] / 1e9 for exchange in polls(world)]
    return [later - earlier for earlier, later in itertools.pairwise(began)]


def test_the_phone_shows_the_digits_of_the_screen(short_lps: LpsWorld) -> None:
    login = log_in(short_lps)

    pending = answer(short_lps)

    assert login.wait(10)
    assert login.state == "connected"
    assert pending.digits == login.digits
    assert login.signed_in is not None
    assert login.signed_in.professional.national_id == DOCTOR.national_id


def test_the_means_chosen_is_the_channel_asked_for(short_lps: LpsWorld) -> None:
    log_in(short_lps, means="cps").cancel()

    form = short_lps.exchanges("ciba")[-1]["request"]["form"]

    assert form["channel"] == "CARD"
    assert form["login_hint"] == DOCTOR.national_id
    assert form["scope"] == "openid scope_all"
    assert form["acr_values"] == "eidas1"
    assert len(form["binding_message"]) == 2


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("ciba.access-denied", "refusée"),
        ("ciba.expired", "délai"),
        ("ciba.subject-foreign", "n’est pas celle"),
    ],
)
def test_what_must_end_the_login_ends_it(short_lps: LpsWorld, fault: str, words: str) -> None:
    short_lps.arm(fault)
    login = log_in(short_lps)
    if fault != "ciba.expired":
        answer(short_lps)

    assert login.wait(20)

    asked = len(polls(short_lps))
    assert login.state == "refused"
    assert words in login.message
    assert login.signed_in is None
    assert polls(short_lps)[asked:] == []


def test_a_refusal_on_the_phone_ends_the_login(short_lps: LpsWorld) -> None:
    login = log_in(short_lps)

    answer(short_lps, approve=False)

    assert login.wait(10)
    assert login.state == "refused"


def test_nobody_answering_ends_the_login_in_time(short_lps: LpsWorld) -> None:
    login = log_in(short_lps)

    assert login.wait(SHORT.ciba + 5)

    assert login.state == "refused"
    assert "délai" in login.message
    assert all(gap >= SHORT.interval for gap in gaps(short_lps))


def test_slow_down_lengthens_every_later_wait(make_lps: MakeWorld) -> None:
    world = make_lps()
    world.arm("ciba.slow-down", occurrence=1)
    login = log_in(world)
    slowed = 5 + 2

    answer(world)

    assert login.wait(20)
    assert login.state == "connected"
    assert all(gap >= slowed for gap in gaps(world))


def test_cancelling_stops_the_polls(short_lps: LpsWorld) -> None:
    login = log_in(short_lps)

    login.cancel()

    assert login.wait(5)
    assert login.state == "cancelled"
    assert polls(short_lps) == []


def test_an_unknown_person_is_said_at_once(short_lps: LpsWorld) -> None:
    with pytest.raises(SignInRefused, match="pas connu"):
        log_in(short_lps, national_id="899700000000")


class Program:
    """`python -m mocks.lps desktop`, and the bench's driver on its adapter.

    Without a `display` the window stays shut.
    """

    def __init__(self, world: LpsWorld, log: Path, display: str | None = None) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        settings = world.settings
        environment = {k: v for k, v in os.environ.items() if k != "DISPLAY"}
        if display is not None:
            environment["DISPLAY"] = display
        environment["BANC_CLIENT_SECRET"] = settings.client_secret.get_secret_value()
        self.log = log.open("wb")
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "mocks.lps", "desktop"),
                f"--port={self.port}",
                f"--psc-discovery={settings.psc_discovery}",
                f"--client-id={settings.client_id}",
                f"--ca-file={settings.ca_file}",
            ],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=self.log,
        )
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().decode().strip()
        self.driver = AdapterDriver(self.address, AdapterOptions(world.mocks.heard))

    def act(self, name: str, **arguments: Any) -> Any:
        return self.driver.act(name, arguments, 30)

    def children(self) -> Any:
        return psutil.Process(self.process.pid).children()

    def close(self) -> None:
        self.driver.close()
        self.process.terminate()
        self.process.wait(10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.log.close()


@pytest.fixture
def program(short_lps: LpsWorld, tmp_path: Path) -> Iterator[Any]:
    started = Program(short_lps, tmp_path / "program.log")
    yield started
    started.close()


def test_the_program_signs_in_and_out_through_its_server(short_lps: LpsWorld, program: Any) -> None:
    program.act("go_to_login")
    started = program.act("start_psc_login", **PERSON)
    answer(short_lps)
    finished = program.act("finish_psc_login", **PERSON)
    identity = program.act("connected_identity")
    program.act("go_to_logout")
    left = program.act("logout")
    again = program.act("start_psc_login", **PERSON)

    assert [o.name for o in (started, finished, left, again)] == ["done"] * 4
    assert identity.values["national_id"] == DOCTOR.national_id
    assert "id_token_hint" in short_lps.exchanges("logout")[-1]["request"]["form"]
    assert len(short_lps.exchanges("ciba")) == 2
    assert program.act("connected_identity").values["connected"] is False


def test_a_refusal_is_told_in_the_programs_words(short_lps: LpsWorld, program: Any) -> None:
    program.act("start_psc_login", **PERSON)
    answer(short_lps, approve=False)

    finished = program.act("finish_psc_login", **PERSON)

    assert finished.name == "refused"
    assert "refusée" in finished.shown


def test_without_a_window_nothing_is_claimed_to_be_seen(program: Any) -> None:
    program.act("show_terms", form="contract")
    program.act("scroll_to_psc_terms")

    seen = [program.driver.see(what) for what in ("terms.psc", "ciba.digits", "identity")]

    assert [(look.present, look.ready) for look in seen] == [(False, False)] * 3
    assert program.act("close_terms").name == "done"


def test_the_program_never_holds_the_secret(short_lps: LpsWorld, program: Any) -> None:
    secret = short_lps.settings.client_secret.get_secret_value()

    (child,) = program.children()

    assert secret not in child.environ().values()
    assert secret not in " ".join(child.cmdline())


def test_the_program_ends_with_its_server(program: Any) -> None:
    (child,) = program.children()

    program.process.kill()
    program.process.wait(10)

    child.wait(10)
    assert not child.is_running()


@pytest.fixture
def filmed(short_lps: LpsWorld, tmp_path: Path) -> Iterator[Any]:
    """The program with its window, on a display of its own."""
    if shutil.which("Xvfb") is None:
        pytest.skip("no Xvfb")
    with Display.start(manager=False) as display:
        started = Program(short_lps, tmp_path / "program.log", display.name)
        yield started
        started.close()


def test_the_window_shows_what_a_person_must_see(short_lps: LpsWorld, filmed: Any) -> None:
    filmed.act("show_terms", form="contract")
    hidden = filmed.driver.see("terms.psc")
    filmed.act("scroll_to_psc_terms")
    terms = filmed.driver.see("terms.psc")
    filmed.act("close_terms")
    button = filmed.driver.see("psc.button")
    started = filmed.act("start_psc_login", **PERSON)
    digits = filmed.driver.see("ciba.digits")
    pending = answer(short_lps)
    filmed.act("finish_psc_login", **PERSON)
    identity = filmed.driver.see("identity")
    choice = filmed.driver.see("practice-choice")

    assert not hidden.present
    assert "Pro Santé Connect" in terms.text
    assert button.text == "S’identifier avec Pro Santé Connect"
    assert digits.text == pending.digits == started.values["digits"]
    assert identity.values["national_id"] == DOCTOR.national_id
    assert choice.present


def test_the_window_says_a_refusal_and_lets_try_again(short_lps: LpsWorld, filmed: Any) -> None:
    filmed.act("start_psc_login", **PERSON)
    answer(short_lps, approve=False)

    finished = filmed.act("finish_psc_login", **PERSON)
    shown = filmed.driver.see("error")
    again = filmed.act("start_psc_login", **PERSON)

    assert finished.name == "refused"
    assert shown.text == finished.shown
    assert again.name == "done"


def test_the_window_is_left_through_its_log_out_zone(short_lps: LpsWorld, filmed: Any) -> None:
    filmed.act("start_psc_login", **PERSON)
    answer(short_lps)
    filmed.act("finish_psc_login", **PERSON)

    filmed.act("choose_practice", index=1)
    filmed.act("go_to_logout")
    zone = filmed.driver.see("logout")
    filmed.act("logout")

    assert zone.present
    assert filmed.driver.see("logged-out").present
    assert not filmed.driver.see("identity").present
