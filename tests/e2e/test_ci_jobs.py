"""The job files of `docs/ci`: every line of their scripts runs here as a build server runs it."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from junitparser.xunit2 import JUnitXml

from conformance.bundle.verify import verify

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="build servers run a shell here")

ROOT = Path(__file__).parents[2]
CI = ROOT / "docs" / "ci"
STORY = "banc:psc-web-login"


@dataclass(frozen=True)
class Job:
    """What a job file asks for: its environment, its shell and the pieces of script it runs.

    `runs` is the piece that rehearses, the others install.
    """

    environment: dict[str, str]
    shell: tuple[str, ...]
    installs: tuple[str, ...]
    runs: str


def gitlab() -> Job:
    """GitLab runs the lines of a script as one shell that stops at the first that fails."""
    told = yaml.safe_load((CI / "gitlab-ci.yml").read_text(encoding="utf-8"))
    *installs, rehearse = told["banc"]["script"]
    variables = {name: str(value) for name, value in told["variables"].items()}
    return Job(variables, ("bash", "-eo", "pipefail", "-c"), tuple(installs), rehearse)


def github() -> Job:
    """GitHub gives each `run` to `bash -e` (its default for Linux)."""
    told = yaml.safe_load((CI / "github-workflow.yml").read_text(encoding="utf-8"))
    steps = [step["run"] for step in told["jobs"]["banc"]["steps"] if "run" in step]
    *installs, rehearse = steps
    variables = {name: str(value) for name, value in told["env"].items()}
    return Job(variables, ("bash", "-e", "-c"), tuple(installs), rehearse)


def jenkins() -> Job:
    """Jenkins gives each `sh` to `sh -xe`."""
    text = (CI / "Jenkinsfile").read_text(encoding="utf-8")
    blocks = re.findall(r"\bsh(?: |\(.*?script: )('''.*?'''|'[^'\n]*')", text, re.DOTALL)
    assert len(blocks) == len(re.findall(r"\bsh\b", text)), "a step of another form"
    *installs, rehearse = (block.strip("'") for block in blocks)
    table = re.search(r"environment \{(.*?)\n    \}", text, re.DOTALL)
    assert table is not None
    variables = dict(re.findall(r"(\w+) = '([^']*)'", table[1]))
    return Job(variables, ("sh", "-xe", "-c"), tuple(installs), rehearse)


JOBS = {"gitlab": gitlab, "github": github, "jenkins": jenkins}


@dataclass
class Server:
    """A build server with a workspace of its own, that keeps its files from night to night.

    The packages that a night would fetch are those of this environment: nothing is looked up but
    what builds `banc` itself, which is then really installed.
    """

    job: Job
    workspace: Path
    settings: dict[str, str] = field(default_factory=dict)

    def execute(self, script: str) -> tuple[int, str]:
        packages = [path for path in sys.path if path.endswith("site-packages")]
        environment = os.environ | self.job.environment | self.settings
        environment |= {
            "BANC_CONFIG": str(self.workspace / "keys"),
            "PYTHONPATH": os.pathsep.join(packages),
        }
        environment.pop("VIRTUAL_ENV", None)
        done = subprocess.run(
            [*self.job.shell, script],
            cwd=self.workspace,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        return done.returncode, done.stdout

    def night(self, mutant: str | None = None) -> tuple[int, str]:
        """Tonight's build of the product, rehearsed."""
        text = (resources.files("mocks.lps") / "banc.adapter.toml").read_text(encoding="utf-8")
        if mutant is not None:
            text = text.replace('"--nil", "{nil}",', f'"--nil", "{{nil}}", "--mutant", "{mutant}",')
        (self.workspace / "banc.toml").write_text(text, encoding="utf-8", newline="\n")
        return self.execute(self.job.runs)

    def bundles(self) -> list[Path]:
        return sorted(path for path in (self.workspace / "nights").iterdir() if path.is_dir())


@pytest.mark.parametrize("name", sorted(JOBS))
def test_a_job_installs_rehearses_compares_and_tells_by_its_exit_code(
    name: str, tmp_path: Path
) -> None:
    server = Server(JOBS[name](), tmp_path, {"BANC": str(ROOT), "BANC_ARGS": f"--only {STORY}"})

    installed = [server.execute(script) for script in server.job.installs]
    first = server.night()
    second = server.night(mutant="nonce-missing")
    [suite] = JUnitXml.fromfile(str(tmp_path / "junit.xml"))
    server.settings["BANC_TOML"] = "missing.toml"
    third = server.execute(server.job.runs)

    assert [code for code, _said in installed] == [0] * len(installed), installed
    assert (tmp_path / ".banc" / "bin" / "banc").is_file()
    assert first[0] == 0, first[1]
    assert "première nuit" in first[1]
    assert second[0] == 1, second[1]
    assert "pire : psc.request.nonce-present" in second[1]
    assert third[0] == 2, third[1]
    assert [verify(bundle).code for bundle in server.bundles()] == [0, 0]
    [result] = next(case for case in suite if case.name == STORY).result
    assert result.type == "psc.request.nonce-present"


def test_every_job_says_the_same_command() -> None:
    said = {name: re.findall(r"\.banc/bin/banc .*", job().runs)[0] for name, job in JOBS.items()}

    assert len({line.removesuffix(" || code=$?") for line in said.values()}) == 1
    assert "--no-video" in said["gitlab"] and "--against nights" in said["gitlab"]


def test_the_files_keep_and_publish_what_the_script_writes() -> None:
    lab: Any = yaml.safe_load((CI / "gitlab-ci.yml").read_text(encoding="utf-8"))["banc"]
    hub: Any = yaml.safe_load((CI / "github-workflow.yml").read_text(encoding="utf-8"))
    jenkinsfile = (CI / "Jenkinsfile").read_text(encoding="utf-8")

    steps = {step["uses"]: step for step in hub["jobs"]["banc"]["steps"] if "uses" in step}
    cached = {name: step["with"]["path"] for name, step in steps.items() if "cache" in name}
    assert lab["artifacts"]["when"] == lab["cache"]["when"] == "always"
    assert lab["artifacts"]["reports"]["junit"] == "junit.xml"
    assert lab["cache"]["paths"] == lab["artifacts"]["paths"] == ["nights/"]
    assert lab["allow_failure"] == {"exit_codes": [2]}
    assert set(cached.values()) == {"nights"} and len(cached) == 2
    assert "junit allowEmptyResults: true, testResults: 'junit.xml'" in jenkinsfile
    assert jenkinsfile.count("{") == jenkinsfile.count("}")


def test_no_file_names_a_machine_or_a_registry() -> None:
    for path in CI.iterdir():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"https?://|index-url|find-links|\b\d+\.\d+\.\d+\.\d+\b", text), path


def test_both_pages_explain_every_variable_and_every_exit_code() -> None:
    said = (CI / "README.md").read_text(encoding="utf-8")
    french = (CI / "README.fr.md").read_text(encoding="utf-8")

    for text in (said, french):
        assert re.findall(r"^\| (\d) \|", text, re.MULTILINE) == ["0", "1", "2", "3"]
        assert all(f"`{word}`" in text for word in gitlab().environment if word[:4] == "BANC")
