"""What the sources look for on the machine stands in the table of `banc doctor`, and no more."""

import re
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from conformance.cli.doctor.table import PEER_TOOLS, TEST_TOOLS, TOOLS
from tests.unit.cli.doctor.looked_for import LookedFor, Reader, standard

ROOT = Path(__file__).parents[4]
TABLE = ROOT / "conformance" / "cli" / "doctor" / "table.py"
SOURCES = [
    path
    for folder in ("common", "conformance", "mocks", "tests", "docs/examples")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if path not in (TABLE, Path(__file__)) and "node_modules" not in path.parts
]
NAMED = {what for tool in (*TOOLS, *TEST_TOOLS, *PEER_TOOLS) for what in tool.looked_for}
ON_EVERY_DEBIAN = {
    "sh": "dash", "bash": "bash", "env": "coreutils", "true": "coreutils", "apt-get": "apt",
    "chroot": "coreutils", "mount": "mount", "mkdir": "coreutils", "apt-config": "apt",
    "python3": "python3-minimal",
    "/bin/sh": "dash", "/usr/bin": "base-files", "/usr/bin/": "base-files",
    "/usr/sbin": "base-files", "/usr/local/bin": "base-files",
}  # fmt: skip
"""Essential there, or of apt itself: the package of each."""
TOLD_ELSEWHERE = {
    "_wrong_command: program": "the product's own program",
    "_start: [*_tied(command, environment, folder), *command]": "the product's own program",
    "_tied: program": "the product's own program",
    "find_chromium: given": "BANC_CHROMIUM, which its user names",
    "_version_of: [node, '--version']": "the Node of Playwright's wheel",
    "version_of: [found, flag]": "what the doctor found",
    "_passes: command[0]": "ruff, mypy and import-linter of constraints.txt",
    "_passes: [program, *command[1:]]": "ruff, mypy and import-linter of constraints.txt",
    "__init__: command": "this Python, for `banc bench`, or Node for its peer",
    "execute: [*self.job.shell, script]": "the shell that docs/ci names",
    "<module>: sys.argv[2]": "what the test of another desk gives",
    "run: command": "this Python, for the built package",
    "_run: command": "this Python, for a run of a faulty variant",
}
"""Commands that cannot be read where they are started: what they are."""


def unnamed(found: LookedFor, own: Iterable[str] = ()) -> list[str]:
    """What is looked for that neither the table nor `constraints.txt` brings."""
    known = NAMED | ON_EVERY_DEBIAN.keys()
    lacking = found.programs | found.libraries
    lacking = {what: place for what, place in lacking.items() if what not in known}
    for file, place in found.files.items():
        if file not in known and not any(file.startswith(f"{folder}/") for folder in NAMED):
            lacking[file] = place
    ours = (
        standard()
        | pinned_modules()
        | known
        | set(own)
        | {"common", "conformance", "mocks", "scenarios", "tests"}
    )
    lacking |= {what: place for what, place in found.modules.items() if what not in ours}
    return sorted(f"{place}: {what}" for what, place in lacking.items())


def pinned_modules() -> set[str]:
    """The modules of the packages that `./banc` installs."""
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pinned = {_plain(name) for name in re.findall(r"^([\w.-]+)==", text, re.MULTILINE)}
    return {
        module
        for module, packages in packages_distributions().items()
        if pinned & {_plain(package) for package in packages}
    }


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def found() -> LookedFor:
    """What all sources of the project look for."""
    return Reader(SOURCES).read()


def test_the_doctor_names_what_the_sources_look_for(found: LookedFor) -> None:
    assert unnamed(found, own={path.stem for path in SOURCES}) == []
    assert sorted(found.unread.keys() - TOLD_ELSEWHERE.keys()) == []


def test_nothing_in_the_table_is_there_for_nobody(found: LookedFor) -> None:
    looked_for = {*found.programs, *found.modules, *found.libraries, *found.files}
    folders = {str(parent) for file in found.files for parent in Path(file).parents}
    assert NAMED - looked_for - folders - {"ensurepip"} == {"libatomic.so.1"}
    assert found.unread.keys() >= TOLD_ELSEWHERE.keys()


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("import shutil\nshutil.which('tesseract')", "tesseract"),
        ("from shutil import which\nfound = which('tesseract')", "tesseract"),
        ("import shutil\nfor n in ('git', 'hg'):\n    shutil.which(n)", "hg"),
        ("import shutil\nN = ('git', 'hg')\nx = [shutil.which(n) for n in N]", "hg"),
        ("import shutil\ndef f(name):\n    shutil.which(name)\nf('gpg')", "gpg"),
        ("import subprocess\nsubprocess.run(['gpg', '--sign'])", "gpg"),
        ("import subprocess\nC = ['gpg']\ndef f(a):\n    subprocess.Popen([*C, a])", "gpg"),
        ("import subprocess\ndef c():\n    return ['gpg'] + x\nsubprocess.run(c())", "gpg"),
        ("import subprocess\nsubprocess.run(['sh', '-ec', 'cd /x && exiftool y | wc'])",
         "exiftool"),
        ("import pexpect\npexpect.spawn('screen', ['-x'])", "screen"),
        ("import pexpect\npexpect.spawn('sh', ['-c', 'exec screen'])", "screen"),
        ("import os\nos.execvp('nice', ['nice'])", "nice"),
        ("def f():\n    import gi\n", "gi"),
        ("from importlib import import_module\nimport_module('cups.api')", "cups"),
        ("import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'idlelib'])", "idlelib"),
        ("import ctypes\nctypes.CDLL('libcups.so.2')", "libcups.so.2"),
        ("WORDS = '/usr/share/hunspell/fr.dic'", "/usr/share/hunspell/fr.dic"),
    ],
)  # fmt: skip
def test_what_a_new_source_looks_for_is_missed_in_the_table(
    tmp_path: Path, source: str, what: str
) -> None:
    path = tmp_path / "room.py"
    path.write_text(source, encoding="utf-8")

    lacking = unnamed(Reader([path]).read())

    assert what in [line.rpartition(": ")[2] for line in lacking]


def test_a_command_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "room.py"
    source = "import subprocess\ndef start(config):\n    subprocess.run(config['command'])\n"
    path.write_text(source, encoding="utf-8")

    assert Reader([path]).read().unread == {"start: config['command']": f"{path}:3"}
