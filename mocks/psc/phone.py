"""The e-CPS application of the synthetic professionals: what waits for their answer.

The bench's robot answers through `Phone` from its own thread; people answer on the HTML page, which
goes through the same two calls.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from common.recording import Recorder
from mocks.psc.settings import Lifetimes
from mocks.psc.state import CibaRequest, Login, Means, State, Status


@dataclass(frozen=True, slots=True)
class Pending:
    """One request waiting on a phone.

    `auth_req_id` names it (for `kind` wallet, a name of its own), `digits` are those to
    compare, `channel` is CARD or MOBILE, `service` the name of the client as people read it.
    """

    auth_req_id: str
    digits: str
    client: str
    channel: str
    kind: Literal["ciba", "wallet"]
    national_id: str
    service: str = ""
    person: str = ""


class Bell:
    """Wakes whoever waits for a change in a tenant: threads and the pages' event streams."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.closed = False
        self._listeners: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    def ring(self) -> None:
        """Say that something changed; any thread may call."""
        with self.changed:
            self.changed.notify_all()
            listeners = tuple(self._listeners)
        for loop, event in listeners:
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

    def close(self) -> None:
        """End every event stream."""
        self.closed = True
        self.ring()

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[asyncio.Event]:
        """An event set at each change from now on."""
        listener = (asyncio.get_running_loop(), asyncio.Event())
        with self.changed:
            self._listeners.add(listener)
        try:
            yield listener[1]
        finally:
            with self.changed:
                self._listeners.discard(listener)


class Phone:
    """The phones of the tenant `name`. Every method may be called from any thread.

    `state` and `lifetimes` give those in force: a reset replaces both. `clock` gives epoch seconds.
    """

    def __init__(
        self,
        name: str,
        state: Callable[[], State],
        lifetimes: Callable[[], Lifetimes],
        clock: Callable[[], float],
        bell: Bell,
        recorder: Recorder,
    ) -> None:
        self._name = name
        self._state = state
        self._lifetimes = lifetimes
        self._clock = clock
        self._bell = bell
        self._recorder = recorder
        self._lock = threading.Lock()

    def pending(self, national_id: str | None = None) -> list[Pending]:
        """What waits for that person (for anybody, when None), oldest first."""
        return [one for _, one in self._asked() if national_id in (None, one.national_id)]

    def _asked(self) -> list[tuple[Login | CibaRequest, Pending]]:
        state, now, lifetimes = self._state(), self._clock(), self._lifetimes()
        asked: list[tuple[float, Login | CibaRequest, Pending]] = []
        for login in list(state.logins.values()):
            if login.status is Status.PENDING and now < login_deadline(login, lifetimes):
                asked.append((login.asked_at, login, _of_login(login)))
        for request in list(state.ciba.values()):
            if request.status is Status.PENDING and now < request.expires_at:
                asked.append((request.created, request, _of_request(request)))
        asked.sort(key=lambda entry: entry[0])
        return [(thing, pending) for _, thing, pending in asked]

    def wait_pending(self, national_id: str, within: float) -> list[Pending]:
        """`pending` as soon as it is not empty; empty after `within` seconds."""
        deadline = time.monotonic() + within
        bell = self._bell
        with bell.changed:
            while True:
                found = self.pending(national_id)
                left = deadline - time.monotonic()
                if found or left <= 0:
                    return found
                bell.changed.wait(left)

    def answer(self, request: str | Pending, approve: bool) -> Pending:
        """Approve or refuse a pending request, and record a `bench.note` saying so.

        Raises `KeyError` when it is unknown, expired or already answered.
        """
        name = request if isinstance(request, str) else request.auth_req_id
        with self._lock:
            found = next((one for one in self._asked() if one[1].auth_req_id == name), None)
            if found is None:
                raise KeyError("no such pending request: unknown, expired or already answered")
            asked, pending = found
            asked.status = Status.APPROVED if approve else Status.REFUSED
            if isinstance(asked, CibaRequest):
                asked.answered_at = self._clock()
        self._recorder.record(
            "bench.note",
            {
                "what": "phone.answered",
                "values": {
                    "kind": pending.kind,
                    "request": asked.n,
                    "national_id": pending.national_id,
                    "client": pending.client,
                    "channel": pending.channel,
                    "digits": pending.digits,
                    "approve": approve,
                },
            },
            source="psc",
            tenant=self._name,
        )
        self._bell.ring()
        return pending


def login_deadline(login: Login, lifetimes: Lifetimes) -> float:
    """Until when the phone may answer a login of the wallet page (epoch seconds)."""
    return login.asked_at + lifetimes.ciba


def _of_login(login: Login) -> Pending:
    assert login.person is not None
    return Pending(
        auth_req_id=login.phone_id,
        digits=login.digits,
        client=login.client.client_id,
        channel=Means.MOBILE,
        kind="wallet",
        national_id=login.person.national_id,
        service=login.client.shown,
        person=login.person.name,
    )


def _of_request(request: CibaRequest) -> Pending:
    return Pending(
        auth_req_id=request.id,
        digits=request.digits,
        client=request.client.client_id,
        channel=request.means,
        kind="ciba",
        national_id=request.person.national_id,
        service=request.client.shown,
        person=request.person.name,
    )
