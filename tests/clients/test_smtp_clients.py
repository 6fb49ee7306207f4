"""Mail clients that nobody here wrote hand a mail to the mock operator."""

import asyncio
import json
import os
import smtplib
import ssl
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest

from common.identities import COLLEAGUE, DOCTOR
from mocks.pki.authority import Authority
from tests.worlds.loops import LoopThread
from tests.worlds.mail import Grant, MailWorld

DOMAIN = "clients.mss.test"
BOX = DOCTOR.mailbox(DOMAIN)
TO = COLLEAGUE.mailbox(DOMAIN)
TOKEN = "header.claims-that-are-long-enough-to-need-more-than-one-line." + "s" * 1200
ROOT = Path(__file__).parents[2]


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[MailWorld]:
    """A tenant served on a thread of its own."""
    with LoopThread() as thread:
        operator = MailWorld(
            thread,
            Authority(tmp_path / "pki"),
            tmp_path / "run",
            name="clients",
            domain=DOMAIN,
            patient_domain="patient.clients.mss.test",
            mailboxes={BOX: DOCTOR.national_id, TO: COLLEAGUE.national_id},
            trust_list=(),
            tokens={TOKEN: Grant(DOCTOR.national_id)}.get,
        )
        yield operator
        operator.close()


@pytest.fixture
def mail() -> Any:
    message = EmailMessage()
    message["From"], message["To"] = f"Dr_Océane <{BOX}>", TO
    message["Subject"] = "Compte rendu été"
    message["Message-ID"] = "<clients-1@clients.mss.test>"
    message.set_content("Bonjour,\n.\n..\ndeux lignes qui commencent par un point.\n")
    message.add_attachment(bytes(range(256)) * 300, maintype="application", subtype="zip")
    return message


def _delivered(operator: MailWorld) -> Any:
    (mail,) = operator.tenant.store.list(TO)
    accepted = [e for e in operator.journal.recent() if e.kind == "mail.accepted"]
    assert [e.data["mailbox"] for e in accepted] == [BOX]
    kept = (operator.folder / "blobs" / accepted[0].blobs[0].sha256).read_bytes()
    assert kept == mail.octets
    return mail.octets


def _no_token_written(operator: MailWorld) -> None:
    for path in operator.folder.rglob("*"):
        if path.is_file():
            assert TOKEN.encode() not in path.read_bytes()


@pytest.mark.parametrize("initial", [True, False])
def test_smtplib(operator: MailWorld, mail: EmailMessage, initial: bool) -> None:
    said = f"user={BOX}\x01auth=Bearer {TOKEN}\x01\x01"
    with smtplib.SMTP("localhost", operator.tenant.port, timeout=10) as client:
        client.starttls(context=operator.authority.client_context())
        client.ehlo()
        client.auth("XOAUTH2", lambda challenge=None: said, initial_response_ok=initial)

        refused = client.send_message(
            mail, mail_options=["RET=HDRS"], rcpt_options=["NOTIFY=FAILURE"]
        )

    assert refused == {}
    assert b".\r\n..\r\ndeux lignes" in _delivered(operator)
    _no_token_written(operator)


def test_smtplib_finds_no_mechanism_for_a_password(operator: MailWorld) -> None:
    client = smtplib.SMTP("localhost", operator.tenant.port, timeout=10)
    client.starttls(context=operator.authority.client_context())

    with pytest.raises(smtplib.SMTPException, match="No suitable authentication"):
        client.login(BOX, "a password")


def test_aiosmtplib(operator: MailWorld, mail: EmailMessage) -> None:
    async def send() -> Any:
        client = aiosmtplib.SMTP(
            hostname="localhost",
            port=operator.tenant.port,
            start_tls=True,
            tls_context=operator.authority.client_context(),
        )
        async with client:
            await client.auth_xoauth2(BOX, TOKEN)
            return await client.send_message(mail)

    refused, _ = asyncio.run(send())

    assert refused == {}
    assert b"Message-ID: <clients-1@clients.mss.test>" in _delivered(operator)
    _no_token_written(operator)


def _curl(port: int, root: Path, path: Path, token: str = TOKEN, url: str = "smtp") -> Any:
    return subprocess.run(
        [
            "curl", "--silent", "--show-error", "--max-time", "20",
            "--url", f"{url}://localhost:{port}", "--ssl-reqd", "--cacert", str(root),
            "--user", f"{BOX}:", "--oauth2-bearer", token, "--login-options", "AUTH=XOAUTH2",
            "--mail-from", BOX, "--mail-rcpt", TO, "--upload-file", str(path),
        ],
        capture_output=True,
        check=False,
        text=True,
        timeout=30,
    )  # fmt: skip


def test_curl(operator: MailWorld, mail: EmailMessage, tmp_path: Path) -> None:
    path = tmp_path / "mail.eml"
    path.write_bytes(mail.as_bytes(policy=mail.policy.clone(linesep="\r\n")))

    sent = _curl(operator.tenant.port, operator.authority.root_path, path)

    assert (sent.returncode, sent.stderr) == (0, "")
    assert _delivered(operator) == path.read_bytes()
    _no_token_written(operator)


@pytest.mark.parametrize(
    ("token", "url", "code"), [("another-token", "smtp", 67), (TOKEN, "smtps", 35)]
)
def test_curl_is_told_of_a_refused_token_and_of_implicit_tls(
    operator: MailWorld, mail: EmailMessage, tmp_path: Path, token: Any, url: str, code: int
) -> None:
    path = tmp_path / "mail.eml"
    path.write_bytes(mail.as_bytes())

    sent = _curl(operator.tenant.port, operator.authority.root_path, path, token, url)

    assert sent.returncode == code
    assert operator.tenant.store.list(TO) == []


def test_the_operator_stands_alone(tmp_path: Path, mail: EmailMessage) -> None:
    command = [sys.executable, "-m", "mocks.mssante", "--domain", DOMAIN]
    command += ["--accept-token", f"{TOKEN}={DOCTOR.national_id}", "--authority", str(tmp_path)]
    alone = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert alone.stderr is not None
    port = int(alone.stderr.readline().partition(";")[0].rpartition(":")[2])
    trust = ssl.create_default_context(cafile=tmp_path / "root-cert.pem")
    with smtplib.SMTP("localhost", port, timeout=10) as client:
        client.starttls(context=trust)
        client.ehlo()
        client.auth("XOAUTH2", lambda challenge=None: f"user={BOX}\x01auth=Bearer {TOKEN}\x01\x01")
        client.send_message(mail)

    alone.terminate()
    shown, _ = alone.communicate(timeout=10)

    assert "mail.accepted" in [json.loads(line)["kind"] for line in shown.splitlines()]
    assert TOKEN not in shown
    assert alone.returncode == 0 or sys.platform == "win32"


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--accept-token", "nobody", "'nobody': expected LEFT=RIGHT"),
        ("--fault", "smtp.nonsense", "'smtp.nonsense': expected one of smtp."),
        ("--host", "0.0.0.0", "'0.0.0.0': expected a loopback address"),
    ],
)
def test_a_wrong_option_is_named(option: str, value: str, sentence: str) -> None:
    command = [sys.executable, "-m", "mocks.mssante", option, value]

    said = subprocess.run(
        command, cwd=ROOT, capture_output=True, check=False, text=True, timeout=30
    )

    assert said.returncode == 2
    assert sentence in said.stderr
