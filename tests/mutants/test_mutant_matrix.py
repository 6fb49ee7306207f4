"""Every faulty variant of the reference system is caught, for the right reason."""

import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.checks.all_rules import all_rules
from conformance.run import mutants
from conformance.run.mutants import Row, run_conformant, run_mutant
from mocks.lps.mutants import all_mutants, names
from tests.worlds import warm

AT_A_TIME = 4
SLOW = ("refusal-not-said", "banc.adapter.toml", "slow-down-ignored", "polls-after-denied")
"""What waits longest, on purpose: begun first, so that the others run meanwhile."""

matrix = pytest.mark.xdist_group("mutants")


@pytest.fixture(scope="module")
def rows(request: pytest.FixtureRequest) -> Iterator[dict[str, Future[Row]]]:
    """The rows of all that is asked for here, some at a time: a run spends its time on waiting."""
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    asked = [str(i.callspec.params["row"]) for i in items if "rows" in i.fixturenames]
    asked.sort(key=lambda name: SLOW.index(name) if name in SLOW else len(SLOW))
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(AT_A_TIME) as pool:
        patch.setattr(mutants, "subprocess", SimpleNamespace(run=_run))
        begun = {name: pool.submit(_row, name) for name in asked}
        yield begun
        pool.shutdown(cancel_futures=True)


def _row(name: str) -> Row:
    if name.endswith(".toml"):
        return run_conformant(name, all_mutants())
    return run_mutant(next(mutant for mutant in all_mutants() if mutant.name == name))


def _run(command: Sequence[str], **how: Any) -> "subprocess.CompletedProcess[str]":
    """The conformant system starts as a user's does, its variants from a warm pytest."""
    faulty = any(argument.startswith("--banc-mutant=") for argument in command)
    if faulty:
        return warm.run(command, **how)
    return subprocess.run(command, check=how.pop("check"), **how)


@matrix
@pytest.mark.parametrize("row", names())
def test_a_faulty_variant_is_caught_for_the_right_reason(
    row: str, rows: dict[str, Future[Row]]
) -> None:
    assert rows[row].result().problems == ()


@matrix
@pytest.mark.parametrize("row", ["banc.toml", "banc.adapter.toml"])
def test_the_conformant_system_has_nothing_broken(row: str, rows: dict[str, Future[Row]]) -> None:
    assert rows[row].result().problems == ()


def test_every_rule_has_a_variant_or_says_why_there_is_none() -> None:
    expected = {rule for mutant in all_mutants() for rule in mutant.expects}

    lonely = {
        rule.id for rule in all_rules().values() if rule.id not in expected and not rule.no_mutant
    }

    assert lonely == set()


def test_a_variant_expects_only_rules_that_exist() -> None:
    known = set(all_rules())

    unknown = {
        f"{mutant.name}: {rule}"
        for mutant in all_mutants()
        for rule in [*mutant.expects, *mutant.may]
        if rule not in known
    }

    assert unknown == set()
