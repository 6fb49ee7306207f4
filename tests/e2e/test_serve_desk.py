"""A product on another desk: another machine is played inside a network namespace of its own."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="network namespaces are Linux's"),
    pytest.mark.xdist_group("desk"),
]


def _apart(folder: Path, *command: Any) -> Any:
    """Run `desk_network.py` in a namespace; as root of a user namespace when not root already."""
    unshare = ["unshare", "--net"] + ([] if os.geteuid() == 0 else ["--user", "--map-root-user"])
    if subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this kernel lets nobody make a network namespace")
    assert shutil.which("ip"), "iproute2 is missing: banc doctor --tests --install"
    return subprocess.run(
        [*unshare, sys.executable, str(HERE / "desk_network.py"), str(folder), *command],
        env=os.environ | {"BANC_CONFIG": str(folder / "keys"), "BANC_LANG": "en"},
        cwd=ROOT,
        input="",
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=180,
        check=False,
    )


def _run(folder: Path, plan: Path, *options: Any) -> Any:
    """A `banc run` in the namespace; what it said, its bundle and the tenant that it opened."""
    reports = folder / "reports"
    banc = [sys.executable, "-m", "conformance.cli", "run", "--no-video"]
    done = _apart(folder, *banc, "--config", str(plan), "--reports", str(reports), *options)
    [bundle] = [path.parent for path in reports.glob("*/findings.json")]
    events = [
        json.loads(line)
        for path in (bundle / "journal").iterdir()
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    [opened] = [event["data"] for event in events if event["kind"] == "tenant.opened"]
    return done, bundle, opened


def _octets(bundle: Path) -> Any:
    return b"".join(path.read_bytes() for path in bundle.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the desk that is let in met, and the stranger, and what the bench told."""
    folder = tmp_path_factory.mktemp("desk")
    done = _apart(folder)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) | {"folder": folder / "desk", "stderr": done.stderr}


def test_the_desk_signs_in_by_page_and_by_program_with_the_exported_folder_only(met: Any) -> None:
    guest = met["guest"]

    assert "failed" not in guest, guest.get("failed")
    assert guest["issuer"]
    assert (guest["code"], guest["ciba"]) == (guest["doctor"], guest["doctor"])
    assert guest["ours"] == []


def test_the_desk_hands_a_mail_in_with_the_token_of_that_login(met: Any) -> None:
    [mail] = [event["data"] for event in met["told"] if event["kind"] == "mail.accepted"]

    assert met["guest"]["smtp"] == [530, 235]
    assert mail["envelope"]["from"] == mail["mailbox"]


def test_phone_and_control_answer_401_without_token_and_the_address_opens_once(met: Any) -> None:
    guest = met["guest"]

    assert guest["without_token"] == [401, 401]
    assert guest["opened"] == 200
    assert guest["opened_twice"] == 401
    assert guest["control_by_the_page"] == 401
    assert met["control"] == 200


def test_one_more_address_of_the_phone_page_is_told_when_one_was_used(met: Any) -> None:
    [again] = [event["data"] for event in met["told"] if event["kind"] == "phone"]

    assert again["phone_once"] != met["said"]["phone_once"]


def test_there_is_nothing_without_tls_and_nothing_without_the_exported_root(met: Any) -> None:
    assert met["guest"]["untrusted"]
    assert "200" not in met["guest"]["in_clear"]


def test_a_stranger_is_refused_on_every_port(met: Any) -> None:
    stranger = met["stranger"]

    ports = {met["said"]["psc_port"], met["said"]["smtp_port"]}
    assert {tuple(place) for place in met["places"]} == {("10.77.0.1", port) for port in ports}
    assert stranger["statuses"] == [403] * 4
    assert stranger["errors"] == ["address_not_allowed"]
    assert stranger["greeting"] == ""


def test_refused_strangers_are_told_with_their_address(met: Any) -> None:
    refused = [event["data"] for event in met["told"] if event["kind"] == "http.exchange"]
    hung_up = [event["data"] for event in met["told"] if event["kind"] == "smtp.command"]

    peers = [d["facts"]["peer"] for d in refused if d["refused_for"] == "address_not_allowed"]
    assert peers == ["10.77.0.3"] * 4
    lines = [d["line"] for d in hung_up if d["refused_for"] == "address-not-allowed"]
    assert lines == ["10.77.0.3"]


def test_no_secret_is_told_and_the_export_keeps_the_one_it_holds(met: Any) -> None:
    client = met["folder"] / "client.json"
    secret = json.loads(client.read_text(encoding="utf-8"))["client_secret"]

    assert secret not in json.dumps([met["told"], met["said"]])
    assert stat.S_IMODE(client.stat().st_mode) == 0o600
    assert all(
        secret not in path.read_text(encoding="utf-8", errors="replace")
        for path in met["folder"].iterdir()
        if path != client
    )


def test_sigterm_ends_it_cleanly(met: Any) -> None:
    assert met["code"] == 0
    assert "Traceback" not in met["stderr"]


def test_a_run_listens_there_too_and_its_own_product_comes_to_it(tmp_path: Path) -> None:
    plan = tmp_path / "banc.toml"
    adapter = (ROOT / "mocks" / "lps" / "banc.adapter.toml").read_text(encoding="utf-8")
    stage = '\n[stage]\nlisten = "10.77.0.1"\nallow = "10.77.0.2/32"\n'
    plan.write_text(adapter + stage, encoding="utf-8")

    done, bundle, opened = _run(tmp_path, plan, "--only", "PSC.01.01@ecps")

    assert done.returncode == 0, done.stderr
    assert opened["issuer"].startswith("https://10.77.0.1:")
    kept = json.loads((tmp_path / "keys" / "desk.json").read_text(encoding="utf-8"))
    assert not any(value.encode() in _octets(bundle) for value in kept.values())


def test_a_person_runs_the_exported_plan_at_the_addresses_that_were_served(met: Any) -> None:
    folder = met["folder"].parent

    done, bundle, opened = _run(folder, met["folder"] / "banc.toml", "--only", "PSC.01.01@ecps")

    assert done.returncode == 2  # nobody was there to answer
    assert opened["issuer"] == met["said"]["issuer"]
    assert opened["ports"]["smtp"] == met["said"]["smtp_port"]
    [(once, ticket)] = set(re.findall(r"(https://\S+/phone)\?control_token=(\S+)", done.stderr))
    assert once == met["said"]["phone"]
    assert ticket.encode() not in _octets(bundle)
