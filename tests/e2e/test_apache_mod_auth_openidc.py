"""Apache and mod_auth_openidc, a product that nobody here wrote, goes through the bench.

What is expected of it was checked by hand against the exchanges. When a rule says something new of
it, look at what crossed the wire before you change these lines.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "apache-mod-auth-openidc"

pytestmark = pytest.mark.timeout(600)

HELD: dict[str, set[str]] = {
    # The pages: terms with the paragraph, button with the usual words, name and identifier.
    "psc.terms.shown": {"terms 1"},
    "psc.terms.before-login": {"login 1"},
    "psc.button.wording": {"button 1"},
    "psc.identity.shown": {"identity 1"},
    # OIDCProviderMetadataURL names the document in full; Apache appends nothing to it, and takes
    # the authorization endpoint from it, which is the wallet's.
    "psc.discovery.psc-name": {"discovery"},
    "psc.request.wallet-host": {"login 1", "login 2"},
    # OIDCResponseType, OIDCScope and OIDCAuthRequestParams are sent as they are configured.
    "psc.request.response-type": {"login 1", "login 2"},
    "psc.request.scope": {"login 1", "login 2"},
    "psc.request.scope-minimal": {"login 1", "login 2"},
    "psc.request.acr-values": {"login 1", "login 2"},
    "psc.request.redirect-uri": {"login 1", "login 2"},
    # Apache's state is a SHA-1 over the browser and a random value, 27 characters of base64url;
    # its nonce is 32 random octets. Both are made anew for each request.
    "psc.request.state-present": {"login 1", "login 2"},
    "psc.request.state-length": {"login 1", "login 2"},
    "psc.request.state-fresh": {"PSC.01.01@ecps login 1", "PSC.01.01@ecps login 2"},
    "psc.request.nonce-present": {"login 1", "login 2"},
    "psc.request.nonce-fresh": {"PSC.01.01@ecps login 1", "PSC.01.01@ecps login 2"},
    # OIDCPKCEMethod S256; the verifier has 43 characters. The second login ends at the wallet.
    "psc.pkce.s256": {"login 1"},
    # Apache itself redeems the code, by Basic, and reads UserInfo right after.
    "psc.token.once": {"login 1"},
    "psc.token.server-side": {"login 1"},
    "psc.userinfo.read-in-time": {"login 1"},
    # `?logout=` revokes both tokens, then sends the browser to the end_session_endpoint with the
    # ID token kept in Apache's session: PSC's session ends, so the wallet asks again.
    "psc.logout.sent-with-hint": {"logout 1"},
    "psc.logout.again-asks": {"logout 1"},
    "story.complete": {"story"},
    "system.survives": {"system"},
}
"""Rule → subjects. Nothing is broken, nothing unclear."""

REFUSED = {
    "callback-state-altered": "psc-web-state-altered",  # no state cookie of that name: 400
    "id-token-nonce-foreign": "psc-web-nonce-foreign",  # differs from the one in the state cookie
    "id-token-key-foreign": "psc-web-key-foreign",
    # OIDCIDTokenSignedResponseAlg RS256; without it HMAC by the client secret is accepted.
    "id-token-alg-none": "psc-web-alg-none",
    "id-token-alg-hs256": "psc-web-alg-hs256",
    "id-token-expired": "psc-web-token-expired",
    "id-token-aud-foreign": "psc-web-aud-foreign",
    "id-token-iss-foreign": "psc-web-iss-foreign",
    # Apache drops a UserInfo of another `sub`; the user's name, asked from it, is then lacking.
    "userinfo-sub-foreign": "psc-web-sub-foreign",
}
"""What `psc.refuses.…` says → the story in which it was refused."""


def banc(*arguments: str, keys: Path) -> subprocess.CompletedProcess[str]:
    """The command line, as a user calls it."""
    return subprocess.run(
        [sys.executable, "-m", "conformance.cli", *arguments],
        env=os.environ | {"BANC_CONFIG": str(keys), "BANC_LANG": "fr"},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )


def rehearse(tmp_path: Path, *options: str) -> tuple[int, Path]:
    """Run the example; its exit code and the bundle."""
    reports = tmp_path / "reports"
    done = banc(
        "run", "--config", str(EXAMPLE / "banc.toml"), "--reports", str(reports), *options,
        keys=tmp_path / "keys",
    )  # fmt: skip
    bundles = list(reports.iterdir()) if reports.is_dir() else []
    assert len(bundles) == 1, done.stdout + done.stderr
    return done.returncode, bundles[0]


def findings(bundle: Path) -> list[dict[str, Any]]:
    """What the rules said; silence is left out."""
    found = json.loads((bundle / "findings.json").read_bytes())["findings"]
    return [finding for finding in found if finding["said"] or finding["verdict"] == "error"]


def events(bundle: Path) -> list[dict[str, Any]]:
    """The journal as it was written, read without the bench."""
    return [
        json.loads(line)
        for part in sorted((bundle / "journal").glob("*.jsonl"))
        for line in part.read_bytes().splitlines()
    ]


def test_it_goes_through_the_web_login_on_film(tmp_path: Path) -> None:
    code, bundle = rehearse(tmp_path, "--only", "PSC.01.01@ecps")

    said = findings(bundle)
    assert [f for f in said if f["said"] != "held" or f["verdict"] != "pass"] == []
    held: dict[str, set[str]] = {}
    for finding in said:
        held.setdefault(finding["key"]["rule"], set()).add(finding["key"]["subject"])
    assert held == HELD
    assert code == 0
    assert banc("verify", str(bundle), keys=tmp_path / "keys").returncode == 0
    assert (bundle / "video" / "PSC.01.01@ecps.mp4").stat().st_size > 100_000
    (film,) = [e["data"] for e in events(bundle) if e["kind"] == "film.finished"]
    assert (film["ok"], film["chapters"]) == (True, 11)
    _holds_what_crossed_the_wire(bundle)


def _holds_what_crossed_the_wire(bundle: Path) -> None:
    """The same facts read from the exchanges alone, so that no rule vouches for itself."""
    wire = [
        (event["step"], event["data"]["route"], event["data"])
        for event in events(bundle)
        if event["kind"] == "http.exchange" and event["witness"] == "wire"
    ]
    by_apache = [(step, route) for step, route, _ in wire if route != "wallet"]
    assert by_apache == [
        (5, "discovery"),
        (5, "authorize"),
        (7, "token"),
        (7, "jwks"),
        (7, "userinfo"),
        (10, "revoke"),
        (10, "revoke"),
        (10, "logout"),
        (11, "authorize"),
    ]
    first, second = [data for _, route, data in wire if route == "authorize"]
    (token,) = [data for _, route, data in wire if route == "token"]
    (userinfo,) = [data for _, route, data in wire if route == "userinfo"]
    (logout,) = [data for _, route, data in wire if route == "logout"]
    issued = token["response"]["json"]
    assert first["query"]["state"] != second["query"]["state"]
    assert first["query"]["nonce"] != second["query"]["nonce"]
    assert issued["id_token"]["claims"]["nonce"] == first["query"]["nonce"]
    verifier = token["request"]["form"]["code_verifier"]
    assert verifier["s256"] == first["query"]["code_challenge"]
    assert token["request"]["headers"]["user-agent"] == "mod_auth_openidc"
    presented = userinfo["request"]["headers"]["authorization"]["token"]
    assert presented["fp"] == issued["access_token"]["fp"]
    assert logout["query"]["id_token_hint"]["fp"] == issued["id_token"]["fp"]
    assert (logout["facts"]["ended"], second["facts"]["sso"]) == (True, False)


def test_it_goes_through_the_card_and_refuses_what_must_be_refused(tmp_path: Path) -> None:
    stories = [f"banc:{story}" for story in REFUSED.values()]
    stories += ["PSC.01.01@cps", "banc:psc-web-acr-eidas2", "banc:psc-web-no-ref-pro"]

    code, bundle = rehearse(tmp_path, "--no-video", *(f"--only={story}" for story in stories))

    said = findings(bundle)
    assert [f for f in said if f["said"] != "held" or f["verdict"] != "pass"] == []
    where = {(f["key"]["rule"], f["key"]["scenario"]) for f in said}
    assert {(f"psc.refuses.{what}", f"banc:{story}") for what, story in REFUSED.items()} <= where
    assert ("psc.acr.higher-accepted", "banc:psc-web-acr-eidas2") in where
    assert ("psc.userinfo.absent-members-survive", "banc:psc-web-no-ref-pro") in where
    assert {rule for rule, name in where if name == "PSC.01.01@cps"} >= set(HELD) - {
        "psc.discovery.psc-name",  # Apache keeps the document; the first story asked for it
        "psc.request.nonce-fresh",  # said of the run as a whole
        "psc.request.state-fresh",
    }
    assert code == 0


@pytest.fixture
def apache(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """`serve.py` alone, up and answering; no provider is there."""
    (tmp_path / "ca.pem").write_text("", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [*_serve(tmp_path), "--port", str(port)]
    secret = {"PSC_CLIENT_SECRET": "of-this-test-alone"}
    with subprocess.Popen(
        command, env=os.environ | secret, stderr=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def _serve(tmp_path: Path) -> list[str]:
    discovery = "https://localhost:9/.well-known/wallet-openid-configuration"
    return [
        sys.executable, str(EXAMPLE / "serve.py"), "--discovery", discovery,
        "--client-id", "carnet-de-garde", "--ca-file", str(tmp_path / "ca.pem"),
    ]  # fmt: skip


def test_it_runs_without_privileges_and_leaves_nothing_behind(
    apache: subprocess.Popen[str],
) -> None:
    assert apache.stderr is not None
    lines = []
    for line in apache.stderr:
        lines.append(line)
        if "Command line:" in line:
            break
    room = Path(re.findall(r"-d (\S+)", lines[-1])[0])
    port = int(re.findall(r"--port', '(\d+)'", str(apache.args))[0])
    users = {p.uids().real for p in psutil.Process(apache.pid).children(recursive=True)}
    page = httpx2.get(f"http://localhost:{port}/conditions.html", trust_env=False)
    furnished = room.is_dir()
    apache.send_signal(signal.SIGTERM)
    code = apache.wait(20)

    assert "Pro Santé Connect" in page.text
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert users and 0 not in users
    assert furnished and not room.exists()
    assert code == 0


@pytest.mark.parametrize(
    ("options", "secret", "sentence"),
    [
        (["--modules", "/nowhere"], "x", "apache2-bin libapache2-mod-auth-openidc"),
        ([], "", "PSC_CLIENT_SECRET is not set"),
        (["--ca-file", "/nowhere/ca.pem"], "x", "--ca-file /nowhere/ca.pem: No such file"),
    ],
)
def test_what_it_lacks_is_told_in_one_sentence(
    tmp_path: Path, options: list[str], secret: str, sentence: str
) -> None:
    done = subprocess.run(
        [*_serve(tmp_path), "--port", "9", *options],
        env=os.environ | {"PSC_CLIENT_SECRET": secret},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1
