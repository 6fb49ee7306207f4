"""A sealed bundle: intact as it was, and every change of it named."""

import base64
import json
import os
import shutil
import stat
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc.jwk import OKPKey

from common.recording import Blob
from conformance import locale
from conformance.bundle import keys
from conformance.bundle.keys import make_user_key, signing_key
from conformance.bundle.seal import seal
from conformance.bundle.verify import verify
from conformance.cli.main import cli
from conformance.errors import BundleFault
from conformance.journal import JournalWriter


@pytest.fixture(autouse=True)
def _own_world(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    monkeypatch.setenv("BANC_CONFIG", str(tmp_path_factory.mktemp("config")))
    locale.set_language("en")
    yield
    locale.set_language(locale.DEFAULT_LANGUAGE)


def record(folder: Path, events: int = 5) -> Any:
    """What a run leaves before it is sealed."""
    for part in ("main", "gw0"):
        journal = JournalWriter(folder, part, b"k" * 32, time.perf_counter_ns())
        for n in range(events):
            blob = Blob("mail.eml", "message/rfc822", f"mail {part} {n}".encode())
            journal.record(
                "file.given",
                {"name": f"mail-{n}.eml", "media_type": "message/rfc822", "size": 9},
                source="operator",
                blobs=(blob,),
            )
        journal.close()
    (folder / "video").mkdir()
    (folder / "video" / "PSC.01.01.mp4").write_bytes(bytes(range(256)))
    (folder / "report.html").write_text("<p>été</p>\n", encoding="utf-8", newline="\n")
    (folder / "run.json").write_text('{"run_id": "run-1"}\n', encoding="utf-8", newline="\n")
    return folder


@pytest.fixture
def bundle(tmp_path: Path) -> Any:
    folder = record(tmp_path / "run-1")
    seal(folder, signing_key())
    return folder


def files(folder: Path) -> Any:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


# Intact


def test_an_untouched_bundle_is_intact_and_names_its_key(bundle: Path) -> None:
    said = verify(bundle)

    assert said.code == 0
    assert said.signer is not None and said.signer.who == "run"
    assert said.signer.thumbprint in said.sentences[0]
    assert "made for that run only" in said.sentences[0]
    assert "15 files, 10 events" in said.sentences[0]


def test_the_manifest_lists_every_file_but_itself_and_its_signature(bundle: Path) -> None:
    manifest = json.loads((bundle / "manifest.json").read_bytes())

    listed = [entry["path"] for entry in manifest["files"]]

    assert listed == sorted(set(files(bundle)) - {"manifest.json", "manifest.jws"})
    assert (bundle / "manifest.json").read_bytes() == rfc8785.dumps(manifest)
    assert manifest["run_id"] == "run-1"
    assert set(manifest["bench"]) == {"name", "version"}


def test_the_signature_is_a_detached_jws_that_carries_the_public_key_only(bundle: Path) -> None:
    head, payload, _ = (bundle / "manifest.jws").read_text().split(".")

    header = json.loads(base64.urlsafe_b64decode(head + "=="))

    assert payload == ""
    assert header["alg"] == "Ed25519"
    assert set(header["jwk"]) == {"kty", "crv", "x"}


@pytest.mark.parametrize("inside", ["", "run-1/"])
def test_a_zip_of_a_bundle_is_the_same_bundle(bundle: Path, tmp_path: Path, inside: str) -> None:
    path = tmp_path / "bundle.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in files(bundle):
            archive.write(bundle / name, inside + name)

    assert verify(path).code == 0


def test_the_kept_key_of_the_user_is_recognised_and_a_wanted_key_is_held_to(tmp_path: Path) -> None:
    key = make_user_key()
    folder = record(tmp_path / "run-2")
    seal(folder, signing_key())
    public = tmp_path / "public.pem"
    public.write_bytes(key.key.as_pem(private=False))
    other = OKPKey.generate_key("Ed25519").thumbprint()

    said = verify(folder)

    assert said.signer is not None
    assert (said.code, said.signer.who, said.signer.known) == (0, "user", True)
    assert "which is your own" in said.sentences[0]
    assert verify(folder, key=key.thumbprint).code == 0
    assert "the one asked for" in verify(folder, key=key.thumbprint).sentences[0]
    assert verify(folder, key=str(public)).code == 0
    refused = verify(folder, key=other)
    assert refused.code == 1
    assert refused.sentences[0] == "Refused: sealed by another key than the one asked for"
    assert f"manifest.jws: not sealed by key {other}" in refused.sentences
    assert "Unchanged since it was sealed" in refused.sentences[2]


def test_a_bundle_sealed_elsewhere_by_a_lasting_key_is_by_a_key_unknown_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "theirs.pem"
    make_user_key(path)
    folder = record(tmp_path / "run-2")
    seal(folder, signing_key(path))

    assert "unknown here" in verify(folder).sentences[0]


def test_a_worker_killed_before_the_seal_is_said_in_an_intact_bundle(tmp_path: Path) -> None:
    folder = record(tmp_path / "run-2")
    with (folder / "journal" / "gw0.jsonl").open("ab") as part:
        part.write(b'{"seq":6,"at":')
    seal(folder, signing_key())

    said = verify(folder)

    assert said.code == 0
    assert said.sentences[1] == (
        "journal/gw0.jsonl: cut after 5 whole lines, whose chain is intact"
    )


def test_deep_holds_every_event_to_its_kind(tmp_path: Path) -> None:
    folder = record(tmp_path / "run-2")
    journal = JournalWriter(folder, "gw1", b"k" * 32, time.perf_counter_ns())
    journal.record("file.given", {"name": 3, "media_type": "", "size": 1}, source="operator")
    journal.record("step.started", {"n": 1, "title": "", "extra": 1}, source="bench")
    journal.record("no.such.kind", {}, source="bench")
    journal.close()
    seal(folder, signing_key())

    said = verify(folder, deep=True)

    assert verify(folder).code == 0
    assert said.code == 3
    assert said.sentences[1:] == [
        "journal/gw1.jsonl: line 1: name of file.given is misshapen (string_type)",
        "journal/gw1.jsonl: line 2: step.started has no extra",
        "journal/gw1.jsonl: line 3: kind no.such.kind is not in the table",
    ]


# Altered


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_bit_of_any_file_that_changes_is_found_and_the_file_named(
    bundle: Path, data: Any
) -> None:
    name = data.draw(st.sampled_from(files(bundle)))
    path = bundle / name
    before = path.read_bytes()
    at = data.draw(st.integers(0, len(before) - 1))
    bit = data.draw(st.integers(0, 7))

    path.write_bytes(before[:at] + bytes([before[at] ^ 1 << bit]) + before[at + 1 :])
    said = verify(bundle)
    path.write_bytes(before)

    assert said.code == 1
    assert any(name in sentence for sentence in said.sentences)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_file_cut_or_made_longer_is_found_and_named(bundle: Path, data: Any) -> None:
    name = data.draw(st.sampled_from(files(bundle)))
    path = bundle / name
    before = path.read_bytes()
    cut = data.draw(st.integers(0, len(before) - 1))

    for after in (before[:cut], before + b"\n"):
        path.write_bytes(after)
        said = verify(bundle)
        assert said.code == 1
        assert any(name in sentence for sentence in said.sentences)
    path.write_bytes(before)


@pytest.mark.parametrize(
    "name", ["manifest.json", "manifest.jws", "report.html", "journal/main.jsonl"]
)
def test_a_missing_file_is_named(bundle: Path, name: str) -> None:
    (bundle / name).unlink()

    said = verify(bundle)

    assert said.code == 1
    assert f"{name}: missing" in said.sentences


def test_an_added_and_a_renamed_file_are_told_apart(bundle: Path) -> None:
    (bundle / "video" / "PSC.01.01.mp4").rename(bundle / "video" / "PSC.01.03.mp4")
    (bundle / "note.txt").write_bytes(b"by the way")

    said = verify(bundle)

    assert said.code == 1
    assert said.sentences[1:] == [
        "video/PSC.01.01.mp4: renamed to video/PSC.01.03.mp4",
        "note.txt: added",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
@pytest.mark.parametrize("name", ["report.html", "manifest.json", "journal/main.jsonl", "journal"])
def test_a_link_in_the_place_of_a_file_is_an_alteration(
    bundle: Path, tmp_path: Path, name: str
) -> None:
    aside = tmp_path / "aside"
    shutil.move(bundle / name, aside)
    (bundle / name).symlink_to(aside)

    said = verify(bundle)

    assert said.code == 1
    assert f"{name}: a link, not a file" in said.sentences


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names there")
def test_a_pipe_is_never_opened(bundle: Path) -> None:
    os.mkfifo(bundle / "journal" / "x.jsonl")

    said = verify(bundle)

    assert said.code == 1
    assert "journal/x.jsonl: neither a file nor a folder" in said.sentences


def test_a_bundle_sealed_again_by_somebody_else_shows_another_key(bundle: Path) -> None:
    first = verify(bundle).signer
    (bundle / "report.html").write_bytes(b"better")
    (bundle / "manifest.json").unlink()
    seal(bundle, signing_key())

    second = verify(bundle)

    assert second.code == 0
    assert first is not None and second.signer is not None
    assert second.signer.thumbprint != first.thumbprint
    assert verify(bundle, key=first.thumbprint).code == 1


def test_a_journal_rewritten_before_the_seal_is_found_by_its_chain(tmp_path: Path) -> None:
    folder = record(tmp_path / "run-2")
    part = folder / "journal" / "main.jsonl"
    part.write_bytes(part.read_bytes().replace(b"mail-2.eml", b"mail-9.eml"))
    seal(folder, signing_key())

    said = verify(folder)

    assert said.code == 1
    assert said.sentences[1:] == [
        "journal/main.jsonl: the chain is intact for 3 lines; line 4 does not follow"
    ]


def test_a_blob_swapped_before_the_seal_is_found_by_its_name(tmp_path: Path) -> None:
    folder = record(tmp_path / "run-2")
    blob = next((folder / "blobs").iterdir())
    blob.write_bytes(b"another mail")
    seal(folder, signing_key())

    assert f"blobs/{blob.name}: altered" in verify(folder).sentences


def test_the_header_of_the_signature_cannot_say_another_key(bundle: Path) -> None:
    head, _, signature = (bundle / "manifest.jws").read_text().split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "=="))
    for change in (
        {"jwk": OKPKey.generate_key("Ed25519").as_dict(private=False)},
        {"who": "user"},
        {"alg": "none"},
        {"alg": "HS256"},
        {"jwk": None},
        {"jwk": {"kty": "oct", "k": "AA"}},
    ):
        forged = base64.urlsafe_b64encode(json.dumps(header | change).encode()).rstrip(b"=")
        (bundle / "manifest.jws").write_text(f"{forged.decode()}..{signature}")

        said = verify(bundle)

        assert said.code == 1
        assert any("manifest.jws" in sentence for sentence in said.sentences)


# Not sealed, not a bundle


def test_a_killed_run_is_read_to_its_last_whole_line(tmp_path: Path) -> None:
    folder = record(tmp_path / "run-2")
    part = folder / "journal" / "main.jsonl"
    part.write_bytes(part.read_bytes()[:-30])

    said = verify(folder)

    assert said.code == 2
    assert said.sentences == [
        f"{folder}: not sealed: its run did not finish",
        "journal/gw0.jsonl: 5 whole lines, whose chain is intact",
        "journal/main.jsonl: cut after 4 whole lines, whose chain is intact",
    ]


@pytest.mark.parametrize("kind", ["nothing", "file", "empty folder"])
def test_what_is_no_bundle_is_said_to_be_none(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "thing"
    if kind == "file":
        path.write_bytes(b"PK\x03\x04 not really")
    elif kind == "empty folder":
        path.mkdir()

    said = verify(path)

    assert said.code == 2
    assert len(said.sentences) == 1
    assert str(path) in said.sentences[0]


def test_sentences_are_in_french_too(bundle: Path) -> None:
    locale.set_language("fr")
    (bundle / "report.html").write_bytes(b"x")

    said = verify(bundle)

    assert said.sentences == ["Altéré : 1 anomalie", "report.html : altéré"]


# Sealing and keys


def test_a_sealed_bundle_is_not_sealed_again(bundle: Path) -> None:
    with pytest.raises(BundleFault, match="sealed already"):
        seal(bundle, signing_key())


def test_a_bench_killed_between_signature_and_manifest_can_seal_again(bundle: Path) -> None:
    (bundle / "manifest.json").unlink()

    seal(bundle, signing_key())

    assert verify(bundle).code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="such names cannot be made there")
def test_a_name_that_other_systems_refuse_is_not_sealed(tmp_path: Path) -> None:
    folder = record(tmp_path / "run-2")
    (folder / "ab:c.txt").write_bytes(b"x")

    with pytest.raises(BundleFault, match=r"ab:c\.txt: not a legal file name"):
        seal(folder, signing_key())


def test_without_a_kept_key_each_run_has_its_own(tmp_path: Path) -> None:
    first, second = signing_key(), signing_key()

    assert first.who == second.who == "run"
    assert first.thumbprint != second.thumbprint


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_a_kept_key_is_private_and_never_replaced() -> None:
    made = make_user_key()

    assert stat.S_IMODE(keys.user_key_path().stat().st_mode) == 0o600
    assert signing_key().thumbprint == made.thumbprint
    with pytest.raises(BundleFault, match="a key is there already"):
        make_user_key()


def test_a_key_may_be_a_jwk(tmp_path: Path) -> None:
    key = OKPKey.generate_key("Ed25519")
    path = tmp_path / "key.json"
    path.write_text(json.dumps(key.as_dict(private=True)), encoding="utf-8")

    assert signing_key(path).thumbprint == key.thumbprint()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "expected an Ed25519 key, PEM or JWK"),
        (b"{", "expected an Ed25519 key, PEM or JWK"),
        (b'{"kty":"RSA"}', "expected an Ed25519 key, PEM or JWK"),
        (OKPKey.generate_key("X25519").as_pem(), "expected an Ed25519 key, found X25519"),
        (OKPKey.generate_key("Ed25519").as_pem(private=False), "expected a private one"),
    ],
)
def test_a_wrong_key_file_is_named(tmp_path: Path, content: Any, sentence: str) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)

    with pytest.raises(BundleFault, match=sentence) as said:
        signing_key(path)
    assert str(path) in str(said.value)


def test_a_wrong_key_to_hold_to_is_named(bundle: Path) -> None:
    said = verify(bundle, key="nonsense")

    assert said.code == 2
    assert said.sentences == ["nonsense: neither a key file nor a thumbprint of 43 characters"]


def test_a_lasting_key_is_made_once_by_the_command_line(tmp_path: Path) -> None:
    folder = tmp_path / "run-2"
    journal = JournalWriter(folder, "main", b"k" * 32, time.perf_counter_ns())
    journal.record("run.started", {"run_id": "run-2", "plan": {}, "rules": {}}, source="bench")
    journal.close()
    command = ["finish", str(folder), "--new-key", "--lang", "en"]

    said = CliRunner().invoke(cli, command, standalone_mode=False)
    again = CliRunner().invoke(cli, command, standalone_mode=False)

    assert signing_key().thumbprint in said.output
    assert "which is your own" in verify(folder).sentences[0]
    assert isinstance(again.exception, BundleFault)
    assert "a key is there already" in str(again.exception)
