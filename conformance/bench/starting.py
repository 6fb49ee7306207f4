"""From the start of a process to the first answer: every mock of a run, beside a Node provider.

Wall time, the one figure here that is: a person waits for it. The keys are there already, as from
the second run on. Interpreter and imports are in it, on both sides.
"""

import smtplib
import ssl
import time
import urllib.request
from pathlib import Path

from conformance.bench.logins import CALLBACK
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
