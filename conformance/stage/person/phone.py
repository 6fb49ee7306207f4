"""Plays the person: answers on the e-CPS phone what the product asked for."""

import threading
from collections.abc import Callable
from typing import Any, Protocol

from common.identities import Professional
from conformance.drivers.actions import Seen
from conformance.errors import NotReady
from conformance.journal import Event, JournalWriter
from conformance.journal.notes import PHONE_ANSWER, PSC_ASKED
from conformance.locale import _
from mocks.psc.phone import Pending
from mocks.psc.tenant import Tenant

PATIENCE = 15.0
"""Seconds the person waits for a request before saying that none came."""


class Hand(Protocol):
    """Presses a button of the phone page: in the filmed window, or straight in the mock."""

    def __call__(self, request: str, approve: bool) -> None: ...


class RobotPsc:
    """`psc` of a story: the mock's phones, and waiting for what the product asked of PSC."""

    def __init__(
        self,
        tenant: Tenant,
        writer: JournalWriter,
        hand: Hand | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._tenant = tenant
        self._writer = writer
        self._patience = patience
        self._hand = hand or self._answer
        self._asked_at = writer.last_seq
        self._over = threading.Event()

    def phone(self, person: Professional) -> "RobotPhone":
        """The phone of `person`."""
        return RobotPhone(
            person, self._tenant, self._writer, self._hand, self._over, self._patience
        )

    def close(self) -> None:
        """The story is over: a phone that still waits answers nothing of the next one."""
        self._over.set()

    def asked(self) -> None:
        """Wait for the next request to sign in. Raises `NotReady` when none comes."""
        event = self._wait(lambda e: e.data["route"] in ("authorize", "ciba"))
        if event is None:
            said = _("no sign-in request reached {issuer} within {seconds:.0f} s")
            issuer = self._tenant.describe()["issuer"]
            raise NotReady(said.format(issuer=issuer, seconds=PATIENCE))
        self._asked_at = event.seq
        values = {"route": event.data["route"], "request": event.ref}
        self._writer.record("bench.note", {"what": PSC_ASKED, "values": values}, source="bench")

    def polled(self, times: int) -> None:
        """Wait until the product has polled so often. Raises `NotReady` when it does not."""
        event = self._wait(lambda e: (e.data["facts"].get("poll") or {}).get("n", 0) >= times)
        if event is None:
            said = _("the product did not poll {count} times within {seconds:.0f} s")
            raise NotReady(said.format(count=times, seconds=PATIENCE))

    def slowed_down(self) -> None:
        """Wait until a poll was answered `slow_down`. Raises `NotReady` when none was."""
        event = self._wait(
            lambda e: (e.data["response"].get("json") or {}).get("error") == "slow_down"
        )
        if event is None:
            said = _("no poll was answered slow_down within {seconds:.0f} s")
            raise NotReady(said.format(seconds=PATIENCE))

    def _wait(self, where: Callable[[Event], bool]) -> Event | None:
        return self._writer.wait_for("http.exchange", where, PATIENCE, since=self._asked_at)

    def _answer(self, request: str, approve: bool) -> None:
        self._tenant.phone.answer(request, approve)


class RobotPhone:
    """One person's phone. It compares the digits before it approves, as a careful person would."""

    def __init__(
        self,
        person: Professional,
        tenant: Tenant,
        writer: JournalWriter,
        hand: Hand,
        over: threading.Event,
        patience: float = PATIENCE,
    ) -> None:
        self._patience = patience
        self._over = over
        self._person = person
        self._tenant = tenant
        self._writer = writer
        self._hand = hand

    def approve(self, matching: Seen | None = None) -> None:
        """Approve what is pending; digits that were seen and differ are refused instead."""
        pending = self._pending()
        agreed = matching is None or not matching.present or pending.digits in matching.text
        self._note(PHONE_ANSWER, digits=pending.digits, compared=_read(matching), agreed=agreed)
        self._hand(pending.auth_req_id, agreed)

    def will_approve(self) -> None:
        """Approve the next request when it comes; with a card none does, and nothing happens."""
        threading.Thread(target=self._approve_next, name="phone", daemon=True).start()

    def refuse(self) -> None:
        """Refuse what is pending."""
        self._hand(self._pending().auth_req_id, False)

    def _approve_next(self) -> None:
        waited, found = 0.0, list[Pending]()
        while waited < self._patience and not found:
            found = self._tenant.phone.wait_pending(self._person.national_id, PATIENCE)
            waited += PATIENCE
            if self._over.is_set():
                return
        for pending in found[:1]:
            self._note(PHONE_ANSWER, digits=pending.digits, compared=None, agreed=True)
            self._tenant.phone.answer(pending.auth_req_id, True)

    def _pending(self) -> Pending:
        """The request that waits for this person; it may still be on its way."""
        found = self._tenant.phone.wait_pending(self._person.national_id, PATIENCE)
        if not found:
            said = _("nothing asked {person} to sign in within {seconds:.0f} s")
            raise NotReady(said.format(person=self._person.name, seconds=PATIENCE))
        return found[-1]

    def _note(self, what: str, **values: Any) -> None:
        self._writer.record("bench.note", {"what": what, "values": values}, source="bench")


def _read(seen: Seen | None) -> str | None:
    return seen.text.strip() if seen is not None and seen.present else None
