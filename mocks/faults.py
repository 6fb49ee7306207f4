"""What is armed in one tenant of a mock, and when it strikes.

A fault strikes one tenant only; armed with an occurrence, it strikes the n-th opportunity only.
Each mock has a closed table of its faults (`fault_table.py`).
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from common.recording import Recorder, Secret

Expected = Literal["refuse", "accept", "recover"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One named misbehaviour, and what a right product must then do (`expected`).

    `where` is the route or the command it strikes on; `once` means that, armed without an
    occurrence, it strikes the first opportunity only; `if_one` is what a right product must do when
    it was armed with an occurrence, if that differs. `value` says in words what the optional value
    does, `values` which ones there are (`count`: a whole number from 1; `text`: any text; none: it
    takes no value).
    """

    name: str
    where: str
    expected: Expected
    en: str
    fr: str
    value: str = ""
    values: tuple[str, ...] | Literal["count", "text"] = ()
    once: bool = False
    if_one: Expected | None = None

    def require_value(self, value: object) -> None:
        """Raises `ValueError` when the fault does not take that value."""
        if value is None:
            return
        if self.values == "count":
            taken, wanted = type(value) is int and value >= 1, "a whole number from 1"
        elif self.values == "text":
            taken, wanted = isinstance(value, str), self.value
        else:
            taken, wanted = value in self.values, ", ".join(self.values)
        if not taken:
            raise ValueError(f"fault {self.name}: value {value!r}, expected {wanted or 'none'}")


def table_of(*faults: Fault) -> dict[str, Fault]:
    """The faults of a mock by name."""
    return {fault.name: fault for fault in faults}


@dataclass(slots=True)
class Fired:
    """A fault that struck during one exchange; `taints` are the secrets falsified or issued."""

    fault: Fault
    value: object
    occurrence: int
    expected: Expected
    taints: list[Secret] = field(default_factory=list)

    def describe(self, route: str | None) -> dict[str, object]:
        """The data of `fault.fired`; `route` is the route or the command it struck on."""
        return {
            "name": self.fault.name,
            "value": self.value,
            "occurrence": self.occurrence,
            "expected": self.expected,
            "route": route,
            "taints": self.taints,
        }


@dataclass(slots=True)
class _Armed:
    value: object
    occurrence: int | None
    opportunities: int = 0


class Faults:
    """What is armed in one tenant, of the faults in `table`; `source` names the mock in events.

    `arm` and `clear` may be called from any thread.
    """

    def __init__(
        self, table: Mapping[str, Fault], recorder: Recorder, tenant: str, source: str
    ) -> None:
        self._table = table
        self._recorder = recorder
        self._tenant = tenant
        self._source = source
        self._armed: dict[str, _Armed] = {}
        self._lock = threading.Lock()

    def arm(self, name: str, value: object = None, occurrence: int | None = None) -> None:
        """Prepare a fault and record `fault.armed`.

        `occurrence` counts opportunities from 1; without it every one is struck (the first only
        for a fault that strikes once). Raises `ValueError` for a name outside the table, a value it
        does not take or an occurrence below 1.
        """
        fault = self._table.get(name)
        if fault is None:
            raise ValueError(f"fault {name}: unknown, expected one of {', '.join(self._table)}")
        fault.require_value(value)
        if occurrence is not None and occurrence < 1:
            raise ValueError(f"fault {name}: occurrence {occurrence}, expected 1 or more")
        if occurrence is None and fault.once:
            occurrence = 1
        with self._lock:
            self._armed[name] = _Armed(value, occurrence)
        self._record("fault.armed", {"name": name, "value": value, "occurrence": occurrence})

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
        """Count one opportunity of `name` and say whether the fault strikes it.

        Whoever calls records `fault.fired` once the exchange is over.
        """
        if not self._armed:
            return None
        with self._lock:
            armed = self._armed.get(name)
            if armed is None:
                return None
            armed.opportunities += 1
            if armed.occurrence not in (None, armed.opportunities):
                return None
        fault = self._table[name]
        expected = fault.expected
        if armed.occurrence is not None and fault.if_one is not None:
            expected = fault.if_one
        return Fired(fault, armed.value, armed.opportunities, expected)

    def strikes(self, name: str) -> bool:
        """As `strike`, and record `fault.fired` at once: nothing handed out is falsified."""
        fired = self.strike(name)
        if fired is not None:
            self._record("fault.fired", fired.describe(fired.fault.where))
        return fired is not None

    def _record(self, kind: str, data: Mapping[str, object]) -> None:
        self._recorder.record(kind, data, source=self._source, tenant=self._tenant)
