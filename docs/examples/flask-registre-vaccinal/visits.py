"""What the server remembers of each browser: logins under way, who is signed in, since when."""

import secrets
import threading
import time
from dataclasses import dataclass, field

from psc import Attempt, Professional

_LOGINS_UNDER_WAY = 5


@dataclass(slots=True)
class Visit:
    """One browser. `place` is the index of the practice the professional works at now."""

    seen: float
    attempts: dict[str, Attempt] = field(default_factory=dict)
    who: Professional | None = None
    place: int = 0

    def begin(self) -> Attempt:
        """Start a login; only the latest few are remembered."""
        attempt = Attempt()
        self.attempts[attempt.state] = attempt
        while len(self.attempts) > _LOGINS_UNDER_WAY:
            del self.attempts[next(iter(self.attempts))]
        return attempt


class Visits:
    """All browsers, by the random name in their cookie; a visit ends after `idle` seconds."""

    def __init__(self, idle: float) -> None:
        self._idle = idle
        self._visits: dict[str, Visit] = {}
        self._lock = threading.Lock()

    def find(self, name: str | None) -> Visit | None:
        """The visit of that name, if it is still alive; it is awake again."""
        now = time.monotonic()
        with self._lock:
            late = [key for key, visit in self._visits.items() if now - visit.seen > self._idle]
            for key in late:
                del self._visits[key]
            visit = self._visits.get(name or "")
            if visit is not None:
                visit.seen = now
            return visit

    def open(self) -> tuple[str, Visit]:
        """A new visit and its name."""
        name, visit = secrets.token_urlsafe(32), Visit(seen=time.monotonic())
        with self._lock:
            self._visits[name] = visit
        return name, visit

    def signed_in(self) -> list[Professional]:
        """Everybody who has a session now, the latest last."""
        with self._lock:
            return [visit.who for visit in self._visits.values() if visit.who is not None]

    def close(self, name: str | None) -> None:
        """Forget a visit."""
        with self._lock:
            self._visits.pop(name or "", None)

    def close_all(self) -> None:
        """Forget everybody."""
        with self._lock:
            self._visits.clear()
