"""`banc list` and `banc identities`, as a machine and as a person read them."""

import csv
import io
import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from common.identities import DOCTOR, PATIENT
from conformance.cli.identities import identities_command
from conformance.cli.list.command import list_command
from conformance.serving.identities_table import COLUMNS


@pytest.mark.parametrize("kind", ["requirements", "scenarios", "proofs", "rules"])
def test_every_kind_is_listed_as_json_and_as_a_table(kind: str) -> None:
    machine = CliRunner().invoke(list_command, [kind, "--json"], catch_exceptions=False)
    person = CliRunner().invoke(list_command, [kind], catch_exceptions=False)

    rows = json.loads(machine.output)
    assert rows
    assert all(row["id"] and row["trust"] and row["source"] for row in rows)
    assert rows[0]["id"] in person.output


def test_rows_are_chosen_by_wave_and_corridor() -> None:
    said = CliRunner().invoke(
        list_command, ["requirements", "--json", "--wave", "1", "--corridor", "LGO"]
    )

    rows = json.loads(said.output)
    natures = {row["id"]: row["nature"] for row in rows}
    assert natures["banc:LGO-DISPLAY"] == "may"
    assert {row["wave"] for row in rows} == {"1"}


def test_the_people_can_be_loaded_from_csv_and_json() -> None:
    table = CliRunner().invoke(identities_command, ["--format", "csv"])
    objects = CliRunner().invoke(identities_command, ["--format", "json"])

    rows = list(csv.DictReader(io.StringIO(table.output)))
    assert rows == json.loads(objects.output)
    assert tuple(rows[0]) == COLUMNS
    assert rows[0]["national_id"] == DOCTOR.national_id
    assert PATIENT.ins in {row["ins"] for row in rows}


def test_addresses_follow_the_domain_of_the_tenant() -> None:
    said = CliRunner().invoke(identities_command, ["--format", "json", "--domain", "a.mss.test"])

    assert all(
        row["mailbox"].endswith("@a.mss.test")
        for row in json.loads(said.output)
        if row["kind"] == "professional"
    )


def test_a_reader_who_leaves_is_no_refusal_of_the_product() -> None:
    command = [sys.executable, "-m", "conformance.cli", "list", "requirements"]
    listing = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert listing.stdout is not None

    listing.stdout.close()
    _out, complaints = listing.communicate(timeout=60)

    assert (listing.returncode, complaints) == (3, b"")
