"""A mock Pro Santé Connect on loopback with its journal, a browser and a product's server side."""

import base64
import hashlib
import secrets
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import httpx2

from common.identities import DOCTOR, Professional
from conformance.journal import Event, Journal, JournalWriter
from mocks.psc.server import Client, PscMock, Tenant, TenantConfig
from tests.worlds.loops import LoopThread

CALLBACK = "http://127.0.0.1:9/psc/retour"
AFTER = "http://127.0.0.1:9/au-revoir"
CIBA = "urn:openid:params:grant-type:ciba"

Answer = TypeVar("Answer")


class PscWorld:
    """A tenant, its journal, a browser and a product's server side."""

    def __init__(self, folder: Path, keys: Path, **options: Any) -> None:
        self.folder = folder
        self.thread = LoopThread()
        self.journal = JournalWriter(folder, "main", secrets.token_bytes(32), 0)
        self.clock = Clock()
        self.psc = PscMock(self.journal, keys, clock=self.clock, **options)
        self.call(self.psc.start())
        self.client = Client(
            client_id="lps-test",
            secret="s3cret-of-lps-test",
            redirect_uris=(CALLBACK,),
            post_logout_redirect_uris=(AFTER,),
            name="Logiciel d'essai",
        )
        self.other = Client(client_id="autre", secret="s3cret-of-autre", ciba=False)
        self.tenant = self.open("default")
        self.browser = httpx2.Client()
        self.server = httpx2.Client(auth=(self.client.client_id, self.client.secret))

    def open(self, name: str, **changes: Any) -> Tenant:
        config = TenantConfig(name=name, clients=(self.client, self.other), **changes)
        return self.psc.open_tenant(config)

    def call(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return self.thread.call(work)

    def close(self) -> None:
        self.browser.close()
        self.server.close()
        with self.thread:
            self.call(self.psc.stop())
        self.journal.close()

    def events(self, kind: str | None = None) -> list[Event]:
        journal = Journal(self.folder)
        return [event for event in journal if kind in (None, event.kind)]

    def exchanges(self, route: str | None = "any") -> list[dict[str, Any]]:
        found = [dict(event.data) for event in self.events("http.exchange")]
        return found if route == "any" else [data for data in found if data["route"] == route]

    def authorize(self, verifier: str | None = None, **changes: str | None) -> httpx2.Response:
        """Open the wallet as a browser would; a parameter set to None is left out."""
        asked: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": CALLBACK,
            "scope": "openid scope_all",
            "acr_values": "eidas1",
            "state": secrets.token_urlsafe(24),
            "nonce": secrets.token_urlsafe(24),
            **changes,
        }
        if verifier is not None:
            digest = hashlib.sha256(verifier.encode()).digest()
            asked["code_challenge"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            asked["code_challenge_method"] = "S256"
        params = {name: value for name, value in asked.items() if value is not None}
        return self.browser.get(self.tenant.wallet_url, params=params)

    def sign_in(self, person: Professional = DOCTOR, **changes: str | None) -> dict[str, str]:
        """The query of the callback after a login by card."""
        shown = self.authorize(**changes)
        if shown.status_code == 302:
            return query_of(shown)
        page = self.submit(shown, step="choose", means="cps", national_id=person.national_id)
        card = self.browser.get(self.psc.base_url + page.headers["location"])
        return query_of(self.submit(card, step="card"))

    def submit(self, page: httpx2.Response, **fields: str) -> httpx2.Response:
        action = page.text.partition('action="')[2].partition('"')[0]
        return self.browser.post(self.psc.base_url + action, data=fields)

    def token(self, **form: str) -> httpx2.Response:
        return self.server.post(self.tenant.endpoint("/token"), data=form)

    def redeem(self, code: str, **more: str) -> httpx2.Response:
        return self.token(grant_type="authorization_code", code=code, redirect_uri=CALLBACK, **more)

    def tokens(self, person: Professional = DOCTOR, **changes: str | None) -> dict[str, Any]:
        """The tokens of a whole login by card."""
        tokens: dict[str, Any] = self.redeem(self.sign_in(person, **changes)["code"]).json()
        return tokens

    def userinfo(self, access_token: str) -> httpx2.Response:
        headers = {"authorization": f"Bearer {access_token}"}
        return httpx2.get(self.tenant.endpoint("/userinfo"), headers=headers)

    def ask(self, **changes: str | None) -> httpx2.Response:
        """A backchannel request."""
        asked: dict[str, str | None] = {
            "scope": "openid scope_all",
            "login_hint": DOCTOR.national_id,
            "binding_message": "42",
            "acr_values": "eidas1",
            "channel": "MOBILE",
            **changes,
        }
        form = {name: value for name, value in asked.items() if value is not None}
        return self.server.post(self.tenant.endpoint("/ext/ciba/auth"), data=form)

    def poll(self, auth_req_id: str) -> httpx2.Response:
        return self.token(grant_type=CIBA, auth_req_id=auth_req_id)


class Clock:
    """Epoch seconds that a test may move forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


def query_of(response: httpx2.Response) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(response.headers["location"]).query))
