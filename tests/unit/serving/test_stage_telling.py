"""What `banc serve` tells of each exchange: one line, no secret, nothing that moves the cursor."""

import json
from typing import Any

from common.line_recorder import json_line
from common.recording import Masked, Secret
from conformance.serving.event_lines import Lines, WatchedRecorder, line_of


def shown(kind: str, data: dict[str, Any]) -> str:
    """The line of an event that has one."""
    line = line_of(kind, data)
    assert line is not None
    return line


def _exchange(**changes: Any) -> Any:
    return {
        "route": "token",
        "method": "POST",
        "url": "https://banc.test:8443/auth/realms/esante-wallet/protocol/openid-connect/token",
        "query": {},
        "request": {"headers": {}, "form": {"code": Secret("code", "un-code")}},
        "response": {"status": 200, "json": {"access_token": Secret("access_token", "jeton")}},
        "began": 0,
        "ended": 1,
        "cut": False,
        "refused_for": None,
        "facts": {"peer": "10.77.0.2", "client": "lps", "grant_type": "authorization_code"},
    } | changes


def _command(**changes: Any) -> Any:
    return {
        "connection": "smtp-default-1",
        "n": 1,
        "tls": True,
        "verb": "NOOP",
        "line": "NOOP",
        "reply": "250 OK",
        "auth": None,
        "refused_for": None,
    } | changes


def test_an_exchange_says_who_what_and_status() -> None:
    told = shown("http.exchange", _exchange())

    words = told.split()
    assert words[:5] == ["PSC", "10.77.0.2", "POST", "token", "200"]
    assert told.endswith("lps, authorization_code")
    assert "un-code" not in told and "jeton" not in told


def test_an_unknown_path_is_told_by_its_path_and_a_refusal_by_its_reason() -> None:
    told = shown(
        "http.exchange",
        _exchange(route=None, url="https://banc.test/nulle/part", refused_for="not_found"),
    )

    assert "/nulle/part" in told and "not_found" in told


def test_what_a_visitor_writes_cannot_move_the_cursor() -> None:
    hostile = "https://banc.test/\x1b[2J\r\n\u202e" + "a" * 500

    told = shown("http.exchange", _exchange(route=None, url=hostile))

    assert told.isprintable()
    assert len(told) < 300


def test_what_a_visitor_writes_does_not_fill_the_terminal() -> None:
    facts = {"client": "lps", "grant_type": "a" * 60_000}

    told = shown("http.exchange", _exchange(facts=facts))

    assert len(told) < 1100 and told.endswith("…")


def test_a_line_for_a_machine_may_go_to_a_terminal_and_says_the_same() -> None:
    event = {"peer": "Zoé «\u00a0x\u00a0»", "host": "\x9b31m\x1b]0;x\x07\x7f\u202e\U000e0001\udc80"}

    line = json_line(event)

    assert line.isprintable() and "Zoé «" in line
    assert json.loads(line) == event


def test_a_command_of_mail_hides_its_token_and_shows_the_reply() -> None:
    said = Masked("AUTH XOAUTH2 jeton-secret", (Secret("access_token", "jeton-secret"),))

    told = shown("smtp.command", _command(verb="AUTH", line=said, reply="235 2.7.0 Signed in"))

    assert "jeton-secret" not in told
    assert "AUTH XOAUTH2 ⟦access_token⟧" in told
    assert "235" in told.split() and "2.7.0 Signed in" in told


def test_a_stranger_who_is_hung_up_on_is_told_with_the_address(english: None) -> None:
    told = shown(
        "smtp.command",
        _command(verb="CONNECT", line="10.77.0.3", reply="", refused_for="address-not-allowed"),
    )

    assert "connection not served 10.77.0.3" in told and "address-not-allowed" in told


def test_mails_handshakes_and_faults_are_told_and_the_rest_is_not(english: None) -> None:
    mail = {"connection": "c", "envelope": {"from": "a@b", "to": [{"address": "d@e"}]}, "size": 9}
    tls = {"ok": False, "version": None, "alert": "UNKNOWN_CA", "peer": "c"}

    assert "a@b → d@e" in shown("mail.accepted", mail)
    assert "UNKNOWN_CA" in shown("tls.handshake", tls)
    assert "smtp.auth-refused" in shown(
        "fault.fired", {"name": "smtp.auth-refused", "expected": "refuse"}
    )
    assert line_of("fault.armed", {"name": "smtp.auth-refused"}) is None


def test_a_reader_that_left_is_noticed_once_and_the_mocks_go_on() -> None:
    def gone(_line: Any) -> None:
        raise BrokenPipeError

    lost = []
    told = WatchedRecorder(Lines(gone), opened=lambda: None, lost=lambda: lost.append(1))

    numbers = [told.record("http.exchange", _exchange(), source="psc") for _ in range(3)]

    assert numbers == [0, 0, 0]
    assert lost == [1]


def test_a_phone_page_that_was_opened_is_heard_of_after_its_line() -> None:
    heard: list[str] = []
    told = WatchedRecorder(
        Lines(heard.append), opened=lambda: heard.append("opened"), lost=lambda: None
    )

    told.record("http.exchange", _exchange(facts={"phone_opened": True}), source="psc")
    told.record("http.exchange", _exchange(), source="psc")

    assert heard[1] == "opened" and len(heard) == 3
    assert told.exchanges == 2
