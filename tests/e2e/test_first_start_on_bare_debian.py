"""The two commands on a machine that has only Python, its venv module and git.

`banc test` runs these beside the others, which they need not wait for: most of their time is that
of downloads. Where no bare Debian can be made they are skipped, with the reason.
"""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.bundle.verify import verify
from conformance.cli.doctor.table import TOOLS
from tests.e2e.bare_debian import BareDebian, CannotBeMade

ROOT = Path(__file__).parents[2]
HERE = "/banc"
FILMED = ("PSC.01.01@cps", "PSC.01.03@ecps")
IN_A_BROWSER = "tests/servers/test_driver_browser.py"

pytestmark = [pytest.mark.bare, pytest.mark.timeout(1800), pytest.mark.xdist_group("bare")]


@pytest.fixture(scope="module")
def debian() -> Iterator[BareDebian]:
    """A bare Debian with a clone of what is committed here."""
    if not (ROOT / ".git").exists():
        pytest.skip("nothing to clone: these sources are no checkout of git")
    folder = Path(tempfile.mkdtemp(prefix="banc-bare-"))
    folder.chmod(0o755)
    made = BareDebian(folder)
    try:
        made.make()
        clone = ["git", "-c", "safe.directory=*", "clone", "--quiet", str(ROOT)]
        subprocess.run([*clone, str(made.root / HERE.lstrip("/"))], check=True)
        yield made
    except CannotBeMade as why:
        pytest.skip(str(why))
    finally:
        made.remove()


@pytest.fixture(scope="module")
def first_start(debian: BareDebian) -> subprocess.CompletedProcess[str]:
    """The first command that is typed there."""
    done = debian.run("./banc", "doctor", "--install", folder=HERE)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_the_first_start_says_what_it_does_and_brings_every_tool(
    debian: BareDebian, first_start: subprocess.CompletedProcess[str]
) -> None:
    said = first_start.stderr.splitlines()
    assert len(said) == 3, said
    assert said[0] == f"banc : premier démarrage : les paquets Python vont dans {HERE}/.venv"

    done = debian.run("./banc", "doctor", "--json", folder=HERE)

    tools = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert tools.keys() == {"python", *(tool.name for tool in TOOLS)}
    assert [name for name, version in tools.items() if version is None] == []


@pytest.mark.usefixtures("first_start")
def test_a_browser_is_driven_there(debian: BareDebian) -> None:
    pytest_alone = [".venv/bin/python", "-m", "pytest", "-q", "-n", "0", IN_A_BROWSER]

    done = debian.run(
        *pytest_alone, "-k", "test_steps_are_played_and_the_marks_tell_the_end", folder=HERE
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.usefixtures("first_start")
def test_a_page_and_a_desktop_window_are_filmed_there(debian: BareDebian) -> None:
    stories = [word for story in FILMED for word in ("--only", story)]

    done = debian.run("./banc", "run", *stories, "--reports", "/tmp/reports", folder=HERE)

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip().splitlines()[-1].startswith("refus 0 · ")
    [bundle] = (debian.root / "tmp" / "reports").iterdir()
    films = sorted(film.name for film in (bundle / "video").glob("*.mp4"))
    assert films == [f"{story}.mp4" for story in FILMED]
    assert verify(bundle, deep=True).code == 0
