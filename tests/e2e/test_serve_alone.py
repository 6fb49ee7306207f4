"""`banc serve` on this machine: what it says, what it tells of visitors, how it ends."""

import json
import os
import re
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.worlds.command import Banc

ADAPTER = "mocks/lps/banc.adapter.toml"


@pytest.fixture
def serving(tmp_path: Path, quick: dict[str, str]) -> Iterator[Any]:
    """Starts `banc serve` in a process of its own and reads what it says until it listens."""
    started = []

    def start(*options: Any, until: str = "Ctrl-C") -> Any:
        process = subprocess.Popen(
            [sys.executable, "-m", "conformance.cli", "serve", "--lang", "en", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=quick | {"BANC_CONFIG": str(tmp_path / "keys")},
        )
        started.append(process)
        said: list[str] = []
        assert process.stdout is not None and process.stderr is not None
        while not said or until not in said[-1]:
            line = process.stdout.readline()
            assert line, process.stderr.read()
            said.append(line.rstrip("\n"))
        return process, said

    yield start
    for process in started:
        process.kill()
        process.communicate()


def _told(said: Any, label: Any) -> Any:
    [line] = [line for line in said if line.strip().startswith(label)]
    return line.strip().removeprefix(label).strip()


def _kept(tmp_path: Path) -> Any:
    return json.loads((tmp_path / "keys" / "desk.json").read_text(encoding="utf-8"))


def test_without_options_it_says_where_everything_is_and_tells_each_visit(
    serving: Any, tmp_path: Path
) -> None:
    process, said = serving()
    trust = ssl.create_default_context(cafile=_told(said, "Root certificate"))
    host, _, port = _told(said, "Mail submission (SMTP, STARTTLS, XOAUTH2)").rpartition(":")

    found = httpx2.get(_told(said, "Discovery document"), verify=trust).json()
    refused = httpx2.post(found["token_endpoint"], data={"code": "un-code"}, verify=trust)
    with smtplib.SMTP(host, int(port), "localhost", 10) as smtp:
        smtp.ehlo()
    process.send_signal(signal.SIGINT)
    rest, err = process.communicate(timeout=20)

    assert process.returncode == 0
    assert said[0].startswith("REHEARSAL")
    assert found["issuer"] == _told(said, "Issuer")
    lines = rest.splitlines()
    assert all(re.match(r"\d\d:\d\d:\d\d  (PSC|SMTP) ", line) for line in lines[:-1])
    assert "GET discovery" in lines[0] and " 200 " in f"{lines[0]} "
    assert "POST token" in lines[1] and str(refused.status_code) in lines[1]
    assert any("EHLO" in line.upper() for line in lines)
    assert lines[-1].endswith("All is down.")
    assert "un-code" not in rest and err == ""
    assert _kept(tmp_path)["client_secret"] not in "\n".join(said)
    assert _told(said, "Let in") == "this machine only"


def test_on_loopback_the_phone_page_opens_without_any_token(serving: Any) -> None:
    _process, said = serving()
    trust = ssl.create_default_context(cafile=_told(said, "Root certificate"))

    answer = httpx2.get(_told(said, "Phone page"), verify=trust)

    assert answer.status_code == 200


def test_the_secret_is_shown_when_asked_for_and_is_the_same_the_next_time(
    serving: Any, tmp_path: Path
) -> None:
    _process, said = serving("--show-secret")
    _again, after = serving("--json", "--show-secret", until="{")

    secret = _kept(tmp_path)["client_secret"]
    assert _told(said, "Client secret") == secret
    assert json.loads(after[0])["data"]["client_secret"] == secret


def test_a_fault_and_short_lifetimes_are_those_of_the_tenant(serving: Any) -> None:
    _process, said = serving(
        "--json", "--fault", "ciba.unknown-user", "--lifetimes", "short", until='"serving"'
    )

    about = json.loads(said[-1])["data"]
    assert about["faults"] == ["ciba.unknown-user"]
    assert about["lifetimes"] == "short"


def test_a_plan_gives_its_client_and_the_options_win_over_it(serving: Any, tmp_path: Path) -> None:
    export = tmp_path / "desk"
    serving("--export", str(export), "--redirect-uri", "https://p.test/retour")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    _process, said = serving(
        "--config", str(export / "banc.toml"), "--psc-port", str(port), "--smtp-port", "0"
    )

    assert f":{port}/" in _told(said, "Issuer")
    assert _told(said, "Redirect URIs") == "https://p.test/retour"


def test_a_reader_that_leaves_ends_it_without_a_trace(serving: Any) -> None:
    process, said = serving()
    trust = ssl.create_default_context(cafile=_told(said, "Root certificate"))

    process.stdout.close()
    answer = httpx2.get(_told(said, "Discovery document"), verify=trust)

    assert answer.status_code == 200
    assert process.wait(20) == 3
    assert "Traceback" not in process.stderr.read()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--listen", "10.77.0.1"], "--listen 10.77.0.1 s'atteint depuis d'autres machines"),
        (["--listen", "10.77.0.1", "--allow", "poste"], "--allow 'poste' : des adresses en nota"),
        (["--listen", "10.77.0.1", "--allow", "0.0.0.0/0"], "tout le monde serait admis"),
        (["--listen", "0.0.0.0", "--allow", "10.77.0.2/32"], "toutes les adresses : --host était"),
        (["--allow", "10.77.0.2/32"], "--allow admet d'autres machines"),
        (["--listen", "203.0.113.9", "--allow", "203.0.113.0/24"], "pas une adresse de cette mach"),
        (["--listen", "bureau"], "une adresse de cette machine était attendue"),
        (["--fault", "smtp.auth-refusd"], "vouliez-vous dire smtp.auth-refused ?"),
        (["--redirect-uri", "/psc/retour"], "une adresse absolue sans fragment était attendue"),
        (["--config", "nulle-part.toml"], "nulle-part.toml"),
        (["--config", ADAPTER], "--redirect-uri était attendu"),
    ],
)
def test_what_it_refuses_is_one_sentence_before_anything_starts(
    banc: Banc, tmp_path: Path, options: Any, words: str
) -> None:
    told = banc("serve", *options, "--export", tmp_path / "desk")

    assert told.code == 2
    assert told.out == ""
    [sentence] = told.err.splitlines()
    assert sentence.startswith("banc: ") and words in sentence
    assert not (tmp_path / "desk").exists()


def test_a_port_that_is_taken_is_one_sentence(banc: Banc) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        told = banc("serve", "--smtp-port", taken.getsockname()[1])

    assert told.code == 2
    assert told.err.count("\n") == 1 and "le port est déjà occupé" in told.err


def test_an_export_over_another_desk_s_is_one_sentence_and_ends_the_mocks(
    banc: Banc, tmp_path: Path
) -> None:
    (tmp_path / "adresses.json").write_text(
        json.dumps({"issuer": "https://autre", "root_sha256": "00"}), encoding="utf-8"
    )

    told = banc("serve", "--export", tmp_path)

    assert told.code == 2
    assert told.err.count("\n") == 1 and "l'export d'un autre poste s'y trouve" in told.err


def test_a_registration_that_is_none_is_one_sentence(banc: Banc, tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "desk.json").write_text("{}", encoding="utf-8")

    told = banc("serve")

    assert told.code == 2
    assert told.err.count("\n") == 1 and "retirez ce fichier pour en avoir un nouveau" in told.err


@pytest.mark.skipif(os.name != "posix", reason="SIGTERM is POSIX")
def test_help_reads_well(banc: Banc) -> None:
    told = banc("serve", "--help")

    assert told.code == 0
    assert "LISEZMOI.html" in told.out and "Exit code" in told.out
    assert max(map(len, told.out.splitlines())) <= 80
