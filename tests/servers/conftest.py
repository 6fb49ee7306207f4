"""The reference product between mock Pro Santé Connect and mock MSSanté, on loopback."""

import asyncio
import itertools
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from lxml import html

from common.identities import DOCTOR, PROFESSIONALS, Professional
from common.recording import Blob, Witness, secrets_in
from mocks.lps.parts import Parts
from mocks.lps.product import Product
from mocks.lps.serving import bound, port_of, served
from mocks.lps.settings import Settings
from mocks.lps.web.app import web_app
from mocks.mssante.smtp.server import SmtpMock
from mocks.mssante.tenant import MailTenant, MailTenantConfig
from mocks.pki.authority import Authority
from mocks.psc.server import Client, PscMock, Tenant, TenantConfig
from mocks.psc.settings import OFFICIAL, Lifetimes


@dataclass(slots=True)
class Listener:
    """A recorder that keeps everything, and every secret apart."""

    events: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)

    def record(
        self,
        kind: str,
        data: Mapping[str, object],
        *,
        source: str,
        tenant: str = "",
        witness: Witness = "wire",
        blobs: Sequence[Blob] = (),
    ) -> int:
        self.events.append((kind, {**data, "_tenant": tenant}))
        self.secrets.update(secret.value for secret in secrets_in(data))
        return len(self.events)

    def mono(self) -> int:
        return time.perf_counter_ns()


@dataclass(slots=True)
class LpsMocks:
    """Both mocks in one loop on a thread of their own."""

    loop: asyncio.AbstractEventLoop
    heard: Listener
    authority: Authority
    ca_file: Path
    psc: PscMock
    smtp: SmtpMock
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def call(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)


@pytest.fixture(scope="session")
def lps_mocks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LpsMocks]:
    folder = tmp_path_factory.mktemp("lps-mocks")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    heard, authority = Listener(), Authority(folder / "pki")
    certificate = authority.issue(["localhost", "127.0.0.1"])
    ca_file = folder / "ca.pem"
    ca_file.write_bytes(authority.root_pem)
    mocks = LpsMocks(
        loop,
        heard,
        authority,
        ca_file,
        PscMock(heard, folder / "psc"),
        SmtpMock(heard, certificate),
    )
    tls = (str(certificate.cert_path), str(certificate.key_path))
    mocks.call(mocks.psc.start(tls=tls, public_host="localhost"))
    mocks.call(mocks.smtp.start())
    yield mocks
    mocks.call(mocks.psc.stop())
    mocks.call(mocks.smtp.stop())
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)


class Browser:
    """A person at a browser: pages, forms by their fields, and the wallet page of the provider."""

    def __init__(self, base_url: str, ca_file: Path) -> None:
        self.base_url = base_url
        self.http = httpx2.Client(
            verify=ssl.create_default_context(cafile=str(ca_file)),
            follow_redirects=True,
            timeout=20,
            trust_env=False,
        )
        self.page: httpx2.Response = httpx2.Response(204)

    def open(self, path: str) -> httpx2.Response:
        self.page = self.http.get(path if "://" in path else self.base_url + path)
        return self.page

    def submit(self, **fields: str) -> httpx2.Response:
        form = html.fromstring(self.page.text, base_url=str(self.page.url)).forms[0]
        hidden = {k: v for k, v in form.form_values() if k not in fields}
        target = str(self.page.url.join(form.action or ""))
        self.page = self.http.post(target, data={**hidden, **fields})
        return self.page

    def sees(self, testid: str) -> str | None:
        tree = html.fromstring(self.page.text)
        found = tree.xpath("//*[@data-testid=$id]", id=testid)
        return " ".join(found[0].text_content().split()) if found else None

    def sees_all(self, testid: str) -> list[str]:
        found = html.fromstring(self.page.text).xpath("//*[@data-testid=$id]", id=testid)
        return [" ".join(element.text_content().split()) for element in found]

    def to_wallet(self, person: Professional = DOCTOR, means: str = "cps") -> httpx2.Response:
        self.open("/connexion/psc")
        return self.submit(step="choose", means=means, national_id=person.national_id)

    def sign_in(self, person: Professional = DOCTOR) -> httpx2.Response:
        self.to_wallet(person)
        return self.submit(step="card")


@dataclass(slots=True)
class LpsWorld:
    """One product with a tenant of its own in each mock."""

    mocks: LpsMocks
    tenant: Tenant
    mail: MailTenant
    settings: Settings
    product: Product
    opened: ExitStack

    def browser(self) -> Browser:
        browser = Browser(self.settings.base_url, self.mocks.ca_file)
        self.opened.callback(browser.http.close)
        return browser

    def exchanges(self, route: str) -> list[Mapping[str, Any]]:
        return [
            data
            for kind, data in self.mocks.heard.events
            if kind == "http.exchange"
            and data["_tenant"] == self.tenant.name
            and data["route"] == route
        ]

    def arm(self, fault: str, value: object = None, occurrence: int | None = None) -> None:
        self.tenant.faults.arm(fault, value, occurrence)


MakeWorld = Callable[..., LpsWorld]


@pytest.fixture
def make_lps(lps_mocks: LpsMocks) -> Iterator[MakeWorld]:
    """Makes a product: `parts` replaces its parts, other names are settings."""
    with ExitStack() as opened:

        def make(
            parts: Parts | None = None, lifetimes: Lifetimes = OFFICIAL, **changes: Any
        ) -> LpsWorld:
            name = f"lps{next(lps_mocks.numbers)}"
            listener = bound("127.0.0.1", 0)
            tenant, mail = _tenants(lps_mocks, name, port_of(listener), lifetimes)
            settings = Settings(
                psc_discovery=tenant.discovery_url,
                client_id="lps",
                client_secret=f"secret-of-{name}",
                ca_file=lps_mocks.ca_file,
                smtp_port=mail.port,
                domain=f"{name}.mss.test",
                patient_domain=f"patient.{name}.mss.test",
                port=port_of(listener),
                **changes,
            )
            product = Product(settings, parts)
            opened.enter_context(served(web_app(product), listener))
            return LpsWorld(lps_mocks, tenant, mail, settings, product, opened)

        yield make


def _tenants(
    mocks: LpsMocks, name: str, port: int, lifetimes: Lifetimes
) -> tuple[Tenant, MailTenant]:
    base = f"http://127.0.0.1:{port}"
    client = Client(
        client_id="lps",
        secret=f"secret-of-{name}",
        redirect_uris=(f"{base}/psc/retour",),
        post_logout_redirect_uris=(f"{base}/deconnexion/retour",),
    )
    config = TenantConfig(name=name, clients=(client,), lifetimes=lifetimes)

    async def open_both() -> tuple[Tenant, MailTenant]:
        tenant = mocks.psc.open_tenant(config)
        domain, patients = f"{name}.mss.test", f"patient.{name}.mss.test"
        mail = await mocks.smtp.open_tenant(
            MailTenantConfig(
                name=name,
                domain=domain,
                patient_domain=patients,
                mailboxes={p.mailbox(domain): p.national_id for p in PROFESSIONALS},
                trust_list=(domain, patients),
                tokens=tenant.check_access_token,
            )
        )
        return tenant, mail

    opened: tuple[Tenant, MailTenant] = mocks.call(open_both())
    return opened


@pytest.fixture
def lps(make_lps: MakeWorld) -> LpsWorld:
    """The conformant product."""
    return make_lps()
