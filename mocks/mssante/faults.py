"""The named misbehaviours of the mock MSSanté: a closed table, armed for one tenant."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from common.recording import Recorder

Expected = Literal["refuse", "accept", "recover"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One named misbehaviour, and what a right product must then do.

    `where` is what it strikes on; `if_one` is what a right product must do when it strikes one
    time only (armed with an occurrence); `value` says in words what the optional value does.
    """

    name: str
    where: str
    expected: Expected
    if_one: Expected
    en: str
    fr: str
    value: str = ""


FAULTS: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        Fault(
            "smtp.auth-refused",
            "smtp.AUTH",
            "refuse",
            "recover",
            "A good token is answered by 334 and an error, then the connection drops.",
            "Un jeton valable reçoit 334 et une erreur, puis la connexion est coupée.",
        ),
        Fault(
            "smtp.recipient-refused",
            "smtp.RCPT",
            "refuse",
            "refuse",
            "One recipient is refused with 550: the one in the value, else the first of each mail.",
            "Un destinataire est refusé (550) : celui de la valeur, sinon le premier du courriel.",
            value="the address to refuse",
        ),
        Fault(
            "smtp.server-down",
            "smtp.connect",
            "refuse",
            "recover",
            "Connections are closed without a greeting.",
            "Les connexions sont fermées sans un mot.",
        ),
        Fault(
            "smtp.drop-after-data",
            "smtp.DATA",
            "refuse",
            "recover",
            "The connection drops after the last line of a mail, which is not kept.",
            "La connexion est coupée après la dernière ligne d'un courriel, qui n'est pas gardé.",
        ),
    )
}
"""`smtp.auth-refused` is the dialogue of the national training operator [MSS-VENDOR refusal]."""


@dataclass(slots=True)
class _Armed:
    value: object
    occurrence: int | None
    seen: int = 0


class Faults:
    """What is armed in one tenant. Every arming and every strike is recorded."""

    def __init__(self, recorder: Recorder, tenant: str) -> None:
        self._recorder = recorder
        self._tenant = tenant
        self._armed: dict[str, _Armed] = {}
        self._lock = threading.Lock()

    def arm(self, name: str, value: object = None, occurrence: int | None = None) -> None:
        """Arm a fault, for every occasion or for the n-th only (counted from 1, from now on).

        Raises `ValueError` for a name outside `FAULTS`, a value it does not take or an occurrence
        below 1.
        """
        fault = FAULTS.get(name)
        if fault is None:
            raise ValueError(f"fault {name}: unknown, expected one of {', '.join(FAULTS)}")
        if value is not None and not (fault.value and isinstance(value, str)):
            raise ValueError(f"fault {name}: value {value!r}, expected {fault.value or 'none'}")
        if occurrence is not None and occurrence < 1:
            raise ValueError(f"fault {name}: occurrence {occurrence}, expected 1 or more")
        with self._lock:
            self._armed[name] = _Armed(value, occurrence)
        self._tell("fault.armed", {"name": name, "value": value, "occurrence": occurrence})

    def clear(self) -> None:
        """Disarm everything."""
        with self._lock:
            self._armed.clear()

    def value_of(self, name: str) -> object:
        """The value given when `name` was armed, or None; counts no occasion."""
        armed = self._armed.get(name)
        return armed.value if armed else None

    def strikes(self, name: str) -> bool:
        """Count an occasion for `name` and say whether it strikes; a strike is recorded."""
        with self._lock:
            armed = self._armed.get(name)
            if armed is None:
                return False
            armed.seen += 1
            if armed.occurrence not in (None, armed.seen):
                return False
        fault = FAULTS[name]
        self._tell(
            "fault.fired",
            {
                "name": name,
                "value": armed.value,
                "occurrence": armed.seen,
                "expected": fault.expected if armed.occurrence is None else fault.if_one,
                "route": fault.where,
                # Nothing handed out is falsified here: the token stays good at the provider.
                "taints": [],
            },
        )
        return True

    def _tell(self, kind: str, data: Mapping[str, object]) -> None:
        self._recorder.record(kind, data, source="smtp", tenant=self._tenant)
