"""What a plan owes on the command line, and a derogation that its wave does not know."""

import json
from pathlib import Path

import pytest

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


def test_the_ciba_of_wave_1_is_refused_before_a_run_for_wave_2(banc, plan, tmp_path) -> None:
    asked = ("--config", plan, "--only", "banc:psc-ciba-w1@ecps", "--reports", tmp_path / "r")
    told = banc("run", *asked)

    assert told.code == 2
    assert "--only banc:psc-ciba-w1@ecps : dérogation tolérée par l'ANS en vague 1" in told.err
    assert not list((tmp_path / "r").iterdir())


def test_what_is_owed_and_what_is_not_is_listed(banc, plan) -> None:
    person = banc("list", "owed", "--config", plan)
    machine = json.loads(banc("list", "owed", "--config", plan, "--json").out)

    assert person.code == 0
    assert all(len(line) <= 80 for line in person.out.splitlines())
    assert "Écarté, et pourquoi" in person.out
    assert machine["candidate"]["modes"] == ["ciba"]
    assert "PSC.01.03.01" in {row["id"] for row in machine["proofs"]}
    assert all(row["why"] for row in machine["set_aside"])
    assert "banc:psc-ciba-w1" in {row["id"] for row in machine["set_aside"]}


def test_the_choice_of_a_heavy_client_is_shown(banc, plan) -> None:
    plan.write_text(PLAN.format(wave='["1", "2"]'), encoding="utf-8")

    told = banc("list", "owed", "--config", plan)
    listed = json.loads(banc("list", "scenarios", "--json").out)

    assert "Un seul suffit parmi PSC/va1.01.04, banc:psc-ciba-w1" in told.out
    row = next(row for row in listed if row["id"] == "banc:psc-ciba-w1")
    assert row["one_of"] == ["PSC/va1.01.04", "banc:psc-ciba-w1"]
