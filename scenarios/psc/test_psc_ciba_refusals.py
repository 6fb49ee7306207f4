"""What a thick client must refuse, or live through, while it waits for the person's answer."""

from conformance.story import DOCTOR, Psc, Step, System, scenario

_TWIN = "banc:psc-ciba-login"


def _start(system: System, step: Step) -> None:
    with step(1):
        system.go_to_login()
        system.start_psc_login(means="ecps", national_id=DOCTOR.national_id)


def _see_the_end(system: System, step: Step) -> None:
    with step(3):
        system.attempt.finish_psc_login(means="ecps", national_id=DOCTOR.national_id)
        system.see("error")
        system.attempt.connected_identity()


@scenario(_TWIN, mode="desktop", lifetimes="short")
def test_plain_ciba_login(system: System, psc: Psc, step: Step) -> None:
    """Without any fault the person is signed in: the twin of the stories below."""
    _start(system, step)
    with step(2):
        psc.polled(times=3)
        psc.phone(DOCTOR).approve(matching=system.see("ciba.digits"))
    with step(3):
        system.finish_psc_login(means="ecps", national_id=DOCTOR.national_id)
        system.connected_identity()


@scenario(
    "banc:psc-ciba-denied",
    mode="desktop",
    fault="ciba.access-denied",
    twin=_TWIN,
    lifetimes="short",
)
def test_a_refusal_on_the_phone_ends_the_login(system: System, psc: Psc, step: Step) -> None:
    """The person says no: the product stops asking and signs nobody in."""
    _start(system, step)
    with step(2):
        psc.phone(DOCTOR).approve(matching=system.see("ciba.digits"))
    _see_the_end(system, step)


@scenario(
    "banc:psc-ciba-expired", mode="desktop", fault="ciba.expired", twin=_TWIN, lifetimes="short"
)
def test_an_expired_request_ends_the_login(system: System, psc: Psc, step: Step) -> None:
    """Nobody answers in time: the product stops asking and says so."""
    _start(system, step)
    with step(2):
        psc.asked()
    _see_the_end(system, step)


@scenario(
    "banc:psc-ciba-slow-down",
    mode="desktop",
    fault="ciba.slow-down",
    twin=_TWIN,
    lifetimes="official",
)
def test_slow_down_is_honoured_and_survived(system: System, psc: Psc, step: Step) -> None:
    """Told to slow down, the product polls at least five seconds slower, and still signs in."""
    _start(system, step)
    with step(2):
        psc.slowed_down()
        psc.phone(DOCTOR).approve(matching=system.see("ciba.digits"))
    _see_the_end(system, step)


@scenario(
    "banc:psc-ciba-subject-foreign",
    mode="desktop",
    fault="ciba.subject-foreign",
    twin=_TWIN,
    lifetimes="short",
)
def test_tokens_of_somebody_else_are_refused(system: System, psc: Psc, step: Step) -> None:
    """The tokens are of another person than the one who was to sign in."""
    _start(system, step)
    with step(2):
        psc.phone(DOCTOR).approve(matching=system.see("ciba.digits"))
    _see_the_end(system, step)
