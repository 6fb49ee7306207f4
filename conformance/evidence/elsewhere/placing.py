"""Lays a film on the scenario that it shows: where the film begins on the clock of the run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from conformance.errors import BundleFault
from conformance.evidence.elsewhere.dates import Start, starts
from conformance.evidence.film.chapters import Mark
from conformance.evidence.film.checks import FilmReport, check
from conformance.journal import Event, Journal
from conformance.locale import _
from conformance.wording.films import start_word

TYPES = (".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".wmv")
_SLACK_S = 1.0
_LONGEST_S = 6 * 3600
_LAST_CLOCK = 253_402_300_799
"""The last second that a date can say."""


@dataclass(frozen=True, slots=True)
class ScenarioRun:
    """A scenario as it was run: when its first step began, its last ended (epoch, s), its steps.

    `at_mono` and `at_epoch` are the same moment on the clock of the run and on the wall.
    """

    name: str
    began: float
    ended: float
    at_mono: int
    at_epoch: float
    steps: tuple[tuple[int, int, str], ...]

    @property
    def lasted(self) -> float:
        """Seconds."""
        return self.ended - self.began

    def mono(self, epoch: float) -> int:
        """A moment of the wall clock on the clock of the run (ns)."""
        return self.at_mono + round((epoch - self.at_epoch) * 1e9)


@dataclass(frozen=True, slots=True)
class Laid:
    """A film in its place: when it began (epoch, s; `zero`: ns of the run), by what, its checks."""

    film: Path
    scenario_run: ScenarioRun
    start: Start
    report: FilmReport

    @property
    def zero(self) -> int:
        """The moment of the first picture on the clock of the run."""
        return self.scenario_run.mono(self.start.epoch)

    @property
    def marks(self) -> list[Mark]:
        """The steps, in seconds from the first picture."""
        return [
            Mark((mono - self.zero) / 1e9, n, said) for mono, n, said in self.scenario_run.steps
        ]


def scenario_run_of(folder: Path, scenario: str) -> ScenarioRun:
    """The run of `scenario` in a bundle: its name, or its id when it was run only once.

    Raises `BundleFault` when the run did not run it, or ran it in several ways.
    """
    journal = Journal(folder)
    places = journal.index()
    told = [name for name in places if name]
    named = [name for name in told if scenario in (name, name.partition("@")[0])]
    if len(named) != 1:
        said = _("--scenario {name}: not in this run, expected one of {told}")
        among = ", ".join(named or told) or "–"
        raise BundleFault(said.format(name=scenario, told=among))
    events = journal.slice(places[named[0]])
    began = [event for event in events if event.kind == "scenario.started"]
    ended = [event for event in events if event.kind == "scenario.finished"]
    if not began or not ended:
        said = _(
            "--scenario {name}: the run was cut short in it: there is no whole scenario to show"
        )
        raise BundleFault(said.format(name=named[0]))
    return _scenario_run(named[0], began[0], ended[-1], events)


def _scenario_run(
    name: str, started: Event, finished: Event, events: Sequence[Event]
) -> ScenarioRun:
    steps = [event for event in events if event.kind == "step.started"]
    ends = [event for event in events if event.kind == "step.finished"]
    first, last = (steps or [started])[0], (ends or [finished])[-1]
    at = datetime.fromisoformat(started.at).timestamp()
    return ScenarioRun(
        name=name,
        began=at + (first.mono - started.mono) / 1e9,
        ended=at + (last.mono - started.mono) / 1e9,
        at_mono=started.mono,
        at_epoch=at,
        steps=tuple((e.mono, int(e.data["n"]), str(e.data["title"])) for e in steps),
    )


def lay(film: Path, scenario_run: ScenarioRun, said: datetime | None = None) -> Laid:
    """Find where `film` lies on `scenario_run`.

    Of the moments at which it may have begun, the first with which it shows the whole scenario
    counts. Raises `BundleFault` for a file that is no film, a film of another time or one that is
    too short, `OSError` when it cannot be read, `NotReady` without an ffmpeg.
    """
    report = _readable(film)
    moments = list(starts(film, report.duration, said))
    if not moments:
        wanted = _(
            "{film}: nothing says when it began: show the mark of the phone page, or --starts-at"
        )
        raise BundleFault(wanted.format(film=film))
    fitting = [start for start in moments if _covers(start, report.duration, scenario_run)]
    if not fitting:
        raise BundleFault(_why_not(film, report.duration, moments[0], scenario_run))
    return Laid(film, scenario_run, fitting[0], report)


def _readable(film: Path) -> FilmReport:
    if not film.is_file():
        raise BundleFault(_("{film}: no such file, expected a film").format(film=film))
    if film.suffix.lower() not in TYPES:
        said = _("{film}: not a film by its name, expected one of {types}")
        raise BundleFault(said.format(film=film, types=", ".join(TYPES)))
    report = check(film, None, band=0, limits=("made-elsewhere",))
    if not report.frames or not report.duration:
        raise BundleFault(f"{film.parent / report.problems[0]}")
    if report.duration > _LONGEST_S:
        said = _("{film}: lasts {hours:.1f} hours, at most {most} expected")
        most = _LONGEST_S // 3600
        raise BundleFault(said.format(film=film, hours=report.duration / 3600, most=most))
    return report


def _covers(start: Start, duration: float, scenario_run: ScenarioRun) -> bool:
    begins_in_time = start.epoch <= scenario_run.began + _SLACK_S
    return begins_in_time and start.epoch + duration >= scenario_run.ended - _SLACK_S


def _why_not(film: Path, duration: float, start: Start, scenario_run: ScenarioRun) -> str:
    """One sentence: too short, or of another time."""
    if duration < scenario_run.lasted - _SLACK_S:
        said = _(
            "{film}: lasts {duration:.1f} s, shorter than the scenario {name} ({lasted:.1f} s)"
        )
        about = {"duration": duration, "name": scenario_run.name, "lasted": scenario_run.lasted}
        return said.format(film=film, **about)
    said = _(
        "{film}: shows {begin} to {end} ({by}), the scenario {name} was run from {began} to "
        "{ended}: expected a film of that time, or --starts-at"
    )
    return said.format(
        film=film,
        begin=_clock(start.epoch),
        end=_clock(start.epoch + duration),
        by=start_word(start.by),
        name=scenario_run.name,
        began=_clock(scenario_run.began),
        ended=_clock(scenario_run.ended),
    )


def _clock(epoch: float) -> str:
    epoch = min(max(epoch, 0), _LAST_CLOCK)
    return datetime.fromtimestamp(epoch, UTC).isoformat(sep=" ", timespec="seconds")[:19] + " UTC"
