"""The reference product between mock Pro Santé Connect and mock MSSanté, on loopback."""

import itertools
import ssl
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx2
from lxml import html

from common.identities import DOCTOR, PROFESSIONALS, Professional
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
from tests.worlds.loops import LoopThread
from tests.worlds.recorder import Heard

Answer = TypeVar("Answer")


@dataclass(slots=True)
class LpsMocks:
    """Both mocks in one loop on a thread of their own."""

    thread: LoopThread
    heard: Heard
    authority: Authority
    ca_file: Path
    psc: PscMock
    smtp: SmtpMock
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def call(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return self.thread.call(work)


@contextmanager
def started(folder: Path) -> Iterator[LpsMocks]:
    """Both mocks, under TLS, until the block is left."""
    heard, authority = Heard(), Authority(folder / "pki")
    certificate = authority.issue(["localhost", "127.0.0.1"])
    ca_file = folder / "ca.pem"
    ca_file.write_bytes(authority.root_pem)
    psc, smtp = PscMock(heard, folder / "psc"), SmtpMock(heard, certificate)
    tls = (str(certificate.cert_path), str(certificate.key_path))
    with LoopThread() as thread:
        mocks = LpsMocks(thread, heard, authority, ca_file, psc, smtp)
        mocks.call(psc.start(tls=tls, public_host="localhost"))
        mocks.call(smtp.start())
        yield mocks
        mocks.call(psc.stop())
        mocks.call(smtp.stop())


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
        form = self._tree().forms[0]
        hidden = {k: v for k, v in form.form_values() if k not in fields}
        target = str(self.page.url.join(form.action or ""))
        self.page = self.http.post(target, data={**hidden, **fields})
        return self.page

    def _tree(self) -> Any:
        return html.fromstring(self.page.text, base_url=str(self.page.url))

    def sees(self, testid: str) -> str | None:
        found = self._tree().xpath("//*[@data-testid=$id]", id=testid)
        return " ".join(found[0].text_content().split()) if found else None

    def sees_all(self, testid: str) -> list[str]:
        found = self._tree().xpath("//*[@data-testid=$id]", id=testid)
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
            event.data
            for event in self.mocks.heard.events
            if event.kind == "http.exchange"
            and event.tenant == self.tenant.name
            and event.data["route"] == route
        ]

    def arm(self, fault: str, value: object = None, occurrence: int | None = None) -> None:
        self.tenant.faults.arm(fault, value, occurrence)


MakeWorld = Callable[..., LpsWorld]


def make_world(
    mocks: LpsMocks,
    opened: ExitStack,
    parts: Parts | None = None,
    lifetimes: Lifetimes = OFFICIAL,
    **changes: Any,
) -> LpsWorld:
    """A product, until `opened` is left: `parts` replaces its parts, other names are settings."""
    name = f"lps{next(mocks.numbers)}"
    listener = bound("127.0.0.1", 0)
    tenant, mail = _tenants(mocks, name, port_of(listener), lifetimes)
    settings = Settings(
        psc_discovery=tenant.discovery_url,
        client_id="lps",
        client_secret=f"secret-of-{name}",
        ca_file=mocks.ca_file,
        smtp_port=mail.port,
        domain=f"{name}.mss.test",
        patient_domain=f"patient.{name}.mss.test",
        port=port_of(listener),
        **changes,
    )
    product = Product(settings, parts)
    opened.enter_context(served(web_app(product), listener))
    return LpsWorld(mocks, tenant, mail, settings, product, opened)


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

    return mocks.call(open_both())
