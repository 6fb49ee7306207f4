"""What the terminal shows while scenarios run: one live line each, then the last line."""

from pathlib import Path
from typing import Any

import click
import pytest
from rich.live import Live
from rich.table import Table
from rich.text import Text

from conformance.cli.console import Console
from conformance.cli.mishaps import printable, told
from conformance.journal.events import parse_event
from conformance.locale import _
from conformance.run.finish import Finished
from conformance.wording.verdicts import verdict_word

MARKS = {
    "pass": ("✔", "green"),
    "review": ("◉", "cyan"),
    "warning": ("▲", "yellow"),
    "fail": ("✘", "red"),
    "not_tested": ("–", "dim"),
    "not_ready": ("?", "magenta"),
    "error": ("!", "magenta"),
    "not_applicable": ("–", "dim"),
}


class Progress:
    """A pytest plug-in of the controlling process; follows the journal parts for the live step.

    `plain`: a person is being asked in the same terminal, nothing moves or is coloured there.
    """

    def __init__(self, lang: str, *, plain: bool = False) -> None:
        self._plain = plain
        self.finished: Finished | None = None
        self.complaints: list[str] = []
        self.unfinished: int | None = None
        self._console = Console(stderr=True)
        self._live: Live | None = None
        self._rows: dict[str, tuple[str, str]] = {}
        self._folder: Path | None = None
        self._offsets: dict[Path, int] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Open the live table once it is known what will run."""
        if session.items and not hasattr(session.config, "workerinput"):
            self._open()

    def pytest_runtest_logstart(self, nodeid: str, location: Any) -> None:
        """With workers the controller collects nothing: the first start opens the table."""
        self._open()

    def _open(self) -> None:
        if self._live is None and self._console.is_terminal and not self._plain:
            self._live = Live(
                get_renderable=self._table, console=self._console, refresh_per_second=4
            )
            self._live.start()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how a scenario ended."""
        properties = dict(report.user_properties)
        name = properties.get("scenario")
        if report.when == "call" and name:
            verdict = str(properties["verdict"])
            self._rows[str(name)] = (verdict, "")
            if self._live is None:
                mark, style = MARKS[verdict]
                if self._plain:
                    click.echo(printable(f"\n{mark} {name}  {verdict_word(verdict)}"), err=True)
                    return
                self._console.print(f"[{style}]{mark}[/] {name}  {verdict_word(verdict)}")
        elif report.failed:
            self._complain(report.longrepr)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A scenario file that cannot be read is a defect of the bench."""
        if report.failed:
            self._complain(report.longrepr)

    def pytest_internalerror(self, excrepr: Any) -> None:
        """A crash of the runner itself."""
        self._complain(excrepr)

    def _complain(self, longrepr: Any) -> None:
        """Keep what an exception says, without its trace: a defect of the bench, or a full disk."""
        crash = getattr(longrepr, "reprcrash", None)
        said = str(crash.message if crash else longrepr).strip().splitlines()
        sentence = _("defect of the bench") + f": {said[0] if said else '?'}"
        if sentence not in self.complaints:
            self.complaints.append(sentence)

    def pytest_banc_finished(self, finished: Finished) -> None:
        """The bundle is finished."""
        self.finished = finished

    def pytest_banc_unfinished(self, folder: Path, error: BaseException) -> None:
        """What stopped the bundle from being finished comes first; nothing recorded is lost."""
        said = _("{what}; what was recorded is kept: banc finish {folder} seals it later")
        if isinstance(error, OSError) and not error.filename:
            error = OSError(error.errno, error.strerror, str(folder))
        sentence, self.unfinished = told(error)
        self.complaints = [said.format(what=sentence, folder=folder)]

    def pytest_banc_folder(self, folder: Path) -> None:
        """Where the run is being written."""
        self._folder = folder

    def pytest_unconfigure(self) -> None:
        """Close the live table."""
        if self._live is not None:
            self._live.update(self._table())
            self._live.stop()
            self._live = None

    def _table(self) -> Table:
        self._follow()
        table = Table.grid(padding=(0, 2))
        for name, (verdict, step) in self._rows.items():
            mark, style = MARKS.get(verdict, ("…", "blue"))
            table.add_row(Text(mark, style), name, Text(step or verdict_word(verdict), style))
        return table

    def _follow(self) -> None:
        """Read what the parts have gained since the last look."""
        if self._folder is None:
            return
        for path in sorted((self._folder / "journal").glob("*.jsonl")):
            with path.open("rb") as lines:
                lines.seek(self._offsets.get(path, 0))
                for line in lines:
                    if not line.endswith(b"\n"):
                        break
                    self._offsets[path] = self._offsets.get(path, 0) + len(line)
                    if b'"kind":"scenario.started"' in line or b'"kind":"step.started"' in line:
                        event = parse_event(path.stem, line)
                        title = event.data.get("title", "")
                        step = f"{event.data['n']}. {title}" if title else ""
                        if self._rows.get(event.scenario, ("running", ""))[0] == "running":
                            self._rows[event.scenario] = ("running", step)
