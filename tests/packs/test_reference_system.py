"""The conformant reference system goes through every story: nothing broken, nothing leaked."""

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from urllib.parse import quote

import jsonschema
import pytest

from conformance.bundle.verify import verify
from conformance.checks.all_rules import all_rules
from conformance.journal import Journal
from conformance.judging.exit_code import exit_code
from conformance.judging.findings import Verdict
from conformance.judging.judge import judge
from conformance.run.finish import Finished, finish

pytestmark = pytest.mark.xdist_group("reference-system")

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[tuple[str, str]]]]:
    """Every story told once without video by two workers; the bundle and all secrets of the run."""
    reports = tmp_path_factory.mktemp("reports")
    notes = tmp_path_factory.mktemp("notes") / "secrets.jsonl"
    package = resources.files("conformance")
    command = [sys.executable, "-m", "pytest", str(resources.files("scenarios"))]
    command += ["-c", str(package / "scenarios.ini"), f"--rootdir={reports}"]
    command += ["-p", "conformance.plugin", "-p", "secret_witness", "-n", "2"]
    command += ["--dist", "loadgroup", "-q", "--banc-no-video", "--banc-packs=all"]
    command += ["--banc-journal-only", f"--banc-reports={reports}"]
    environment = os.environ | {"PYTHONPATH": str(HERE), "SECRET_WITNESS": str(notes)}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    folders = [path for path in reports.iterdir() if path.is_dir()]
    assert len(folders) == 1, done.stdout + done.stderr
    secrets = [json.loads(line) for line in notes.read_text(encoding="utf-8").splitlines()]
    yield folders[0], [(role, value) for role, value in secrets]


@pytest.fixture(scope="module")
def finished(told: tuple[Path, list[tuple[str, str]]]) -> Finished:
    """The same bundle, judged, reported and sealed."""
    return finish(told[0])


def test_nothing_is_broken_and_the_exit_code_says_so(finished: Finished) -> None:
    broken = [f.key for f in finished.judgement.findings if f.said == "broken"]

    assert broken == []
    assert finished.problems == []
    assert exit_code(finished.judgement) == 0


def test_nothing_is_unclear_but_what_a_person_must_judge(finished: Finished) -> None:
    doubtful = {f.rule for f in finished.judgement.findings if f.said == "unclear"}
    bench = [f for f in finished.judgement.findings if f.verdict in (Verdict.ERROR,)]
    not_ready = [f for f in finished.judgement.findings if f.verdict is Verdict.NOT_READY]

    assert doubtful == set()
    assert bench == [] and not_ready == []


def test_every_rule_speaks_but_the_few_that_need_a_screen(finished: Finished) -> None:
    spoken = {f.rule for f in finished.judgement.findings if f.said}

    silent = set(all_rules()) - spoken

    assert silent <= {"psc.ciba.digits-shown"}


def test_every_story_is_completed(finished: Finished) -> None:
    ended = {name: v.ended for name, v in finished.judgement.scenarios.items()}

    assert len(ended) == 27
    assert set(ended.values()) == {"completed"}


def test_the_bundle_is_intact_and_every_event_has_its_shape(finished: Finished) -> None:
    verification = verify(finished.folder, deep=True)

    assert verification.code == 0, verification.sentences


def test_judged_again_the_findings_are_the_same(finished: Finished) -> None:
    again = judge(finished.folder)

    assert [f.to_json() for f in again.findings] == [
        f.to_json() for f in finished.judgement.findings
    ]


def test_an_auditor_elsewhere_finds_the_same_to_the_byte(
    finished: Finished, tmp_path: Path
) -> None:
    moved = shutil.copytree(finished.folder, tmp_path / "chez l'auditeur" / "paquet")
    out = tmp_path / "again.json"
    theirs = {"HOME": str(tmp_path / "home"), "BANC_CONFIG": str(tmp_path / "config")}
    theirs |= {"TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-m", "conformance.cli", "replay", str(moved), "--out", str(out)]

    done = subprocess.run(
        command, cwd=tmp_path, env=os.environ | theirs, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert out.read_bytes() == (finished.folder / "findings.json").read_bytes()


def test_the_findings_fit_their_published_schema(finished: Finished) -> None:
    schema = resources.files("conformance.judging").joinpath("findings.schema.json")
    written = json.loads((finished.folder / "findings.json").read_bytes())

    jsonschema.Draft202012Validator(json.loads(schema.read_bytes())).validate(written)


def test_no_secret_of_the_run_is_in_its_bundle(
    told: tuple[Path, list[tuple[str, str]]], finished: Finished
) -> None:
    folder, secrets = told
    octets = b"\0".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())

    roles = {role for role, _ in secrets}
    leaked = {
        role
        for role, value in set(secrets)
        if len(value) >= 12 and any(form in octets for form in forms_of(value))
    }

    assert {"access_token", "id_token", "code", "client_secret", "cookie"} <= roles
    assert leaked == set()


def forms_of(value: str) -> list[bytes]:
    """Raw, percent-encoded, and base64 at its three alignments (edges, which vary, cut off)."""
    raw = value.encode()
    forms = [raw, quote(value, safe="").encode()]
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw)
        forms.append(encoded[4 if shift else 0 : -4])
    return forms


def test_a_story_with_a_fault_is_told_by_the_worker_of_its_twin(finished: Finished) -> None:
    told_by: dict[str, str] = {}
    twins: dict[str, str] = {}
    for event in Journal(finished.folder):
        if event.kind == "scenario.started":
            told_by[event.scenario] = event.part
            if event.data["twin"]:
                twins[event.scenario] = event.data["twin"]

    apart = {name for name, twin in twins.items() if told_by[name] != told_by[twin]}

    assert len(twins) >= 8
    assert apart == set()
