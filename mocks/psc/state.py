"""What a tenant remembers between requests: sessions, logins under way, codes, grants, requests.

Moments are epoch seconds of the mock's clock (float), but for polls, timed on the clock of the run.
"""

import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count

from common.identities import Professional
from mocks.psc.settings import Client, Lifetimes

_MANY = 2000
"""Sessions above which the oldest are looked through."""

_KEPT = 3600.0
"""Seconds for which what is over is still known, so that its late use gets the right error."""


class Means(StrEnum):
    """How a person authenticates: the `authMode` claim [PSC-POC access token].

    That of the e-CPS was not seen [BANC-READING MOBILE].
    """

    CARD = "CARD"
    MOBILE = "MOBILE"


class Status(StrEnum):
    """Where a login or a CIBA request stands."""

    CHOOSING = "choosing"
    CARD = "card"
    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"


@dataclass(slots=True)
class Session:
    """One authentication of a person at the provider; `id` is the `sid` of its tokens.

    `cookie` opens it again in a browser (empty for CIBA: there is no browser).
    """

    person: Professional
    means: Means
    lifetimes: Lifetimes
    auth_time: float
    last_seen: float
    cookie: str = ""
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    ended: bool = False

    @property
    def ends_at(self) -> float:
        """The absolute end, whatever the use made of it."""
        return self.auth_time + self.lifetimes.session

    def alive(self, now: float) -> bool:
        """Whether its tokens are still good: not logged out, absolute limit not reached."""
        return not self.ended and now < self.ends_at

    def live(self, now: float) -> bool:
        """Whether it still spares an authentication: alive, and not left idle for too long."""
        return self.alive(now) and now < self.last_seen + self.lifetimes.idle


@dataclass(slots=True)
class Login:
    """A login of the code flow from the authorization request to the callback; `n` counts them.

    `id` stands in the addresses of the wallet pages, `phone_id` names it on the phone only.
    """

    n: int
    client: Client
    redirect_uri: str
    response_mode: str
    scope: str
    state: str | None
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str
    created: float
    login_hint: str = ""
    id: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    phone_id: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    status: Status = Status.CHOOSING
    person: Professional | None = None
    means: Means | None = None
    digits: str = ""
    asked_at: float = 0.0
    shown: bool = False


@dataclass(slots=True)
class Grant:
    """What a person granted to a client: every token of one login hangs on it."""

    client_id: str
    session: Session
    scope: str
    nonce: str | None
    auth_time: float
    person: Professional
    revoked: bool = False
    refresh_token: str = ""

    def alive(self, now: float) -> bool:
        """Whether its tokens may still be used."""
        return not self.revoked and self.session.alive(now)


@dataclass(slots=True)
class Code:
    """An authorization code: used once, within its lifetime; `grant` is what it gave."""

    login: Login
    session: Session
    expires_at: float
    grant: Grant | None = None
    used: bool = False


@dataclass(frozen=True, slots=True)
class AccessGrant:
    """What a live access token stands for: the mail services ask for it.

    `expires_at` is in epoch seconds, `session` the `sid`.
    """

    national_id: str
    client_id: str
    expires_at: float
    session: str


@dataclass(slots=True)
class AccessToken:
    """An access token issued; `claims` are those signed."""

    grant: Grant
    claims: dict[str, object]
    expires_at: float
    revoked: bool = False

    def active(self, now: float) -> bool:
        """Neither expired nor revoked, and its session is not over."""
        return not self.revoked and now < self.expires_at and self.grant.alive(now)


@dataclass(slots=True)
class RefreshToken:
    """A refresh token issued; `used` once it was rotated."""

    grant: Grant
    expires_at: float
    issued_at: float
    used: bool = False

    def active(self, now: float) -> bool:
        """Not rotated, not expired, and its session is not over."""
        return not self.used and now < self.expires_at and self.grant.alive(now)


@dataclass(slots=True)
class CibaRequest:
    """A backchannel authentication request; `n` counts them, `interval` is the one in force (s).

    `last_poll` is on the clock of the run (ns).
    """

    n: int
    client: Client
    person: Professional
    means: Means
    scope: str
    digits: str
    created: float
    expires_in: int
    interval: int
    id: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    status: Status = Status.PENDING
    answered_at: float = 0.0
    polls: int = 0
    last_poll: int | None = None

    @property
    def expires_at(self) -> float:
        """When it can no longer be answered."""
        return self.created + self.expires_in


@dataclass(slots=True)
class State:
    """All that `reset` forgets. Replaced as a whole, so that no half of it survives."""

    sessions: dict[str, Session] = field(default_factory=dict)
    cookies: dict[str, Session] = field(default_factory=dict)
    logins: dict[str, Login] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    access: dict[str, AccessToken] = field(default_factory=dict)
    refresh: dict[str, RefreshToken] = field(default_factory=dict)
    ciba: dict[str, CibaRequest] = field(default_factory=dict)
    phone_opened: bool = False
    _prune_at: int = field(default=_MANY)
    _logins: "count[int]" = field(default_factory=lambda: count(1))
    _requests: "count[int]" = field(default_factory=lambda: count(1))

    def next_login(self) -> int:
        """The number of the next login of the code flow."""
        return next(self._logins)

    def next_request(self) -> int:
        """The number of the next CIBA request."""
        return next(self._requests)

    def open_session(self, session: Session) -> None:
        """Keep a session, by `sid` and by cookie; now and then forget what is long over."""
        if len(self.sessions) >= self._prune_at:
            self._prune(session.auth_time - _KEPT)
            self._prune_at = max(_MANY, 2 * len(self.sessions))
        self.sessions[session.id] = session
        if session.cookie:
            self.cookies[session.cookie] = session

    def _prune(self, before: float) -> None:
        """Forget what was over before that moment, so that a mock left running does not grow."""
        self.logins = {k: v for k, v in self.logins.items() if v.created > before}
        self.ciba = {k: v for k, v in self.ciba.items() if v.expires_at > before}
        self.codes = {k: v for k, v in self.codes.items() if v.expires_at > before}
        self.access = {k: v for k, v in self.access.items() if v.expires_at > before}
        self.refresh = {k: v for k, v in self.refresh.items() if v.expires_at > before}
        self.sessions = {k: v for k, v in self.sessions.items() if v.ends_at > before}
        self.cookies = {k: v for k, v in self.cookies.items() if v.ends_at > before}
