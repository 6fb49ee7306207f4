"""`--no-video` on a bare machine: no root, no display, no network, none of the tools of films."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.bundle.verify import verify

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="namespaces are Linux")

ROOT = Path(__file__).parents[2]
NOBODY = 65534
STORIES = ("banc:psc-web-login", "banc:psc-ciba-login")
TOOLS_OF_FILMS = ("Xvfb", "Xorg", "ffmpeg", "openbox", "matchbox-window-manager", "sudo")


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder of that somebody's own; not in tmp_path, which others may not enter."""
    folder = Path(tempfile.mkdtemp(prefix="bare-"))
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def few_tools() -> Iterator[Path]:
    """The programs of this machine but those that films need, in one folder."""
    folder = Path(tempfile.mkdtemp(prefix="tools-"))
    folder.chmod(0o755)
    for place in ("/usr/bin", "/bin", "/usr/local/bin"):
        for program in Path(place).iterdir() if Path(place).is_dir() else ():
            if program.name not in TOOLS_OF_FILMS and not (folder / program.name).is_symlink():
                (folder / program.name).symlink_to(program)
    yield folder
    shutil.rmtree(folder)


def alone(command: list[str]) -> list[str]:
    """`command` in a network of its own with loopback only, as nobody when we are root.

    Nobody may read what is ours, since this interpreter may stand in root's home, and no more.
    """
    up = ["sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    if os.geteuid() != 0:
        return ["unshare", "--map-root-user", "--net", *up, *command]
    reads = "-all,+dac_read_search"
    nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    nobody += [f"--{what}={reads}" for what in ("inh-caps", "ambient-caps", "bounding-set")]
    return ["unshare", "--net", *up, *nobody, *command]


def test_a_run_without_film_needs_neither_root_nor_display_nor_network(
    home: Path, few_tools: Path
) -> None:
    if subprocess.run(alone(["true"]), capture_output=True, check=False).returncode != 0:
        pytest.skip("this kernel gives no network namespace")
    reports = home / "reports"
    banc = [sys.executable, "-m", "conformance.cli", "run", "--no-video", "--reports", str(reports)]
    banc += [f"--only={story}" for story in STORIES]
    environment = {"PATH": str(few_tools), "HOME": str(home), "TMPDIR": str(home)}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}

    done = subprocess.run(
        alone(["env", "-i", *(f"{k}={v}" for k, v in environment.items()), *banc]),
        cwd=home,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    [bundle] = reports.iterdir()
    assert verify(bundle).code == 0
    assert not (bundle / "video").exists()
    assert bundle.stat().st_uid == (NOBODY if os.geteuid() == 0 else os.geteuid())
    assert done.stdout.strip().splitlines()[-1].startswith("refus 0 · ")


def test_somebody_alone_reaches_nobody(home: Path) -> None:
    if subprocess.run(alone(["true"]), capture_output=True, check=False).returncode != 0:
        pytest.skip("this kernel gives no network namespace")
    ask = "import socket, os; print(os.geteuid(), [name for _, name in socket.if_nameindex()])"

    done = subprocess.run(
        alone([sys.executable, "-c", ask]), capture_output=True, text=True, check=True, cwd=home
    )

    user, _, names = done.stdout.partition(" ")
    assert (user != "0") == (os.geteuid() == 0)
    assert names.strip() == "['lo']"
