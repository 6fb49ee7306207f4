"""The product's process: started, found ready, watched, and stopped with its children."""

import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from conformance.errors import NotReady
from conformance.stage.product.process import ProductProcess, StartSpec
from conformance.stage.product.watched_process import Death

pytestmark = pytest.mark.usefixtures("english")

ROOT = Path(__file__).parents[2]

SERVER = """
import http.server, os, subprocess, sys
print("issuer", os.environ["ISSUER"], flush=True)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
class Page(http.server.BaseHTTPRequestHandler):
    def log_message(self, *about): pass
    def do_GET(self):
        if self.path == "/die":
            print("last words é", flush=True); child.kill(); os._exit(3)
        self.send_response(200); self.send_header("Content-Length", "0"); self.end_headers()
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Page).serve_forever()
"""
DETACHED = """
import os, sys, time
if os.fork() == 0:
    os.setpgrp()
    time.sleep(600)
time.sleep(600)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def spec(command: list[str] | str, port: int | None = None, within: float = 20.0) -> StartSpec:
    ready = f"http://127.0.0.1:{port}/" if port else None
    return StartSpec("web", command, {"ISSUER": "{psc_issuer}"}, ready, within=within)


def test_a_product_is_ready_when_its_address_answers_and_leaves_no_child(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-c", SERVER, "{port}"]
    values = {"psc_issuer": "https://issuer.test", "port": str(port)}
    product = ProductProcess(spec(command, port), values, tmp_path)

    product.start()
    family = psutil.Process(product.pid).children(recursive=True)
    tail, death = product.tail(), product.died()
    product.stop()

    assert death is None
    assert tail == "issuer https://issuer.test"
    assert family and all(gone(process) for process in family)


def test_a_death_is_told_at_once_with_code_and_last_words(tmp_path: Path) -> None:
    port, told, deaths = free_port(), threading.Event(), list[Death]()
    command = [sys.executable, "-c", SERVER, str(port)]

    def on_death(death: Death) -> None:
        deaths.append(death)
        told.set()

    product = ProductProcess(spec(command, port), {"psc_issuer": "x"}, tmp_path, on_death)
    product.start()

    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /die HTTP/1.0\r\n\r\n")
        assert told.wait(20)

    assert deaths == [Death(3, "issuer x\nlast words é")]
    assert product.died() == deaths[0]
    product.stop()


def test_stopping_it_is_no_death(tmp_path: Path) -> None:
    deaths: list[Death] = []
    product = ProductProcess(
        spec([sys.executable, "-c", "import time; time.sleep(600)"]),
        {"psc_issuer": "x"},
        tmp_path,
        deaths.append,
    )
    product.start()

    product.stop()

    assert deaths == []
    assert product.died() is None


@pytest.mark.skipif(sys.platform == "win32", reason="sessions are POSIX")
def test_a_child_that_left_for_init_is_stopped_too(tmp_path: Path) -> None:
    product = ProductProcess(
        spec(f"{sys.executable} -c '{DETACHED}'"), {"psc_issuer": "x"}, tmp_path
    )
    product.start()
    parent = psutil.Process(product.pid)
    while not (children := parent.children()):
        parent.status()
    parent.kill()

    product.stop()

    assert gone(children[0])


def test_what_prevents_a_start_is_named_by_its_key(tmp_path: Path) -> None:
    python = sys.executable
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        taken = listener.getsockname()[1]
        cases = {
            f"127.0.0.1:{taken} is already in use": spec([python, "-c", "1"], taken),
            "'no-such-program' cannot be started": spec(["no-such-program"]),
            "the command is empty": spec(""),
            "is not a command": spec("python 'open"),
            "{nonsense} is unknown, expected one of psc_issuer": spec(["x", "{nonsense}"]),
            "ended with code 7": spec([python, "-c", "print('bad day'); exit(7)"], free_port()),
            "expected 200": spec(
                [python, "-c", "import time; time.sleep(60)"], free_port(), within=0.3
            ),
        }

        said = {}
        for expected, case in cases.items():
            with pytest.raises(NotReady) as caught:
                ProductProcess(case, {"psc_issuer": "x"}, tmp_path).start()
            said[expected] = str(caught.value)

    assert all(expected in sentence for expected, sentence in said.items()), said
    assert all(sentence.startswith("banc.toml: face 'web', ") for sentence in said.values())
    assert "bad day" in said["ended with code 7"]


BENCH = """
import sys, time
from pathlib import Path
from conformance.stage.product.process import ProductProcess, StartSpec
command = [sys.executable, "-c", "import time; time.sleep(600)"]
product = ProductProcess(StartSpec("web", command), {}, Path(sys.argv[1]))
product.start()
print(product.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv")
def test_a_bench_that_is_killed_takes_the_product_with_it(tmp_path: Path) -> None:
    bench = subprocess.Popen(
        [sys.executable, "-c", BENCH, str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT
    )
    assert bench.stdout is not None
    product = psutil.Process(int(bench.stdout.readline()))

    bench.kill()
    bench.wait()

    until = time.monotonic() + 10
    while not gone(product) and time.monotonic() < until:
        psutil.wait_procs([product], timeout=0.05)
    bench.stdout.close()
    assert gone(product)
