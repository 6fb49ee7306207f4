"""A pytest of its own for each run of stories, forked from one that has read the bench already.

Every run still has a process, an environment and an end of its own; what is shared is the reading
of the modules, which takes longer than most stories.
"""

import atexit
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired

PYTEST = (sys.executable, "-m", "pytest")
READ = ("conformance.plugin", "tests.worlds.warm")


def run(
    command: Sequence[str], *, env: Mapping[str, str], timeout: float, **_how: object
) -> CompletedProcess[str]:
    """What `subprocess.run` does for `python -m pytest …`, its output captured as text."""
    assert tuple(command[:3]) == PYTEST
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(READ))
    with tempfile.TemporaryDirectory(prefix="warm-") as name:
        out, err, end = (Path(name, what) for what in ("out", "err", "end"))
        process = context.Process(target=_pytest, args=([*command[3:]], dict(env), out, err, end))
        process.start()
        if not _ended(process, timeout):
            raise TimeoutExpired(command, timeout, out.read_bytes(), err.read_bytes())
        # Not the exit code that multiprocessing knows: threads that start others may spoil it.
        code = int(end.read_text()) if end.exists() else -1
        said = [path.read_text(encoding="utf-8", errors="replace") for path in (out, err)]
    return CompletedProcess(command, code, *said)


def _ended(process: BaseProcess, timeout: float) -> bool:
    """Whether it ended by itself in time; killed when not."""
    process.join(timeout)
    if process.exitcode is not None:
        return True
    process.kill()
    process.join()
    return False


def _pytest(
    arguments: list[str], environment: dict[str, str], out: Path, err: Path, end: Path
) -> None:
    """In the new process: become what `python -m pytest` would be, and end as it would."""
    for number, path in ((1, out), (2, err)):
        with path.open("wb") as file:
            os.dup2(file.fileno(), number)
    os.environ.clear()
    os.environ.update(environment)
    import pytest

    sys.argv = ["pytest", *arguments]
    code = int(pytest.main(arguments))
    atexit._run_exitfuncs()  # multiprocessing leaves them out
    end.write_text(str(code), encoding="utf-8")
