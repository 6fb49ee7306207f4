"""`pytest scenarios/ --alluredir`: a team's own Allure gets steps, requirements and mails."""

import json
import subprocess
import sys
from importlib import resources
from pathlib import Path


def test_allure_pytest_gets_steps_requirements_and_mails(tmp_path: Path) -> None:
    package = resources.files("conformance")
    command = [sys.executable, "-m", "pytest", str(resources.files("scenarios"))]
    command += ["-c", str(package / "scenarios.ini"), f"--rootdir={tmp_path}"]
    command += ["-p", "conformance.plugin", "-q", "-k", "document-life-declined"]
    command += ["--banc-no-video", "--banc-journal-only", f"--banc-reports={tmp_path / 'reports'}"]
    command += [f"--banc-config={resources.files('mocks.lps') / 'banc.adapter.toml'}"]
    command += ["--alluredir", str(tmp_path / "allure")]

    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    [result] = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in (tmp_path / "allure").glob("*-result.json")
    ]
    tags = {label["value"] for label in result["labels"] if label["name"] == "tag"}
    assert result["name"] == "banc:document-life-declined"
    assert result["status"] == "passed"
    assert len(result["steps"]) == 11
    assert "MSS/va1.02" in tags
    assert [attachment["name"] for attachment in result["attachments"]] == ["mail"]
