"""A long journal judged again, as `banc replay` does, in a process of its own.

Scenarios of 1 000 events each: two logins, a mail with a document, and the rest an idle product.
The figure is for a million events, whatever the number judged; memory is looked at from outside
while the judge is at work, for a tenth of the journal and for all of it.
"""

import threading
from pathlib import Path

from conformance.bench.measures.journals import Pattern
from conformance.bench.model import Effort, Measured
from conformance.bench.processes import Served, alone

MILLION = 1_000_000
PER_SCENARIO = 1_000
_WITHIN = 600.0
_LOOK_EVERY = 0.02


def journal_replayed(effort: Effort, folder: Path) -> Measured:
    """CPU seconds to judge a journal of a million events."""
    scenarios = effort.of(MILLION // PER_SCENARIO, quick=50)
    pattern = Pattern(folder / "pattern", folder / "keys", PER_SCENARIO)
    _, little = _judged(pattern, scenarios // 10, folder / "tenth")
    seconds, much = _judged(pattern, scenarios, folder / "whole")
    events = scenarios * PER_SCENARIO
    facts = {"events": events, "memory_mb": round(much), "memory_mb_of_a_tenth": round(little)}
    return Measured([seconds * MILLION / events], events, None, dict(facts))


def _judged(pattern: Pattern, scenarios: int, folder: Path) -> tuple[float, float]:
    """CPU seconds, and the most memory in MB."""
    pattern.repeat(scenarios, folder)
    with Served(alone("judge", str(folder / "unused"))) as judge:
        peak, over = [judge.memory_mb()], threading.Event()

        def look() -> None:
            while not over.wait(_LOOK_EVERY):
                peak.append(max(peak.pop(), judge.memory_mb()))

        looking = threading.Thread(target=look)
        looking.start()
        before = judge.cpu_ms()
        try:
            judge.ask(f"judge {folder}", _WITHIN)
        finally:
            over.set()
            looking.join()
        return (judge.cpu_ms() - before) / 1e3, peak[0]
