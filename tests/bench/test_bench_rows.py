"""The table of `banc bench`: its arithmetic, and how the command tells what came out."""

import json

import pytest
from click.testing import CliRunner

from conformance.bench import rows as table
from conformance.bench.model import Effort, Measured, Peer, Result
from conformance.bench.rows import ROWS, Row, UnknownRow, chosen_rows, run_rows
from conformance.cli.bench import bench_command


def test_the_median_of_the_rounds_is_held_against_the_budget() -> None:
    measured = Measured([1.0, 9.0, 2.0], 10, Peer("other", [4.0, 4.0, 8.0]))

    tight, loose = (Result("row", "ms", budget, measured) for budget in (1.9, 2.0))

    assert (tight.within, loose.within) == (False, True)
    assert tight.ratio == 0.5


def test_a_peer_that_is_not_there_gives_no_ratio() -> None:
    result = Result("row", "ms", 1.0, Measured([0.5], 1, Peer("other", why="npm is missing")))

    assert result.ratio is None
    assert result.within is True


def test_quick_does_a_tenth_unless_told_otherwise() -> None:
    effort = Effort(quick=True)

    assert (effort.of(1000), effort.of(1000, quick=300), Effort().of(1000)) == (100, 300, 1000)
    assert effort.rounds < Effort().rounds


def test_rows_are_chosen_by_name_in_the_order_of_the_table() -> None:
    chosen = chosen_rows([ROWS[3].name, ROWS[0].name])

    assert chosen == [ROWS[0], ROWS[3]]
    assert chosen_rows([]) == list(ROWS)
    with pytest.raises(UnknownRow, match="did you mean smtp-1kb"):
        chosen_rows(["smtp-1kB"])


def test_every_row_names_a_function_that_exists() -> None:
    for row in ROWS:
        module, _, function = row.made_by.partition(":")
        assert callable(
            getattr(__import__(f"conformance.bench.measures.{module}", fromlist=["_"]), function)
        )


def test_a_measurement_that_fails_is_told_in_its_row_and_the_next_one_still_comes() -> None:
    lost = Row("lost", "lost", "", 1.0, "s", "nowhere:nothing")
    written = next(row for row in ROWS if row.name == "event")

    first, second = run_rows([lost, written], Effort(quick=True))

    assert "nowhere" in first.problem and first.measured is None
    assert second.problem == "" and second.measured is not None


def test_the_command_gives_figures_a_machine_can_read() -> None:
    done = CliRunner().invoke(
        bench_command, ["--quick", "--json", "--only", "event"], standalone_mode=False
    )

    assert done.return_value == 0
    (row,) = json.loads(done.stdout)["rows"]
    assert row["row"] == "event" and row["unit"] == "µs" and row["budget"] == 50.0
    assert len(row["rounds"]) == 3 and min(row["rounds"]) > 0
    assert row["within"] is (row["figure"] <= 50.0)
    assert row["peer"] is None and row["problem"] is None
    assert row["facts"]["mail.accepted"] > 0


def test_the_command_ends_with_3_when_a_measurement_failed_and_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lost = Row("lost", "lost", "", 1.0, "s", "nowhere:nothing")
    monkeypatch.setattr(table, "ROWS", (lost,))

    done = CliRunner().invoke(bench_command, ["--quick"], standalone_mode=False)

    assert done.return_value == 3
    assert "conformance.bench.measures.nowhere" in done.stdout


def test_the_command_ends_with_2_for_a_row_that_is_not_there() -> None:
    done = CliRunner().invoke(bench_command, ["--only", "psc"], standalone_mode=False)

    assert done.return_value == 2
    assert "no row 'psc'" in done.stderr
