"""How a mail leaves: SMTP submission with STARTTLS and XOAUTH2 [MSS-DST] [MSS-REF2]."""

import contextlib
import smtplib
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from mocks.lps.mail.letter import Desk, MailSettings


@dataclass(frozen=True, slots=True)
class SendResult:
    """What became of a mail.

    `sent` is true only when the server took it for every recipient; `accepted` are those it took
    it for, `refused` says why for each other (the server's words); `error` is one French sentence
    when nothing left at all.
    """

    sent: bool
    message_id: str = ""
    accepted: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    error: str | None = None


class TokenRefused(Exception):
    """The server did not take the access token."""


class CannotSend(Exception):
    """The mail cannot leave; one French sentence for the user."""


class OutboxParts(Protocol):
    """What handing in a mail calls of the parts of the product."""

    @property
    def connect(self) -> Callable[[MailSettings], smtplib.SMTP]:
        """Opens the connection, encrypted."""
        ...

    @property
    def authenticate(self) -> Callable[[smtplib.SMTP, str, str], None]:
        """Signs in with a mailbox and a token."""
        ...

    @property
    def check_size(self) -> Callable[[smtplib.SMTP, bytes], None]:
        """Refuses a mail that is too large."""
        ...

    @property
    def delivery_options(
        self,
    ) -> Callable[[smtplib.SMTP], tuple[Sequence[str], Sequence[str]]]:
        """Gives the options of MAIL and of RCPT."""
        ...


def connect(settings: MailSettings) -> smtplib.SMTP:
    """An SMTP session on verified TLS (1.2 or newer), after STARTTLS and a second EHLO.

    Raises `CannotSend`, or what the network raised. Without STARTTLS nothing more is said.
    """
    context = ssl.create_default_context(cafile=str(settings.ca_file))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    smtp = smtplib.SMTP(
        settings.smtp_host,
        settings.smtp_port,
        # Left out, it would be the machine's full name, looked up in the DNS.
        local_hostname="[127.0.0.1]",
        timeout=settings.timeout,
    )
    try:
        smtp.ehlo()
        if not smtp.has_extn("starttls"):
            raise CannotSend("Le serveur de messagerie ne propose pas de connexion chiffrée.")
        smtp.starttls(context=context)
        smtp.ehlo()
    except BaseException:
        smtp.close()
        raise
    return smtp


def authenticate(smtp: smtplib.SMTP, user: str, token: str) -> None:
    """AUTH XOAUTH2 without initial response: a token overflows a line [MSS-VENDOR XOAUTH2].

    Raises `TokenRefused`, `CannotSend`.
    """
    if "XOAUTH2" not in smtp.esmtp_features.get("auth", "").upper().split():
        raise CannotSend(
            "Le serveur de messagerie ne propose pas la connexion par Pro Santé Connect."
        )
    answers = iter((f"user={user}\x01auth=Bearer {token}\x01\x01",))
    explained = False

    def answer(challenge: bytes | None = None) -> str:
        nonlocal explained
        explained = bool(challenge)
        # After the token, a challenge explains the refusal and waits for an empty answer.
        return next(answers, "")

    try:
        code, said = smtp.auth("XOAUTH2", answer, initial_response_ok=False)
    except smtplib.SMTPAuthenticationError as refusal:
        if refusal.smtp_code != 535:
            raise
        raise TokenRefused(_words(refusal.smtp_code, refusal.smtp_error)) from refusal
    except smtplib.SMTPServerDisconnected as cut:
        if not explained:
            raise
        raise TokenRefused("334, then the connection was cut") from cut
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, said)


def check_size(smtp: smtplib.SMTP, raw: bytes) -> None:
    """Raises `CannotSend` when the mail is over the SIZE the server announces (MSS/va1.13)."""
    announced = smtp.esmtp_features.get("size", "").strip()
    limit = int(announced) if announced.isdecimal() else 0
    if limit and len(raw) > limit:
        raise CannotSend(
            f"Le message pèse {_megabytes(len(raw))} : la messagerie n'accepte pas plus de "
            f"{_megabytes(limit)}. Il n'a pas été envoyé."
        )


def delivery_options(smtp: smtplib.SMTP) -> tuple[Sequence[str], Sequence[str]]:
    """Options of MAIL FROM and RCPT TO that ask for delivery receipts, if DSN is offered."""
    if not smtp.has_extn("dsn"):
        return (), ()
    return ("RET=HDRS",), ("NOTIFY=SUCCESS,FAILURE,DELAY",)


def deliver(raw: bytes, recipients: Sequence[str], desk: Desk, parts: OutboxParts) -> SendResult:
    """Hand the mail to the server; tried again once when the token is refused or the line is cut.

    After a refusal the token is a fresh one. The mail keeps its Message-ID, so that one that did
    arrive before the cut is known for the same. Never raises for what the server, the network or
    the session does: the result says it.
    """
    server = f"{desk.settings.smtp_host}:{desk.settings.smtp_port}"
    try:
        try:
            return _attempt(raw, recipients, desk, parts, fresh=False)
        except TokenRefused:
            return _attempt(raw, recipients, desk, parts, fresh=True)
        except (smtplib.SMTPServerDisconnected, ConnectionError):
            return _attempt(raw, recipients, desk, parts, fresh=False)
    except TokenRefused:
        error = "La messagerie refuse votre session Pro Santé Connect : reconnectez-vous."
    except CannotSend as reason:
        error = str(reason)
    except ssl.SSLError as failure:
        error = f"Le certificat du serveur {server} n'est pas accepté ({_reason(failure)})."
    except smtplib.SMTPResponseException as refusal:
        said = _words(refusal.smtp_code, refusal.smtp_error)
        error = f"Le serveur de messagerie {server} a refusé le message : {said}."
    except (OSError, smtplib.SMTPException) as failure:
        error = f"La liaison avec le serveur de messagerie {server} a échoué ({failure})."
    return SendResult(False, error=error)


def _attempt(
    raw: bytes, recipients: Sequence[str], desk: Desk, parts: OutboxParts, fresh: bool
) -> SendResult:
    token = desk.access_token(fresh)
    smtp = parts.connect(desk.settings)
    try:
        parts.authenticate(smtp, desk.settings.mailbox, token)
        parts.check_size(smtp, raw)
        of_mail, of_recipient = parts.delivery_options(smtp)
        try:
            failed = smtp.sendmail(
                desk.settings.mailbox, list(recipients), raw, list(of_mail), list(of_recipient)
            )
        except smtplib.SMTPRecipientsRefused as nobody:
            failed = nobody.recipients
        # The mail is the server's by now: a quarrel about QUIT does not change what became of it.
        with contextlib.suppress(smtplib.SMTPException, OSError):
            smtp.quit()
    finally:
        smtp.close()
    refused = {address: _words(*reply) for address, reply in failed.items()}
    accepted = tuple(address for address in recipients if address not in refused)
    error = None if accepted else "Aucun destinataire n'a été accepté : rien n'est parti."
    return SendResult(not refused, accepted=accepted, refused=refused, error=error)


def _words(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {text}"


def _reason(failure: ssl.SSLError) -> str:
    if isinstance(failure, ssl.SSLCertVerificationError):
        return failure.verify_message
    return failure.reason or "TLS"


def _megabytes(octets: int) -> str:
    return f"{octets / 1_000_000:.1f} Mo".replace(".", ",")
