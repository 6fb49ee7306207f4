"""Where a run may listen: every refusal is one sentence, and says what was expected."""

import json
import socket
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance.errors import NotReady
from conformance.plan.listening import Listening, problems
from conformance.stage.services.enrolment import kept_enrolment, passing_enrolment
from conformance.stage.services.machine import machines, require_for_run, require_here

DESK = Listening(listen="10.77.0.1", allow=["10.77.0.2/32"])


def _said(listening: Any) -> list[Any]:
    return [said for _, said in problems(listening, "--{}".format)]


@pytest.mark.parametrize(
    "listening",
    [
        Listening(),
        Listening(listen="::1"),
        Listening(host="banc.test", psc_port=8443, smtp_port=5587),
        DESK,
        Listening(listen="0.0.0.0", host="banc.test", allow=["10.77.0.0/24", "fd00::/64"]),
        Listening(listen="fd00::1", allow=["fd00::2/128"]),
    ],
)
def test_what_may_be_listened_on(listening: Any) -> None:
    assert _said(listening) == []


@pytest.mark.parametrize(
    ("listening", "words"),
    [
        (Listening(listen="bureau"), "--listen 'bureau': expected an address of this machine"),
        (
            Listening(listen="10.77.0.1"),
            "--listen 10.77.0.1 is reached from other machines: expected --a",
        ),
        (Listening(allow=["10.77.0.2/32"]), "--allow lets other machines in, and --listen 127.0"),
        (
            DESK.model_copy(update={"allow": ["poste-2"]}),
            "--allow 'poste-2': expected addresses as CIDR",
        ),
        (
            DESK.model_copy(update={"allow": ["0.0.0.0/0"]}),
            "--allow '0.0.0.0/0': it lets everybody in",
        ),
        (DESK.model_copy(update={"allow": ["::/0"]}), "--allow '::/0': it lets everybody in"),
        (
            DESK.model_copy(update={"allow": ["10.77.0.2/24"]}),
            "expected 10.77.0.0/24 or 10.77.0.2/32",
        ),
        (
            DESK.model_copy(update={"listen": "0.0.0.0"}),
            "--listen 0.0.0.0 is every address: expected --host",
        ),
        (DESK.model_copy(update={"host": "https://banc.test"}), "without scheme or port"),
        (DESK.model_copy(update={"host": "0.0.0.0"}), "expected a host name or an address"),
        (
            DESK.model_copy(update={"psc_port": 8443, "smtp_port": 8443}),
            "--smtp_port 8443 is that of --psc_port",
        ),
    ],
)
def test_what_may_not_is_one_sentence(english: None, listening: Any, words: str) -> None:
    [said] = _said(listening)

    assert words in said
    assert "\n" not in said


def test_an_address_of_another_machine_cannot_be_listened_on(english: None) -> None:
    with pytest.raises(NotReady, match=r"203\.0\.113\.9 is no address of this machine"):
        require_here(Listening(listen="203.0.113.9", allow=["203.0.113.0/24"]))


def test_a_port_that_is_taken_is_told_before_anything_starts(english: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(NotReady, match=f"port {port} of 127.0.0.1 cannot be listened on"):
            require_here(Listening(psc_port=port))

    require_here(Listening(psc_port=port))


def test_a_run_asks_for_a_name_that_this_machine_knows(english: None) -> None:
    require_for_run(Listening(host="localhost"), 1)

    with pytest.raises(NotReady, match=r"'127\.0\.0\.1 nulle-part\.invalid' in its hosts file"):
        require_for_run(Listening(host="nulle-part.invalid"), 1)


def test_a_run_of_several_workers_leaves_its_ports_free(english: None) -> None:
    require_for_run(Listening(), 4)

    with pytest.raises(NotReady, match=r"--jobs 2: only one worker can have the port of stage\.p"):
        require_for_run(Listening(psc_port=8443), 2)


def test_other_machines_reach_the_address_listened_on_or_any_but_loopback() -> None:
    assert machines(DESK) == ("10.77.0.1",)
    assert "127.0.0.1" not in machines(
        Listening(listen="0.0.0.0", host="banc.test", allow=["10.0.0.0/8"])
    )


def test_the_allow_list_lets_this_machine_come_to_itself() -> None:
    assert Listening().admitted == ()
    assert DESK.admitted == ("10.77.0.2/32", "127.0.0.0/8", "::1/128", "10.77.0.1/32")
    assert (
        "127.0.0.1/32"
        in Listening(listen="0.0.0.0", host="127.0.0.1", allow=["10.0.0.0/8"]).admitted
    )


def test_certificates_name_every_way_to_the_mocks() -> None:
    assert Listening().certificate_names == ["localhost", "127.0.0.1"]
    assert DESK.certificate_names == ["10.77.0.1", "localhost", "127.0.0.1"]
    everywhere = Listening(listen="0.0.0.0", host="banc.test", allow=["10.0.0.0/8"])
    assert everywhere.certificate_names == ["banc.test", "localhost", "127.0.0.1"]


def test_a_product_that_nobody_here_starts_keeps_its_registration(tmp_path: Path) -> None:
    first = kept_enrolment(tmp_path)

    again = kept_enrolment(tmp_path)

    assert (first.client_secret, first.control_token) == (again.client_secret, again.control_token)
    assert passing_enrolment().client_secret != first.client_secret
    assert first.client_secret not in repr(first)
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "desk.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"client_secret": "a" * 20}), "é"])
def test_a_registration_that_is_none_is_one_sentence(
    tmp_path: Path, english: None, text: Any
) -> None:
    (tmp_path / "desk.json").write_text(text, encoding="utf-8")

    with pytest.raises(NotReady, match="expected the registration of a desk; take the file away"):
        kept_enrolment(tmp_path)


@pytest.mark.parametrize("token", ["x", "a b" * 10, "\x1b[31m" + "a" * 20, "\ud800" * 20])
def test_a_token_that_can_be_guessed_or_not_be_sent_is_refused(
    tmp_path: Path, english: None, token: str
) -> None:
    text = json.dumps({"client_secret": "a" * 20, "control_token": token})
    (tmp_path / "desk.json").write_text(text, encoding="utf-8")

    with pytest.raises(NotReady, match="expected the registration of a desk"):
        kept_enrolment(tmp_path)


def test_a_registration_written_by_hand_is_taken(tmp_path: Path) -> None:
    text = json.dumps({"client_secret": "s" * 20, "control_token": "t" * 20})
    (tmp_path / "desk.json").write_text(text, encoding="utf-8")

    assert kept_enrolment(tmp_path).control_token == "t" * 20


@pytest.mark.parametrize(
    ("listening", "lasting"),
    [(Listening(), False), (Listening(psc_port=8443), True), (DESK, True)],
)
def test_only_what_a_stranger_may_know_lasts(listening: Any, lasting: bool) -> None:
    assert listening.lasting is lasting
