"""The work that `banc bench` measures is the work it says: checked against what was recorded."""

import base64
import json
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.bench import oidc_peer
from conformance.bench.measures.documents import written_mail
from conformance.bench.measures.journals import Pattern
from conformance.bench.measures.logins import (
    CALLBACK,
    OurProvider,
    PeerProvider,
    sign_in_by_ciba,
    sign_in_by_code,
)
from conformance.bench.measures.mails import connected, hand_in, mail_of
from conformance.bench.measures.scenarios import scenario_run
from conformance.bench.measures.starting import serve_up
from conformance.bench.model import Effort, MeasureFailed
from conformance.bench.oidc_peer import PeerMissing, start_peer
from conformance.bench.processes import Served, alone
from conformance.bench.servers import psc, smtp
from conformance.documents.mail import read_mail
from conformance.journal import Journal, JournalWriter
from conformance.judging.judge import judge


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Any]:
    writer = JournalWriter(tmp_path / "run", "bench", secrets.token_bytes(32), 0)
    yield writer
    writer.close()


@pytest.fixture
def provider(writer: JournalWriter, tmp_path: Path) -> Iterator[Any]:
    server = psc(writer, str(tmp_path / "keys"), CALLBACK)
    yield server
    server.stop()


def routes(writer: JournalWriter) -> list[Any]:
    return [
        event.data["route"] for event in Journal(writer.folder) if event.kind == "http.exchange"
    ]


def test_a_login_by_code_is_five_requests_recorded(provider: Any, writer: JournalWriter) -> None:
    sign_in_by_code(OurProvider(provider))

    assert routes(writer) == ["authorize", "wallet", "wallet", "wallet", "token"]


def test_two_logins_by_code_share_no_session(provider: Any, writer: JournalWriter) -> None:
    ours = OurProvider(provider)

    sign_in_by_code(ours)
    sign_in_by_code(ours)

    assert routes(writer).count("wallet") == 6


def test_a_login_by_ciba_is_answered_on_the_phone_and_polled_once(
    provider: Any, writer: JournalWriter
) -> None:
    sign_in_by_ciba(OurProvider(provider))

    assert routes(writer) == ["ciba", "token"]
    notes = [event.data["what"] for event in writer.recent() if event.kind == "bench.note"]
    assert notes == ["phone.answered"]


def test_a_login_that_is_refused_is_no_figure(provider: Any) -> None:
    ours = OurProvider(provider)
    ours._credentials = {"Authorization": "Basic " + base64.b64encode(b"bench:wrong").decode()}

    with pytest.raises(MeasureFailed, match="status 401"):
        sign_in_by_code(ours)


def test_a_mail_is_handed_in_over_tls_and_signed_in(writer: JournalWriter, tmp_path: Path) -> None:
    operator = smtp(writer, str(tmp_path / "keys"))

    with connected(operator) as client:
        hand_in(client, operator, mail_of(1_024, 7))
    operator.stop()

    (taken,) = (event for event in writer.recent() if event.kind == "mail.accepted")
    assert taken.data["mailbox"] == operator.about["mailbox"]
    assert taken.data["message_id"] == "<7@bench.mss.test>"
    commands = [event.data for event in writer.recent() if event.kind == "smtp.command"]
    assert all(said["tls"] for said in commands if said["verb"] in ("AUTH", "MAIL", "RCPT", "DATA"))


def test_mails_have_the_size_of_their_row_and_are_told_apart() -> None:
    for size in (1_024, 82_000):
        assert size - 100 < len(mail_of(size, 12)) <= size
    assert mail_of(1_024, 1) != mail_of(1_024, 2)


def test_the_mail_read_is_one_of_the_reference_system() -> None:
    names = [part.filename for part in read_mail(written_mail()).attachments]

    assert any(name and name.upper().endswith(".ZIP") for name in names)


def test_a_repeated_journal_is_whole_and_can_be_judged(tmp_path: Path) -> None:
    pattern = Pattern(tmp_path / "told", tmp_path / "keys", 60)

    octets = pattern.repeat(3, tmp_path / "bundle")

    journal = Journal(tmp_path / "bundle")
    events = list(journal)
    assert journal.faults == []
    assert len(events) == 3 * 60 + 1
    assert octets == (tmp_path / "bundle" / "journal" / "main.jsonl").stat().st_size
    states = [e.data["query"]["state"] for e in events if e.data.get("route") == "authorize"]
    assert len(set(states)) == 3
    assert len(judge(tmp_path / "bundle").scenarios) == 3


def test_a_scenario_costs_more_than_a_bare_test_and_every_story_is_completed(
    tmp_path: Path,
) -> None:
    measured = scenario_run(Effort(quick=True), tmp_path)

    assert len(measured.rounds) == 3
    assert measured.figure and measured.peer and measured.peer.figure
    assert measured.figure > measured.peer.figure > 0


def test_a_server_that_dies_is_told_with_its_last_words() -> None:
    dying = [sys.executable, "-c", "import sys; sys.exit('no port left')"]

    with pytest.raises(MeasureFailed, match="no port left"):
        Served(dying)


def test_the_cpu_of_a_server_alone_is_read_from_outside(tmp_path: Path) -> None:
    with Served(alone("aiosmtpd", str(tmp_path / "peer"))) as served:
        served.ask("reset -")

        assert served.cpu_ms() > 0
        assert served.memory_mb() > 1


def test_a_peer_that_cannot_be_installed_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)

    with pytest.raises(PeerMissing, match="node is not installed"):
        start_peer(CALLBACK, tmp_path)


def test_the_peer_signs_the_same_tokens_as_the_mock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oidc_peer, "_install", _no_network)
    try:
        command, place = start_peer(CALLBACK)
    except PeerMissing as missing:
        pytest.skip(f"oidc-provider: {missing}")
    issued: list[dict[str, Any]] = []

    def token(form: Any) -> dict[str, Any]:
        issued.append(take(form))
        return issued[-1]

    with Served(command, place) as served:
        peer = PeerProvider(served)
        take = peer.token
        monkeypatch.setattr(peer, "token", token)
        sign_in_by_code(peer)
        sign_in_by_ciba(peer)

    assert len(issued) == 2
    for answer in issued:
        for name in ("access_token", "id_token"):
            header, claims, signature = answer[name].split(".")
            assert _read(header)["alg"] == "RS256"
            assert len(signature) == 342
            assert _read(claims)["exp"] > time.time()


def _read(piece: Any) -> Any:
    return json.loads(base64.urlsafe_b64decode(piece + "=" * (-len(piece) % 4)))


def _no_network(place: Any) -> None:
    raise PeerMissing("not installed yet, and tests install nothing")


def test_the_start_of_serve_is_measured_until_it_has_told_its_addresses(tmp_path: Path) -> None:
    measured = serve_up(Effort(quick=True), tmp_path)

    assert len(measured.rounds) == Effort(quick=True).rounds
    assert (tmp_path / "first" / "LISEZMOI.html").is_file()
