"""CIBA: a thick client signs professionals in; wave 2 (PSC.01.03) and the wave 1 derogation."""

from conformance.story import DOCTOR, Psc, Step, System, scenario


@scenario("PSC.01.03", mode="desktop", means=("ecps", "cps"))
def test_ciba_login_full_story(system: System, psc: Psc, step: Step, means: str) -> None:
    """A thick client signs a professional in, shows the two digits, signs out, must ask again."""
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
        system.see("ciba.waiting")
    with step(7):
        psc.phone(DOCTOR).approve(matching=system.see("ciba.digits"))
        system.finish_psc_login(means=means, national_id=DOCTOR.national_id)
    with step(8):
        system.see("identity")
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
        system.see("ciba.digits")


@scenario("banc:psc-ciba-w1", mode="desktop", means=("ecps", "cps"))
def test_ciba_derogation_of_wave_1(system: System, psc: Psc, step: Step, means: str) -> None:
    """The ten steps of the wave 1 film, in the order of the ANS [FAQ-B film]."""
    with step(1):
        system.show_terms(form="contract")
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
        psc.phone(DOCTOR).approve(matching=system.see("ciba.digits"))
        system.finish_psc_login(means=means, national_id=DOCTOR.national_id)
    with step(7):
        system.see("identity")
        system.connected_identity()
    with step(8):
        system.go_to_logout()
        system.see("logout")
    with step(9):
        system.logout()
        system.see("logged-out")
    with step(10):
        system.start_psc_login(means=means, national_id=DOCTOR.national_id)
        psc.asked()
        system.see("ciba.digits")
