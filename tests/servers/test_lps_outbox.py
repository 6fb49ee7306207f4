"""Mails of the reference system leave through the mock operator, and what it refuses is told."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from common.identities import COLLEAGUE, DOCTOR
from mocks.lps.document_parts import DocumentParts
from mocks.lps.documents.records import Recipients
from mocks.lps.mail.letter import Desk, Letter, MailSettings
from mocks.lps.mail.outbox import CannotSend, SendResult
from mocks.pki.authority import Authority
from tests.worlds.loops import LoopThread
from tests.worlds.mail import Grant, MailWorld

DOMAIN = "outbox.mss.test"
SENDER = DOCTOR.mailbox(DOMAIN)
RECIPIENT = COLLEAGUE.mailbox(DOMAIN)
GOOD = "a-good-token"


@dataclass(slots=True)
class Outbox:
    """An operator at work and a desk that writes through it; `asked` are the tokens asked for."""

    operator: MailWorld
    desk: Desk
    asked: list[bool]

    def send(self, text: str = "Bonjour", to: Sequence[str] = (RECIPIENT,)) -> SendResult:
        parts = DocumentParts()
        letter = Letter("message", Recipients(tuple(to)), subject="Avis", text=text)
        raw = parts.compose(letter, self.desk, parts).as_bytes()
        return parts.deliver(raw, to, self.desk, parts)

    def arrived(self) -> int:
        return len(self.operator.events("mail.accepted"))

    def verbs(self) -> list[str]:
        return [command["verb"] for command in self.operator.commands()]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Callable[..., Outbox]]:
    authority = Authority(tmp_path / "pki")

    def opened(size_limit: int = 10_000_000, tokens: Sequence[str] = (GOOD, GOOD)) -> Outbox:
        def access_token(fresh: bool) -> str:
            asked.append(fresh)
            return tokens[len(asked) - 1]

        asked: list[bool] = []
        operator = MailWorld(
            thread,
            authority,
            tmp_path / "run",
            name="outbox",
            domain=DOMAIN,
            patient_domain="patient.mss.test",
            mailboxes={SENDER: DOCTOR.national_id, RECIPIENT: COLLEAGUE.national_id},
            trust_list=(),
            tokens={GOOD: Grant(DOCTOR.national_id)}.get,
            size_limit=size_limit,
        )
        closing.callback(operator.close)
        settings = MailSettings(
            mailbox=SENDER,
            nil="NIL-1",
            product="Produit",
            version="1",
            editor="Éditeur",
            domain=DOMAIN,
            patient_domain="patient.mss.test",
            smtp_host="localhost",
            smtp_port=operator.tenant.port,
            ca_file=authority.root_path,
        )
        desk = Desk(DOCTOR, DOCTOR.practices[0], settings, access_token)
        return Outbox(operator, desk, asked)

    with LoopThread() as thread, ExitStack() as closing:
        yield opened


def test_a_mail_goes_through_tls_then_xoauth2_and_asks_for_delivery_receipts(
    world: Callable[..., Outbox],
) -> None:
    there = world()

    result = there.send()

    assert result == SendResult(True, accepted=(RECIPIENT,))
    assert there.verbs()[:4] == ["EHLO", "STARTTLS", "EHLO", "AUTH"]
    envelope = there.operator.events("mail.accepted")[0].data["envelope"]
    assert envelope["from"] == SENDER
    assert envelope["ret"] == "HDRS"
    assert envelope["to"][0]["notify"] == "SUCCESS,FAILURE,DELAY"


def test_a_refused_token_is_renewed_once(world: Callable[..., Outbox]) -> None:
    there = world(tokens=("stale", GOOD))

    result = there.send()

    assert result.sent
    assert there.asked == [False, True]


def test_a_token_refused_again_is_told_and_nothing_is_sent(world: Callable[..., Outbox]) -> None:
    there = world(tokens=("stale", "stale too"))

    result = there.send()

    assert not result.sent
    assert (
        result.error == "La messagerie refuse votre session Pro Santé Connect : reconnectez-vous."
    )
    assert there.asked == [False, True]
    assert there.arrived() == 0


def test_a_refusal_that_cuts_the_line_counts_as_a_refused_token(
    world: Callable[..., Outbox],
) -> None:
    there = world()
    there.operator.tenant.faults.arm("smtp.auth-refused", occurrence=1)

    result = there.send()

    assert result.sent
    assert there.asked == [False, True]


def test_a_mail_over_the_announced_size_does_not_leave(world: Callable[..., Outbox]) -> None:
    there = world(size_limit=2_000)

    result = there.send("x" * 5_000)

    assert not result.sent
    assert result.error is not None
    assert "n'accepte pas plus de 0,0 Mo" in result.error
    assert "MAIL" not in there.verbs()


def test_a_refused_recipient_is_named_and_the_mail_is_not_called_sent(
    world: Callable[..., Outbox],
) -> None:
    there = world()
    stranger = "nobody@elsewhere.test"

    result = there.send(to=(RECIPIENT, stranger))

    assert not result.sent
    assert result.accepted == (RECIPIENT,)
    assert list(result.refused) == [stranger]
    assert result.refused[stranger].startswith("554 ")
    assert there.arrived() == 1


def test_when_every_recipient_is_refused_nothing_left(world: Callable[..., Outbox]) -> None:
    there = world()

    result = there.send(to=("nobody@elsewhere.test",))

    assert result.accepted == ()
    assert result.error == "Aucun destinataire n'a été accepté : rien n'est parti."
    assert there.arrived() == 0


@pytest.mark.parametrize("fault", ["smtp.server-down", "smtp.drop-after-data"])
def test_a_line_cut_once_is_tried_again(world: Callable[..., Outbox], fault: str) -> None:
    there = world()
    there.operator.tenant.faults.arm(fault, occurrence=1)

    result = there.send()

    assert result.sent
    assert there.arrived() == 1


def test_a_server_that_stays_down_is_told(world: Callable[..., Outbox]) -> None:
    there = world()
    there.operator.tenant.faults.arm("smtp.server-down")

    result = there.send()

    assert not result.sent
    assert result.error is not None
    assert result.error.startswith("La liaison avec le serveur de messagerie localhost:")


def test_a_certificate_of_another_authority_is_refused(
    world: Callable[..., Outbox], tmp_path: Path
) -> None:
    there = world()
    other = Authority(tmp_path / "other")
    settings = replace(there.desk.settings, ca_file=other.root_path)
    there.desk = replace(there.desk, settings=settings)

    result = there.send()

    assert not result.sent
    assert result.error is not None
    assert "certificat" in result.error
    assert "AUTH" not in there.verbs()


def test_a_session_that_is_over_is_told_in_its_own_words(world: Callable[..., Outbox]) -> None:
    there = world()

    def over(fresh: bool) -> str:
        raise CannotSend("Votre session est terminée.")

    there.desk = replace(there.desk, access_token=over)

    assert there.send() == SendResult(False, error="Votre session est terminée.")
