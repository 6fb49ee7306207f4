"""A mock Pro Santé Connect on loopback with its journal, for tests of servers and of clients."""

import asyncio
import base64
import hashlib
import secrets
import threading
import time
from urllib.parse import parse_qsl, urlsplit

import httpx2
import hypothesis
import pytest

from common.identities import DOCTOR
from conformance import locale
from conformance.journal import Journal, JournalWriter
from mocks.psc.server import Client, PscMock, TenantConfig

hypothesis.settings.register_profile("long", max_examples=2000, deadline=None)

CALLBACK = "http://127.0.0.1:9/psc/retour"
AFTER = "http://127.0.0.1:9/au-revoir"
CIBA = "urn:openid:params:grant-type:ciba"


class PscWorld:
    """A tenant, its journal, a browser and a product's server side."""

    def __init__(self, folder, keys, **options):
        self.folder = folder
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
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

    def open(self, name, **changes):
        config = TenantConfig(name=name, clients=(self.client, self.other), **changes)
        return self.psc.open_tenant(config)

    def call(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def close(self):
        self.browser.close()
        self.server.close()
        self.call(self.psc.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()
        self.journal.close()

    def events(self, kind=None):
        journal = Journal(self.folder)
        return [event for event in journal if kind in (None, event.kind)]

    def exchanges(self, route="any"):
        found = [event.data for event in self.events("http.exchange")]
        return found if route == "any" else [data for data in found if data["route"] == route]

    def authorize(self, verifier=None, **changes):
        """Open the wallet as a browser would; a parameter set to None is left out."""
        asked = {
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

    def sign_in(self, person=DOCTOR, **changes):
        """The query of the callback after a login by card."""
        shown = self.authorize(**changes)
        if shown.status_code == 302:
            return query_of(shown)
        page = self.submit(shown, step="choose", means="cps", national_id=person.national_id)
        card = self.browser.get(self.psc.base_url + page.headers["location"])
        return query_of(self.submit(card, step="card"))

    def submit(self, page, **fields):
        action = page.text.partition('action="')[2].partition('"')[0]
        return self.browser.post(self.psc.base_url + action, data=fields)

    def token(self, **form):
        return self.server.post(self.tenant.endpoint("/token"), data=form)

    def redeem(self, code, **more):
        return self.token(grant_type="authorization_code", code=code, redirect_uri=CALLBACK, **more)

    def tokens(self, **changes):
        """The tokens of a whole login by card."""
        return self.redeem(self.sign_in(**changes)["code"]).json()

    def userinfo(self, access_token):
        headers = {"authorization": f"Bearer {access_token}"}
        return httpx2.get(self.tenant.endpoint("/userinfo"), headers=headers)

    def ask(self, **changes):
        """A backchannel request."""
        asked = {
            "scope": "openid scope_all",
            "login_hint": DOCTOR.national_id,
            "binding_message": "42",
            "acr_values": "eidas1",
            "channel": "MOBILE",
            **changes,
        }
        form = {name: value for name, value in asked.items() if value is not None}
        return self.server.post(self.tenant.endpoint("/ext/ciba/auth"), data=form)

    def poll(self, auth_req_id):
        return self.token(grant_type=CIBA, auth_req_id=auth_req_id)


class Clock:
    """Epoch seconds that a test may move forward."""

    def __init__(self):
        self.ahead = 0.0

    def __call__(self):
        return time.time() + self.ahead


def query_of(response):
    return dict(parse_qsl(urlsplit(response.headers["location"]).query))


@pytest.fixture
def english():
    """Sentences in English, whatever the default; for tests that read them."""
    locale.set_language("en")
    yield
    locale.set_language(locale.DEFAULT_LANGUAGE)


@pytest.fixture(scope="session")
def psc_keys(tmp_path_factory):
    return tmp_path_factory.mktemp("keys")


@pytest.fixture
def psc_world(tmp_path, psc_keys):
    world = PscWorld(tmp_path / "run", psc_keys)
    yield world
    world.close()


def pytest_make_parametrize_id(val, argname):
    """Octets and long texts go by the name of their argument: fresh keys and archives differ
    from worker to worker, and pytest-xdist wants the same ids in all of them."""
    return argname if isinstance(val, str | bytes) and len(val) > 60 else None
