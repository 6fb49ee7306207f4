"""A small product of another hand, in another framework, goes through everything but the film.

The film and the way there are held by the test of the first day.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "flask-registre-vaccinal"
REFUSED = {
    "callback-state-altered": "psc-web-state-altered",
    "id-token-nonce-foreign": "psc-web-nonce-foreign",
    "id-token-key-foreign": "psc-web-key-foreign",
    "id-token-alg-none": "psc-web-alg-none",
    "id-token-alg-hs256": "psc-web-alg-hs256",
    "id-token-expired": "psc-web-token-expired",
    "id-token-aud-foreign": "psc-web-aud-foreign",
    "id-token-iss-foreign": "psc-web-iss-foreign",
    "userinfo-sub-foreign": "psc-web-sub-foreign",
}
"""What `psc.refuses.…` says → the story in which it was refused."""

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def product(tmp_path: Path) -> Path:
    """A copy of the product, whose build may be changed."""
    ignored = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(EXAMPLE, tmp_path / "product", ignore=ignored))


def rehearse(product: Path, config: str, *only: str) -> tuple[int, Path, str]:
    """Run without film; exit code, bundle and what was said."""
    reports = product.parent / "reports"
    done = subprocess.run(
        [
            sys.executable, "-m", "conformance.cli", "run", "--config", str(product / config),
            "--reports", str(reports), "--no-video", *(f"--only={name}" for name in only),
        ],
        env=os.environ | {"BANC_CONFIG": str(product.parent / "keys"), "BANC_LANG": "fr"},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )  # fmt: skip
    bundles = list(reports.iterdir()) if reports.is_dir() else []
    assert len(bundles) == 1, done.stdout + done.stderr
    return done.returncode, bundles[0], done.stdout + done.stderr


def spoken(bundle: Path) -> list[dict[str, Any]]:
    """What the rules said; silence is left out."""
    found = json.loads((bundle / "findings.json").read_bytes())["findings"]
    return [finding for finding in found if finding["said"] or finding["verdict"] == "error"]


def test_it_signs_in_by_card_and_refuses_what_must_be_refused(product: Path) -> None:
    stories = [f"banc:{story}" for story in REFUSED.values()]
    stories += ["PSC.01.01@cps", "banc:psc-web-acr-eidas2", "banc:psc-web-no-ref-pro"]

    code, bundle, said = rehearse(product, "banc.toml", *stories)

    found = spoken(bundle)
    assert [f for f in found if f["said"] != "held" or f["verdict"] != "pass"] == [], said
    where = {(f["key"]["rule"], f["key"]["scenario"]) for f in found}
    assert {(f"psc.refuses.{what}", f"banc:{story}") for what, story in REFUSED.items()} <= where
    assert ("psc.acr.higher-accepted", "banc:psc-web-acr-eidas2") in where
    assert ("psc.userinfo.absent-members-survive", "banc:psc-web-no-ref-pro") in where
    assert ("psc.logout.again-asks", "PSC.01.01@cps") in where
    assert code == 0


def test_through_its_adapter_nothing_is_refused_and_a_person_has_to_look(product: Path) -> None:
    code, bundle, _said = rehearse(product, "banc.adapter.toml", "PSC.01.01@ecps")

    found = spoken(bundle)
    assert [f for f in found if f["verdict"] not in ("pass", "review")] == []
    declared = {f["key"]["rule"] for f in found if f["verdict"] == "review"}
    assert declared >= {"psc.terms.shown", "psc.identity.shown"}
    assert {f["key"]["rule"] for f in found if f["verdict"] == "pass"} >= {
        "psc.request.scope", "psc.logout.sent-with-hint",
    }  # fmt: skip
    assert code == 0


def test_the_words_of_its_first_button_are_what_the_bench_found_in_it(product: Path) -> None:
    """The build that its authors mended: the button had words of their own."""
    for page in ("soignants.html", "au_revoir.html"):
        path = product / "templates" / page
        text = path.read_text("utf-8").replace("S'identifier avec", "Ouvrir une session avec")
        path.write_text(text, encoding="utf-8")
    config = product / "banc.toml"
    text = config.read_text("utf-8").replace("S'identifier avec", "Ouvrir une session avec")
    config.write_text(text, encoding="utf-8")

    code, bundle, _said = rehearse(product, "banc.toml", "PSC.01.01@ecps")

    wrong = [f for f in spoken(bundle) if f["said"] != "held"]
    assert [(f["key"]["rule"], f["verdict"]) for f in wrong] == [("psc.button.wording", "warning")]
    assert wrong[0]["params"]["shown"] == "Ouvrir une session avec Pro Santé Connect"
    assert code == 0


def test_without_its_settings_it_is_the_set_up_that_is_not_ready(product: Path) -> None:
    config = product / "banc.toml"
    lines = config.read_text("utf-8").splitlines(keepends=True)
    config.write_text("".join(line for line in lines if not line.startswith("env = ")), "utf-8")

    code, _bundle, said = rehearse(product, "banc.toml", "PSC.01.01@ecps")

    assert code == 2
    assert "PSC_DISCOVERY, PSC_CLIENT_ID, PSC_CLIENT_SECRET not set" in said


def test_a_product_that_the_bench_does_not_start_is_told_where_to_turn(product: Path) -> None:
    """As the page says: `serve --export` once, the product started by hand, then a run."""
    config, desk = product / "banc.toml", product / "poste"
    port, psc, smtp = _free_ports(3)
    text = config.read_text("utf-8")
    kept = [line for line in text.splitlines() if not line.startswith(("start", "env", "ready"))]
    text = "\n".join(kept).replace("{port}", str(port))
    ports = f"[stage]\npsc_port = {psc}\nsmtp_port = {smtp}\n"
    config.write_text(f"{text}\n\n{ports}", encoding="utf-8")
    keys = {"BANC_CONFIG": str(product.parent / "keys"), "BANC_LANG": "fr"}
    with subprocess.Popen(
        [
            sys.executable, "-m", "conformance.cli", "serve",
            "--config", str(config), "--export", str(desk), "--json",
        ],
        env=os.environ | keys,
        stdout=subprocess.PIPE,
        text=True,
    ) as serving:  # fmt: skip
        assert serving.stdout is not None
        serving.stdout.readline()
        serving.send_signal(signal.SIGINT)
        assert serving.wait(60) == 0
    addresses = json.loads((desk / "adresses.json").read_text("utf-8"))
    client = json.loads((desk / "client.json").read_text("utf-8"))
    settings = {
        "REGISTRE_PORT": str(port),
        "PSC_DISCOVERY": addresses["discovery"],
        "PSC_CLIENT_ID": client["client_id"],
        "PSC_CLIENT_SECRET": client["client_secret"],
        "PSC_CA_FILE": str(desk / "banc-ac.pem"),
    }
    command = [sys.executable, "app.py"]
    with subprocess.Popen(
        command, cwd=product, env=os.environ | settings, stderr=subprocess.PIPE, text=True
    ) as started:
        assert started.stderr is not None
        while f":{port}" not in started.stderr.readline():
            assert started.poll() is None
        try:
            code, bundle, said = rehearse(product, "banc.toml", "PSC.01.01@cps")
        finally:
            started.terminate()

    assert [f for f in spoken(bundle) if f["verdict"] != "pass"] == [], said
    assert code == 0


def _free_ports(count: int) -> list[int]:
    """Ports of the loopback that were free a moment ago."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
