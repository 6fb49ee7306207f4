"""What the product does, whoever asks: its pages and its adapter call these and nothing else.

Every method that can fail for a reason the user must know raises an exception whose text is French:
`SignInRefused`, `RecordError`, `CannotSend`, `NotNow`.
"""

import ssl
import time
from collections.abc import Mapping
from pathlib import Path

from common import identities
from common.identities import Practice
from mocks.lps import sign_in_flow
from mocks.lps.documents.records import Records
from mocks.lps.lifecycle import Lifecycle
from mocks.lps.mail.letter import Desk, MailSettings
from mocks.lps.mail.outbox import CannotSend, SendResult
from mocks.lps.parts import Parts
from mocks.lps.sessions import Session, Sessions
from mocks.lps.settings import Settings
from mocks.lps.sign_in import decisions as sign_in
from mocks.lps.sign_in.decisions import EndSession, SignedIn, SignInRefused
from mocks.lps.sign_in.psc_client import Attempt, PscClient, PscError, PscUnavailable
from mocks.lps.traces import Traces

PRODUCT = "Cabinet Exemple LPS"
VERSION = "1.0.0"
EDITOR = "Éditions Exemple"


class NotNow(Exception):
    """What is asked has no sense at this point; the text is French, for the screen."""


class Product:
    """One installation of the software. Methods take the visitor's session; threads may share."""

    def __init__(self, settings: Settings, parts: Parts | None = None) -> None:
        self.settings = settings
        self.parts = parts or Parts()
        self.psc = PscClient(
            settings,
            self.parts.discovery_address(settings.psc_discovery),
            self.parts.client_authentication,
        )
        self.sessions = Sessions(settings.idle_seconds)
        self.records = Records(patients=identities.PATIENTS)
        self.traces = Traces()

    def close(self) -> None:
        """Let go of the connections."""
        self.psc.close()

    def start_login(self, session: Session) -> str:
        """Begin a sign-in; gives the URL of Pro Santé Connect to send the browser to."""
        if session.signed_in is not None:
            raise NotNow("Vous êtes déjà connecté.")
        parts = self.parts
        attempt = Attempt(parts.new_state(), parts.new_nonce(), parts.new_verifier())
        try:
            endpoint = parts.authorization_endpoint(self.psc.metadata)
            asked = parts.authorization_request(attempt, self.settings.redirect_uri)
            url = self.psc.authorization_url(endpoint, asked)
        except (PscError, PscUnavailable) as error:
            raise self._refused(session, sign_in.refusal(error)) from error
        session.refusal = None
        session.attempt = attempt
        return url

    def finish_login(self, session: Session, answer: Mapping[str, str]) -> None:
        """Take the callback of Pro Santé Connect; the person is signed in unless this raises."""
        attempt, session.attempt = session.attempt, None
        try:
            code, attempt = self._answered(attempt, answer)
            tokens = self.parts.exchange(self.psc, code, attempt)
            signed_in = sign_in_flow.complete(self.psc, self.parts, tokens, attempt.nonce, None)
        except SignInRefused as refused:
            raise self._refused(session, refused) from refused
        except (PscError, PscUnavailable) as error:
            raise self._refused(session, sign_in.refusal(error)) from error
        self._welcome(session, signed_in)

    def choose_practice(self, session: Session, index: int) -> None:
        """Work from now on as that practice (0-based); the first one until told otherwise."""
        practices = self.parts.practices_offered(self.signed_in(session).professional)
        if not 0 <= index < len(practices):
            raise NotNow("Cette situation d’exercice n’existe pas.")
        self._work_as(session, practices[index])

    def logout(self, session: Session) -> str:
        """End the person's session here and at Pro Santé Connect; gives where to go next."""
        signed_in = self.signed_in(session)
        state = self.parts.new_state()
        said = EndSession(signed_in.tokens.id_token, self.settings.post_logout_redirect_uri, state)
        parameters = self.parts.end_session(said)
        self._trace("DISCONNECT", signed_in)
        session.forget()
        self.sessions.renew(session)
        session.logout_state = state
        if parameters is not None:
            try:
                return self.psc.logout_url(parameters)
            except PscUnavailable:
                session.notice = sign_in.OUTAGE
        return self.settings.post_logout_redirect_uri

    def back_from_logout(self, session: Session, state: str | None) -> bool:
        """Whether the return from Pro Santé Connect answers our logout; no `state` is put up with.

        The provider may leave it out [PSC-CONNECTOR logout].
        """
        sent, session.logout_state = session.logout_state, None
        return sent is not None and (state is None or self.parts.same_state(sent, state))

    def close_if_idle(self, session: Session) -> bool:
        """End the person's session here, and here only, when nothing was done for too long."""
        if not self.sessions.idle_too_long(session):
            return False
        signed_in = self.signed_in(session)
        self._trace("IDLE", signed_in)
        session.forget()
        self.sessions.renew(session)
        self.parts.when_idle(lambda: self._end_psc_session(signed_in))
        return True

    def close_after(self, session: Session, seconds: float) -> None:
        """Let this person's session end after so long without a request."""
        self.signed_in(session)
        if seconds <= 0:
            raise NotNow("Ce délai n’est pas possible.")
        session.idle_seconds = seconds

    def signed_in(self, session: Session) -> SignedIn:
        """Who is signed in. Raises `NotNow`."""
        if session.signed_in is None:
            raise NotNow("Vous n’êtes pas connecté.")
        return session.signed_in

    def work(self, session: Session) -> Lifecycle:
        """The documents of the person at work. Raises `NotNow` without any practice."""
        self.signed_in(session)
        if session.work is None:
            raise NotNow("Aucune situation d’exercice n’est associée à votre identité.")
        return session.work

    def answer_offer(self, session: Session, accept: bool) -> SendResult | None:
        """The person's answer to the pending offer; what was sent, None when declined."""
        offer = session.offer
        if offer is None:
            raise NotNow("Aucune proposition n’est en attente.")
        session.report = self.work(session).answer_offer(offer.id, accept)
        if offer.id not in self.records.offers:
            session.offer = None
        return session.report

    def access_token(self, session: Session, fresh: bool) -> str:
        """A live access token of the person, renewed when spent or when `fresh` is asked.

        Raises `CannotSend`, and ends the session, when Pro Santé Connect gives no other.
        """
        with session.lock:
            signed_in = session.signed_in
            if signed_in is None:
                raise CannotSend("Votre session est terminée. Identifiez-vous à nouveau.")
            if fresh or signed_in.tokens.expired(time.monotonic()):
                try:
                    signed_in = sign_in_flow.renew(self.psc, self.parts, signed_in)
                except SignInRefused as refused:
                    if refused.code != "unavailable":
                        session.forget()
                    raise CannotSend(f"{refused.message} Identifiez-vous à nouveau.") from refused
                session.signed_in = signed_in
            return signed_in.tokens.access_token

    def _answered(self, attempt: Attempt | None, answer: Mapping[str, str]) -> tuple[str, Attempt]:
        if attempt is None or not self.parts.same_state(attempt.state, answer.get("state", "")):
            raise SignInRefused(sign_in.STALE, "state")
        if "error" in answer:
            raise sign_in.refusal_for(answer["error"])
        if "iss" in answer and answer["iss"] != self.psc.issuer:
            raise SignInRefused(sign_in.UNTRUSTED, "iss")
        if not answer.get("code"):
            raise SignInRefused(sign_in.UNTRUSTED, "code")
        return answer["code"], attempt

    def _refused(self, session: Session, refused: SignInRefused) -> SignInRefused:
        self.traces.add("CONNECT_FAILURE", reason=refused.code)
        session.refusal = self.parts.refusal_shown(refused)
        return refused

    def _welcome(self, session: Session, signed_in: SignedIn) -> None:
        session.forget()
        self.sessions.renew(session)
        session.signed_in = signed_in
        self.sessions.touch(session)
        self._trace("CONNECT_SUCCESS", signed_in)
        if signed_in.professional.practices:
            self._work_as(session, signed_in.professional.practices[0])

    def _work_as(self, session: Session, practice: Practice) -> None:
        person = self.signed_in(session).professional
        desk = Desk(
            person,
            practice,
            self._mail_settings(person.mailbox(self.settings.domain)),
            lambda fresh: self.access_token(session, fresh),
        )
        session.practice = practice
        session.work = Lifecycle(self.records, desk, self.parts.documents)

    def _mail_settings(self, mailbox: str) -> MailSettings:
        settings = self.settings
        authority = settings.ca_file or Path(ssl.get_default_verify_paths().openssl_cafile)
        return MailSettings(
            mailbox=mailbox,
            nil=settings.nil,
            product=PRODUCT,
            version=VERSION,
            editor=EDITOR,
            domain=settings.domain,
            patient_domain=settings.patient_domain,
            smtp_host=settings.smtp_host,
            smtp_port=settings.smtp_port,
            ca_file=authority,
        )

    def _end_psc_session(self, signed_in: SignedIn) -> None:
        parameters = self.parts.end_session(EndSession(signed_in.tokens.id_token, None, None))
        if parameters is not None:
            self.psc.logout(parameters)

    def _trace(self, event: str, signed_in: SignedIn) -> None:
        person = signed_in.professional.national_id
        self.traces.add(event, person=person, session_state=signed_in.session_state)
