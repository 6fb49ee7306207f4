"""The two logins, at the mock Pro Santé Connect and at its peer, step for step the same.

Code: the authorization request, two pages answered, the callback, and the token request (client
secret, PKCE). CIBA: the backchannel request, the answer of the phone, and the poll that gives the
tokens. Both end with an access token and an ID token in RS256 and a refresh token.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlencode, urlsplit

from conformance.bench.model import Effort, Measured, MeasureFailed, Peer
from conformance.bench.oidc_peer import PeerMissing, peer_name, start_peer
from conformance.bench.processes import Asked, Served, alone, cpu_rounds
from conformance.bench.visitor import Visitor, basic

CALLBACK = "http://127.0.0.1:9/callback"
CIBA_GRANT = "urn:openid:params:grant-type:ciba"
LOGINS = 1000
_ISSUED = {"access_token", "id_token", "refresh_token"}


class Provider(Protocol):
    """A provider under measurement, from its clients' side."""

    def sign_in(self, authorization: str) -> str:
        """Go through the pages as a browser; gives the URL of the callback."""
        ...

    def authorization(self, query: str) -> str:
        """The URL of an authorization request."""
        ...

    def backchannel(self) -> str:
        """The `auth_req_id` of a request that its person has approved."""
        ...

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        """What the token endpoint answers."""
        ...

    def between(self) -> None:
        """What comes between two rounds."""
        ...


class OurProvider:
    """The mock, wherever it runs."""

    def __init__(self, server: Asked) -> None:
        self._server = server
        self._about = about = server.about
        self._browser, self._product = Visitor(about["base"]), Visitor(about["base"])
        self._credentials = basic(about["client_id"], about["secret"])

    def authorization(self, query: str) -> str:
        return f"{self._about['authorization']}?{query}"

    def sign_in(self, authorization: str) -> str:
        browser = self._browser
        browser.forget()
        action = _action(browser.get(authorization).body)
        person = self._about["login_hint"]
        choice = {"step": "choose", "means": "cps", "national_id": person}
        card = browser.post(action, choice, awaited=303).location
        return browser.post(_action(browser.get(card).body), {"step": "card"}, awaited=302).location

    def backchannel(self) -> str:
        form = {
            "scope": "openid scope_all",
            "login_hint": self._about["login_hint"],
            "binding_message": "42",
            "acr_values": "eidas1",
        }
        url = self._about["backchannel"]
        asked = self._product.post(url, form, headers=self._credentials).json()["auth_req_id"]
        self._server.ask(f"answer {asked}")
        return str(asked)

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        return self._product.post(self._about["token"], form, headers=self._credentials).json()

    def between(self) -> None:
        self._server.ask("reset -")


class PeerProvider:
    """oidc-provider, in a Node process."""

    def __init__(self, served: Served) -> None:
        about = served.about
        self._hint = about["login_hint"]
        self._browser, self._product = Visitor(about["issuer"]), Visitor(about["issuer"])
        self._credentials = basic(about["client_id"], about["secret"])

    def authorization(self, query: str) -> str:
        return f"/auth?{query}"

    def sign_in(self, authorization: str) -> str:
        browser = self._browser
        browser.forget()
        page = browser.get(authorization, awaited=303).location
        browser.get(page)
        back = browser.post(page, {}, awaited=303).location
        return browser.get(back, awaited=303).location

    def backchannel(self) -> str:
        form = {"scope": "openid", "login_hint": self._hint, "binding_message": "42"}
        asked = self._product.post("/backchannel", form, headers=self._credentials).json()
        return str(asked["auth_req_id"])

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        return self._product.post("/token", form, headers=self._credentials).json()

    def between(self) -> None:
        """It has nothing to forget: its memory is bounded by itself."""


def code_login(effort: Effort, folder: Path) -> Measured:
    """CPU of the provider for a login by code, in milliseconds."""
    return _beside(effort, folder, sign_in_by_code)


def ciba_login(effort: Effort, folder: Path) -> Measured:
    """CPU of the provider for a login by CIBA, in milliseconds."""
    return _beside(effort, folder, sign_in_by_ciba)


def sign_in_by_code(provider: Provider) -> None:
    """One login by code. Raises `MeasureFailed` when it is not one."""
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
    query = {
        "response_type": "code",
        "client_id": "bench",
        "redirect_uri": CALLBACK,
        "scope": "openid",
        "acr_values": "eidas1",
        "state": state,
        "nonce": secrets.token_urlsafe(24),
        "code_challenge": challenge.rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    back = provider.sign_in(provider.authorization(urlencode(query)))
    answer = parse_qs(urlsplit(back).query)
    if answer.get("state") != [state] or "code" not in answer:
        raise MeasureFailed(f"code login: the callback was {back[:120]}, expected state and code")
    _require_answer(
        provider.token(
            {
                "grant_type": "authorization_code",
                "code": answer["code"][0],
                "redirect_uri": CALLBACK,
                "code_verifier": verifier,
            }
        )
    )


def sign_in_by_ciba(provider: Provider) -> None:
    """One login by CIBA. Raises `MeasureFailed` when it is not one."""
    _require_answer(
        provider.token({"grant_type": CIBA_GRANT, "auth_req_id": provider.backchannel()})
    )


def _require_answer(answer: dict[str, Any]) -> None:
    """Both JWTs must be there on either side, or the two figures would not be of the same work."""
    jwts = [name for name in ("access_token", "id_token") if answer.get(name, "").count(".") == 2]
    if not answer.keys() >= _ISSUED or len(jwts) != 2:
        raise MeasureFailed(f"login: {sorted(answer)} was issued, expected {sorted(_ISSUED)}, JWTs")


def _beside(effort: Effort, folder: Path, login: Callable[[Provider], None]) -> Measured:
    command = alone("psc", str(folder / "run"), str(folder / "keys"), CALLBACK)
    operations = effort.of(LOGINS, quick=150)
    with Served(command) as served:
        ours = OurProvider(served)
        rounds = cpu_rounds(served, effort, operations, lambda _: login(ours), ours.between)
    return Measured(rounds, operations, _peer(effort, login))


def _peer(effort: Effort, login: Callable[[Provider], None]) -> Peer:
    """The peer's rounds: fewer logins, for it takes longer and its figure is for comparison."""
    try:
        command, place = start_peer(CALLBACK)
        with Served(command, place) as served:
            provider = PeerProvider(served)
            rounds = cpu_rounds(
                served, effort, effort.of(LOGINS // 3, quick=60), lambda _: login(provider)
            )
    except (PeerMissing, MeasureFailed) as why:
        return Peer("oidc-provider", why=str(why))
    return Peer(peer_name(), rounds)


def _action(page: bytes) -> str:
    return page.partition(b'action="')[2].partition(b'"')[0].decode()
