"""The journal keeps every whole line, in a chain, and no secret."""

import base64
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from common.recording import Blob, Masked, Secret
from conformance.journal import Journal, JournalWriter, read_part
from conformance.journal.events import parse_event
from conformance.journal.kinds import KINDS, schema_of
from conformance.journal.secrets import Vault


def writer_in(folder: Path, part: str = "main") -> JournalWriter:
    return JournalWriter(folder, part, b"k" * 32, time.perf_counter_ns())


def test_lines_form_a_chain_that_reads_back_in_order(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)

    for number in range(5):
        writer.record("bench.note", {"what": f"n{number}", "values": {}}, source="bench")

    journal = Journal(tmp_path)
    assert [event.data["what"] for event in journal] == ["n0", "n1", "n2", "n3", "n4"]
    assert journal.faults == []


def test_a_changed_byte_stops_the_reading_and_names_the_line(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    for number in range(4):
        writer.record("bench.note", {"what": f"n{number}", "values": {}}, source="bench")
    path = tmp_path / "journal" / "main.jsonl"

    path.write_bytes(path.read_bytes().replace(b'"n1"', b'"nX"'))
    journal = Journal(tmp_path)
    events = list(journal)

    assert len(events) == 2
    assert [(fault.kind, fault.line) for fault in journal.faults] == [("broken", 3)]


def test_an_index_gives_each_scenario_and_the_events_that_begin_and_end_it(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    for scenario in ("", "A", "B", "A"):
        writer.scenario = scenario
        writer.record("bench.note", {"what": f"in {scenario}", "values": {}}, source="bench")
    writer.scenario = "B"
    writer.record("scenario.finished", {"id": "B", "ended": "completed"}, source="bench")

    journal = Journal(tmp_path)
    places = journal.index()

    assert list(places) == ["", "A", "B"]
    assert [event.seq for event in journal.slice(places["A"])] == [2, 4]
    assert [(event.seq, event.scenario) for event in journal.brackets] == [(5, "B")]


def test_half_a_character_that_a_product_sent_stays_visible_as_its_escape(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    writer.record("bench.note", {"what": "é\ud800", "values": {"\ud800": 1}}, source="bench")
    line = (tmp_path / "journal" / "main.jsonl").read_bytes()
    stranger = line.replace(rb"\\ud800", rb"\ud800")

    journal = Journal(tmp_path)
    kept = journal.slice(journal.index()[""])[0]

    assert (kept.data["what"], kept.data["values"]) == ("é\\ud800", {"\\ud800": 1})
    assert stranger != line
    assert parse_event("main", stranger).data == kept.data == writer.recent()[0].data


def test_a_line_with_a_blob_that_is_none_is_not_an_event(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    blob = Blob("a.txt", "text/plain", b"octets")
    writer.record("bench.note", {"what": "n", "values": {}}, source="bench", blobs=(blob,))
    path = tmp_path / "journal" / "main.jsonl"

    path.write_bytes(path.read_bytes().replace(b'"media_type"', b'"media_typo"'))

    journal = Journal(tmp_path)
    assert list(journal) == []
    assert [(fault.kind, fault.line) for fault in journal.faults] == [("broken", 1)]


def test_a_cut_last_line_is_reported_and_the_others_are_kept(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    for number in range(3):
        writer.record("bench.note", {"what": f"n{number}", "values": {}}, source="bench")
    path = tmp_path / "journal" / "main.jsonl"

    path.write_bytes(path.read_bytes()[:-7])
    faults: list[object] = []
    events = list(read_part(path, faults))  # type: ignore[arg-type]

    assert len(events) == 2
    assert getattr(faults[0], "kind", "") == "truncated"


def test_a_killed_run_leaves_its_whole_lines(tmp_path: Path) -> None:
    program = textwrap.dedent(
        """
        import sys, time
        from pathlib import Path
        from conformance.journal import JournalWriter
        writer = JournalWriter(Path(sys.argv[1]), "main", b"k" * 32, time.perf_counter_ns())
        number = 0
        while True:
            number += 1
            writer.record("bench.note", {"what": "x" * 500, "values": {}}, source="bench")
            if number == 50:
                print("go", flush=True)
        """
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None and child.stdout.readline() == "go\n"

    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    journal = Journal(tmp_path)

    assert len(list(journal)) >= 50
    assert all(fault.kind == "truncated" for fault in journal.faults)


@pytest.mark.parametrize("where", ["raw", "percent", "masked"])
def test_no_form_of_a_secret_is_written(tmp_path: Path, where: str) -> None:
    value = "s3cr3t/+= tok&en"
    secret = Secret("access_token", value)
    data = {
        "raw": {"what": "raw", "values": {"token": secret}},
        "percent": {
            "what": "percent",
            "values": {"url": Masked(f"https://x/?t={quote(value, safe='')}", (secret,))},
        },
        "masked": {"what": "masked", "values": {"line": Masked(f"Bearer {value}", (secret,))}},
    }[where]

    writer = writer_in(tmp_path)
    blob = Blob("a.txt", "text/plain", Masked(f"Bearer {value}".encode(), (secret,)))
    writer.record("bench.note", data, source="bench", blobs=[blob])
    written = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())

    assert value.encode() not in written
    assert quote(value, safe="").encode() not in written
    assert writer.vault.fingerprint(value).encode() in written


def test_a_jwt_keeps_header_and_claims_but_no_signature() -> None:
    def piece(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    token = f"{piece({'alg': 'RS256'})}.{piece({'sub': 'x'})}.c2lnbmF0dXJl"
    said = Vault(b"k" * 32).describe(Secret("id_token", token))

    assert said["header"] == {"alg": "RS256"}
    assert said["claims"] == {"sub": "x"}
    assert "c2lnbmF0dXJl" not in json.dumps(said)


def test_a_token_seen_again_later_stays_with_its_scenario(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    token = Secret("access_token", "abc")
    writer.scenario = "first"
    writer.record("bench.note", {"what": "a", "values": {"t": token}}, source="bench")

    writer.scenario = "second"
    writer.record("bench.note", {"what": "b", "values": {"t": token}}, source="bench")
    writer.record("bench.note", {"what": "c", "values": {}}, source="bench")

    assert [event.scenario for event in Journal(tmp_path)] == ["first", "first", "second"]


def test_waiting_ends_with_the_event_and_not_before(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    writer.record("bench.note", {"what": "early", "values": {}}, source="bench")
    mark = writer.last_seq

    none = writer.wait_for("bench.note", lambda e: True, within=0.01, since=mark)
    writer.record("bench.note", {"what": "late", "values": {}}, source="bench")
    found = writer.wait_for("bench.note", lambda e: True, within=5, since=mark)

    assert none is None
    assert found is not None and found.data["what"] == "late"


def test_every_kind_has_a_schema_that_is_one() -> None:
    for kind in KINDS:
        Draft202012Validator.check_schema(schema_of(kind))
    with pytest.raises(KeyError):
        schema_of("no.such.kind")


@given(st.text(min_size=8, max_size=80))
def test_whatever_a_secret_holds_its_mark_replaces_it(value: str) -> None:
    vault = Vault(b"k" * 32)
    secret = Secret("password", value)

    text = vault.mask_text(Masked(f"<{value}>", (secret,)))

    assert text == f"<{vault.placeholder(secret)}>"


def test_a_secret_in_the_product_s_own_words_is_masked_too(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    token = Secret("access_token", "a-token-of-this-run")
    writer.record("bench.note", {"what": "issued", "values": {"t": token}}, source="psc")

    writer.record(
        "system.died",
        {"face": "web", "code": 1, "tail": "Traceback: bad token a-token-of-this-run"},
        source="bench",
    )

    written = (tmp_path / "journal" / "main.jsonl").read_text(encoding="utf-8")
    assert "a-token-of-this-run" not in written
    assert "Traceback: bad token ⟦access_token" in written


def test_a_full_disk_is_named_and_no_event_follows_the_one_that_was_lost(tmp_path: Path) -> None:
    child = f"""
        import resource
        from pathlib import Path
        from conformance.journal import JournalWriter

        writer = JournalWriter(Path({str(tmp_path)!r}), "main", b"k" * 32, 0)
        writer.record("system.log", {{"text": "whole"}}, source="bench")
        resource.setrlimit(resource.RLIMIT_FSIZE, (600, resource.RLIM_INFINITY))
        for text in ("x" * 2000, "short"):
            try:
                writer.record("system.log", {{"text": text}}, source="bench")
            except OSError as error:
                print(error)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        try:
            writer.record("system.log", {{"text": "there is room again"}}, source="bench")
        except OSError as error:
            print(error)
    """

    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(child)], capture_output=True, text=True, check=True
    )

    place = str(tmp_path / "journal" / "main.jsonl")
    assert done.stdout.splitlines() == [f"[Errno 27] File too large: {place!r}"] * 3
    journal = Journal(tmp_path)
    assert [event.data["text"] for event in journal] == ["whole"]
    assert [(fault.kind, fault.line) for fault in journal.faults] == [("truncated", 2)]
