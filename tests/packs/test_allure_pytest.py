"""`pytest scenarios/ --alluredir`: a team's own Allure gets steps, requirements and mails.

Films are attached too: `tests/e2e/test_nightly_films.py` looks at that.
"""

import json
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("allure-pytest")

SIGN_IN, DECLINED = "banc:psc-web-login", "banc:document-life-declined"


def results(folder: Path, *more: str) -> dict[str, dict[str, Any]]:
    """The results of a run of two stories, by name."""
    package = resources.files("conformance")
    command = [sys.executable, "-m", "pytest", str(resources.files("scenarios"))]
    command += ["-c", str(package / "scenarios.ini"), f"--rootdir={folder}"]
    command += ["-p", "conformance.plugin", "-q", f"--banc-only={SIGN_IN}"]
    command += [f"--banc-only={DECLINED}", "--banc-no-video", "--banc-journal-only"]
    command += [f"--banc-reports={folder / 'reports'}"]
    command += [f"--banc-config={resources.files('mocks.lps') / 'banc.adapter.toml'}"]
    command += ["--alluredir", str(folder / "allure"), *more]

    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    allure = folder / "allure"
    told = [json.loads(path.read_bytes()) for path in allure.glob("*-result.json")]
    return {result["name"]: result | {"folder": allure} for result in told}


@pytest.fixture(scope="module")
def told_by_one(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return results(tmp_path_factory.mktemp("one"))


@pytest.fixture(scope="module")
def told_by_two(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return results(tmp_path_factory.mktemp("two"), "-n", "2", "--dist", "loadgroup")


@pytest.mark.parametrize("workers", ["told_by_one", "told_by_two"])
def test_allure_pytest_gets_steps_requirements_and_mails(
    workers: str, request: pytest.FixtureRequest
) -> None:
    told = request.getfixturevalue(workers)

    result = told[DECLINED]
    tags = {label["value"] for label in result["labels"] if label["name"] == "tag"}
    [mail] = result["attachments"]
    assert set(told) == {SIGN_IN, DECLINED}
    assert {each["status"] for each in told.values()} == {"passed"}
    assert len(result["steps"]) == 11
    assert "MSS/va1.02" in tags
    assert mail["name"] == "mail"
    assert b"Subject:" in (result["folder"] / mail["source"]).read_bytes()
    assert not told[SIGN_IN].get("attachments")


def test_a_history_follows_a_story_whoever_told_it(
    told_by_one: dict[str, dict[str, Any]], told_by_two: dict[str, dict[str, Any]]
) -> None:
    identities = [
        {name: result["historyId"] for name, result in told.items()}
        for told in (told_by_one, told_by_two)
    ]

    assert identities[0] == identities[1]
