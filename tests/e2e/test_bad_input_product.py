"""A product that is down, dies, fails, floods, and a machine that lacks a tool: `banc run` says it.

Each test is one whole run of one story in a process of its own; the sentences are those a French
vendor reads.
"""

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conformance.bundle.verify import verify

PRODUCT = '''
import http.server, os, sys, threading

port, mood = int(sys.argv[1]), sys.argv[2]
print("bonjour", os.environ.get("SECRET"), "\\x1b[31mrouge", flush=True)
if mood == "stillborn":
    sys.exit("libfoo.so: introuvable")


class Product(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.path.endswith("/reset"):
            return self.answer(200, b"{}")
        if mood == "fails":
            return self.answer(500, b"<h1>Traceback</h1>")
        if mood == "circles":
            return self.answer(302, b"", location=self.path)
        if mood == "dies":
            print("FATAL: base de données perdue", flush=True)
            os._exit(7)
        if mood == "floods":
            self.send_response(200)
            self.end_headers()
            while True:
                self.wfile.write(bytes(1 << 20))

    def do_GET(self):
        self.answer(200, b"ok")

    def answer(self, status, body, **headers):
        self.send_response(status)
        for name, value in {"content-length": len(body), **headers}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        """A client that hangs up is no error of the product's: its log does not tell it."""


Server(("127.0.0.1", port), Product).serve_forever()
'''
CONFIG = """
[product]
name = "Produit"
version = "1"

[plan]
corridor = "LGC"
wave = "1"

[[face]]
name = "web"
driver = "{driver}"
address = "http://127.0.0.1:{port}"
ready = "http://127.0.0.1:{port}/ready"
start = ["{{python}}", "product.py", "{port}", "{mood}"]
env = {{ SECRET = "{{client_secret}}" }}
"""


@dataclass(frozen=True)
class Ran:
    """What a run said, how it ended, and its bundle."""

    code: int
    said: str
    bundle: Path

    @property
    def why(self) -> str:
        """The sentence with which its only scenario ended."""
        lines = (self.bundle / "journal" / "main.jsonl").read_text(encoding="utf-8").splitlines()
        [reason] = [
            event["data"]["reason"]
            for event in map(json.loads, lines)
            if event["kind"] == "scenario.finished"
        ]
        return str(reason)


Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path, quick: dict[str, str]) -> Run:
    """`run(mood)`: rehearse a product in that mood with one story."""

    def rehearse(mood: str = "well", **more: Any) -> Ran:
        return rehearsed(tmp_path, quick, mood, **more)

    return rehearse


def rehearsed(
    folder: Path,
    quick: dict[str, str],
    mood: str,
    *,
    port: str = "{port}",
    driver: str = "adapter",
    film: bool = False,
    **environment: str,
) -> Ran:
    (folder / "product.py").write_text(PRODUCT, encoding="utf-8")
    config = CONFIG.format(mood=mood, port=port, driver=driver)
    (folder / "banc.toml").write_text(config, encoding="utf-8")
    command = [sys.executable, "-m", "conformance.cli", "run", "--only", "PSC.01.01@cps"]
    command += ["--config", str(folder / "banc.toml"), "--reports", str(folder / "reports")]
    known = quick | {"BANC_CONFIG": str(folder / "keys"), **environment}
    done = subprocess.run(
        [*command, *([] if film else ["--no-video"])],
        env=known,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    said = done.stdout + done.stderr
    assert "Traceback (most" not in said, said
    assert "\x1b" not in said
    [bundle] = (folder / "reports").iterdir()
    assert verify(bundle).code == 0
    return Ran(done.returncode, said, bundle)


@pytest.mark.parametrize(
    ("mood", "why"),
    [
        ("fails", "POST actions/show_terms: statut 500, attendu 200"),
        ("circles", "POST actions/show_terms: statut 302, attendu 200"),
        ("floods", "POST actions/show_terms: la réponse dépasse 16 Mio et ne finit pas"),
    ],
)
def test_what_a_product_breaks_is_its_refusal_and_names_the_action(
    run: Run, mood: str, why: str
) -> None:
    ran = run(mood)

    assert ran.code == 1
    assert why in ran.why
    assert why in ran.said and "refus 2 · " in ran.said


def test_a_product_that_dies_is_reported_with_the_tail_of_its_log(run: Run) -> None:
    ran = run("dies")

    assert ran.code == 1
    assert (
        "le processus de la face 'web' s'est terminé avec le code 7 ; fin de web.log :" in ran.why
    )
    assert "FATAL: base de données perdue" in ran.said
    assert "bonjour ⟦client_secret " in ran.why and "·[31mrouge" in ran.said


def test_a_product_that_never_comes_up_is_the_set_up_and_keeps_its_secret(run: Run) -> None:
    ran = run("stillborn")

    assert ran.code == 2
    assert "banc.toml: face 'web', start: le produit s'est terminé avec le code 1" in ran.said
    assert "libfoo.so: introuvable" in ran.said
    assert "bonjour ⟦client_secret " in ran.why and "refus 0 · " in ran.said


def test_a_port_in_use_is_named(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        ran = run(port=str(port))

    assert ran.code == 2
    assert f"banc.toml: face 'web', ready : 127.0.0.1:{port} est déjà occupé" in ran.said


def test_an_action_that_is_not_described_is_named_by_its_key(run: Run) -> None:
    ran = run(driver="browser")

    assert ran.code == 2
    assert "banc.toml : face 'web', actions.show_terms manque" in ran.said


@pytest.mark.parametrize(
    ("film", "why"),
    [(True, "installer le paquet xvfb"), (False, "installer le paquet chromium")],
    ids=["no Xvfb", "no browser"],
)
def test_a_missing_tool_is_named_with_its_package(
    run: Run, tmp_path: Path, film: bool, why: str
) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "setpriv"):
        if found := shutil.which(name):
            (tools / name).symlink_to(found)

    ran = run(driver="browser", film=film, PATH=str(tools), BANC_CHROMIUM="")

    assert ran.code == 2
    assert why in ran.said and "refus 0 · " in ran.said


@pytest.mark.skipif(sys.platform == "win32", reason="the driver that dies is a shell script")
@pytest.mark.parametrize(
    ("script", "why"),
    [
        (
            'echo "$0: error while loading shared libraries: libatomic.so.1: cannot open shared '
            'object file: No such file or directory" >&2; exit 127',
            "libatomic.so.1 manque, installer le paquet libatomic1 (banc doctor --install)",
        ),
        ("echo Illegal instruction >&2; exit 132", "(Illegal instruction)"),
        ('[ "$1" = --version ] && echo v1.2.3', "(Node v1.2.3: Connection closed"),
    ],
    ids=["no library", "another machine", "dies later"],
)
def test_a_driver_that_dies_at_its_start_is_the_set_up(
    run: Run, tmp_path: Path, script: str, why: str
) -> None:
    driver = tmp_path / "node"
    driver.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8", newline="\n")
    driver.chmod(0o755)

    ran = run(driver="browser", PLAYWRIGHT_NODEJS_PATH=str(driver))

    assert ran.code == 2
    assert "le pilote de Playwright ne démarre pas" in ran.said and why in ran.said
    assert "défaut du banc" not in ran.said and "refus 0 · " in ran.said
