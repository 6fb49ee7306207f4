"""Somebody else's platforms, in processes of their own, and the person who signs in there.

The platforms are the project's mocks, stood up by nobody of the bench: with an authority, signing
keys and a client of their own. The person uses the browser of the run through its debugging port,
as hands would, and an e-CPS of their own.
"""

import json
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import httpx2
import pexpect
from lxml import html
from playwright.sync_api import Page, expect, sync_playwright

from common.identities import COLLEAGUE, DOCTOR, NURSE
from conformance.drivers.browser.chromium import find_chromium
from conformance.evidence.screen.display import Display
from mocks.pki.authority import Authority

CLIENT_ID, SECRET = "lps-du-vendeur", "s3cret-chez-le-tiers"
DOMAIN = "dehors.mss.test"
WHO = NURSE
"""The test identity of the vendor at the PSC outside: not the one the bench would take."""


@dataclass
class Service:
    """A process that announces itself on stderr; what it says on stdout is kept."""

    process: subprocess.Popen[str]
    told: list[str] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def start(cls, *command: str, until: str) -> "Service":
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        service = cls(process)
        assert process.stderr is not None
        for line in process.stderr:
            service.told.append(line.strip())
            if re.match(until, line.strip()):
                break
        else:
            raise AssertionError("\n".join(service.told))
        threading.Thread(target=service._listen, daemon=True).start()
        return service

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.seen.append(json.loads(line))

    def value(self, pattern: str) -> str:
        found = re.search(pattern, "\n".join(self.told))
        assert found, self.told
        return found[1]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


class Platforms:
    """A PSC and an MSSanté operator of somebody else's, and a product's port registered there.

    `display` is what the vendor sits in front of, `client` how their product is known there.
    """

    client, domain = (CLIENT_ID, SECRET), DOMAIN

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.display = Display.start(1280, 900)
        self.product = f"http://127.0.0.1:{free_port()}"
        authority = Authority(folder / "pki")
        certificate = authority.issue(["localhost", "127.0.0.1"])
        self.roots = authority.root_path
        self.psc = Service.start(
            "mocks.psc", "--port", "0", "--public-host", "localhost",
            "--cert", str(certificate.cert_path), "--key", str(certificate.key_path),
            "--client-id", CLIENT_ID, "--client-secret", SECRET, "--keys", str(folder / "psc"),
            "--redirect-uri", f"{self.product}/psc/retour",
            "--post-logout-redirect-uri", f"{self.product}/deconnexion/retour",
            until="people ",
        )  # fmt: skip
        self.operator = Service.start(
            "mocks.mssante", "--domain", DOMAIN, "--any-token", "--authority", str(folder / "pki"),
            until=f"mailbox .* of {NURSE.national_id}",
        )  # fmt: skip
        self.discovery = self.psc.value(r"discovery +(\S+)")
        self.smtp = self.operator.value(r" on (\S+:\d+);").replace("127.0.0.1", "localhost")

    def stop(self) -> None:
        self.psc.stop()
        if self.operator is not self.psc:
            self.operator.stop()
        self.display.stop()

    def write_config(self, path: Path, stage: str = "", **changes: str) -> Path:
        """The reference product's own `banc.toml`, its services played by these platforms."""
        text = resources.files("mocks.lps").joinpath("banc.toml").read_text(encoding="utf-8")
        text = text.replace("http://127.0.0.1:{port}/", f"{self.product}/", 2)
        port = self.product.rpartition(":")[2]
        text = text.replace('"{port}"', f'"{port}"', 1).replace("pace = 1.5", "pace = 0.5")
        text = text.replace("127.0.0.1:{port}/psc", f"127.0.0.1:{port}/psc")
        text = text.replace("127.0.0.1:{port}/dec", f"127.0.0.1:{port}/dec")
        text += stage or STAGE.format(
            discovery=self.discovery, smtp=self.smtp, roots=self.roots, domain=self.domain,
            client_id=self.client[0],
        ) + IDENTITIES  # fmt: skip
        for old, new in changes.items():
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8", newline="\n")
        return path


class AnotherBench(Platforms):
    """The same, played by `banc serve` of somebody else: known by what it exported only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.display = Display.start(1280, 900)
        self.product = f"http://127.0.0.1:{free_port()}"
        export = folder / "export"
        command = ["serve", "--json", "--export", str(export)]
        command += ["--redirect-uri", f"{self.product}/psc/retour"]
        command += ["--logout-uri", f"{self.product}/deconnexion/retour"]
        process = subprocess.Popen(
            [sys.executable, "-m", "conformance.cli", *command],
            env=os.environ | {"BANC_CONFIG": str(folder / "leurs-cles")},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        assert process.stdout is not None
        process.stdout.readline()  # what it serves, once it listens
        about = json.loads((export / "adresses.json").read_bytes())
        known = json.loads((export / "client.json").read_bytes())
        self.psc = self.operator = Service(process, [f"phone {about['phone']}"])
        threading.Thread(target=self.psc._listen, daemon=True).start()
        self.client = known["client_id"], known["client_secret"]
        self.domain = about["domain"]
        self.discovery, self.smtp = about["discovery"], about["smtp"]
        self.roots = export / "banc-ac.pem"


STAGE = """
[stage]
psc = "external"
mssante = "external"

[stage.external]
psc_discovery = "{discovery}"
client_id = "{client_id}"
client_secret_env = "SECRET_DU_TIERS"
smtp = "{smtp}"
domain = "{domain}"
patient_domain = "patient.{domain}"
ca_file = "{roots}"
"""
IDENTITIES = f"""
[identities.doctor]
name = "{WHO.name}"
national_id = "{WHO.national_id}"
mailbox = "{WHO.mailbox(DOMAIN)}"

[identities.colleague]
mailbox = "{COLLEAGUE.mailbox(DOMAIN)}"

[identities.nurse]
mailbox = "{DOCTOR.mailbox(DOMAIN)}"
"""


class Vendor:
    """Somebody who runs `banc run` in a terminal and signs in where they are asked to."""

    def __init__(self, platforms: Platforms, folder: Path) -> None:
        self.platforms = platforms
        self.folder = folder
        self.port = free_port()
        folder.mkdir(parents=True, exist_ok=True)
        wrapper = folder / "chromium"
        wrapper.write_text(
            f'#!/bin/sh\nexec "{find_chromium()}" --remote-debugging-port={self.port} "$@"\n'
        )
        wrapper.chmod(0o755)
        trust = ssl.create_default_context(cafile=str(platforms.roots))
        self.phone = httpx2.Client(verify=trust, trust_env=False, follow_redirects=True)
        self.said: list[str] = []

    def run(self, *arguments: str, config: Path) -> "Vendor":
        """Start `banc run` there; its terminal is `self.terminal`."""
        environment = os.environ | {
            "BANC_CHROMIUM": str(self.folder / "chromium"),
            "BANC_CONFIG": str(self.folder / "keys"),
            "SECRET_DU_TIERS": self.platforms.client[1],
            "TERM": "dumb",
            "DISPLAY": self.platforms.display.name,
        }
        command = ["-m", "conformance.cli", "run", "--config", str(config)]
        command += ["--reports", str(self.folder / "reports"), *arguments]
        self.terminal: pexpect.spawn[str] = pexpect.spawn(
            sys.executable, command, env=environment, encoding="utf-8", timeout=60,
            dimensions=(40, 80),
        )  # fmt: skip
        self.log = (self.folder / "terminal.txt").open("w", encoding="utf-8")
        self.terminal.logfile_read = self.log
        return self

    def asked(self, words: str) -> None:
        """Wait until the terminal says that, wherever its lines are broken."""
        self.terminal.expect(r"\s+".join(re.escape(word) for word in words.split()))

    def answer(self, line: str) -> None:
        self.terminal.expect(r"> ")
        self.terminal.sendline(line)

    def signs_in(self, means: str, approve: bool = True) -> None:
        """What hands do on the pages of the platform, in the browser of the run."""
        with sync_playwright() as playwright:
            browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{self.port}")
            page = next(
                page
                for context in browser.contexts
                for page in context.pages
                if "/auth" in page.url or "/wallet" in page.url
            )
            page.get_by_test_id(f"wallet-means-{means}").check()
            page.get_by_test_id(f"wallet-person-{WHO.national_id}").check()
            page.get_by_test_id("wallet-submit").click()
            if means == "cps":
                page.get_by_test_id("wallet-card-confirm").click()
            else:
                self._on_the_phone(page, approve)
            browser.close()

    def _on_the_phone(self, page: Page, approve: bool) -> None:
        digits = page.get_by_test_id("wallet-digits")
        expect(digits).to_be_visible()
        shown = digits.inner_text()
        url = self.platforms.psc.value(r"phone +(\S+)")
        tree: Any = html.fromstring(self.phone.get(url).text)
        assert tree.xpath("//*[@data-testid='phone-digits']")[0].text_content() == shown
        [form] = tree.xpath("//section[@data-testid='phone-request']//form")
        said = {"answer": "approve" if approve else "refuse"}
        self.phone.post(url, data=dict(form.form_values()) | said).raise_for_status()

    def finished(self) -> tuple[int, Path, str]:
        """Exit code, bundle and what the terminal said."""
        self.terminal.expect(pexpect.EOF, timeout=120)
        self.terminal.close()
        self.log.close()
        self.phone.close()
        said = (self.folder / "terminal.txt").read_text(encoding="utf-8")
        folders = [p for p in (self.folder / "reports").iterdir() if p.is_dir()]
        assert len(folders) == 1, said
        assert self.terminal.exitstatus is not None, said
        return self.terminal.exitstatus, folders[0], said


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
