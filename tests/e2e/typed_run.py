"""Somebody in front of the reference product, and who types at the run that asks them to act."""

import json
import re
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx2
import pexpect
from lxml import html

from common.identities import DOCTOR

PROMPT = "\r\n  > "
PRODUCT = """\
[product]
name = "Cabinet Exemple LPS"
version = "1.0.0"

[plan]
corridor = "LGC"
wave = ["1", "2"]

[[face]]
name = "web"
driver = "operator"
address = "http://127.0.0.1:{port}"
ready = "http://127.0.0.1:{port}/connexion"
start = ["{python}", "-m", "mocks.lps", "web", "--port", "{port}", "--no-adapter",
  "--psc-discovery", "{psc_discovery}", "--client-id", "{client_id}", "--ca-file", "{ca_file}",
  "--smtp-host", "{smtp_host}", "--smtp-port", "{smtp_port}",
  "--domain", "{domain}", "--patient-domain", "{patient_domain}"]
env = { BANC_CLIENT_SECRET = "{client_secret}" }
redirect_uris = ["http://127.0.0.1:{port}/psc/retour"]
post_logout_redirect_uris = ["http://127.0.0.1:{port}/deconnexion/retour"]

[[face]]
name = "desktop"
driver = "operator"
address = "http://127.0.0.1:{port}"
ready = "http://127.0.0.1:{port}/ready"
start = ["{python}", "-m", "mocks.lps", "desktop", "--port", "{port}", "--no-window",
  "--psc-discovery", "{psc_discovery}", "--client-id", "{client_id}", "--ca-file", "{ca_file}"]
env = { BANC_CLIENT_SECRET = "{client_secret}" }
"""


class Visitor:
    """Somebody in front of the reference product, with a browser of their own."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._browser = httpx2.Client(verify=False, follow_redirects=True, timeout=30)

    def open(self, path: str) -> httpx2.Response:
        """Go to a page of the product."""
        return self._browser.get(f"{self.address}{path}")

    def submit(self, page: httpx2.Response, name: str, value: str, **more: str) -> httpx2.Response:
        """Send the form that holds a field of that name and value."""
        tree: Any = html.document_fromstring(page.content)
        found = tree.xpath("//form[.//*[@name=$name][@value=$value]]", name=name, value=value)
        form = found[0] if found else tree.forms[0]
        fields = dict(form.form_values()) | {name: value} | more
        return self._browser.post(urljoin(str(page.url), form.get("action") or ""), data=fields)

    def sign_in(self) -> httpx2.Response:
        """By card, from the button of the product to its first page."""
        return self.choose_card(self.open("/connexion/psc"))

    def choose_card(self, wallet: httpx2.Response) -> httpx2.Response:
        """On the page of Pro Santé Connect, back to the product."""
        chosen = {"national_id": DOCTOR.national_id, "step": "choose"}
        return self.submit(self.submit(wallet, "means", "cps", **chosen), "step", "card")

    def confirm(self, path: str) -> httpx2.Response:
        """Press the only button of a page."""
        page = self.open(path)
        tree: Any = html.document_fromstring(page.content)
        return self._browser.post(str(page.url), data=dict(tree.forms[0].form_values()))

    def sign_out(self) -> None:
        """By the button of the product."""
        self.confirm("/deconnexion")

    def act(self, name: str, **arguments: object) -> dict[str, Any]:
        """Press a button of the desktop program."""
        answer = self._browser.post(f"{self.address}/actions/{name}", json=arguments)
        said: dict[str, Any] = answer.json()
        return said


@dataclass
class Typist:
    """Who types at the run: waits for words on the terminal, then for the place to answer."""

    child: Any
    reports: Path
    shown: list[str] = field(default_factory=list)

    def at(self, words: str) -> str:
        """Read on until a question holds these words; what was shown since the last answer."""
        self.child.expect_exact(words)
        before = str(self.child.before) + words
        self.child.expect_exact(PROMPT)
        self.shown.append(before + str(self.child.before) + PROMPT)
        return self.shown[-1]

    def says(self, line: str) -> None:
        """Type a line."""
        self.child.sendline(line)

    def answers(self, words: str, line: str = "") -> str:
        """Answer the question with these words."""
        shown = self.at(words)
        self.says(line)
        return shown

    def ends(self) -> int:
        """Read to the end; the exit code of the run."""
        self.child.expect(pexpect.EOF)
        self.shown.append(str(self.child.before))
        code: int = self.child.wait()
        return code

    def closes(self) -> int:
        """Close the terminal, as its window or an SSH session does; the exit code of the run."""
        self.child.ptyproc.fileobj.close()
        code: int = self.child.ptyproc.wait()
        return code

    def too_wide(self) -> list[str]:
        """The lines over 80 columns that a person is shown, until the verdict of the story."""
        told = re.split(r"\n\S (?:PSC|banc:)", re.sub("\x1b\\[[01]m", "", self.transcript))[0]
        return [line for line in told.splitlines() if len(line) > 80]

    @property
    def transcript(self) -> str:
        """All that the terminal showed."""
        return "".join(self.shown)

    @property
    def bundle(self) -> Path:
        """Its only bundle."""
        [folder] = self.reports.iterdir()
        return folder

    def events(self, kind: str) -> list[dict[str, Any]]:
        """What the journal holds of a kind so far, with its envelope."""
        lines = (self.bundle / "journal" / "main.jsonl").read_text(encoding="utf-8").splitlines()
        return [event for event in map(json.loads, lines) if event["kind"] == kind]

    def findings(self) -> dict[tuple[str, str], dict[str, Any]]:
        """By rule and subject."""
        found = json.loads((self.bundle / "findings.json").read_text(encoding="utf-8"))["findings"]
        return {(f["key"]["rule"], f["key"]["subject"]): f for f in found if f["said"]}

    def visitor(self, words: str = "Affichez votre produit") -> Visitor:
        """Say that the product is on the screen, and use it at the address that was shown."""
        shown = self.answers(words)
        return Visitor(re.findall(r"http://127\.0\.0\.1:\d+", shown)[-1])


Start = Callable[..., Typist]


def starts(tmp_path: Path, quick: dict[str, str]) -> Iterator[Start]:
    """`start(story)`: a run of the reference product in a terminal of 80 columns."""
    (tmp_path / "banc.toml").write_text(PRODUCT, encoding="utf-8", newline="\n")
    running: list[Typist] = []
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "NO_COLOR")
    environment = {k: v for k, v in quick.items() if k not in hidden}
    root = str(Path(__file__).parents[2])
    environment |= {"BANC_CONFIG": str(tmp_path / "keys"), "TERM": "xterm", "PYTHONPATH": root}

    def begin(story: str, *arguments: str, **more: str) -> Typist:
        reports = tmp_path / "reports"
        command = ["-m", "conformance.cli", "run", "--config", str(tmp_path / "banc.toml")]
        command += ["--only", story, "--reports", str(reports), *arguments]
        child = pexpect.spawn(
            sys.executable,
            command,
            env=environment | more,
            cwd=str(tmp_path),
            dimensions=(24, 80),
            encoding="utf-8",
            timeout=60,
        )
        running.append(Typist(child, reports))
        return running[-1]

    yield begin
    for typist in running:
        print(typist.transcript, typist.child.before)  # what pytest shows of a test that failed
        if typist.child.isalive():
            typist.child.kill(signal.SIGTERM)
            typist.child.expect(pexpect.EOF)
        typist.child.wait()
