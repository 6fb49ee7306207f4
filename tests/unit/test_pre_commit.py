"""`.pre-commit-config.yaml` lints what `banc test` lints, with the tools of the project."""

import shlex
from pathlib import Path

import yaml

from conformance.cli.test import QUALITY

CONFIG = Path(__file__).parents[2] / ".pre-commit-config.yaml"


def test_the_hooks_are_the_lint_of_banc_test() -> None:
    [local] = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["repos"]

    hooks = [(hook["id"], shlex.split(hook["entry"])) for hook in local["hooks"]]

    assert local["repo"] == "local"
    assert hooks == [
        (name, [f".venv/bin/{program}", *arguments]) for name, (program, *arguments) in QUALITY
    ]


def test_no_hook_downloads_anything_or_sees_one_file_only() -> None:
    [local] = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["repos"]

    assert {hook["language"] for hook in local["hooks"]} == {"system"}
    assert not any(hook["pass_filenames"] for hook in local["hooks"])
    assert all(hook["always_run"] for hook in local["hooks"])
    assert not any("additional_dependencies" in hook for hook in local["hooks"])
