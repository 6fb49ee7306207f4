"""The same build, rehearsed again and again, gives the same findings each time."""

import os
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

from conformance.comparing.diff import compare, lines
from conformance.judging.findings import findings_json
from conformance.judging.judge import judge

STORIES = ("banc:psc-web-login", "banc:psc-web-state-altered", "banc:document-life-declined")
NIGHTS = [3, pytest.param(10, marks=pytest.mark.long)]

# One process after the other would spend its time on loading the same modules.
_NIGHTS = """
import sys
import pytest
for night in range(int(sys.argv[1])):
    code = pytest.main([*sys.argv[3:], f"--banc-reports={sys.argv[2]}/night-{night}"])
    if code:
        sys.exit(int(code))
"""


@pytest.mark.parametrize("nights", NIGHTS)
def test_some_runs_of_one_build_find_the_same(tmp_path: Path, nights: int) -> None:
    package = resources.files("conformance")
    command = [sys.executable, "-c", _NIGHTS, str(nights), str(tmp_path)]
    command += [str(resources.files("scenarios")), "-c", str(package / "scenarios.ini"), "-q"]
    command += [f"--rootdir={tmp_path}", "-p", "conformance.plugin", "--banc-no-video"]
    command += ["--banc-journal-only"]
    command += [f"--banc-config={resources.files('mocks.lps') / 'banc.adapter.toml'}"]
    command += [f"--banc-only={story}" for story in STORIES]

    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env=os.environ | {"BANC_CONFIG": str(tmp_path / "keys")},
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    judged = [findings_json(judge(folder)) for folder in sorted(tmp_path.glob("night-*/*"))]

    first, *others = judged
    differences = [compare(first, other) for other in others]
    assert len(judged) == nights
    assert sum(finding["said"] is not None for finding in first["findings"]) > 20
    assert [lines(d) for d in differences if d.changed] == []
