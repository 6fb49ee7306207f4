"""Films of a nightly job: those of failures only, and none beyond the ceiling of the results."""

import csv
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import pytest

from conformance.bundle.files import size_of
from conformance.bundle.verify import verify
from conformance.evidence.screen.band import Band
from conformance.evidence.screen.display import Display
from conformance.evidence.screen.recorder import Film
from conformance.journal import Journal, JournalWriter
from conformance.locale import set_language

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="films are made on X11"),
    pytest.mark.xdist_group("nightly-films"),
]


@dataclass(frozen=True)
class Night:
    """A filmed run of a small screen, without the pauses that people need."""

    code: int
    said: str
    bundle: Path
    allure: Path

    def films(self) -> list[str]:
        return sorted(path.name for path in (self.bundle / "video").glob("*.mp4"))

    def notes(self) -> dict[str, str]:
        events = (event for event in Journal(self.bundle) if event.kind == "bench.note")
        return {e.scenario: e.data["what"] for e in events if str(e.data["what"])[:5] == "film."}


def run(folder: Path, *more: str) -> Night:
    text = (resources.files("mocks.lps") / "banc.toml").read_text(encoding="utf-8")
    text = text.replace("pace = 1.5", "pace = 0").replace("[1920, 1080]", "[800, 600]")
    (folder / "banc.toml").write_text(text, encoding="utf-8", newline="\n")
    package = resources.files("conformance")
    command = [sys.executable, "-m", "pytest", str(resources.files("scenarios")), "-q"]
    command += ["-c", str(package / "scenarios.ini"), f"--rootdir={folder}"]
    command += ["-p", "conformance.plugin", f"--banc-config={folder / 'banc.toml'}"]
    command += [f"--banc-reports={folder / 'reports'}", f"--alluredir={folder / 'allure'}", *more]
    environment = os.environ | {"BANC_CONFIG": str(folder / "keys")}
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False, env=environment
    )
    [bundle] = (folder / "reports").iterdir()
    return Night(done.returncode, done.stdout + done.stderr, bundle, folder / "allure")


@pytest.fixture(scope="module")
def failures(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """A refused story and its twin that was not, with `--video failures`."""
    folder = tmp_path_factory.mktemp("failures")
    story = "--banc-only=banc:psc-web-state-altered"
    return run(folder, "--banc-video=failures", story, "--banc-mutant=state-unchecked")


def test_only_the_film_of_what_was_refused_is_kept_and_the_journal_says_so(failures: Night) -> None:
    assert failures.code == 1, failures.said
    assert failures.films() == ["banc_psc-web-state-altered.mp4"]
    assert not list((failures.bundle / "video").glob("banc_psc-web-login*"))
    assert failures.notes() == {"banc:psc-web-login": "film.dropped"}
    assert verify(failures.bundle, deep=True).code == 0
    environment = json.loads((failures.bundle / "run.json").read_bytes())["environment"]
    assert (environment["film"], environment["video"]) == (True, "failures")


def test_both_allure_exports_attach_the_film_that_was_kept(failures: Night) -> None:
    for folder in (failures.allure, failures.bundle / "allure-results"):
        results = [json.loads(path.read_bytes()) for path in folder.glob("*-result.json")]
        films = {
            result["name"].partition(" – ")[0]: (folder / attached["source"]).stat().st_size
            for result in results
            for attached in result.get("attachments", ())
            if attached["name"] == "film"
        }
        kept = failures.bundle / "video" / "banc_psc-web-state-altered.mp4"
        assert len(results) == 2
        assert films == {"banc:psc-web-state-altered": kept.stat().st_size}


def test_beyond_the_ceiling_nothing_more_is_filmed_and_all_is_judged(tmp_path: Path) -> None:
    night = run(
        tmp_path, "--banc-max-size=600kB", "--banc-only=PSC.01.01@cps", "--banc-only=PSC.01.01@ecps"
    )

    first, second = "PSC.01.01@ecps", "PSC.01.01@cps"
    assert night.code == 0, night.said
    assert night.notes() == {second: "film.over-ceiling"}
    assert night.films() == [f"{first}.mp4"]
    assert size_of(night.bundle / "video") < 600_000
    assert verify(night.bundle, deep=True).code == 0
    with (night.bundle / "proofs" / "index.csv").open(encoding="utf-8") as lines:
        reasons = {row["id"]: row["reason"] for row in csv.DictReader(lines)}
    assert reasons["PSC.01.01.01"] in ("", "film-check-failed")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[JournalWriter]:
    set_language("en")
    writer = JournalWriter(tmp_path, "main", b"k" * 32, time.perf_counter_ns())
    yield writer
    writer.close()
    set_language("fr")


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed")
def test_a_take_that_reaches_the_ceiling_ends_there_and_says_so(
    tmp_path: Path, journal: JournalWriter
) -> None:
    band = Band("Logiciel d'essai", "1", "2")
    with Display.start(640, 360) as display:
        film = Film.start(tmp_path, "PSC.01.01", display, journal, band=band, most=20_000)
        film._recording.wait_for_frame(10_000, within=60)
        report = film.stop()

    assert "cut short, the results having reached their ceiling (20 kB)" in report.problems[0]
    assert not report.ok
    assert film.path.stat().st_size < 60_000
