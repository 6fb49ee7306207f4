"""A bundle whose maker sealed what no bench wrote: told as theirs, in one sentence, with code 2."""

import hashlib
import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.bundle.keys import signing_key
from conformance.bundle.reading import name_problem
from conformance.bundle.replay import blaming
from conformance.bundle.seal import seal
from conformance.comparing.deposit import deposit_of, strangeness
from conformance.errors import BundleFault
from conformance.journal import JournalWriter
from conformance.locale.printable import printable
from conformance.run.finish import finish
from tests.worlds.command import Banc

STORY = "PSC.01.01@ecps"
Change = Callable[[Path], None]


def recorded(folder: Path) -> Path:
    """A run of one story that was cut after an exchange, judged and sealed."""
    writer = JournalWriter(folder, "main", b"k" * 32, time.perf_counter_ns())
    plan = {"waves": ["2"], "corridor": ["LGC"], "profiles": [], "packs": [], "reference": True}
    run: dict[str, Any] = {
        "schema_version": 1, "run_id": folder.name, "bench": {"name": "banc", "version": "0"},
        "catalogue": {"sha256": "0"}, "rules": {}, "plan": plan, "stage": {}, "expected": [],
        "product": {"name": "Produit", "version": "1", "build": "", "editor": "", "nil": ""},
        "environment": {}, "lang": "fr",
    }  # fmt: skip
    writer.record("run.started", run, source="bench")
    writer.scenario = STORY
    started = {"id": STORY, "attempt": 1, "mode": "web", "face": "web", "driver": "adapter",
               "steps": 11, "fault": None, "twin": None}  # fmt: skip
    writer.record("scenario.started", started, source="bench")
    writer.step = 1
    writer.record("step.started", {"n": 1, "title": "Afficher"}, source="bench")
    message: dict[str, Any] = {"headers": {}}
    exchange = {"route": None, "method": "GET", "url": "https://x.test/", "query": {},
                "request": message, "response": message | {"status": 404}, "began": 1,
                "ended": 2, "cut": False, "refused_for": None, "facts": {}}  # fmt: skip
    writer.record("http.exchange", exchange, source="psc")
    writer.close()
    (folder / "run.json").write_text(json.dumps(run | {"ended": None}), encoding="utf-8")
    assert finish(folder).problems == []
    return folder


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(tmp_path_factory.mktemp("strangers") / "run-1")


@pytest.fixture
def resealed(sealed: Path, tmp_path: Path) -> Callable[[Change], Path]:
    """The bundle after a change, sealed again by whoever made it."""

    def made(change: Change) -> Path:
        bundle = Path(shutil.copytree(sealed, tmp_path / "run-1"))
        change(bundle)
        for name in ("manifest.json", "manifest.jws"):
            (bundle / name).unlink()
        seal(bundle, signing_key())
        return bundle

    return made


def told_otherwise(kind: str, **changes: Any) -> Change:
    """The data of the events of a kind with other values (`...`: without that key)."""

    def change(bundle: Path) -> None:
        path, prev, out = bundle / "journal" / "main.jsonl", "0" * 64, []
        for line in path.read_bytes().splitlines():
            event = json.loads(line)
            if event["kind"] == kind:
                data = event["data"] | changes
                event["data"] = {k: v for k, v in data.items() if v is not ...}
            event["prev"] = prev
            out.append(json.dumps(event, ensure_ascii=False).encode())
            prev = hashlib.sha256(out[-1]).hexdigest()
        path.write_bytes(b"\n".join(out) + b"\n")

    return change


def written(name: str, octets: bytes) -> Change:
    def change(bundle: Path) -> None:
        (bundle / name).parent.mkdir(exist_ok=True)
        (bundle / name).write_bytes(octets)

    return change


def index(**values: str) -> Change:
    row = {"id": "PSC.01.01.01", "file": "", "state": "missing"} | values
    text = ",".join(row) + "\n" + ",".join(row.values()) + "\n"
    return written("proofs/index.csv", text.encode("utf-8", "surrogateescape"))


def judged(**changes: Any) -> Change:
    """The first finding with other values."""

    def change(bundle: Path) -> None:
        path = bundle / "findings.json"
        findings = json.loads(path.read_bytes())
        findings["findings"][0] |= changes
        path.write_text(json.dumps(findings), encoding="utf-8")

    return change


FORGED: dict[str, tuple[Change, tuple[str, ...], str]] = {
    "a twin of tables": (
        told_otherwise("scenario.started", twin={"a": 1}), ("replay", "report"),
        "twin de scenario.started"),
    "a step without number": (
        told_otherwise("step.started", n=...), ("report",), "n de step.started"),
    "a step of lists": (told_otherwise("step.started", n=[]), ("report",), "n de step.started"),
    "an exchange of texts": (
        told_otherwise("http.exchange", response="x"), ("report",), "response de http.exchange"),
    "a plan of numbers": (
        told_otherwise("run.started", plan={"corridor": 5}), ("replay", "report"), "plan"),
    "a verdict of its own": (judged(verdict="label"), ("replay", "report"), "verdict"),
    "a rule that is a number": (
        judged(key={"rule": 5, "scenario": "", "subject": "x"}), ("replay", "report"), "key.rule"),
    "a number without measure": (judged(params={"n": float("nan")}), ("replay",), "pas du JSON"),
    "a huge number": (judged(params={"n": 10**30}), ("replay", "report"), "pas du JSON"),
    "5 000 lists": (
        written("findings.json", b'{"findings":' + b"[" * 5000 + b"]" * 5000 + b"}"),
        ("replay", "report"), "pas du JSON"),
    "a list of proofs in Latin-1": (
        written("proofs/index.csv", b"id,file,state\n\xe9,x,present\n"), ("report",), "index.csv"),
    "a state of its own": (index(state="label"), ("report",), "ligne 2 : état label"),
    "a proof elsewhere": (index(file="../../../x.pdf"), ("report",), "pas un fichier du paquet"),
    "a proof on the web": (index(file="../http://x"), ("report",), "pas un fichier du paquet"),
    "a deposit that lies": (
        written("like/deposit.json", b'{"run_id": 5}'), ("report",), "like/deposit.json"),
    "run.json": (written("run.json", b'{"a'), ("report",), "run.json"),
}  # fmt: skip


@pytest.mark.parametrize("what", FORGED)
def test_what_no_bench_wrote_is_one_sentence_about_the_bundle(
    banc: Banc, resealed: Callable[[Change], Path], tmp_path: Path, what: str
) -> None:
    change, commands, sentence = FORGED[what]
    bundle = resealed(change)
    extra = {"report": ("--out", tmp_path / "out.html")}

    told = [banc(command, bundle, *extra.get(command, ())) for command in commands]

    assert banc("verify", bundle).code == 0  # unchanged since its maker sealed it, and no more
    for each in told:
        assert (each.code, len(each.lines)) == (2, 1), each
        assert sentence in each.lines[0]
        assert "défaut du banc" not in each.err


def test_a_bundle_as_it_was_made_is_judged_and_reported(
    banc: Banc, sealed: Path, tmp_path: Path
) -> None:
    replayed = banc("replay", sealed)
    reported = banc("report", sealed, "--out", tmp_path / "out.html")

    assert (replayed.code, reported.code) == (0, 0)


def test_a_defect_of_the_bench_stays_one(sealed: Path) -> None:
    with pytest.raises(KeyError), blaming(sealed):
        raise KeyError("ours")


def test_a_misshapen_journal_takes_the_blame(resealed: Callable[[Change], Path]) -> None:
    bundle = resealed(told_otherwise("step.started", n=...))

    with pytest.raises(BundleFault, match=r"journal/main\.jsonl"), blaming(bundle):
        raise KeyError("n")


@pytest.mark.parametrize("name", ["a\x1b[2Jb", "a\nb", "a\u202eb", "a\udcffb", "a\x7fb"])
def test_a_name_that_writes_on_the_terminal_is_not_a_legal_one(name: str) -> None:
    assert name_problem(f"proofs/{name}") is not None
    assert name_problem("proofs/compte rendu – été.pdf") is None


def test_what_a_stranger_named_moves_no_cursor(banc: Banc, sealed: Path, tmp_path: Path) -> None:
    bundle = Path(shutil.copytree(sealed, tmp_path / "run-1"))
    (bundle / "x\x1b[2J.txt").write_bytes(b"")

    told = [banc("verify", bundle), banc("replay", bundle), banc("run", "--like", bundle)]

    assert [each.code for each in told] == [1, 2, 1]
    assert all("\x1b" not in each.out + each.err for each in told)


def test_failures_that_a_deposit_excuses_are_told_before_the_start(
    resealed: Callable[[Change], Path], sealed: Path
) -> None:
    excused = [{"rule": "psc.request.state-length", "reason": "connu"}]
    bundle = resealed(told_otherwise("run.started", expected=excused))

    told = list(strangeness(deposit_of(bundle), {}))
    usual = list(strangeness(deposit_of(sealed), {}))

    assert [line for line in told if line not in usual] == [
        "échecs connus du dépôt, qui ne comptent pas ici non plus : psc.request.state-length"
    ]


def test_a_terminal_is_shown_what_a_reader_sees() -> None:
    assert printable("a\x1b[2Jb\u202ec\udcff\x00") == "a·[2Jb·c··"
    assert printable("vu\u00a0: «\u202foui\u202f»\tfin\n") == "vu\u00a0: «\u202foui\u202f» fin\n"


NO_LIKENESS: dict[str, tuple[Change, str]] = {
    "rules": (told_otherwise("run.started", rules=["x"]), "run.started : rules"),
    "environment": (told_otherwise("run.started", environment="x"), "run.started : environment"),
    "product": (told_otherwise("run.started", product={"name": 5}), "run.started : product.name"),
    "identities": (
        told_otherwise("run.started", plan={"identities": ["x"]}),
        "run.started : plan.identities"),
    "corridor": (told_otherwise("run.started", plan={"corridor": 5}), "run.started : plan.corr"),
    "findings": (judged(seen=5), "findings.0.seen"),
}  # fmt: skip


@pytest.mark.parametrize("what", NO_LIKENESS)
def test_nothing_is_run_like_what_no_bench_wrote(
    banc: Banc, resealed: Callable[[Change], Path], tmp_path: Path, what: str
) -> None:
    change, sentence = NO_LIKENESS[what]
    bundle = resealed(change)

    told = banc("run", "--no-video", "--like", bundle, "--reports", tmp_path / "r")

    assert (told.code, len(told.lines)) == (2, 1), told
    assert sentence in told.lines[0]
    assert not (tmp_path / "r").exists()
