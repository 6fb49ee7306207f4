"""Long journals, made of what the mocks really recorded: one scenario is run, then repeated.

Each repetition bears its own name, its own times, states and tokens (their fingerprints); the chain
of hashes is whole, so that `judge` and `verify` take the journal for what it is.
"""

import hashlib
import json
import re
import secrets
import shutil
import time
from dataclasses import asdict
from importlib.metadata import version
from itertools import cycle
from pathlib import Path
from typing import IO, Any

from conformance.bench.measures.documents import written_mail
from conformance.bench.measures.logins import (
    CALLBACK,
    OurProvider,
    sign_in_by_ciba,
    sign_in_by_code,
)
from conformance.bench.measures.mails import connected, hand_in
from conformance.bench.model import MeasureFailed
from conformance.bench.servers import Server, psc, smtp
from conformance.bench.visitor import Visitor
from conformance.catalogue import load_catalogue
from conformance.journal import JournalWriter
from conformance.journal.kinds import RunStarted, ScenarioFinished, ScenarioStarted
from conformance.journal.writer import FIRST_PREV

STORY = "PSC.01.01"
_STEP_NS = 1_000_000
_NUMBER = "\x00"
_OWN = re.compile(r'("(?:fp|state|nonce|jti|at_hash|s256|code_challenge)":")[^"]{6}([^"]{14,}")')
_PLAN = {"corridor": ["MDV"], "waves": [1, 2], "profiles": [], "lifetimes": "official"}


class Pattern:
    """A scenario of `length` events: two logins, a mail, then what an idle product asks for.

    Raises `MeasureFailed` when what was recorded has another length.
    """

    def __init__(self, folder: Path, keys: Path, length: int) -> None:
        self.length = length
        self._blobs = folder / "blobs"
        _tell(folder, str(keys), length)
        text = (folder / "journal" / "bench.jsonl").read_text(encoding="utf-8")
        begin, *lines = text.splitlines()
        if len(lines) != length:
            raise MeasureFailed(f"journal: the scenario has {len(lines)} events, not {length}")
        self._begin = _template(begin)
        self._lines = [_template(line) for line in lines]

    def repeat(self, times: int, folder: Path) -> int:
        """Write a bundle of `times` scenarios into `folder`; gives its journal's octets."""
        (folder / "journal").mkdir(parents=True)
        shutil.copytree(self._blobs, folder / "blobs")
        with (folder / "journal" / "main.jsonl").open("wb", buffering=1 << 20) as out:
            prev = _write(out, self._begin, 1, "", "", FIRST_PREV)
            seq = 1
            for number in range(times):
                mark, name = f"{number:06d}", f"{STORY}@n{number:06d}"
                for line in self._lines:
                    seq += 1
                    prev = _write(out, line, seq, name, mark, prev)
            return out.tell()


def _write(out: IO[bytes], line: str, seq: int, scenario: str, mark: str, prev: str) -> str:
    """Write one line; gives its hash."""
    octets = (
        f'{{"seq":{seq},"mono":{seq * _STEP_NS},"scenario":"{scenario}",'
        f'{line.replace(_NUMBER, mark)},"prev":"{prev}"}}'
    ).encode()
    out.write(octets + b"\n")
    return hashlib.sha256(octets).hexdigest()


def _template(line: str) -> str:
    """What stays of a line from one repetition to the next, with a mark where it differs."""
    event = json.loads(line)
    for key in ("seq", "mono", "scenario", "prev"):
        del event[key]
    kept = json.dumps(event, ensure_ascii=False, separators=(",", ":"))[1:-1]
    return _OWN.sub(rf"\g<1>{_NUMBER}\g<2>", kept)


def _tell(folder: Path, keys: str, length: int) -> None:
    """Record the scenario: `run.started`, then exactly `length` events of it."""
    writer = JournalWriter(folder, "bench", secrets.token_bytes(32), time.perf_counter_ns())
    provider, operator = psc(writer, keys, CALLBACK), smtp(writer, keys)
    try:
        writer.record("run.started", _run(), source="bench")
        writer.scenario = STORY
        writer.record("scenario.started", _started(), source="bench")
        opened = {**operator.about["tenant"], **provider.about["tenant"], "patients": []}
        writer.record("tenant.opened", opened, source="bench")
        _act(provider, operator)
        visitor = Visitor(provider.about["base"])
        idle = cycle((provider.about["discovery"], provider.about["keys"]))
        while writer.last_seq < length:
            visitor.get(next(idle))
        writer.record("scenario.finished", _finished(), source="bench")
    finally:
        operator.stop()
        provider.stop()
        writer.close()


def _act(provider: Server, operator: Server) -> None:
    """A login by code, one by CIBA, and a document sent."""
    ours = OurProvider(provider)
    sign_in_by_code(ours)
    sign_in_by_ciba(ours)
    with connected(operator) as client:
        hand_in(client, operator, written_mail())


def _run() -> dict[str, Any]:
    return asdict(
        RunStarted(
            schema_version=1,
            run_id="bench",
            bench={"name": "banc", "version": version("banc"), "sha256": "0" * 64},
            catalogue={"sha256": load_catalogue().sha256},
            rules={},
            product={"name": "bench", "version": "1", "build": "1", "editor": "bench"},
            plan=_PLAN,
            stage={},
            expected=[],
            environment={},
        )
    )


def _started() -> dict[str, Any]:
    return asdict(ScenarioStarted(STORY, 1, "web", "web", "adapter", steps=11))


def _finished() -> dict[str, Any]:
    return asdict(ScenarioFinished(STORY, 1, "completed"))
