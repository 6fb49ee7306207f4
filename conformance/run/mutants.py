"""Runs the faulty variants of the reference system and says whether each was caught, and why.

Caught means: every expected rule says what was expected, nothing is broken beside it and its kin,
the twin is done, and neither bench nor set-up is at fault. It goes by what checks say, not by
grades: a rule that only warns counts.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from conformance.judging.findings import Judgement, Verdict
from conformance.judging.judge import judge
from mocks.lps.mutants import Mutant

CONFORMANT = "conformant"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the matrix. `problems` is empty when the variant was caught for the right reason.

    `said` maps each rule that spoke to its strongest answer.
    """

    name: str
    expects: dict[str, str]
    said: dict[str, str]
    problems: tuple[str, ...] = field(default=())

    @property
    def caught(self) -> bool:
        """Whether everything was as stated."""
        return not self.problems


def run_all(mutants: Sequence[Mutant], jobs: int) -> list[Row]:
    """Run the conformant system and every mutant, `jobs` at a time; rows in the order given."""
    configurations = sorted({_configuration(mutant.face) for mutant in mutants})
    with ThreadPoolExecutor(jobs) as pool:
        conformant = pool.map(lambda name: run_conformant(name, mutants), configurations)
        return [*conformant, *pool.map(run_mutant, mutants)]


def run_conformant(configuration: str, mutants: Iterable[Mutant]) -> Row:
    """The conformant system in one configuration, with the scenarios that show any mutant there."""
    shown = {s for m in mutants if _configuration(m.face) == configuration for s in m.shown_by}
    windows = any(m.face == "window" and _configuration(m.face) == configuration for m in mutants)
    with _screen(windows) as environment:
        judgement = _judged(configuration, sorted(shown), None, environment)
    name = f"{CONFORMANT} ({configuration})"
    if isinstance(judgement, str):
        return Row(name, {}, {}, (judgement,))
    return Row(name, {}, _said(judgement), tuple(_blemishes(judgement, {}, ())))


def run_mutant(mutant: Mutant) -> Row:
    """One mutant, with the scenarios that show it."""
    configuration = _configuration(mutant.face)
    with _screen(mutant.face == "window") as environment:
        judgement = _judged(configuration, mutant.shown_by, mutant.name, environment)
    if isinstance(judgement, str):
        return Row(mutant.name, dict(mutant.expects), {}, (judgement,))
    problems = [*_unmet(judgement, mutant)]
    problems += _blemishes(judgement, dict(mutant.expects), mutant.may)
    return Row(mutant.name, dict(mutant.expects), _said(judgement), tuple(problems))


def _configuration(face: str) -> str:
    """Mutants of pages use a (headless) browser, those of the window the window."""
    return "banc.toml" if face in ("web", "window") else "banc.adapter.toml"


@contextmanager
def _screen(needed: bool) -> Iterator[dict[str, str]]:
    """The environment with a display for a window, where the machine has none of its own."""
    if not needed or os.environ.get("DISPLAY"):
        yield dict(os.environ)
        return
    from conformance.evidence.screen.display import Display  # X11 only

    with Display.start(manager=False) as display:
        yield display.environment


def _unmet(judgement: Judgement, mutant: Mutant) -> Iterable[str]:
    for rule, wanted in mutant.expects.items():
        verdict = judgement.rules.get(rule)
        said = verdict.said if verdict else None
        if said != wanted:
            why = f" ({verdict.reason})" if verdict and verdict.reason else ""
            yield f"{rule}: expected {wanted}, said {said}{why}"


def _blemishes(judgement: Judgement, expects: dict[str, str], may: Sequence[str]) -> Iterable[str]:
    """What must not be: other rules broken, the bench or the set-up at fault, twins not done."""
    for finding in judgement.findings:
        where = f"{finding.rule} [{finding.scenario} {finding.subject}]"
        if finding.said == "broken" and finding.rule not in expects and finding.rule not in may:
            yield f"{where}: broken, not expected {dict(finding.params)}"
        if finding.verdict in (Verdict.ERROR, Verdict.NOT_READY):
            yield f"{where}: {finding.verdict} {finding.reason} {dict(finding.params)}"


def _said(judgement: Judgement) -> dict[str, str]:
    return {name: v.said for name, v in judgement.rules.items() if v.said is not None}


def _judged(
    configuration: str,
    scenarios: Sequence[str],
    mutant: str | None,
    environment: dict[str, str],
) -> Judgement | str:
    """Run these scenarios without video in a process of its own; the judgement, or what failed."""
    with tempfile.TemporaryDirectory(prefix="banc-mutant-") as name:
        done = subprocess.run(
            _command(Path(name), configuration, scenarios, mutant),
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=environment | {"PYTHONUNBUFFERED": "1"},
            timeout=600,
            check=False,
        )
        folders = [path for path in Path(name).iterdir() if (path / "journal").is_dir()]
        if len(folders) != 1:
            return f"no run was recorded: {(done.stdout + done.stderr)[-800:]}"
        return judge(folders[0])


def _command(
    reports: Path, configuration: str, scenarios: Sequence[str], mutant: str | None
) -> list[str]:
    package = resources.files("conformance")
    command = [
        sys.executable,
        "-m",
        "pytest",
        str(resources.files("scenarios")),
        "-c",
        str(package / "scenarios.ini"),
        f"--rootdir={reports}",
        "-p",
        "conformance.plugin",
        "-q",
        "--banc-no-video",
        "--banc-journal-only",
        f"--banc-reports={reports}",
        f"--banc-config={resources.files('mocks.lps') / configuration}",
    ]
    command += [f"--banc-only={scenario}" for scenario in scenarios]
    if mutant is not None:
        command.append(f"--banc-mutant={mutant}")
    return command


def lonely_rules(rows: Sequence[Row], rules: Iterable[str]) -> list[str]:
    """The rules that no caught mutant expects: the table read the other way."""
    caught = {rule for row in rows if row.caught for rule in row.expects}
    return sorted(set(rules) - caught)
