"""The mock operator's submission service, spoken to line by line and by smtplib."""

import asyncio
import base64
import contextlib
import json
import re
import smtplib
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

import pytest

from common.identities import DOCTOR, PATIENT
from mocks.mssante.smtp.server import SmtpMock
from mocks.pki.authority import Authority
from tests.worlds.loops import LoopThread
from tests.worlds.mail import (
    BOX,
    COLLEAGUE_BOX,
    DOMAIN,
    PATIENTS,
    TOKEN,
    MailWorld,
    xoauth2,
)

MAIL = (
    b"From: <"
    + BOX.encode()
    + b">\r\nMessage-ID:\r\n <1@alpha.mss.test>\r\nSubject: =?utf-8?q?=C3=A9?=\r\n"
    b"\r\n.starts with a dot\r\n..two\r\n.\r\ncaf\xc3\xa9 \x00 \xff\r\n"
)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("pki"))


@pytest.fixture(params=["asyncio", "uvloop"])
def loop(request: pytest.FixtureRequest) -> Iterator[LoopThread]:
    uvloop = request.param == "uvloop"
    make = pytest.importorskip("uvloop").new_event_loop if uvloop else asyncio.new_event_loop
    with LoopThread(make) as thread:
        yield thread


@pytest.fixture
def world(loop: LoopThread, authority: Authority, tmp_path: Path) -> Iterator[MailWorld]:
    world = MailWorld(loop, authority, tmp_path)
    yield world
    world.close()


def deliver(
    client: smtplib.SMTP, mail: bytes = MAIL, to: str = COLLEAGUE_BOX, sender: str = BOX
) -> Any:
    for line in (f"MAIL FROM:<{sender}>", f"RCPT TO:<{to}>", "DATA"):
        code, said = client.docmd(line)
        if code >= 400:
            return code, said
    MailWorld.socket_of(client).sendall(re.sub(rb"(?m)^\.", b"..", mail) + b".\r\n")
    return client.getreply()


# Taking a mail


def test_a_mail_is_kept_byte_for_byte_in_the_mailbox_and_in_the_journal(world: MailWorld) -> None:
    client = world.signed_in()

    code, _ = deliver(client)

    assert code == 250
    assert world.tenant.store.octets(COLLEAGUE_BOX, 1) == MAIL
    event = world.events("mail.accepted")[0]
    assert (world.folder / "blobs" / event.blobs[0].sha256).read_bytes() == MAIL
    assert event.data["size"] == len(MAIL)
    assert event.data["message_id"] == "<1@alpha.mss.test>"
    assert event.data["mailbox"] == BOX
    assert event.data["connection"] == "smtp-alpha-1"


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"\r\n",
        b"x\r\n",
        b".\r\n",
        b"a.\r\nb.\r\n.\r\n..\r\n",
        b"no end of header.\r\n" * 4000 + b".",
        b"bare\nline\rends\r\n",
    ],
)
def test_odd_mails_keep_their_octets(world: MailWorld, mail: bytes) -> None:
    client = world.signed_in()
    whole = mail if mail.endswith(b"\r\n") or not mail else mail + b"\r\n"

    client.docmd(f"MAIL FROM:<{BOX}>")
    client.docmd(f"RCPT TO:<{COLLEAGUE_BOX}>")
    client.docmd("DATA")
    stuffed = (b"\r\n" + whole).replace(b"\r\n.", b"\r\n..")[2:]
    MailWorld.socket_of(client).sendall(stuffed + b".\r\n")

    assert client.getreply()[0] == 250
    assert world.tenant.store.octets(COLLEAGUE_BOX, 1) == whole


def test_a_mail_in_many_small_pieces_is_the_same_mail(world: MailWorld) -> None:
    client = world.signed_in()
    for line in (f"MAIL FROM:<{BOX}>", f"RCPT TO:<{COLLEAGUE_BOX}>", "DATA"):
        client.docmd(line)

    for octet in b"Subject: x\r\n\r\n..\r\nend.\r\n.\r\n":
        MailWorld.socket_of(client).sendall(bytes([octet]))

    assert client.getreply()[0] == 250
    assert world.tenant.store.octets(COLLEAGUE_BOX, 1) == b"Subject: x\r\n\r\n.\r\nend.\r\n"


def test_the_envelope_is_recorded_with_its_dsn_parameters(world: MailWorld) -> None:
    client = world.signed_in()
    client.docmd(f"MAIL FROM:<{BOX}> RET=HDRS ENVID=Envoi+2D1 BODY=8BITMIME SIZE=9")
    client.docmd(f"RCPT TO:<{COLLEAGUE_BOX}> NOTIFY=Success,FAILURE ORCPT=rfc822;{COLLEAGUE_BOX}")
    client.docmd(f"RCPT TO:<{PATIENT.mailbox(PATIENTS)}>")
    client.docmd("DATA")
    MailWorld.socket_of(client).sendall(b"x\r\n.\r\n")
    client.getreply()

    envelope = world.events("mail.accepted")[0].data["envelope"]

    assert envelope == {
        "from": BOX,
        "ret": "HDRS",
        "envid": "Envoi+2D1",
        "to": [
            {
                "address": COLLEAGUE_BOX,
                "notify": "Success,FAILURE",
                "orcpt": f"rfc822;{COLLEAGUE_BOX}",
            },
            {"address": PATIENT.mailbox(PATIENTS), "notify": None, "orcpt": None},
        ],
    }
    assert len(world.tenant.store.list(PATIENT.mailbox(PATIENTS).upper())) == 1


def test_what_is_served_is_announced_before_and_after_tls(world: MailWorld) -> None:
    client = smtplib.SMTP("localhost", world.tenant.port, timeout=10)
    client.ehlo()
    before = set(client.esmtp_features)

    client.starttls(context=world.authority.client_context())
    client.ehlo()

    assert before == {"size", "8bitmime", "dsn", "enhancedstatuscodes", "starttls", "help"}
    assert client.esmtp_features["size"] == "10485760"
    assert client.esmtp_features["auth"].strip() == "XOAUTH2"
    assert "starttls" not in client.esmtp_features


def test_the_handshake_is_recorded_with_the_name_asked_for(world: MailWorld) -> None:
    world.client()

    data = world.events("tls.handshake")[0].data

    assert (data["ok"], data["sni"], data["peer"]) == (True, "localhost", "smtp-alpha-1")
    assert data["version"] in {"TLSv1.2", "TLSv1.3"}


def test_a_client_that_does_not_trust_the_certificate_leaves_a_failed_handshake(
    world: MailWorld,
) -> None:
    client = smtplib.SMTP("localhost", world.tenant.port, timeout=10)
    client.ehlo()

    with pytest.raises(ssl.SSLCertVerificationError):
        client.starttls(context=ssl.create_default_context())

    failed = world.wait("tls.handshake")
    assert failed.data["ok"] is False
    assert "UNKNOWN_CA" in failed.data["alert"]


def test_a_client_that_leaves_during_the_handshake_is_recorded(world: MailWorld) -> None:
    plain, file = world.raw()
    file.write(b"EHLO x\r\nSTARTTLS\r\n")
    while b"Ready" not in file.readline():
        pass

    plain.shutdown(socket.SHUT_RDWR)

    assert world.wait("tls.handshake").data["ok"] is False


# Signing in


def test_a_token_may_come_with_the_command_or_after_334(world: MailWorld) -> None:
    first, second = world.client(), world.client()

    one = first.docmd("AUTH", "xoauth2 " + xoauth2(BOX, TOKEN))
    asked = second.docmd("AUTH", "XOAUTH2")
    two = second.docmd(xoauth2(BOX, TOKEN))

    assert (one[0], asked, two[0]) == (235, (334, b""), 235)


def test_no_trace_of_a_token_is_written(world: MailWorld) -> None:
    client = world.client()
    client.docmd("AUTH", "XOAUTH2 " + xoauth2(BOX, TOKEN + "-unknown"))
    client.docmd("AUTH", "XOAUTH2")
    client.docmd(xoauth2(BOX, TOKEN))

    written = world.bytes()

    said = [c for c in world.commands() if c["verb"] == "AUTH"]
    assert [c["reply"][:3] for c in said] == ["535", "334", "235"]
    assert said[0]["auth"]["user"] == said[2]["auth"]["user"] == BOX
    assert said[2]["auth"]["token"]["secret"] == "access_token"
    assert said[2]["auth"]["token"]["header"] == {"alg": "none"}
    assert said[2]["line"].startswith("⟦access_token ")
    for alignment in range(3):
        encoded = base64.b64encode(b" " * alignment + TOKEN.encode())[4:-4]
        assert encoded not in written
    assert TOKEN.encode() not in written
    assert TOKEN.rpartition(".")[2].encode() not in written


@pytest.mark.parametrize(
    ("user", "token", "why"),
    [
        (BOX, "never-issued-token", "token-not-good"),
        (COLLEAGUE_BOX, TOKEN, "not-their-mailbox"),
        (f"nobody@{DOMAIN}", TOKEN, "unknown-mailbox"),
    ],
)
def test_a_token_opens_the_mailboxes_of_its_owner_only(
    world: MailWorld, user: Any, token: Any, why: str
) -> None:
    client = world.client()

    code, _ = client.docmd("AUTH", "XOAUTH2 " + xoauth2(user, token))

    assert code == 535
    assert world.commands()[-1]["refused_for"] == why
    assert client.docmd(f"MAIL FROM:<{user}>")[0] == 530


@pytest.mark.parametrize(
    "response", ["!!!", "dXNlcj1h", "=", base64.b64encode(TOKEN.encode()).decode()]
)
def test_a_malformed_response_is_refused_and_hidden(world: MailWorld, response: Any) -> None:
    client = world.client()

    code, _ = client.docmd("AUTH", "XOAUTH2 " + response)

    assert code == 501
    assert world.commands()[-1]["refused_for"] == "malformed"
    if len(response) > 3:
        assert response.encode() not in world.bytes()


def test_passwords_are_refused_and_hidden_even_when_sent_blindly(world: MailWorld) -> None:
    client = world.client()
    password = base64.b64encode(b"\0doctor\0my-secret-password").decode()

    codes = [
        client.docmd("AUTH", "PLAIN " + password)[0],
        client.docmd("AUTH", "LOGIN")[0],
        client.docmd(password)[0],
    ]

    assert codes == [504, 504, 500]
    assert password.encode() not in world.bytes()
    assert [c["refused_for"] for c in world.commands()[-3:]] == [
        "mechanism",
        "mechanism",
        "unknown-command",
    ]


def test_before_tls_nothing_but_tls_and_a_token_sent_in_clear_is_recorded_as_such(
    world: MailWorld,
) -> None:
    _, file = world.raw()
    replies = []
    for line in ("HELO x", f"MAIL FROM:<{BOX}>", "AUTH XOAUTH2 " + xoauth2(BOX, TOKEN), "NOOP"):
        file.write(line.encode() + b"\r\n")
        replies.append(file.readline()[:3])

    in_clear = world.commands()[2]

    assert replies == [b"530", b"530", b"530", b"250"]
    assert (in_clear["tls"], in_clear["refused_for"]) == (False, "tls-required")
    assert in_clear["auth"]["token"]["secret"] == "access_token"
    assert TOKEN.encode() not in world.bytes()


def test_commands_slipped_in_behind_starttls_are_not_obeyed(world: MailWorld) -> None:
    plain, file = world.raw()
    file.write(b"EHLO x\r\n")
    while file.readline()[3:4] == b"-":
        pass
    file.write(b"STARTTLS\r\nNOOP\r\n")
    assert file.readline().startswith(b"220")

    tls = world.authority.client_context().wrap_socket(plain, server_hostname="localhost")
    tls.sendall(b"EHLO again\r\n")

    assert tls.recv(7) == b"250-smt"


def test_signing_in_ends_with_starttls_anew_and_is_asked_once(world: MailWorld) -> None:
    client = world.signed_in()

    again = client.docmd("AUTH", "XOAUTH2 " + xoauth2(BOX, TOKEN))
    tls_again = client.docmd("STARTTLS")

    assert (again[0], tls_again[0]) == (503, 503)


def test_a_cancelled_sign_in_is_no_sign_in(world: MailWorld) -> None:
    client = world.client()
    client.docmd("AUTH", "XOAUTH2")

    code, _ = client.docmd("*")

    assert code == 501
    assert client.docmd(f"MAIL FROM:<{BOX}>")[0] == 530


def test_five_refused_sign_ins_end_the_connection(world: MailWorld) -> None:
    client = world.client()

    codes = [client.docmd("AUTH", "XOAUTH2 " + xoauth2(BOX, "no"))[0] for _ in range(5)]

    assert codes == [535] * 4 + [421]


# Sender and recipients


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f"MAIL FROM:<{COLLEAGUE_BOX}>", 553),
        ("MAIL FROM:<>", 250),
        (f"MAIL FROM:<{BOX.upper()}>", 250),
        (f"MAIL FROM: <{BOX}>", 250),
        (f"MAIL FROM:{BOX}", 501),
        (f"MAIL <{BOX}>", 501),
        (f"MAIL FROM:<{BOX}> SIZE=10485761", 552),
        (f"MAIL FROM:<{BOX}> SIZE=abc", 501),
        (f"MAIL FROM:<{BOX}> RET=ALL", 501),
        (f"MAIL FROM:<{BOX}> RET=FULL RET=FULL", 501),
        (f"MAIL FROM:<{BOX}> BODY=BINARYMIME", 501),
        (f"MAIL FROM:<{BOX}> SMTPUTF8", 555),
        (f"MAIL FROM:<{BOX}> ENVID=a+zz", 501),
        (f"MAIL FROM:<{BOX}> AUTH=<>", 250),
        (f"MAIL FROM:<{'a' * 65}@{DOMAIN}>", 553),
    ],
)
def test_senders(world: MailWorld, line: str, code: int) -> None:
    assert world.signed_in().docmd(line)[0] == code


@pytest.mark.parametrize(
    ("line", "code", "why"),
    [
        (f"RCPT TO:<{COLLEAGUE_BOX}>", 250, None),
        (f"RCPT TO:<nobody@{DOMAIN}>", 550, "unknown-mailbox"),
        ("RCPT TO:<somebody@elsewhere.test>", 554, "outside-trust-list"),
        ("RCPT TO:<somebody@other.mss.test>", 250, None),
        (f"RCPT TO:<{PATIENT.mailbox(PATIENTS)}>", 250, None),
        ('RCPT TO:<"odd name"@other.mss.test>', 250, None),
        ("RCPT TO:<>", 501, "syntax"),
        ("RCPT TO:<a@b@other.mss.test>", 501, "syntax"),
        (f"RCPT TO:<{COLLEAGUE_BOX}> NOTIFY=NEVER,SUCCESS", 501, "syntax"),
        (f"RCPT TO:<{COLLEAGUE_BOX}> ORCPT=nothing", 501, "syntax"),
        (f"RCPT TO:<{COLLEAGUE_BOX}> RET=FULL", 555, "parameter"),
    ],
)
def test_recipients(world: MailWorld, line: str, code: int, why: str | None) -> None:
    client = world.signed_in()
    client.docmd(f"MAIL FROM:<{BOX}>")

    assert client.docmd(line)[0] == code
    assert world.commands()[-1]["refused_for"] == why


def test_a_mail_goes_to_the_recipients_taken_when_another_is_refused(world: MailWorld) -> None:
    client = world.signed_in()

    refused = client.sendmail(BOX, [COLLEAGUE_BOX, "x@elsewhere.test"], MAIL)

    assert {address: code for address, (code, _) in refused.items()} == {"x@elsewhere.test": 554}
    assert len(world.tenant.store.list(COLLEAGUE_BOX)) == 1


def test_one_recipient_named_twice_gets_one_copy(world: MailWorld) -> None:
    client = world.signed_in()

    client.sendmail(BOX, [COLLEAGUE_BOX, COLLEAGUE_BOX.upper()], MAIL)

    assert len(world.tenant.store.list(COLLEAGUE_BOX)) == 1
    assert len(world.events("mail.accepted")[0].data["envelope"]["to"]) == 2


# Limits


def test_too_large_a_mail_is_refused_whole_and_the_connection_lives(
    loop: LoopThread, authority: Authority, tmp_path: Path
) -> None:
    world = MailWorld(loop, authority, tmp_path, size_limit=2000)
    client = world.signed_in()

    exact = deliver(client, b"x" * 98 + b"\r\n" + (b"." * 98 + b"\r\n") * 19)
    over = deliver(client, b"x" * 99 + b"\r\n" + (b"y" * 98 + b"\r\n") * 19)
    flood = deliver(client, (b"y" * 98 + b"\r\n") * 4000)
    after = deliver(client)

    assert [exact[0], over[0], flood[0], after[0]] == [250, 552, 552, 250]
    assert len(world.tenant.store.list(COLLEAGUE_BOX)) == 2
    world.close()


def test_a_text_line_over_998_octets_is_refused(world: MailWorld) -> None:
    client = world.signed_in()

    assert deliver(client, b"y" * 998 + b"\r\n")[0] == 250
    assert deliver(client, b"y" * 999 + b"\r\n")[0] == 554
    assert world.commands()[-1]["refused_for"] == "text-line-too-long"


@pytest.mark.parametrize("size", [600, 100_000])
def test_a_command_line_that_is_too_long_is_refused_and_the_next_one_obeyed(
    world: MailWorld, size: int
) -> None:
    client = world.client()

    code, _ = client.docmd("NOOP " + "x" * size)

    assert (code, client.noop()[0]) == (500, 250)
    assert world.commands()[-2]["refused_for"] == "line-too-long"


def test_a_line_that_never_ends_ends_the_connection(world: MailWorld) -> None:
    plain, file = world.raw()

    sender = threading.Thread(target=_send_quietly, args=(plain, b"x" * 8_000_000), daemon=True)
    sender.start()

    assert file.readline().startswith(b"421 ")
    assert world.commands()[0]["refused_for"] == "line-too-long"
    plain.close()
    sender.join()


def _send_quietly(plain: socket.socket, octets: bytes) -> None:
    with contextlib.suppress(OSError):
        plain.sendall(octets)


def test_five_unknown_commands_end_the_connection(world: MailWorld) -> None:
    _, file = world.raw()

    replies = []
    for _ in range(5):
        file.write(b"GIMME x\r\n")
        replies.append(file.readline()[:3])

    assert replies == [b"500"] * 4 + [b"421"]
    assert file.readline() == b""
    assert [c["verb"] for c in world.commands()] == ["GIMME"] * 5


@pytest.mark.parametrize("line", [b"NOOP\n", b"NOOP caf\xc3\xa9\r\n", b"\r\n", b"\xff\xfe\r\n"])
def test_lines_that_are_no_commands_are_refused_and_recorded(world: MailWorld, line: bytes) -> None:
    _, file = world.raw()
    file.write(line)

    assert file.readline().startswith(b"500 ")
    assert world.commands()[0]["reply"].startswith("500 ")


def test_implicit_tls_is_recorded_instead_of_waited_for(world: MailWorld) -> None:
    with (
        pytest.raises(OSError),
        socket.create_connection(("127.0.0.1", world.tenant.port), timeout=10) as plain,
    ):
        world.authority.client_context().wrap_socket(plain, server_hostname="localhost")

    said = world.wait("smtp.command").data
    assert (said["verb"], said["refused_for"]) == ("CONNECT", "implicit-tls")


def test_a_connection_too_many_is_told_so(
    world: MailWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mocks.mssante.smtp.limits.CONNECTIONS", 1)
    first = world.raw()

    second = socket.create_connection(("127.0.0.1", world.tenant.port), timeout=10)

    assert second.recv(100).startswith(b"421 4.7.0 Too many connections")
    assert world.wait("smtp.command").data["refused_for"] == "too-many-connections"
    first[0].close()


def test_an_idle_connection_is_ended_and_recorded(
    world: MailWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mocks.mssante.smtp.limits.IDLE_SECONDS", 0.05)

    _, file = world.raw()

    assert file.readline() == b""
    assert world.wait("smtp.command").data["refused_for"] == "timeout"


def test_a_full_store_says_so(world: MailWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mocks.mssante.store.CAPACITY", len(MAIL) + 1)
    client = world.signed_in()

    assert deliver(client)[0] == 250
    assert deliver(client)[0] == 452
    assert len(world.events("mail.accepted")) == 1


# Clients that go away


@pytest.mark.parametrize("harsh", [True, False])
def test_a_client_that_dies_in_the_middle_of_a_mail_leaves_no_mail(
    world: MailWorld, harsh: bool
) -> None:
    client = world.signed_in()
    for line in (f"MAIL FROM:<{BOX}>", f"RCPT TO:<{COLLEAGUE_BOX}>", "DATA"):
        client.docmd(line)
    MailWorld.socket_of(client).sendall(b"Subject: half\r\n\r\nand then")

    if harsh:
        linger = struct.pack("ii", 1, 0)
        MailWorld.socket_of(client).setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    MailWorld.socket_of(client).close()
    cast(IO[bytes], client.file).close()

    cut = world.wait("smtp.command", lambda e: e.data["verb"] == "CUT").data
    assert cut["line"].startswith("during DATA, after")
    assert cut["refused_for"] == "cut"
    assert world.events("mail.accepted") == []
    assert world.tenant.store.list(COLLEAGUE_BOX) == []


def test_a_client_that_does_not_wait_is_obeyed_and_not_called_cut(world: MailWorld) -> None:
    plain, _ = world.raw()

    plain.sendall(b"NOOP\r\nQUIT\r\n")
    plain.shutdown(socket.SHUT_WR)

    world.wait("smtp.command", lambda e: e.data["verb"] == "QUIT")
    assert [c["verb"] for c in world.commands()] == ["NOOP", "QUIT"]


def test_a_client_that_leaves_without_a_word_is_recorded(world: MailWorld) -> None:
    plain, file = world.raw()

    plain.shutdown(socket.SHUT_RDWR)
    file.close()

    cut = world.wait("smtp.command").data
    assert (cut["verb"], cut["line"], cut["n"]) == ("CUT", "during a command", 1)


def test_commands_are_numbered_within_their_connection(world: MailWorld) -> None:
    client = world.signed_in()
    client.quit()
    world.client().quit()

    numbers: dict[str, list[int]] = {}
    for command in world.commands():
        numbers.setdefault(command["connection"], []).append(command["n"])

    assert list(numbers) == ["smtp-alpha-1", "smtp-alpha-2"]
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


# Faults


def test_a_refused_sign_in_is_the_dialogue_of_the_training_operator(world: MailWorld) -> None:
    world.tenant.faults.arm("smtp.auth-refused")
    client = world.client()

    code, challenge = client.docmd("AUTH", "XOAUTH2 " + xoauth2(BOX, TOKEN))

    assert code == 334
    assert json.loads(base64.b64decode(challenge)) == {
        "status": "401",
        "schemes": "bearer",
        "scope": "mail",
    }
    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.docmd("")
    fired = world.events("fault.fired")[0].data
    assert (fired["name"], fired["expected"], fired["occurrence"]) == (
        "smtp.auth-refused",
        "refuse",
        1,
    )
    assert world.commands()[-1]["refused_for"] == "fault:smtp.auth-refused"


def test_a_fault_may_strike_the_second_time_only(world: MailWorld) -> None:
    world.tenant.faults.arm("smtp.auth-refused", occurrence=2)

    codes = [world.client().docmd("AUTH", "XOAUTH2 " + xoauth2(BOX, TOKEN))[0] for _ in range(3)]

    assert codes == [235, 334, 235]
    fired = world.events("fault.fired")
    assert [(e.data["occurrence"], e.data["expected"]) for e in fired] == [(2, "recover")]


@pytest.mark.parametrize(
    ("value", "refused"), [(None, BOX), (COLLEAGUE_BOX.upper(), COLLEAGUE_BOX)]
)
def test_one_recipient_is_refused(world: MailWorld, value: Any, refused: Any) -> None:
    world.tenant.faults.arm("smtp.recipient-refused", value)
    client = world.signed_in()

    answer = client.sendmail(BOX, [BOX, COLLEAGUE_BOX], MAIL)

    assert list(answer) == [refused]
    assert answer[refused][0] == 550
    assert len(world.events("fault.fired")) == 1


def test_a_server_that_is_down_greets_nobody(world: MailWorld) -> None:
    world.tenant.faults.arm("smtp.server-down")

    plain = socket.create_connection(("127.0.0.1", world.tenant.port), timeout=10)

    assert plain.recv(10) == b""
    assert world.wait("smtp.command").data["refused_for"] == "fault:smtp.server-down"
    world.tenant.faults.clear()
    assert world.client().noop()[0] == 250


def test_a_drop_after_the_last_line_keeps_nothing(world: MailWorld) -> None:
    world.tenant.faults.arm("smtp.drop-after-data")
    client = world.signed_in()

    with pytest.raises(smtplib.SMTPServerDisconnected):
        deliver(client)

    assert world.tenant.store.list(COLLEAGUE_BOX) == []
    last = world.commands()[-1]
    assert (last["verb"], last["reply"], last["refused_for"]) == (
        ".",
        "",
        "fault:smtp.drop-after-data",
    )


def test_an_unknown_fault_is_refused_with_the_list(world: MailWorld) -> None:
    with pytest.raises(ValueError, match=r"smtp\.nonsense: unknown, expected one of smtp\."):
        world.tenant.faults.arm("smtp.nonsense")
    with pytest.raises(ValueError, match="occurrence 0, expected 1 or more"):
        world.tenant.faults.arm("smtp.server-down", occurrence=0)
    with pytest.raises(ValueError, match="value 3, expected none"):
        world.tenant.faults.arm("smtp.server-down", 3)


# Tenants


def test_tenants_share_nothing(world: MailWorld) -> None:
    other = world.open("beta")
    other.faults.arm("smtp.server-down")
    client = world.signed_in()

    deliver(client)

    assert other.port != world.tenant.port
    assert other.store.list(COLLEAGUE_BOX) == []
    assert world.events("mail.accepted")[0].tenant == "alpha"


def test_a_reset_empties_mailboxes_disarms_and_hangs_up(world: MailWorld) -> None:
    client = world.signed_in()
    deliver(client)
    world.tenant.faults.arm("smtp.server-down")

    world.thread.soon(world.tenant.reset)

    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError, ssl.SSLError)):
        while True:
            client.noop()
    assert world.tenant.store.list(COLLEAGUE_BOX) == []
    assert deliver(world.signed_in())[0] == 250
    assert "CUT" not in [c["verb"] for c in world.commands() if c["connection"] == "smtp-alpha-1"]


def test_a_tenant_describes_itself(world: MailWorld) -> None:
    said: dict[str, Any] = dict(world.tenant.describe())

    assert said["ports"] == {"smtp": world.tenant.port}
    assert {"address": BOX, "owner": DOCTOR.national_id} in said["mailboxes"]
    assert (said["domain"], said["patient_domain"]) == (DOMAIN, PATIENTS)
    assert said["trust_list"] == [DOMAIN, PATIENTS, "other.mss.test"]


def test_a_port_in_use_is_named(world: MailWorld) -> None:
    second = SmtpMock(world.journal, world.authority.issue())

    with pytest.raises(OSError, match=f"SMTP port {world.tenant.port} on 127.0.0.1"):
        world.call(second.start(port=world.tenant.port))
