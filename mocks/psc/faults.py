"""What is armed in one tenant, and when it strikes.

A fault strikes one tenant only; armed with an occurrence, it strikes the n-th opportunity only.
"""

import threading
from dataclasses import dataclass, field

from common.recording import Recorder, Secret
from mocks.psc.fault_table import FAULTS, Fault

__all__ = ["FAULTS", "Fault", "Faults", "Fired"]


@dataclass(slots=True)
class Fired:
    """A fault that struck during one exchange; `taints` are the secrets falsified or issued."""

    fault: Fault
    value: object
    occurrence: int
    taints: list[Secret] = field(default_factory=list)


@dataclass(slots=True)
class _Armed:
    value: object
    occurrence: int | None
    opportunities: int = 0


class Faults:
    """What is armed in one tenant. `arm` and `clear` may be called from any thread."""

    def __init__(self, recorder: Recorder, tenant: str) -> None:
        self._recorder = recorder
        self._tenant = tenant
        self._armed: dict[str, _Armed] = {}
        self._lock = threading.Lock()

    def arm(self, name: str, value: object = None, occurrence: int | None = None) -> None:
        """Prepare a fault and record `fault.armed`.

        `occurrence` counts opportunities from 1; without it every one is struck (the first only
        for a fault that strikes once). Raises `ValueError` for a name outside the table, a value it
        does not take or an occurrence below 1.
        """
        fault = FAULTS.get(name)
        if fault is None:
            raise ValueError(f"fault {name}: unknown, expected one of {', '.join(FAULTS)}")
        fault.hold_value(value)
        if occurrence is not None and occurrence < 1:
            raise ValueError(f"fault {name}: occurrence {occurrence}, expected 1 or more")
        if occurrence is None and fault.once:
            occurrence = 1
        with self._lock:
            self._armed[name] = _Armed(value, occurrence)
        self._recorder.record(
            "fault.armed",
            {"name": name, "value": value, "occurrence": occurrence},
            source="psc",
            tenant=self._tenant,
        )

    def clear(self) -> None:
        """Disarm everything."""
        with self._lock:
            self._armed.clear()

    def armed(self) -> list[dict[str, object]]:
        """What is armed now: name, value, occurrence."""
        with self._lock:
            return [
                {"name": name, "value": a.value, "occurrence": a.occurrence}
                for name, a in self._armed.items()
            ]

    def value_of(self, name: str) -> object:
        """The value given when `name` was armed, or None; counts no opportunity."""
        armed = self._armed.get(name)
        return armed.value if armed else None

    def strike(self, name: str) -> Fired | None:
        """Count one opportunity of `name` and say whether the fault strikes it."""
        if not self._armed:
            return None
        with self._lock:
            armed = self._armed.get(name)
            if armed is None:
                return None
            armed.opportunities += 1
            if armed.occurrence not in (None, armed.opportunities):
                return None
            return Fired(FAULTS[name], armed.value, armed.opportunities)
