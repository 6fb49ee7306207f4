"""What a nightly job may get wrong: one French sentence and code 2, before anything is started."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.journal import JournalWriter


def killed(folder: Path) -> Path:
    """What a run leaves that was killed as it began."""
    writer = JournalWriter(folder, "main", b"k" * 32, time.perf_counter_ns())
    writer.record("run.started", {"run_id": folder.name}, source="bench")
    writer.close()
    (folder / "run.json").write_text(json.dumps({"ended": None}), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("--against", "{here}/killed"), "{here}/killed : pas scellé : son exécution"),
        (("--against", "{here}/nowhere"), "{here}/nowhere : il n'y a rien à cet endroit"),
        (("--against", "{here}/text"), "{here}/text : ni un dossier, ni un zip"),
        (("--max-size", "beaucoup"), "--max-size beaucoup : attendu une taille telle que 500Mo"),
        (("--video", "failures"), "--video failures : contredit --no-video"),
        (("--junit", "{here}/nowhere/j.xml"), "--junit {here}/nowhere/j.xml : attendu un fichier"),
    ],
)
def test_a_mistake_of_a_nightly_job_is_one_sentence_and_starts_nothing(
    banc: Callable[..., Any], tmp_path: Path, wrong: tuple[str, ...], said: str
) -> None:
    killed(tmp_path / "killed")
    (tmp_path / "text").write_text("no bundle", encoding="utf-8")
    arguments = [word.format(here=tmp_path) for word in wrong]

    told = banc("run", "--no-video", "--reports", tmp_path / "reports", *arguments)

    [sentence] = told.lines
    assert told.code == 2
    assert sentence.startswith(f"banc: {said.format(here=tmp_path)}")
    assert list((tmp_path / "reports").iterdir()) == []
