"""A run that is cut: Ctrl-C, a kill, a full disk. What was recorded stays and nothing is left."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from conformance.bundle.verify import verify
from conformance.evidence.film.checks import check
from conformance.run.finish import finish

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="signals and limits are POSIX"),
    pytest.mark.xdist_group("cut"),
]

ADAPTER = ("--no-video", "--config", "mocks/lps/banc.adapter.toml")
ROOT = Path(__file__).parents[2]
WITNESS = {"PYTEST_PLUGINS": "secret_witness", "PYTHONPATH": str(ROOT / "tests" / "packs")}


@dataclass
class Going:
    """A `banc run` in a session of its own, and the processes that belong to it."""

    process: subprocess.Popen[str]
    reports: Path
    temporary: Path
    seen: set[int] = field(default_factory=set)

    def journal(self) -> str:
        """What is recorded so far."""
        parts = sorted(self.reports.glob("*/journal/*.jsonl"))
        return "".join(path.read_text(encoding="utf-8", errors="replace") for path in parts)

    def until(self, words: str) -> None:
        """Follow the journal until it holds these words."""
        deadline = time.monotonic() + 90
        while words not in self.journal():
            assert time.monotonic() < deadline, self.journal()[-500:]
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.05)
                raise AssertionError(self.process.communicate()[0])
        self.seen |= {process.pid for process in self.family()}

    def family(self) -> list[psutil.Process]:
        """Every living process that inherited its temporary folder: browsers, recorder, product."""
        found = []
        for process in psutil.process_iter():
            try:
                own = process.environ().get("BANC_CUT_TEST") == str(self.temporary)
                if own and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except (psutil.Error, OSError):
                continue
        return found

    def gone(self) -> list[str]:
        """The names of those that are still there after some seconds; empty when all ended."""
        _gone, alive = psutil.wait_procs(self.family(), timeout=20)
        return [process.name() for process in alive if process in self.family()]

    @property
    def bundle(self) -> Path:
        """Its only bundle."""
        [folder] = self.reports.iterdir()
        return folder


Start = Callable[..., Going]


@pytest.fixture
def start(tmp_path: Path, quick: dict[str, str]) -> Iterator[Start]:
    """`start(*arguments)`: a run that goes on; ended, if need be, with the test."""
    going: list[Going] = []
    # Not in tmp_path: Chromium puts a socket there, whose name the system wants short.
    temporary = Path(tempfile.mkdtemp(prefix="cut-"))

    def begin(*arguments: str, limit: int | None = None, **more: str) -> Going:
        reports = tmp_path / "reports"
        own = {"BANC_CONFIG": str(tmp_path / "keys"), "BANC_CUT_TEST": str(temporary)}
        command = [sys.executable, "-m", "conformance.cli", "run", "--reports", str(reports)]
        if limit is not None:
            command = ["sh", "-c", f'ulimit -f {limit}; exec "$@"', "sh", *command]
        process = subprocess.Popen(
            [*command, *arguments],
            cwd=ROOT,
            env=quick | own | {"TMPDIR": str(temporary)} | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        going.append(Going(process, reports, temporary))
        return going[-1]

    yield begin
    for run in going:
        for process in run.family():
            process.kill()
        run.process.wait()
        assert run.process.stdout is not None
        run.process.stdout.close()
    shutil.rmtree(temporary)


def secrets_in(notes: Path, said: str, folder: Path) -> list[str]:
    """The roles of the secrets of a run that stand in what it said or in a file of `folder`."""
    met = {tuple(json.loads(line)) for line in notes.read_text(encoding="utf-8").splitlines()}
    assert {"client_secret", "access_token"} <= {role for role, _value in met}
    octets = [said.encode(), *(p.read_bytes() for p in folder.rglob("*") if p.is_file())]
    told = {(role, value) for role, value in met if value != '""'}  # a cookie taken back is empty
    return [role for role, value in told if any(value.encode() in each for each in octets)]


def ends(bundle: Path) -> list[str]:
    lines = (bundle / "journal" / "main.jsonl").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    return [e["data"]["ended"] for e in events if e["kind"] == "scenario.finished"]


@pytest.mark.parametrize("word", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_ends_with_a_sealed_part_of_itself(
    start: Start, tmp_path: Path, word: signal.Signals
) -> None:
    notes = tmp_path / "secrets.jsonl"
    run = start(*ADAPTER, **WITNESS, SECRET_WITNESS=str(notes))
    run.until('"route":"ciba"')  # it now waits two seconds before it may poll

    run.process.send_signal(word)
    said, _ = run.process.communicate(timeout=60)

    assert run.process.returncode == 2, said
    assert "L'exécution a été interrompue" in said and "Traceback" not in said
    assert verify(run.bundle).code == 0
    assert ends(run.bundle)[-1] == "interrupted"
    assert json.loads((run.bundle / "run.json").read_bytes())["ended"] == "interrupted"
    assert secrets_in(notes, said, run.bundle) == []
    assert run.gone() == []
    assert list(run.temporary.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="films are made on X11")
def test_ctrl_c_on_film_ends_browser_recorder_screen_and_product(start: Start) -> None:
    run = start("--only", "PSC.01.01@cps")
    run.until('"kind":"step.finished"')

    os.killpg(run.process.pid, signal.SIGINT)
    said, _ = run.process.communicate(timeout=60)

    assert run.process.returncode == 2, said
    assert "Traceback" not in said
    assert len(run.seen) > 5
    assert verify(run.bundle).code == 0
    assert run.gone() == []
    assert list(run.temporary.iterdir()) == []
    assert check(run.bundle / "video" / "PSC.01.01@cps.mp4", 0).duration > 0


@pytest.mark.skipif(sys.platform != "linux", reason="children end with their bench on Linux")
def test_a_run_that_is_killed_is_read_and_finished_and_leaves_nothing_running(
    start: Start,
) -> None:
    run = start("--only", "PSC.01.01@cps")
    run.until('"kind":"step.finished"')

    run.process.kill()
    run.process.communicate()
    left = run.gone()
    before = verify(run.bundle)
    journal = (run.bundle / "journal" / "main.jsonl").read_bytes()
    done = finish(run.bundle)

    assert left == []
    assert before.code == 2 and "lignes entières" in " ".join(before.sentences)
    assert (done.whole, done.problems) == (False, [])
    assert verify(run.bundle).code == 0
    assert json.loads((run.bundle / "run.json").read_bytes())["recovered"] is True
    assert (run.bundle / "journal" / "main.jsonl").read_bytes() == journal
    film = run.bundle / "video" / "PSC.01.01@cps.mp4"
    assert check(film, 0).duration > 0 and film.with_suffix(".vtt").is_file()


def test_a_full_disk_ends_the_run_and_loses_nothing_of_what_was_recorded(start: Start) -> None:
    run = start(*ADAPTER, limit=100)  # blocks of 512 octets: no file of it grows beyond 50 kB

    said, _ = run.process.communicate(timeout=90)
    before = (run.bundle / "journal" / "main.jsonl").read_bytes()
    first = verify(run.bundle)
    done = finish(run.bundle)

    assert run.process.returncode == 3, said
    [sentence] = [line for line in said.splitlines() if line.startswith("banc: ")]
    assert str(run.bundle) in sentence
    assert "le fichier a atteint sa taille maximale" in sentence
    assert f"ce qui est enregistré est conservé : banc finish {run.bundle}" in sentence
    assert "Traceback" not in said
    assert (first.code, len(before)) == (2, 51200)
    assert done.problems == [] and verify(run.bundle).code == 0
    assert (run.bundle / "journal" / "main.jsonl").read_bytes() == before
    assert run.gone() == []
