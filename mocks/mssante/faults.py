"""The named misbehaviours of the mock MSSanté: a closed table, armed for one tenant."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mocks.recording import Recorder, Secret

Expected = Literal["refuse", "accept", "recover"]


@dataclass(frozen=True, slots=True)
class FaultKind:
    """What a fault does, and what a right product must then do.

    `once` is what it must do when the fault strikes one time only (`occurrence` given).
    """

    does: str
    expected: Expected
    once: Expected


FAULTS: Mapping[str, FaultKind] = {
    "smtp.auth-refused": FaultKind(
        "a good token is answered by 334 and an error, then the connection drops (mssante.md §2.2)",
        expected="refuse",
        once="recover",
    ),
    "smtp.recipient-refused": FaultKind(
        "one recipient is refused with 550: the address in `value`, else the first of each mail",
        expected="refuse",
        once="refuse",
    ),
    "smtp.server-down": FaultKind(
        "connections are closed without a greeting",
        expected="refuse",
        once="recover",
    ),
    "smtp.drop-after-data": FaultKind(
        "the connection drops after the last line of a mail, which is not kept",
        expected="refuse",
        once="recover",
    ),
}


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

        Raises `ValueError` for a name outside `FAULTS` or an occurrence below 1.
        """
        if name not in FAULTS:
            raise ValueError(f"fault {name!r} is unknown: expected one of {', '.join(FAULTS)}")
        if occurrence is not None and occurrence < 1:
            raise ValueError(f"fault {name}: occurrence {occurrence} must be 1 or more")
        with self._lock:
            self._armed[name] = _Armed(value, occurrence)
        self._tell("fault.armed", {"name": name, "value": value, "occurrence": occurrence})

    def clear(self) -> None:
        """Disarm everything."""
        with self._lock:
            self._armed.clear()

    def value(self, name: str) -> object:
        """The value that `name` was armed with; None when it is not armed or has none."""
        armed = self._armed.get(name)
        return armed.value if armed else None

    def strikes(self, name: str, route: str, taints: Sequence[Secret] = ()) -> bool:
        """Count an occasion for `name` and say whether it strikes; a strike is recorded.

        `taints` are the secrets that the product must refuse from now on.
        """
        with self._lock:
            armed = self._armed.get(name)
            if armed is None:
                return False
            armed.seen += 1
            if armed.occurrence not in (None, armed.seen):
                return False
        kind = FAULTS[name]
        self._tell(
            "fault.fired",
            {
                "name": name,
                "value": armed.value,
                "occurrence": armed.seen,
                "expected": kind.expected if armed.occurrence is None else kind.once,
                "route": route,
                "taints": list(taints),
            },
        )
        return True

    def _tell(self, kind: str, data: Mapping[str, object]) -> None:
        self._recorder.record(kind, data, source="smtp", tenant=self._tenant)
