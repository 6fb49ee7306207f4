"""What the bench adds to a scenario: open, eleven empty steps, close, judge its slice.

The stories do nothing: the product is only asked to begin anew. It is the reference system's
desktop face by its adapter, in a process of its own that is not counted; neither are start, final
judgement and reports. The peer is pytest with as many empty tests, and nothing of ours.
"""

import json
import textwrap
from itertools import pairwise
from pathlib import Path

from conformance.bench.model import Effort, Measured, MeasureFailed, Peer
from conformance.bench.processes import Served, alone
from conformance.journal import Event, Journal

_FIRST = 5
_WITHIN = 120.0
_STORIES = "from conformance.story import scenario\n"
_STORY = '''

    @scenario("PSC.01.03", mode="desktop", filmed=False)
    def test_story_{n}(system, step):
        """Nothing but its steps."""
        for number in range(1, 12):
            with step(number):
                pass
'''
_TEST = '''

    def test_{n}():
        """Nothing."""
'''


def scenario_run(effort: Effort, folder: Path) -> Measured:
    """CPU of the process that tells a scenario, in milliseconds a scenario."""
    tests = effort.of(20, quick=10)
    told = _rounds(effort, folder / "told", "tell", tests, _STORIES, _STORY)
    _require_completed(folder / "told", _FIRST + effort.rounds * tests)
    bare = _rounds(effort, folder / "bare", "run", tests, "", _TEST)
    return Measured(told, tests, Peer("pytest", bare))


def _rounds(
    effort: Effort, folder: Path, how: str, tests: int, head: str, test: str
) -> list[float]:
    """Milliseconds a test, `tests` to a round; the first ones, which start everything, left out."""
    folder.mkdir()
    path = folder / "test_bench_stories.py"
    count = _FIRST + effort.rounds * tests
    text = head + "".join(textwrap.dedent(test).format(n=n) for n in range(count))
    path.write_text(text, encoding="utf-8", newline="\n")
    with Served(alone("pytest", str(folder / "unused"))) as runner:
        runner.ask(f"{how} {path}", _WITHIN)
    moments: list[int] = json.loads(Path(f"{path}.json").read_text(encoding="utf-8"))
    if len(moments) != count:
        raise MeasureFailed(f"scenario: {len(moments)} tests ended, expected {count}")
    ends = moments[_FIRST - 1 :: tests]
    return [(after - before) / 1e6 / tests for before, after in pairwise(ends)]


def _require_completed(reports: Path, count: int) -> None:
    """Raises `MeasureFailed` unless every story ran to its end: half a story is no figure."""
    ends = [event.data for path in reports.iterdir() for event in _ends(path)]
    for end in ends:
        if end["ended"] != "completed":
            raise MeasureFailed(f"scenario: {end['id']} was {end['ended']}: {end['reason']}")
    if len(ends) != count:
        raise MeasureFailed(f"scenario: {len(ends)} scenarios were run, expected {count}")


def _ends(bundle: Path) -> list[Event]:
    journal = Journal(bundle)
    journal.index()
    return [event for event in journal.brackets if event.kind == "scenario.finished"]
