"""From the start of a process to the first answer: every mock of a run, beside a Node provider.

Wall time, the one figure here that is: a person waits for it. The keys are there already, as from
the second run on. Interpreter and imports are in it, on both sides.
"""

import os
import smtplib
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

from conformance.bench.measures.logins import CALLBACK
from conformance.bench.model import Effort, Measured, MeasureFailed, Peer
from conformance.bench.oidc_peer import PeerMissing, peer_name, start_peer
from conformance.bench.processes import Served, alone
from conformance.bench.visitor import Visitor

_WITHIN = 20


def mocks_up(effort: Effort, folder: Path) -> Measured:
    """Seconds until discovery is answered over TLS and the submission port greets."""
    keys = folder / "keys"
    _mocks_once(folder / "first", keys)
    rounds = [_mocks_once(folder / f"run{n}", keys) for n in range(effort.rounds)]
    return Measured(rounds, 1, _peer(effort))


def _mocks_once(run: Path, keys: Path) -> float:
    began = time.perf_counter()
    with Served(alone("mocks", str(run), str(keys))) as served:
        about = served.about
        trust = ssl.create_default_context(cafile=about["ca"])
        with urllib.request.urlopen(about["discovery"], timeout=_WITHIN, context=trust) as answer:
            answer.read()
        with smtplib.SMTP("127.0.0.1", about["smtp"], "localhost", timeout=_WITHIN):
            return time.perf_counter() - began


def serve_up(effort: Effort, folder: Path) -> Measured:
    """Seconds until `banc serve --export` has said where everything is: it answers by then."""
    keys = folder / "keys"
    _serve_once(folder / "first", keys)
    rounds = [_serve_once(folder / f"desk{n}", keys) for n in range(effort.rounds)]
    return Measured(rounds, 1)


def _serve_once(export: Path, keys: Path) -> float:
    command = [sys.executable, "-m", "conformance.cli", "serve", "--json", "--export", str(export)]
    environment = os.environ | {"BANC_CONFIG": str(keys)}
    began = time.perf_counter()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        watch = threading.Timer(_WITHIN, process.kill)
        watch.start()
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            took = time.perf_counter() - began
        finally:
            watch.cancel()
            process.terminate()
            said = process.communicate()[1].decode("utf-8", "replace")
    if not first.startswith(b"{"):
        raise MeasureFailed(f"banc serve: ended or silent; it wrote: {said[-400:]}")
    return took


def _peer(effort: Effort) -> Peer:
    try:
        command, place = start_peer(CALLBACK)
        rounds = [_peer_once(command, place) for _ in range(effort.rounds)]
    except (PeerMissing, MeasureFailed) as why:
        return Peer("oidc-provider", why=str(why))
    return Peer(peer_name(), rounds)


def _peer_once(command: list[str], place: Path) -> float:
    began = time.perf_counter()
    with Served(command, place) as served:
        visitor = Visitor(served.about["issuer"])
        visitor.get("/.well-known/openid-configuration")
        visitor.close()
        return time.perf_counter() - began
