"""What is no bundle, or no longer one: each command says so in one French sentence."""

import json
import os
import shutil
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.journal import JournalWriter
from tests.worlds.command import Banc

STORY = "PSC.01.01@ecps"


def recorded(folder: Path) -> Path:
    """What a run leaves that was killed in its first step."""
    writer = JournalWriter(folder, "main", b"k" * 32, time.perf_counter_ns())

    def tell(kind: str, **data: Any) -> None:
        writer.record(kind, data, source="bench")

    run = {
        "schema_version": 1,
        "run_id": folder.name,
        "bench": {"name": "banc", "version": "0"},
        "catalogue": {"sha256": "0"},
        "rules": {},
        "product": {"name": "Produit", "version": "1", "build": "", "editor": "", "nil": ""},
        "plan": {
            "waves": ["2"],
            "corridor": ["LGC"],
            "profiles": [],
            "packs": [],
            "lifetimes": "short",
        },
        "stage": {},
        "expected": [],
        "environment": {},
        "lang": "fr",
    }
    tell("run.started", **run)
    writer.scenario = STORY
    tell("scenario.started", id=STORY, attempt=1, mode="web", face="web", driver="adapter",
         steps=11, fault=None, twin=None)  # fmt: skip
    writer.step = 1
    tell("step.started", n=1, title="Afficher")
    writer.close()
    (folder / "run.json").write_text(json.dumps(run | {"ended": None}), encoding="utf-8")
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return recorded(tmp_path / "run")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A killed run, judged and sealed once."""
    from conformance.run.finish import finish

    folder = recorded(tmp_path_factory.mktemp("bundles") / "finished")
    assert finish(folder).problems == []
    return folder


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def zipped(folder: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in files(folder).items():
            archive.writestr(name, octets)
    return target


def bomb(target: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("journal/main.jsonl", bytes(100 * 1024 * 1024))
    return target


def slipping(target: Path) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("journal/main.jsonl", "")
        archive.writestr("../../evil", "x")
    return target


def cut(target: Path) -> Path:
    whole = zipped(recorded(target.with_name("whole")), target).read_bytes()
    return written(target, whole[: len(whole) // 2])


def written(target: Path, octets: bytes) -> Path:
    target.write_bytes(octets)
    return target


def folder_of(target: Path) -> Path:
    target.mkdir()
    return target


NO_BUNDLES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "nothing": (lambda base: base / "x", "il n'y a rien à cet endroit"),
    "0 octets": (lambda base: written(base / "x.zip", b""), "ni un dossier, ni un zip"),
    "a text": (lambda base: written(base / "x.txt", b"bonjour"), "ni un dossier, ni un zip"),
    "an empty folder": (lambda base: folder_of(base / "x"), "il ne contient aucun journal"),
    "a bomb": (lambda base: bomb(base / "x.zip"), "enfle jusqu'à"),
    "a slip": (lambda base: slipping(base / "x.zip"), "désigne un endroit hors du paquet"),
    "a cut zip": (lambda base: cut(base / "x.zip"), "ni un dossier, ni un zip"),
}


@pytest.mark.parametrize("kind", NO_BUNDLES)
def test_what_is_no_bundle_is_named_by_every_command(banc: Banc, tmp_path: Path, kind: str) -> None:
    make, sentence = NO_BUNDLES[kind]
    path = make(tmp_path)

    told = {command: banc(command, path) for command in ("verify", "replay", "finish")}
    told["diff"] = banc("diff", path, path)

    assert {command: each.code for command, each in told.items()} == dict.fromkeys(told, 2)
    for command in ("verify", "replay", "diff"):
        assert any(sentence in line for line in told[command].lines), told[command]
    assert all(str(path) in each.lines[0] for each in told.values())
    assert len(told["replay"].lines) == len(told["finish"].lines) == len(told["diff"].lines) == 1
    assert not (tmp_path.parent / "evil").exists()


def test_a_run_that_was_killed_is_read_sealed_and_says_that_it_was_cut(
    banc: Banc, run: Path
) -> None:
    journal = run / "journal" / "main.jsonl"
    journal.write_bytes(journal.read_bytes()[:-20])
    before = journal.read_bytes()

    first = banc("verify", run)
    replayed = banc("replay", run)
    sealed = banc("finish", run)
    second = banc("verify", run)
    again = banc("finish", run)

    assert (first.code, first.lines[1]) == (
        2,
        "journal/main.jsonl : coupé après 2 lignes entières, dont la chaîne est intacte",
    )
    assert (replayed.code, len(replayed.lines)) == (2, 1)
    assert "banc finish" in replayed.err
    assert sealed.code == 2
    assert "L'exécution a été interrompue" in sealed.err
    assert second.code == 0
    assert (again.code, again.err) == (2, f"banc: {run} : déjà scellé\n")
    assert journal.read_bytes() == before
    assert json.loads((run / "run.json").read_bytes())["recovered"] is True


@pytest.mark.parametrize("octets", [b"", b"[]", b'{"a"', b"\xff"])
def test_a_damaged_run_json_is_made_again_from_the_journal(
    banc: Banc, run: Path, octets: bytes
) -> None:
    (run / "run.json").write_bytes(octets)

    told = banc("finish", run)

    assert told.code == 2 and "interrompue" in told.err
    assert json.loads((run / "run.json").read_bytes())["product"]["name"] == "Produit"


@pytest.mark.parametrize("octets", [b"", b"garbage\n"])
def test_a_journal_without_a_whole_event_is_left_as_it_is(
    banc: Banc, run: Path, octets: bytes
) -> None:
    (run / "journal" / "main.jsonl").write_bytes(octets)
    before = files(run)

    told = banc("finish", run)

    assert (told.code, len(told.lines)) == (2, 1)
    assert "ne contient aucune exécution" in told.err
    assert files(run) == before


@pytest.mark.parametrize("place", ["journal/main.jsonl", "proofs", "video/film.mp4"])
def test_a_link_in_a_run_is_refused_before_anything_is_touched(
    banc: Banc, run: Path, tmp_path: Path, place: str
) -> None:
    outside = folder_of(tmp_path / "outside")
    (outside / "precious").write_bytes(b"precious")
    (run / place).parent.mkdir(exist_ok=True)
    (run / place).unlink(missing_ok=True)
    (run / place).symlink_to(outside)
    before = files(run)

    told = banc("finish", run)

    assert (told.code, len(told.lines)) == (2, 1)
    if place != "journal/main.jsonl":
        assert f"{place} : un lien, pas un fichier" in told.err
    assert files(run) == before
    assert files(outside) == {"precious": b"precious"}


def test_an_altered_byte_is_an_alteration_and_a_difference(
    banc: Banc, finished: Path, tmp_path: Path
) -> None:
    altered = shutil.copytree(finished, tmp_path / "altered")
    octets = bytearray((altered / "journal" / "main.jsonl").read_bytes())
    octets[-30] ^= 1
    (altered / "journal" / "main.jsonl").write_bytes(octets)

    verified, replayed = banc("verify", altered), banc("replay", altered)

    assert verified.code == 1
    assert "journal/main.jsonl : altéré" in verified.lines
    assert replayed.code in (0, 1)


@pytest.mark.parametrize(
    ("octets", "sentence"),
    [
        (b"[]", "attendu un objet de constats"),
        (b"{", "pas du JSON"),
        (b'{"findings": [1]}', "findings.json : "),
        (b"[" * 100_000, "pas du JSON"),
    ],
)
def test_damaged_findings_are_named(
    banc: Banc, finished: Path, tmp_path: Path, octets: bytes, sentence: str
) -> None:
    damaged = shutil.copytree(finished, tmp_path / "damaged")
    (damaged / "findings.json").write_bytes(octets)

    told = [banc("replay", damaged), banc("diff", damaged, finished)]

    assert [each.code for each in told] == [2, 2]
    assert all(sentence in each.err and "findings.json" in each.err for each in told)


def test_a_key_that_is_none_is_told_before_a_run_is_touched(
    banc: Banc, run: Path, tmp_path: Path
) -> None:
    key = written(tmp_path / "key.pem", b"not a key")
    before = files(run)

    told = banc("finish", run, "--key", key)

    assert told.code == 2
    assert told.err == f"banc: {key} : une clé Ed25519 est attendue, PEM ou JWK\n"
    assert files(run) == before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes are POSIX")
def test_a_pipe_or_a_device_is_no_bundle(banc: Banc, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    told = banc("verify", tmp_path / "pipe")

    assert told.code == 2
