"""What a build server runs of the project itself: `./banc test`, `tox` and `.ci/run` are one."""

import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def tox(work: Path, *arguments: str) -> list[str]:
    """What tox itself says of tox.ini."""
    done = subprocess.run(
        [sys.executable, "-m", "tox", "-q", "--workdir", str(work), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split("\n")


def key(work: Path, name: str, *posargs: str) -> str:
    """The value of one key of the environment that tox runs."""
    lines = tox(work, "config", "-e", "test", "-k", name, "--", *posargs)
    return next(line.partition(" = ")[2] for line in lines if line.startswith(f"{name} = "))


def test_tox_alone_runs_what_banc_test_runs_in_the_same_versions(tmp_path: Path) -> None:
    assert [line for line in tox(tmp_path, "list", "--no-desc") if line] == ["test"]
    assert key(tmp_path, "commands") == "python -m conformance.cli test"
    assert key(tmp_path, "commands", "tests/unit") == "python -m conformance.cli test tests/unit"
    assert key(tmp_path, "deps") == "-r constraints.txt"


def test_the_build_server_gives_the_same_command_as_a_newcomer() -> None:
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    start = (ROOT / "banc").read_text(encoding="utf-8")

    called = shlex.split(ci.strip().splitlines()[-1])
    started = shlex.split(start.strip().splitlines()[-1])

    assert called == ["exec", "./banc", "test"]
    assert started == ["exec", "$venv/bin/python", "-m", "conformance.cli", "$@"]
