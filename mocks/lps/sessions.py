"""The product's own sessions: a random cookie in the browser, everything else on the server.

A session gets a new id when a person signs in; it ends by logging out or after `idle_seconds`
without a request, whichever comes first.
"""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from common.identities import Practice
from mocks.lps.lifecycle import Lifecycle, Offer
from mocks.lps.mail.outbox import SendResult
from mocks.lps.sign_in.decisions import SignedIn
from mocks.lps.sign_in.psc_client import Attempt

COOKIE = "lps_session"


@dataclass(slots=True)
class Session:
    """One visitor; `signed_in` is None until Pro Santé Connect has said who it is.

    `idle_seconds` is how long the person may do nothing before being signed out.
    """

    id: str
    last_seen: float
    idle_seconds: float
    form_token: str = field(default_factory=secrets.token_urlsafe, repr=False)
    attempt: Attempt | None = None
    logout_state: str | None = None
    signed_in: SignedIn | None = None
    practice: Practice | None = None
    work: Lifecycle | None = None
    offer: Offer | None = None
    report: SendResult | None = None
    notice: str | None = None
    refusal: str | None = None
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def forget(self) -> None:
        """End the person's session; the visitor remains, with nothing of the person left."""
        self.signed_in = None
        self.practice = None
        self.work = None
        self.offer = None
        self.report = None
        self.notice = None
        self.refusal = None
        self.form_token = secrets.token_urlsafe()


class Sessions:
    """All sessions, in memory. `now` gives monotonic seconds. Safe to share by threads."""

    def __init__(self, idle_seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._idle = idle_seconds
        self._now = now
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def open(self) -> Session:
        """A new visitor."""
        session = Session(secrets.token_urlsafe(32), self._now(), self._idle)
        with self._lock:
            self._sessions[session.id] = session
        return session

    def find(self, session_id: str | None) -> Session | None:
        """The session of that cookie, if there is one."""
        with self._lock:
            return self._sessions.get(session_id or "")

    def renew(self, session: Session) -> None:
        """Give the session another id, so that one known before signing in is worth nothing."""
        with self._lock:
            self._sessions.pop(session.id, None)
            session.id = secrets.token_urlsafe(32)
            self._sessions[session.id] = session

    def idle_too_long(self, session: Session) -> bool:
        """Whether a signed-in person has done nothing for the whole delay."""
        return (
            session.signed_in is not None
            and self._now() - session.last_seen >= session.idle_seconds
        )

    def touch(self, session: Session) -> None:
        """The person has done something."""
        session.last_seen = self._now()
