"""`python -m mocks.psc` as a person runs it."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import httpx2
import pytest


def _read(lines: IO[str], events: "queue.Queue[dict[str, Any]]") -> None:
    for line in lines:
        events.put(json.loads(line))


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Any]:
    """Starts the mock and gives (process, what it told, queue of its events)."""
    started = []

    def start(*arguments: Any) -> Any:
        command = [sys.executable, "-m", "mocks.psc", "--port", "0", "--keys", str(tmp_path)]
        process = subprocess.Popen(
            [*command, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        started.append(process)
        told: dict[str, str] = {}
        assert process.stderr is not None and process.stdout is not None
        while line := process.stderr.readline().strip():
            name, _, value = line.partition("  ")
            told[name.strip()] = value.strip()
        events: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=_read, args=(process.stdout, events), daemon=True).start()
        return process, told, events

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_it_tells_its_addresses_and_writes_events_with_secrets_masked(alone: Any) -> None:
    process, told, events = alone("--lifetimes", "short", "--fault", "ciba.unknown-user")
    discovery = httpx2.get(told["discovery"]).json()
    form = {"grant_type": "refresh_token", "refresh_token": "un-jeton-a-cacher"}
    auth = (told["client_id"], told["client_secret"])

    httpx2.post(discovery["token_endpoint"], data=form, auth=auth)
    seen = [events.get(timeout=10) for _ in range(3)]
    process.send_signal(signal.SIGINT)

    assert process.wait(10) == 0
    assert [event["kind"] for event in seen] == ["fault.armed", "http.exchange", "http.exchange"]
    assert seen[2]["data"]["request"]["form"]["refresh_token"] == "⟦refresh_token⟧"
    assert told["client_secret"] not in json.dumps(seen)
    assert "Traceback" not in process.stderr.read()


def test_it_opens_the_tenants_asked_for(alone: Any) -> None:
    _, told, _ = alone("--tenant", "alpha")

    assert told["issuer"].endswith("/t/alpha/auth/realms/esante-wallet")
    assert httpx2.get(told["phone"]).status_code == 200


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--host", "0.0.0.0"], "beyond loopback"),
        (["--fault", "inconnue"], "fault inconnue: unknown"),
        (["--tenant", "Pas Bien"], "tenant 'Pas Bien'"),
        (["--cert", "a.pem"], "--cert and --key go together"),
        (["--allow", "partout"], "partout"),
    ],
)
def test_what_prevents_it_from_starting_is_one_sentence(
    tmp_path: Path, arguments: Any, words: str
) -> None:
    command = [sys.executable, "-m", "mocks.psc", "--port", "0", "--keys", str(tmp_path)]

    ended = subprocess.run(
        [*command, *arguments], check=False, capture_output=True, text=True, timeout=20
    )

    assert ended.returncode == 2
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr
