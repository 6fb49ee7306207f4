"""What a web application must refuse at sign-in: one fault a story, and the twin without any."""

from conformance.story import DOCTOR, Psc, Step, System, scenario

_TWIN = "banc:psc-web-login"


def _try_to_sign_in(system: System, step: Step) -> None:
    with step(1):
        system.go_to_login()
        system.start_psc_login(means="cps", national_id=DOCTOR.national_id)
    with step(2):
        system.attempt.finish_psc_login(means="cps", national_id=DOCTOR.national_id)
        system.see("error")
    with step(3):
        system.attempt.connected_identity()


@scenario(_TWIN, mode="web")
def test_plain_login(system: System, psc: Psc, step: Step) -> None:
    """Without any fault the person is signed in: the twin of the stories below."""
    with step(1):
        system.go_to_login()
        system.start_psc_login(means="cps", national_id=DOCTOR.national_id)
    with step(2):
        system.finish_psc_login(means="cps", national_id=DOCTOR.national_id)
        system.see("identity")
    with step(3):
        system.connected_identity()


@scenario("banc:psc-web-state-altered", mode="web", fault="callback.state-altered", twin=_TWIN)
def test_altered_state_is_refused(system: System, step: Step) -> None:
    """The callback carries a `state` that was never sent."""
    _try_to_sign_in(system, step)


@scenario("banc:psc-web-nonce-foreign", mode="web", fault="id-token.nonce-foreign", twin=_TWIN)
def test_foreign_nonce_is_refused(system: System, step: Step) -> None:
    """The ID token carries the nonce of another request."""
    _try_to_sign_in(system, step)


@scenario("banc:psc-web-key-foreign", mode="web", fault="id-token.key-foreign", twin=_TWIN)
def test_foreign_key_is_refused(system: System, step: Step) -> None:
    """The ID token is signed by a key that is not the provider's."""
    _try_to_sign_in(system, step)


@scenario("banc:psc-web-alg-none", mode="web", fault="id-token.alg-none", twin=_TWIN)
def test_unsigned_id_token_is_refused(system: System, step: Step) -> None:
    """The ID token has `alg: none` and no signature."""
    _try_to_sign_in(system, step)


@scenario(
    "banc:psc-web-alg-hs256",
    mode="web",
    fault="id-token.alg-hs256",
    fault_value="public-key",
    twin=_TWIN,
)
def test_hmac_id_token_is_refused(system: System, step: Step) -> None:
    """The ID token is signed by HMAC, the provider's public key taken for a shared secret."""
    _try_to_sign_in(system, step)


@scenario("banc:psc-web-token-expired", mode="web", fault="id-token.expired", twin=_TWIN)
def test_expired_id_token_is_refused(system: System, step: Step) -> None:
    """The ID token had expired before it was issued."""
    _try_to_sign_in(system, step)


@scenario("banc:psc-web-aud-foreign", mode="web", fault="id-token.aud-foreign", twin=_TWIN)
def test_id_token_of_another_client_is_refused(system: System, step: Step) -> None:
    """The ID token was meant for another client."""
    _try_to_sign_in(system, step)


@scenario("banc:psc-web-iss-foreign", mode="web", fault="id-token.iss-foreign", twin=_TWIN)
def test_id_token_of_another_issuer_is_refused(system: System, step: Step) -> None:
    """The ID token names another issuer."""
    _try_to_sign_in(system, step)


@scenario("banc:psc-web-sub-foreign", mode="web", fault="userinfo.sub-foreign", twin=_TWIN)
def test_userinfo_of_somebody_else_is_refused(system: System, step: Step) -> None:
    """UserInfo speaks of another person than the ID token."""
    _try_to_sign_in(system, step)


@scenario("banc:psc-web-acr-eidas2", mode="web", fault="id-token.acr-eidas2", twin=_TWIN)
def test_higher_acr_is_accepted(system: System, step: Step) -> None:
    """A higher level than the one asked for is no reason to refuse."""
    _try_to_sign_in(system, step)


@scenario("banc:psc-web-no-ref-pro", mode="web", fault="userinfo.no-subject-ref-pro", twin=_TWIN)
def test_userinfo_without_practices_is_survived(system: System, step: Step) -> None:
    """UserInfo lacks `SubjectRefPro`, as real answers sometimes do."""
    _try_to_sign_in(system, step)
