"""The bench's hand on the web face: the same services as the pages, on one session of its own.

The bench is the user's browser: `start_psc_login` and `logout` answer the URL to follow, and what
comes back arrives at the ordinary pages with the cookie that `/adapter/open/…` gave.
"""

import secrets
import threading
from collections.abc import Callable
from typing import Any, Literal

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mocks.lps import adapter
from mocks.lps.adapter import Answer, Arguments, Look, done
from mocks.lps.documents.records import RecordError, Version
from mocks.lps.lifecycle import Offer
from mocks.lps.mail.outbox import CannotSend, SendResult
from mocks.lps.product import NotNow, Product
from mocks.lps.sessions import COOKIE
from mocks.lps.sign_in.decisions import SignInRefused
from mocks.lps.sign_in.terms import Article

Screen = Literal["login", "terms", "welcome", "work", "logout", "closed"]


class WebHand:
    """Acts through `Product`; keeps what a screen would show after the last action."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self._tickets: set[str] = set()
        self._one_at_a_time = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """A new visitor, on the login page."""
        self._session = self._product.sessions.open()
        self._tickets.clear()
        self._screen: Screen = "login"
        self._error = ""
        self._version: Version | None = None

    def act(self, name: str, arguments: Arguments) -> Answer:
        """Do one action as the person whose session this is."""
        with self._one_at_a_time:
            self._product.close_if_idle(self._session)
            if name != "idle":
                self._product.sessions.touch(self._session)
            self._error = ""
            try:
                answer: Answer = getattr(self, f"_{name}")(arguments)
            except (SignInRefused, RecordError, CannotSend, NotNow) as error:
                self._error = str(error)
                return Answer("refused", shown=str(error))
            return answer

    def see(self, what: str) -> Look | None:
        """What the screen would show."""
        looks: dict[str, Callable[[], Look]] = {
            "terms.psc": self._see_psc_terms,
            "psc.button": lambda: self._see_text(self._at_login(), self._product.parts.button),
            "login": lambda: self._see_text(self._at_login(), "Connexion"),
            "identity": self._see_identity,
            "practice-choice": self._see_practices,
            "logout": lambda: self._see_text(self._screen == "logout", "Se déconnecter"),
            "logged-out": lambda: self._see_text(self._screen == "closed", "Session fermée"),
            "documents": self._see_documents,
            "notify-offer": lambda: self._see_offer("Prévenir les destinataires ?"),
            "recipients": lambda: self._see_offer(", ".join(self._offered())),
            "sent": self._see_sent,
            "error": lambda: self._see_text(bool(self._shown_error()), self._shown_error()),
            "version.shown": self._see_version,
        }
        return looks[what]() if what in looks else None

    def routes(self) -> list[Route]:
        """The door through which the bench's browser takes this session."""
        return [Route("/open/{ticket}", self._open, methods=["GET"])]

    async def _open(self, request: Request) -> Response:
        return await run_in_threadpool(self._opened, request.path_params["ticket"])

    def _opened(self, ticket: str) -> Response:
        if ticket not in self._tickets:
            return Response("unknown ticket", 404, media_type="text/plain")
        self._tickets.discard(ticket)
        try:
            target = self._product.start_login(self._session)
        except SignInRefused:
            target = f"{self._product.settings.base_url}/connexion?echec"
        response = RedirectResponse(target, 302)
        response.set_cookie(COOKIE, self._session.id, httponly=True, samesite="lax")
        return response

    def _show_terms(self, _asked: adapter.TermsArguments) -> Answer:
        self._screen = "terms"
        return done()

    def _scroll_to_psc_terms(self, _asked: Arguments) -> Answer:
        if self._psc_article() is None:
            return Answer("unclear", reason="the terms shown have no article on identification")
        return done()

    def _close_terms(self, _asked: Arguments) -> Answer:
        self._screen = "login"
        return done()

    def _go_to_login(self, _asked: Arguments) -> Answer:
        self._screen = "login"
        return done()

    def _start_psc_login(self, _asked: adapter.StartArguments) -> Answer:
        if self._session.signed_in is not None:
            raise NotNow("Vous êtes déjà connecté.")
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return done(open=f"{self._product.settings.base_url}/adapter/open/{ticket}")

    def _finish_psc_login(self, _asked: adapter.LoginArguments) -> Answer:
        if self._session.signed_in is not None:
            self._screen = "welcome"
            return done()
        if self._session.refusal:
            return Answer("refused", shown=self._session.refusal)
        return Answer("unclear", reason="no answer of Pro Santé Connect has come back")

    def _connected_identity(self, _asked: Arguments) -> Answer:
        signed_in = self._session.signed_in
        if signed_in is None:
            return done(connected=False)
        person = self._product.parts.shown_identity(signed_in.professional)
        return done(connected=True, national_id=person.national_id, name=person.name)

    def _choose_practice(self, asked: adapter.IndexArguments) -> Answer:
        self._product.choose_practice(self._session, asked.index)
        self._screen = "work"
        return done()

    def _go_to_logout(self, _asked: Arguments) -> Answer:
        self._product.signed_in(self._session)
        self._screen = "logout"
        return done()

    def _logout(self, _asked: Arguments) -> Answer:
        target = self._product.logout(self._session)
        self._screen = "closed"
        return done(open=target)

    def _idle(self, asked: adapter.IdleArguments) -> Answer:
        if self._session.signed_in is not None:
            self._product.close_after(self._session, max(asked.seconds / 2, 0.1))
        threading.Event().wait(asked.seconds)
        if self._product.close_if_idle(self._session):
            self._screen = "closed"
        return done()

    def _open_patient(self, asked: adapter.PatientArguments) -> Answer:
        self._product.work(self._session)
        self._product.records.patient(asked.ins)
        self._screen = "work"
        return done()

    def _create_document(self, asked: adapter.CreateArguments) -> Answer:
        work = self._product.work(self._session)
        patient = self._product.records.patient(asked.ins)
        self._version = work.create(patient, asked.title, asked.text)
        return done(document_id=self._version.document_id)

    def _send_document(self, asked: adapter.SendArguments) -> Answer:
        work = self._product.work(self._session)
        report = work.send(asked.document_id, asked.to, asked.cc, to_patient=asked.patient)
        return self._reported(report)

    def _replace_document(self, asked: adapter.ReplaceArguments) -> Answer:
        return self._offer(self._product.work(self._session).replace(asked.document_id, asked.text))

    def _delete_document(self, asked: adapter.DocumentArguments) -> Answer:
        return self._offer(self._product.work(self._session).delete(asked.document_id))

    def _answer_offer(self, asked: adapter.OfferArguments) -> Answer:
        report = self._product.answer_offer(self._session, asked.answer == "accept")
        return done() if report is None else self._reported(report)

    def _write_message(self, asked: adapter.MessageArguments) -> Answer:
        work = self._product.work(self._session)
        return self._reported(work.write(asked.to, asked.subject, asked.text))

    def _export_traces(self, _asked: Arguments) -> Answer:
        return done(log=self._product.traces.text())

    def _reported(self, report: SendResult) -> Answer:
        self._session.report = report
        if report.error is not None:
            self._error = report.error
            return Answer("refused", shown=report.error)
        return done(sent=report.sent, refused=dict(report.refused))

    def _offer(self, offer: Offer) -> Answer:
        self._session.offer = offer if offer.shown else None
        self._version = self._product.records.version(offer.document_id)
        shown = {"shown": offer.shown, "recipients": list(self._offered())}
        return done(offer=shown, document_id=offer.document_id)

    def _offered(self) -> tuple[str, ...]:
        offer = self._session.offer
        return offer.recipients if offer is not None else ()

    def _psc_article(self) -> Article | None:
        return next((a for a in self._product.parts.terms().articles if a.psc), None)

    def _at_login(self) -> bool:
        return self._screen == "login" and self._session.signed_in is None

    def _shown_error(self) -> str:
        return self._error or self._session.refusal or ""

    def _see_text(self, present: bool, text: str, **values: Any) -> Look:
        return Look(present, text if present else "", values if present else {})

    def _see_psc_terms(self) -> Look:
        article = self._psc_article()
        if self._screen != "terms" or article is None:
            return Look(False)
        return Look(True, "\n".join((article.title, *article.paragraphs)))

    def _see_identity(self) -> Look:
        signed_in = self._session.signed_in
        if signed_in is None:
            return Look(False)
        person = self._product.parts.shown_identity(signed_in.professional)
        values = {"national_id": person.national_id, "name": person.name}
        return Look(True, f"{person.name} {person.national_id}", values)

    def _see_practices(self) -> Look:
        signed_in = self._session.signed_in
        if signed_in is None or self._screen != "welcome":
            return Look(False)
        offered = self._product.parts.practices_offered(signed_in.professional)
        names = [practice.structure for practice in offered]
        return Look(len(names) > 1, "\n".join(names), {"practices": names})

    def _see_documents(self) -> Look:
        if self._session.work is None:
            return Look(False)
        documents = list(self._product.records.documents())
        ids = [version.document_id for version in documents]
        return Look(True, "\n".join(v.title for v in documents), {"documents": ids})

    def _see_offer(self, text: str) -> Look:
        present = self._session.offer is not None
        return self._see_text(present, text, recipients=list(self._offered()))

    def _see_sent(self) -> Look:
        report = self._session.report
        if report is None:
            return Look(False)
        values = {"accepted": list(report.accepted), "refused": dict(report.refused)}
        return Look(report.sent, "Message envoyé" if report.sent else "", values)

    def _see_version(self) -> Look:
        if self._version is None:
            return Look(False)
        return Look(True, f"Version {self._version.lineage.number}")
