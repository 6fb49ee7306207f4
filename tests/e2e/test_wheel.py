"""The built wheel, in a bare environment away from the sources, tells a story."""

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_wheel_alone_rehearses_a_story(tmp_path: Path) -> None:
    run(sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path), str(ROOT))
    [wheel] = tmp_path.glob("*.whl")
    venv.create(tmp_path / "bare", with_pip=True)
    python = str(tmp_path / "bare" / ("Scripts" if os.name == "nt" else "bin") / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run(*pip, "--require-hashes", "-r", str(ROOT / "constraints.txt"))
    run(*pip, "--no-deps", str(wheel))

    told = run(
        python,
        *("-m", "conformance.cli", "run", "--no-video", "--only", "banc:psc-web-login"),
        *("--reports", str(tmp_path / "reports"), "--lang", "en"),
        cwd=tmp_path,
    )

    [bundle] = (tmp_path / "reports").iterdir()
    assert "refusals 0" in told
    assert "site-packages" in run(
        python, "-c", "import conformance; print(conformance.__file__)", cwd=tmp_path
    )
    assert (bundle / "report.html").is_file() and (bundle / "manifest.jws").is_file()


def run(*command: str, cwd: Path | None = None) -> str:
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
