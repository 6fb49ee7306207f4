"""Mails of the reference system leave through the mock operator, and what it refuses is told."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from common.identities import COLLEAGUE, DOCTOR
from common.recording import Blob, Witness
from mocks.lps.document_parts import DocumentParts
from mocks.lps.documents.records import Recipients
from mocks.lps.mail.composing import Desk, Letter, MailSettings
from mocks.lps.mail.outbox import CannotSend, SendResult
from mocks.mssante.smtp.server import SmtpMock
from mocks.mssante.tenant import MailTenant, MailTenantConfig
from mocks.pki.authority import Authority

DOMAIN = "outbox.mss.test"
SENDER = DOCTOR.mailbox(DOMAIN)
RECIPIENT = COLLEAGUE.mailbox(DOMAIN)
GOOD = "a-good-token"


@dataclass(slots=True)
class Heard:
    """A recorder that keeps kinds and data."""

    events: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def record(
        self,
        kind: str,
        data: Mapping[str, object],
        *,
        source: str,
        tenant: str = "",
        witness: Witness = "wire",
        blobs: Sequence[Blob] = (),
    ) -> int:
        self.events.append((kind, data))
        return len(self.events)

    def mono(self) -> int:
        return 0

    def verbs(self) -> list[str]:
        return [data["verb"] for kind, data in self.events if kind == "smtp.command"]


@dataclass(frozen=True, slots=True)
class Grant:
    national_id: str = DOCTOR.national_id


@dataclass(slots=True)
class World:
    """An operator at work and a desk that writes through it; `asked` are the tokens asked for."""

    tenant: MailTenant
    heard: Heard
    desk: Desk
    asked: list[bool]

    def send(self, text: str = "Bonjour", to: Sequence[str] = (RECIPIENT,)) -> SendResult:
        parts = DocumentParts()
        letter = Letter("message", Recipients(tuple(to)), subject="Avis", text=text)
        raw = parts.compose(letter, self.desk, parts).as_bytes()
        return parts.deliver(raw, to, self.desk, parts)

    def arrived(self) -> int:
        return sum(kind == "mail.accepted" for kind, _ in self.heard.events)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "pki")


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def world(loop: asyncio.AbstractEventLoop, authority: Authority) -> Iterator[Callable[..., World]]:
    heard = Heard()
    mock = SmtpMock(heard, authority.issue(["localhost"]))

    def run(coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(20)

    def opened(size_limit: int = 10_000_000, tokens: Sequence[str] = (GOOD, GOOD)) -> World:
        def check(token: str) -> Grant | None:
            return Grant() if token == GOOD else None

        def access_token(fresh: bool) -> str:
            asked.append(fresh)
            return tokens[len(asked) - 1]

        asked: list[bool] = []
        mailboxes = {SENDER: DOCTOR.national_id, RECIPIENT: COLLEAGUE.national_id}
        config = MailTenantConfig(
            "outbox", DOMAIN, "patient.mss.test", mailboxes, (), check, size_limit
        )
        tenant = run(mock.open_tenant(config))
        settings = MailSettings(
            mailbox=SENDER,
            nil="NIL-1",
            product="Produit",
            version="1",
            editor="Éditeur",
            domain=DOMAIN,
            patient_domain="patient.mss.test",
            smtp_host="localhost",
            smtp_port=tenant.port,
            ca_file=authority.root_path,
        )
        desk = Desk(DOCTOR, DOCTOR.practices[0], settings, access_token)
        return World(tenant, heard, desk, asked)

    run(mock.start())
    yield opened
    run(mock.stop())


def test_a_mail_goes_through_tls_then_xoauth2_and_asks_for_delivery_receipts(
    world: Callable[..., World],
) -> None:
    there = world()

    result = there.send()

    assert result == SendResult(True, accepted=(RECIPIENT,))
    assert there.heard.verbs()[:4] == ["EHLO", "STARTTLS", "EHLO", "AUTH"]
    envelope = next(d for k, d in there.heard.events if k == "mail.accepted")["envelope"]
    assert envelope["from"] == SENDER
    assert envelope["ret"] == "HDRS"
    assert envelope["to"][0]["notify"] == "SUCCESS,FAILURE,DELAY"


def test_a_refused_token_is_renewed_once(world: Callable[..., World]) -> None:
    there = world(tokens=("stale", GOOD))

    result = there.send()

    assert result.sent
    assert there.asked == [False, True]


def test_a_token_refused_again_is_told_and_nothing_is_sent(world: Callable[..., World]) -> None:
    there = world(tokens=("stale", "stale too"))

    result = there.send()

    assert not result.sent
    assert (
        result.error == "La messagerie refuse votre session Pro Santé Connect : reconnectez-vous."
    )
    assert there.asked == [False, True]
    assert there.arrived() == 0


def test_a_refusal_that_cuts_the_line_counts_as_a_refused_token(
    world: Callable[..., World],
) -> None:
    there = world()
    there.tenant.faults.arm("smtp.auth-refused", occurrence=1)

    result = there.send()

    assert result.sent
    assert there.asked == [False, True]


def test_a_mail_over_the_announced_size_does_not_leave(world: Callable[..., World]) -> None:
    there = world(size_limit=2_000)

    result = there.send("x" * 5_000)

    assert not result.sent
    assert result.error is not None
    assert "n'accepte pas plus de 0,0 Mo" in result.error
    assert "MAIL" not in there.heard.verbs()


def test_a_refused_recipient_is_named_and_the_mail_is_not_called_sent(
    world: Callable[..., World],
) -> None:
    there = world()
    stranger = "nobody@elsewhere.test"

    result = there.send(to=(RECIPIENT, stranger))

    assert not result.sent
    assert result.accepted == (RECIPIENT,)
    assert list(result.refused) == [stranger]
    assert result.refused[stranger].startswith("554 ")
    assert there.arrived() == 1


def test_when_every_recipient_is_refused_nothing_left(world: Callable[..., World]) -> None:
    there = world()

    result = there.send(to=("nobody@elsewhere.test",))

    assert result.accepted == ()
    assert result.error == "Aucun destinataire n'a été accepté : rien n'est parti."
    assert there.arrived() == 0


@pytest.mark.parametrize("fault", ["smtp.server-down", "smtp.drop-after-data"])
def test_a_line_cut_once_is_tried_again(world: Callable[..., World], fault: str) -> None:
    there = world()
    there.tenant.faults.arm(fault, occurrence=1)

    result = there.send()

    assert result.sent
    assert there.arrived() == 1


def test_a_server_that_stays_down_is_told(world: Callable[..., World]) -> None:
    there = world()
    there.tenant.faults.arm("smtp.server-down")

    result = there.send()

    assert not result.sent
    assert result.error is not None
    assert result.error.startswith("La liaison avec le serveur de messagerie localhost:")


def test_a_certificate_of_another_authority_is_refused(
    world: Callable[..., World], tmp_path: Path
) -> None:
    there = world()
    other = Authority(tmp_path / "other")
    settings = replace(there.desk.settings, ca_file=other.root_path)
    there.desk = replace(there.desk, settings=settings)

    result = there.send()

    assert not result.sent
    assert result.error is not None
    assert "certificat" in result.error
    assert "AUTH" not in there.heard.verbs()


def test_a_session_that_is_over_is_told_in_its_own_words(world: Callable[..., World]) -> None:
    there = world()

    def over(fresh: bool) -> str:
        raise CannotSend("Votre session est terminée.")

    there.desk = replace(there.desk, access_token=over)

    assert there.send() == SendResult(False, error="Votre session est terminée.")
