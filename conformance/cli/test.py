"""`banc test`: lint, types, import rules, then every test; what a build server runs too."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from conformance.cli.doctor.installing import install
from conformance.cli.doctor.table import TEST_TOOLS, missing
from conformance.cli.main import with_lang

QUALITY = (
    ("ruff", ["ruff", "check", "."]),
    ("format", ["ruff", "format", "--check", "."]),
    ("types", ["mypy"]),
    ("imports", ["lint-imports"]),
)

FIRST_START = "tests/e2e/test_first_start_on_bare_debian.py"
"""Downloads for most of its time: it runs beside the others."""


@click.command("test")
@click.option("--long", "long_", is_flag=True, help="Also fuzzing and soak runs.")
@click.option("--jobs", "-j", default=2, show_default=True, help="pytest workers.")
@click.argument("paths", nargs=-1)
@with_lang
def test_command(long_: bool, jobs: int, paths: tuple[str, ...], lang: str) -> int:
    """Run the project's tests: lint, types, import rules, unit to end-to-end, mutants included.

    PATHS restricts pytest to some of them. A missing tool is a failure, not a skip.
    """
    root = Path(__file__).resolve().parents[2]
    if not (root / "tests").is_dir():
        click.echo("banc: the tests are in the source checkout, not in the installed package")
        return 2
    if not paths and (lacking := missing(TEST_TOOLS)) and (sentence := install(lacking)):
        click.echo(f"banc: {sentence}", err=True)
    tools = Path(sys.executable).parent
    failed = [name for name, command in QUALITY if not _passes(name, command, tools, root)]
    arguments = [sys.executable, "-m", "pytest", "-n", str(jobs), "--dist", "loadgroup", "-q"]
    arguments += list(paths) or ["tests", f"--ignore={FIRST_START}"]
    arguments += ["--hypothesis-profile=long"] if long_ else ["-m", "not long"]
    if paths:
        code = subprocess.run(arguments, cwd=root, check=False).returncode
    else:
        with _first_start(root) as (started, said):
            code = subprocess.run(arguments, cwd=root, check=False).returncode
            if started.wait():
                failed.append("first start")
            said.seek(0)
            click.echo(said.read(), nl=False)
    for name in failed:
        click.echo(f"banc test: {name} failed")
    return 1 if failed or code else 0


@contextmanager
def _first_start(root: Path) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    """The tests of a first start, in a pytest of their own, and the file of what they say."""
    alone = [sys.executable, "-m", "pytest", "-q", "-rs", FIRST_START]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(alone, cwd=root, stdout=said, stderr=subprocess.STDOUT) as started,
    ):
        yield started, said


def _passes(name: str, command: list[str], tools: Path, root: Path) -> bool:
    program = shutil.which(command[0], path=f"{tools}{os.pathsep}{os.environ.get('PATH', '')}")
    if program is None:
        click.echo(f"banc test: {command[0]} is missing ({name})")
        return False
    done = subprocess.run([program, *command[1:]], cwd=root, check=False)
    return done.returncode == 0
