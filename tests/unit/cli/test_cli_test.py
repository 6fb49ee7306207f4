"""`banc test` runs the first start on a bare Debian beside the others, and counts it."""

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.cli import test as command
from conformance.cli.test import test_command as banc_test

SKIPS = "import pytest\ndef test_start():\n    pytest.skip('only root makes a bare Debian')\n"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What `banc test` runs of the others: nothing of it is run here."""
    others: list[list[str]] = []

    def run(arguments: list[str], **_options: object) -> subprocess.CompletedProcess[str]:
        others.append(arguments)
        return subprocess.CompletedProcess(arguments, 0)

    monkeypatch.setattr(command, "QUALITY", ())
    monkeypatch.setattr(command, "missing", lambda _tools: [])
    monkeypatch.setattr("conformance.cli.test.subprocess.run", run)
    return others


@pytest.mark.parametrize(
    ("source", "code", "said"),
    [
        ("def test_start():\n    pass\n", 0, "1 passed"),
        (SKIPS, 0, "only root makes a bare Debian"),
        ("def test_start():\n    assert False\n", 1, "banc test: first start failed"),
    ],
    ids=["passes", "skips", "fails"],
)
def test_the_first_start_counts(
    started: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    source: str, code: int, said: str,
) -> None:  # fmt: skip
    path = tmp_path / "test_start.py"
    path.write_text(source, encoding="utf-8")
    monkeypatch.setattr(command, "FIRST_START", str(path))

    done = CliRunner().invoke(banc_test, [], standalone_mode=False)

    assert done.return_value == code
    assert said in done.output
    [others] = started
    assert f"--ignore={path}" in others


def test_some_tests_alone_start_nothing_beside_them(started: list[list[str]]) -> None:
    done = CliRunner().invoke(banc_test, ["tests/unit"], standalone_mode=False)

    [others] = started
    assert (done.return_value, done.output) == (0, "")
    assert "tests/unit" in others
