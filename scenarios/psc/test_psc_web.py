"""PSC.01.01: a web application signs professionals in with Pro Santé Connect."""

from conformance.story import DOCTOR, Psc, Step, System, scenario


@scenario("PSC.01.01", mode="web", means=("ecps", "cps"))
def test_web_login_full_story(system: System, psc: Psc, step: Step, means: str) -> None:
    """Terms read, signed in, connection shown, signed out; then PSC must ask again."""
    with step(1):
        system.show_terms(form="page")
    with step(2):
        system.scroll_to_psc_terms()
        system.see("terms.psc")
    with step(3):
        system.close_terms()
    with step(4):
        system.go_to_login()
        system.see("psc.button")
    with step(5):
        system.start_psc_login(means=means, national_id=DOCTOR.national_id)
    with step(6):
        psc.asked()
    with step(7):
        psc.phone(DOCTOR).will_approve()
        system.finish_psc_login(means=means, national_id=DOCTOR.national_id)
    with step(8):
        system.see("identity")
        system.see("practice-choice")
        system.connected_identity()
    with step(9):
        system.go_to_logout()
        system.see("logout")
    with step(10):
        system.logout()
        system.see("logged-out")
    with step(11):
        system.start_psc_login(means=means, national_id=DOCTOR.national_id)
        psc.asked()


@scenario("banc:psc-web-idle", mode="web", lifetimes="short")
def test_idle_logout_spares_psc(system: System, psc: Psc, step: Step) -> None:
    """After doing nothing, the person is out of the product and still in Pro Santé Connect."""
    with step(1):
        system.go_to_login()
        system.start_psc_login(means="cps", national_id=DOCTOR.national_id)
        system.finish_psc_login(means="cps", national_id=DOCTOR.national_id)
    with step(2):
        system.idle(seconds=4)
    with step(3):
        system.connected_identity()
