"""What a plan owes on the command line, and a derogation that its wave does not know."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.cli.run.choice import left_out
from conformance.plan import load_plan
from tests.worlds.command import Banc

PLAN = """[product]
name = "Logiciel"
version = "1"

[plan]
corridor = "LGC"
wave = {wave}
packs = ["tour"]

[[face]]
name = "desktop"
driver = "adapter"
address = "http://127.0.0.1:9"
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "banc.toml"
    path.write_text(PLAN.format(wave='"2"'), encoding="utf-8")
    return path


def test_the_ciba_of_wave_1_is_refused_before_a_run_for_wave_2(
    banc: Banc, plan: Path, tmp_path: Path
) -> None:
    asked = ("--config", plan, "--only", "banc:psc-ciba-w1@ecps", "--reports", tmp_path / "r")
    told = banc("run", *asked)

    assert told.code == 2
    assert "--only banc:psc-ciba-w1@ecps : dérogation tolérée par l'ANS en vague 1" in told.err
    assert not list((tmp_path / "r").iterdir())


def test_what_is_owed_and_what_is_not_is_listed(banc: Banc, plan: Path) -> None:
    person = banc("list", "owed", "--config", plan)
    machine = json.loads(banc("list", "owed", "--config", plan, "--json").out)

    assert person.code == 0
    assert all(len(line) <= 80 for line in person.out.splitlines())
    assert "Écarté, et pourquoi" in person.out
    assert machine["candidate"]["modes"] == ["ciba"]
    assert "PSC.01.03.01" in {row["id"] for row in machine["proofs"]}
    assert all(row["why"] for row in machine["set_aside"])
    assert "banc:psc-ciba-w1" in {row["id"] for row in machine["set_aside"]}


def test_the_choice_of_a_heavy_client_is_shown(banc: Banc, plan: Path) -> None:
    plan.write_text(PLAN.format(wave='["1", "2"]'), encoding="utf-8")

    told = banc("list", "owed", "--config", plan)
    listed = json.loads(banc("list", "scenarios", "--json").out)

    assert "Un seul suffit parmi PSC/va1.01.04, banc:psc-ciba-w1" in told.out
    row = next(row for row in listed if row["id"] == "banc:psc-ciba-w1")
    assert row["one_of"] == ["PSC/va1.01.04", "banc:psc-ciba-w1"]


def test_a_pack_leaves_the_ciba_of_wave_1_out_of_a_plan_for_wave_2_and_says_so(plan: Path) -> None:
    second = load_plan(plan)
    plan.write_text(PLAN.format(wave='["1", "2"]'), encoding="utf-8")

    [said] = left_out(second, ["tour"])

    assert said.startswith("banc:psc-ciba-w1 est laissé hors des lots tour : dérogation tolérée")
    assert left_out(load_plan(plan), ["tour"]) == []
    assert set(collected(plan, "tour")) - set(collected(plan, "tour", wave='"2"')) == {
        "test_ciba_derogation_of_wave_1"
    }


def collected(plan: Path, pack: str, wave: str = '["1", "2"]') -> list[str]:
    """The stories that pytest would tell."""
    plan.write_text(PLAN.format(wave=wave), encoding="utf-8")
    root = Path(__file__).parents[2]
    command = [
        sys.executable, "-m", "pytest", str(root / "scenarios"), "-c",
        str(root / "conformance" / "scenarios.ini"), f"--rootdir={plan.parent}", "-p",
        "conformance.plugin", "-q", "--collect-only", f"--banc-packs={pack}",
        f"--banc-config={plan}",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=plan.parent)
    lines = [line for line in done.stdout.splitlines() if "::" in line]
    return [line.rpartition("::")[2].partition("[")[0] for line in lines]
