"""For each rule about Pro Santé Connect: a story it accepts, and stories it refuses (with why)."""

from collections.abc import Callable
from typing import Any

from common.identities import COLLEAGUE, DOCTOR
from tests.unit.checks.checks_story import HOST, Story, basic, secret, token

Tell = Callable[[Story], object]

LEGAL = "Identification électronique par Pro Santé Connect, téléservice de l'ANS."
BUTTON = "S’identifier avec Pro Santé Connect"
BROWSER = {**basic(), "origin": "https://localhost:9443"}


def login(**ask: Any) -> Tell:
    return lambda s: s.login(**ask)


def redeemed(**how: Any) -> Tell:
    def tell(s: Story) -> None:
        s.authorize()
        s.redeem(**how)

    return tell


def two(**ask: Any) -> Tell:
    def tell(s: Story) -> None:
        s.login(**ask)
        s.login(**ask)

    return tell


def ciba(*errors: str | None, every: float = 2.0, **ask: Any) -> Tell:
    def tell(s: Story) -> None:
        s.ciba(**ask)
        s.polls(*errors, every=every)

    return tell


def several(*digits: str) -> Tell:
    def tell(s: Story) -> None:
        for number in digits:
            s.ciba(binding_message=number)

    return tell


def userinfo_after(seconds: float, **how: Any) -> Tell:
    def tell(s: Story) -> None:
        s.authorize()
        s.redeem(lifetime=120)
        s.wait(seconds)
        s.userinfo(**how)

    return tell


def redeemed_twice(s: Story) -> None:
    s.authorize()
    s.redeem()
    s.redeem()


def logged_out(hint: Any = "last", sends: bool = True) -> Tell:
    def tell(s: Story) -> None:
        s.login()
        s.act("logout", during=(lambda: s.logout_request(hint)) if sends else None)

    return tell


def again(*, start: str = "done", **ask: Any) -> Tell:
    def tell(s: Story) -> None:
        s.login()
        s.act("logout", during=s.logout_request)
        s.act("start_psc_login", start, during=lambda: s.authorize(**ask))

    return tell


def nothing_asked_again(s: Story) -> None:
    s.login()
    s.act("logout", during=s.logout_request)
    s.act("start_psc_login")


def ciba_again(s: Story) -> None:
    ciba(None)(s)
    s.act("logout", during=s.logout_request)
    s.act("start_psc_login", during=s.ciba)


def idle(out: bool) -> Tell:
    def tell(s: Story) -> None:
        s.login()
        s.act("idle", during=s.logout_request if out else None, seconds=4)
        s.act("connected_identity", values={"connected": False})

    return tell


def saw(what: str, text: str = "", **how: Any) -> Tell:
    return lambda s: s.see(what, text, **how)


def identity(text: str, **how: Any) -> Tell:
    def tell(s: Story) -> None:
        s.login()
        s.see("identity", text, **how)

    return tell


def terms_then_login(late: bool) -> Tell:
    def tell(s: Story) -> None:
        if late:
            s.login()
        s.see("terms.psc", LEGAL)
        if not late:
            s.login()

    return tell


def login_out_of_order(s: Story) -> None:
    """The bench asks to look at the terms, and somebody signs in."""
    s.login()
    asked = next(event for event in s.items if event.data.get("route") == "authorize")
    values = {"asked": "see.terms.psc", "seen": "authorize", "event": asked.ref}
    s.event("bench.note", {"what": "operator.order", "values": values}, source="bench")
    s.see("terms.psc", LEGAL)


def practices(offered: bool) -> Tell:
    def tell(s: Story) -> None:
        s.login(activities=2)
        s.see("practice-choice", present=offered)

    return tell


def digits(shown: str, present: bool = True) -> Tell:
    def tell(s: Story) -> None:
        s.ciba(binding_message="07")
        s.see("ciba.digits", shown, present=present)

    return tell


def struck(
    fault: str,
    outcome: str = "refused",
    connected: bool | None = False,
    taint: dict[str, Any] | None = None,
    use: Callable[[Story, dict[str, Any]], object] | None = None,
) -> Tell:
    """A login that a fault strikes, and what the product made of it."""
    access = taint or token("tainted", DOCTOR.national_id)

    def tell(s: Story) -> None:
        s.act("start_psc_login")
        s.act("finish_psc_login", outcome, during=lambda: s.fired(fault, access))
        if use is not None:
            s.wait(0.5)
            use(s, access)
        if connected is not None:
            s.act("connected_identity", values={"connected": connected})

    return tell


def read_with(s: Story, access: dict[str, Any]) -> None:
    s.userinfo(access=access)


def mailed_with(s: Story, access: dict[str, Any]) -> None:
    s.auth(access)


def redeemed_code(s: Story, code: dict[str, Any]) -> None:
    s.exchange("token", form={"code": code}, headers=basic(), status=400)


def looked_at_who_it_is(s: Story) -> None:
    """UserInfo is read with the tainted token to find out whose it is; then refused."""
    access = token("tainted", DOCTOR.national_id)

    def attempt() -> None:
        s.fired("ciba.subject-foreign", access)
        s.userinfo(access=access)

    s.act("start_psc_login")
    s.act("finish_psc_login", "refused", during=attempt)
    s.act("connected_identity", values={"connected": False})


Refused = tuple[Tell, str, str | None]

ACCEPTED: dict[str, list[Tell]] = {
    "psc.request.response-type": [login()],
    "psc.request.scope": [login(), login(scope="scope_all openid")],
    "psc.request.scope-minimal": [login()],
    "psc.request.acr-values": [login()],
    "psc.request.state-present": [login()],
    "psc.request.state-length": [login(), login(state="0123456789abcdef0123456789abcdef")],
    "psc.request.state-fresh": [two()],
    "psc.request.nonce-present": [login()],
    "psc.request.nonce-fresh": [two()],
    "psc.request.redirect-uri": [login()],
    "psc.request.wallet-host": [login()],
    "psc.pkce.s256": [login()],
    "psc.token.server-side": [login(), ciba("authorization_pending", None)],
    "psc.token.once": [login()],
    "psc.userinfo.read-in-time": [userinfo_after(60)],
    "psc.discovery.psc-name": [
        lambda s: s.exchange("discovery", url=f"{HOST}/r/.well-known/wallet-openid-configuration")
    ],
    "psc.logout.sent-with-hint": [logged_out()],
    "psc.logout.again-asks": [again(), ciba_again],
    "psc.logout.idle-spares-psc": [idle(out=False)],
    "psc.terms.shown": [saw("terms.psc", LEGAL), saw("terms.psc", "PRO SANTE  CONNECT")],
    "psc.terms.before-login": [terms_then_login(late=False)],
    "psc.button.wording": [saw("psc.button", BUTTON), saw("psc.button", BUTTON.upper())],
    "psc.identity.shown": [
        identity(f"Connecté : {DOCTOR.name}"),
        identity("Connecté", national_id=DOCTOR.national_id),
    ],
    "psc.practice.choice-offered": [practices(True)],
    "psc.ciba.scope": [ciba()],
    "psc.ciba.acr": [ciba()],
    "psc.ciba.login-hint": [ciba(), ciba(login_hint="ANS20260115093000")],
    "psc.ciba.binding-message": [ciba(binding_message="00")],
    "psc.ciba.binding-fresh": [several("12", "12", "57"), several("12", "57")],
    "psc.ciba.digits-shown": [digits("07"), digits("Vérifiez le nombre 07 sur votre téléphone")],
    "psc.ciba.channel": [ciba(), ciba(channel="CARD")],
    "psc.ciba.no-forbidden-parameter": [ciba()],
    "psc.ciba.polling-interval": [
        ciba("authorization_pending", None, every=2.0),
        ciba("authorization_pending", None, interval=None, every=5.0),
    ],
    "psc.ciba.slow-down-honoured": [ciba("slow_down", "authorization_pending", None, every=7.0)],
    "psc.ciba.slow-down-survived": [struck("ciba.slow-down", "done", True)],
    "psc.ciba.stops-after-end": [
        ciba("authorization_pending", "slow_down", "access_denied"),
        ciba("authorization_pending", None),
    ],
    "psc.refuses.callback-state-altered": [
        struck("callback.state-altered", taint=secret("code", "stolen"))
    ],
    "psc.refuses.ciba-access-denied": [
        struck("ciba.access-denied", taint=secret("auth_req_id", "req-1"))
    ],
    "psc.acr.higher-accepted": [struck("id-token.acr-eidas2", "done", True)],
    "psc.userinfo.absent-members-survive": [struck("userinfo.no-subject-ref-pro", "done", True)],
}

REFUSED: dict[str, list[Refused]] = {
    "psc.request.response-type": [(login(response_type="token"), "broken", None)],
    "psc.request.scope": [
        (login(scope="openid"), "broken", None),
        (login(scope="openid scope_all_"), "broken", None),
        (login(scope=None), "broken", None),
    ],
    "psc.request.scope-minimal": [
        (login(scope="openid scope_all offline_access"), "broken", None),
    ],
    "psc.request.acr-values": [
        (login(acr_values=None), "broken", "absent"),
        (login(acr_values=None, acr="eidas1"), "broken", "misspelt"),
        (login(acr_values="eidas2"), "broken", None),
    ],
    "psc.request.state-present": [(login(state=None), "broken", None)],
    "psc.request.state-length": [
        (login(state="12345678"), "broken", None),
        (login(state="0123456789abcdef01234567"), "broken", None),
    ],
    "psc.request.state-fresh": [(two(state="always-the-same-state-here"), "broken", None)],
    "psc.request.nonce-present": [(login(nonce=None), "broken", None)],
    "psc.request.nonce-fresh": [(two(nonce="always-the-same-nonce-here"), "broken", None)],
    "psc.request.redirect-uri": [
        (login(redirect_uri="https://localhost:9443/callback/", status=400), "broken", None),
        (login(client_id="other", status=400), "broken", "unknown-client"),
    ],
    "psc.request.wallet-host": [
        (login(url=f"{HOST}/auth/realms/x/protocol/openid-connect/auth"), "broken", None),
    ],
    "psc.pkce.s256": [
        (login(code_challenge_method="plain"), "broken", "method"),
        (redeemed(drop_verifier=True), "broken", "no-verifier"),
        (redeemed(verifier={"length": 12}), "broken", "form"),
        (redeemed(verifier={"alphabet": False}), "broken", "form"),
        (redeemed(verifier={"s256": "other"}), "broken", "mismatch"),
    ],
    "psc.token.server-side": [
        (redeemed(headers=BROWSER), "broken", "browser"),
        (redeemed(headers={}), "broken", "unauthenticated"),
        (ciba(headers={}), "broken", "unauthenticated"),
    ],
    "psc.token.once": [(redeemed_twice, "broken", None)],
    "psc.userinfo.read-in-time": [
        (userinfo_after(150, status=401), "broken", "late"),
        (
            userinfo_after(1, access=token("id-1", DOCTOR.national_id), status=401),
            "broken",
            "not-a-token",
        ),
    ],
    "psc.discovery.psc-name": [
        (
            lambda s: s.exchange(None, url=f"{HOST}/r/.well-known/openid-configuration"),
            "broken",
            None,
        )
    ],
    "psc.logout.sent-with-hint": [
        (logged_out(sends=False), "broken", "not-sent"),
        (logged_out(hint=None), "broken", "no-hint"),
        (logged_out(hint=token("id-0", DOCTOR.national_id)), "broken", "other-token"),
    ],
    "psc.logout.again-asks": [
        (again(silent=True), "broken", "silent"),
        (nothing_asked_again, "broken", "not-asked"),
    ],
    "psc.logout.idle-spares-psc": [(idle(out=True), "broken", None)],
    "psc.terms.shown": [
        (saw("terms.psc", present=False), "broken", "absent"),
        (saw("terms.psc", "Conditions générales"), "broken", None),
    ],
    "psc.terms.before-login": [
        (terms_then_login(late=True), "broken", None),
        (login_out_of_order, "unclear", None),
    ],
    "psc.button.wording": [
        (saw("psc.button", "Connexion PSC"), "broken", None),
        (saw("psc.button", present=False), "broken", "absent"),
    ],
    "psc.identity.shown": [
        (identity("", present=False), "broken", "absent"),
        (identity(f"Connecté : {COLLEAGUE.name}"), "broken", "other-person"),
        (identity("Bienvenue"), "unclear", None),
    ],
    "psc.practice.choice-offered": [(practices(False), "broken", None)],
    "psc.ciba.scope": [(ciba(scope="openid"), "broken", None)],
    "psc.ciba.acr": [
        (ciba(acr_values=None), "broken", "absent"),
        (ciba(acr_values=None, acr="eidas1"), "broken", "misspelt"),
        (ciba(acr_values="eidas3"), "broken", None),
    ],
    "psc.ciba.login-hint": [
        (ciba(login_hint=DOCTOR.rpps), "broken", "no-type"),
        (ciba(login_hint="doctor@cabinet.test"), "broken", None),
        (ciba(login_hint=None), "broken", None),
    ],
    "psc.ciba.binding-message": [
        (ciba(binding_message="123"), "broken", None),
        (ciba(binding_message="1"), "broken", None),
        (ciba(binding_message="AB"), "broken", None),
        (ciba(binding_message=None), "broken", None),
    ],
    "psc.ciba.binding-fresh": [(several("00", "00", "00"), "broken", None)],
    "psc.ciba.digits-shown": [
        (digits("", present=False), "broken", "absent"),
        (digits("70"), "broken", None),
        (digits("107"), "broken", None),
    ],
    "psc.ciba.channel": [(ciba(channel="PHONE"), "broken", None)],
    "psc.ciba.no-forbidden-parameter": [
        (ciba(client_notification_token=secret("api_key", "k")), "broken", None),
        (ciba(user_code="1234"), "broken", None),
        (ciba(id_token_hint="x"), "broken", None),
    ],
    "psc.ciba.polling-interval": [
        (ciba("authorization_pending", None, every=1.0), "broken", None),
        (ciba("authorization_pending", None, interval=None, every=2.0), "broken", None),
    ],
    "psc.ciba.slow-down-honoured": [
        (ciba("slow_down", "authorization_pending", None, every=2.0), "broken", None),
    ],
    "psc.ciba.slow-down-survived": [
        (struck("ciba.slow-down", "refused", False), "broken", "refused"),
    ],
    "psc.ciba.stops-after-end": [
        (ciba("access_denied", "access_denied"), "broken", None),
        (ciba("expired_token", "authorization_pending"), "broken", None),
        (ciba(None, "invalid_grant"), "broken", "tokens"),
    ],
    "psc.refuses.callback-state-altered": [
        (struck("callback.state-altered", "done", True), "broken", "accepted"),
        (
            struck("callback.state-altered", taint=secret("code", "stolen"), use=redeemed_code),
            "broken",
            "used",
        ),
        (struck("callback.state-altered", "unclear"), "unclear", None),
        (struck("callback.state-altered", connected=None), "unclear", None),
        (struck("callback.state-altered", connected=True), "broken", "connected"),
    ],
    "psc.refuses.ciba-access-denied": [
        (struck("ciba.access-denied", "done", True), "broken", "accepted"),
    ],
    "psc.acr.higher-accepted": [
        (struck("id-token.acr-eidas2", "refused", False), "broken", "refused"),
        (struck("id-token.acr-eidas2", "done", False), "broken", "not-connected"),
        (struck("id-token.acr-eidas2", "unclear", None), "unclear", None),
    ],
    "psc.userinfo.absent-members-survive": [
        (struck("userinfo.no-subject-ref-pro", "broken", None), "broken", "broken"),
    ],
}

for _fault in (
    "id-token.nonce-foreign",
    "id-token.key-foreign",
    "id-token.alg-none",
    "id-token.alg-hs256",
    "id-token.expired",
    "id-token.aud-foreign",
    "id-token.iss-foreign",
    "userinfo.sub-foreign",
    "ciba.expired",
    "ciba.subject-foreign",
):
    _rule = f"psc.refuses.{_fault.replace('.', '-')}"
    ACCEPTED[_rule] = [struck(_fault)]
    if _fault == "ciba.subject-foreign":
        ACCEPTED[_rule].append(looked_at_who_it_is)
    REFUSED[_rule] = [
        (struck(_fault, "done", True), "broken", "accepted"),
        (struck(_fault, use=read_with), "broken", "used"),
        (struck(_fault, use=mailed_with), "broken", "used"),
    ]
