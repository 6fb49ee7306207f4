"""Decisions beside a sealed bundle: recorded, replaced, refused, never believed unless signed."""

import base64
import json
import shutil
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from conformance import locale
from conformance.bundle.keys import SigningKey, make_user_key, signing_key, user_key_path
from conformance.bundle.seal import signed
from conformance.bundle.verify import verify
from conformance.deciding.decisions import Decisions, decisions_of
from conformance.deciding.recording import Wish, now, record, table_of
from conformance.errors import AlteredBundle, BundleFault
from conformance.journal import JournalWriter
from conformance.reporting.with_decisions import write_merged
from conformance.run.finish import finish

STORY = "PSC.01.01@ecps"
PROOF = "PSC.01.01.01"
FINDING = ("story.complete", STORY, "story")
NAME = f"story.complete [{STORY}] story"


def recorded(folder: Path) -> Path:
    """A run that stopped in its first step, judged and sealed."""
    writer = JournalWriter(folder, "main", b"k" * 32, time.perf_counter_ns())
    run = {
        "schema_version": 1,
        "run_id": folder.name,
        "bench": {"name": "banc", "version": "0"},
        "catalogue": {"sha256": "0"},
        "rules": {},
        "product": {"name": "Produit", "version": "1", "build": "", "editor": "", "nil": ""},
        "plan": {"waves": ["2"], "corridor": ["LGC"], "profiles": [], "packs": []},
        "stage": {},
        "expected": [],
        "environment": {},
        "lang": "fr",
    }
    writer.record("run.started", run, source="bench")
    writer.scenario = STORY
    started = {"id": STORY, "attempt": 1, "mode": "web", "face": "web", "driver": "adapter",
               "steps": 11, "fault": None, "twin": None}  # fmt: skip
    writer.record("scenario.started", started, source="bench")
    writer.close()
    (folder / "run.json").write_text(json.dumps(run | {"ended": None}), encoding="utf-8")
    assert finish(folder, lang=locale.language()).problems == []
    return folder


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(tmp_path_factory.mktemp("decisions") / "run-1")


@pytest.fixture(autouse=True)
def _english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("BANC_CONFIG", str(tmp_path / "keys"))
    locale.set_language("en")
    yield
    locale.set_language(locale.DEFAULT_LANGUAGE)


@pytest.fixture
def bundle(sealed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sealed, tmp_path / "run-1"))


@pytest.fixture
def key() -> SigningKey:
    return make_user_key()


def decide(bundle: Path, *names: str, **more: Any) -> list[str]:
    """Record one decision, `conforme` by the auditor unless said otherwise."""
    usual = {"author": "Ana Durand", "role": "auditor", "date": now(), "key": signing_key()}
    about: dict[str, Any] = usual | more
    wish = Wish(names, about.pop("choice", "conforme"), about.pop("comment", ""))
    return record(table_of(bundle), [wish], **about)


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def rewritten(beside: Path, key: SigningKey, **changes: Any) -> Decisions:
    """`001.json` with other values, signed again by `key`; what is then read."""
    path = beside / "001.json"
    octets = rfc8785.dumps(json.loads(path.read_bytes()) | changes)
    path.write_bytes(octets)
    path.with_suffix(".jws").write_text(signed(octets, key), encoding="ascii")
    return decisions_of(beside.with_name(beside.name.removesuffix(".decisions")))


# Recorded


def test_a_decision_stands_beside_the_bundle_and_changes_nothing_in_it(
    bundle: Path, key: SigningKey
) -> None:
    before = files(bundle)

    written = decide(bundle, NAME, PROOF, "PSC.01", comment="vu sur le poste")

    read = decisions_of(bundle)
    assert written == ["001.json"]
    assert files(bundle) == before
    assert verify(bundle).code == 0
    assert read.problems == () == read.notes
    for named in (FINDING, PROOF, "PSC.01"):
        decision = read.of(named)["auditor"]
        assert (decision.choice, decision.author, decision.comment) == (
            "conforme", "Ana Durand", "vu sur le poste")  # fmt: skip
        assert decision.signer.thumbprint == key.thumbprint
    octets = (read.folder / "001.json").read_bytes()
    assert octets == rfc8785.dumps(json.loads(octets))


def test_nothing_decided_reads_as_nothing(bundle: Path) -> None:
    read = decisions_of(bundle)

    assert (read.all, read.problems, dict(read.of(PROOF))) == ((), (), {})
    assert read.settled(PROOF) is None


def test_a_later_decision_of_the_same_role_replaces_the_earlier_one_and_says_so(
    bundle: Path, key: SigningKey
) -> None:
    decide(bundle, PROOF, choice="visite")
    decide(bundle, PROOF, choice="reserve")

    read = decisions_of(bundle)

    assert [decision.choice for decision in read.all] == ["visite", "reserve"]
    assert read.of(PROOF)["auditor"].choice == "reserve"
    assert read.notes == (f"{PROOF}: 002.json replaces 001.json of the same role (auditor)",)


def test_a_replacement_by_another_key_is_told_as_such(bundle: Path, key: SigningKey) -> None:
    decide(bundle, PROOF)
    user_key_path().unlink()
    make_user_key()
    decide(bundle, PROOF, choice="non-conforme")

    assert decisions_of(bundle).notes[0].endswith("(auditor), by another key")


def test_two_roles_may_differ_and_the_auditor_counts(bundle: Path, key: SigningKey) -> None:
    decide(bundle, PROOF, choice="reserve")
    decide(bundle, PROOF, role="vendor", author="Éditions Exemple")

    read = decisions_of(bundle)

    assert {role: d.choice for role, d in read.of(PROOF).items()} == {
        "auditor": "reserve", "vendor": "conforme"}  # fmt: skip
    assert read.settled(PROOF) is read.of(PROOF)["auditor"]
    assert "two views" in read.notes[0]


def test_a_zip_has_its_decisions_beside_it_too(
    bundle: Path, tmp_path: Path, key: SigningKey
) -> None:
    archive = tmp_path / "run-1.zip"
    with zipfile.ZipFile(archive, "w") as out:
        for name, octets in files(bundle).items():
            out.writestr(name, octets)

    decide(archive, PROOF)

    assert (tmp_path / "run-1.zip.decisions" / "001.jws").is_file()
    assert decisions_of(archive).of(PROOF)["auditor"].choice == "conforme"
    assert decisions_of(bundle).all == ()


# Refused


def test_two_decisions_that_contradict_are_both_refused(bundle: Path, key: SigningKey) -> None:
    wishes = [Wish((PROOF,), "conforme"), Wish(("PSC.01", PROOF), "non-conforme")]

    with pytest.raises(BundleFault, match="contradict each other; nothing was recorded"):
        record(table_of(bundle), wishes, author="A", role="vendor", date=now(), key=key)

    assert not decisions_of(bundle).folder.exists()


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown name": ({"names": ["PSC.99.99"]}, "nothing in the bundle has that name"),
    "no author": ({"author": " "}, "author: empty"),
    "tomorrow": ({"date": (datetime.now(UTC) + timedelta(days=1)).isoformat()}, "still to come"),
    "no date": ({"date": "hier"}, "expected a day such as"),
    "a moment without zone": ({"date": "2026-01-01T10:00:00"}, "with its time zone"),
    "a role of its own": ({"role": "ans"}, "expected one of vendor, auditor"),
    "a choice of its own": ({"choice": "label"}, "expected one of conforme"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_decided_is_refused_in_one_sentence(
    bundle: Path, key: SigningKey, what: str
) -> None:
    changes, sentence = REFUSED[what]
    names = changes.get("names", [PROOF])

    with pytest.raises(BundleFault, match=sentence) as refused:
        decide(bundle, *names, **{k: v for k, v in changes.items() if k != "names"})

    assert "\n" not in str(refused.value)
    assert not decisions_of(bundle).folder.exists()


def test_a_key_that_is_thrown_away_signs_no_decision(bundle: Path) -> None:
    with pytest.raises(BundleFault, match="no key that lasts"):
        decide(bundle, PROOF)


def test_nothing_is_decided_on_an_altered_or_an_unsealed_bundle(
    bundle: Path, key: SigningKey
) -> None:
    (bundle / "report.html").write_text("other", encoding="utf-8")
    with pytest.raises(AlteredBundle, match=r"report\.html: altered"):
        table_of(bundle)
    for name in ("manifest.json", "manifest.jws"):
        (bundle / name).unlink()
    with pytest.raises(BundleFault, match="not sealed"):
        table_of(bundle)


def test_a_name_that_is_only_begun_is_answered_with_the_whole_ones(
    bundle: Path, key: SigningKey
) -> None:
    with pytest.raises(BundleFault, match=r"did you mean story\.complete"):
        decide(bundle, "story.complete")


# Not believed


def test_a_decision_changed_after_it_was_signed_counts_for_nothing(
    bundle: Path, key: SigningKey
) -> None:
    decide(bundle, PROOF, choice="non-conforme")
    path = decisions_of(bundle).folder / "001.json"
    path.write_bytes(path.read_bytes().replace(b"non-conforme", b"conforme"))

    read = decisions_of(bundle)

    assert (read.all, len(read.problems)) == ((), 1)
    assert "altered: 001.jws does not fit it" in read.problems[0]
    with pytest.raises(AlteredBundle):
        decide(bundle, PROOF)


def test_the_signature_of_somebody_else_does_not_make_it_theirs(
    bundle: Path, key: SigningKey
) -> None:
    decide(bundle, PROOF)
    path = decisions_of(bundle).folder / "001.jws"
    head, _nothing, signature = path.read_text().split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "=="))
    header["jwk"] = make_user_key(path.with_name("other.pem")).public
    path.with_name("other.pem").unlink()
    forged = base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
    path.write_text(f"{forged}..{signature}")

    read = decisions_of(bundle)

    assert (read.all, len(read.problems)) == ((), 1)


CHANGED: dict[str, tuple[dict[str, Any], str]] = {
    "another bundle": ({"manifest": "0" * 64}, "decided on another bundle"),
    "an unknown proof": ({"on": [{"proof": "X.1"}]}, "nothing in the bundle has that name"),
    "nothing": ({"on": []}, "not in the form of a decision"),
    "the same twice": ({"on": [{"proof": PROOF}] * 2}, "names the same thing twice"),
    "a day to come": ({"date": "2999-01-01"}, "still to come"),
    "no author": ({"author": ""}, "author: empty"),
    "a key of its own": ({"label": "ANS"}, "not in the form of a decision"),
}


@pytest.mark.parametrize("what", CHANGED)
def test_what_was_signed_wrongly_counts_for_nothing(
    bundle: Path, key: SigningKey, what: str
) -> None:
    changes, sentence = CHANGED[what]
    decide(bundle, PROOF)

    read = rewritten(decisions_of(bundle).folder, key, **changes)

    assert (read.all, len(read.problems)) == ((), 1)
    assert sentence in read.problems[0]


def test_a_key_of_one_run_is_not_believed(bundle: Path, key: SigningKey) -> None:
    decide(bundle, PROOF)

    read = rewritten(decisions_of(bundle).folder, SigningKey(key.key, "run"))

    assert "expected one that lasts" in read.problems[0]


def test_decisions_moved_to_another_bundle_count_for_nothing_there(
    bundle: Path, tmp_path: Path, key: SigningKey
) -> None:
    other = recorded(tmp_path / "run-2")
    decide(bundle, PROOF)
    decisions_of(bundle).folder.rename(tmp_path / "run-2.decisions")

    read = decisions_of(other)

    assert read.all == ()
    assert "decided on another bundle (run-1" in read.problems[0]
    with pytest.raises(AlteredBundle, match="another bundle"):
        decide(other, PROOF)


def test_a_decision_taken_away_and_a_stray_file_are_told(bundle: Path, key: SigningKey) -> None:
    for n in range(3):
        decide(bundle, PROOF, comment=str(n))
    folder = decisions_of(bundle).folder
    (folder / "001.jws").unlink()
    for suffix in ("json", "jws"):
        (folder / f"002.{suffix}").unlink()
    (folder / "notes.txt").write_text("x", encoding="utf-8")

    read = decisions_of(bundle)

    told = "\n".join(read.problems)
    assert [decision.number for decision in read.all] == [3]
    assert "001.json: not signed" in told
    assert "002.json: missing" in told
    assert "notes.txt: not a decision" in told


def test_what_was_replaced_is_not_brought_back_by_a_copy(bundle: Path, key: SigningKey) -> None:
    decide(bundle, PROOF, choice="non-conforme")
    decide(bundle, PROOF, choice="reserve")
    folder = decisions_of(bundle).folder
    for suffix in ("json", "jws"):
        shutil.copy(folder / f"001.{suffix}", folder / f"003.{suffix}")

    read = decisions_of(bundle)

    assert read.of(PROOF)["auditor"].choice == "reserve"
    assert [problem.partition("003.json: ")[2] for problem in read.problems] == [
        "the same as 001.json: signed once, it counts once"
    ]


def test_the_very_same_decision_is_not_recorded_twice(bundle: Path, key: SigningKey) -> None:
    decide(bundle, PROOF, date="2026-01-02")

    with pytest.raises(BundleFault, match=r"recorded already, as 001\.json"):
        decide(bundle, PROOF, date="2026-01-02")
    decide(bundle, PROOF, date="2026-01-03")

    assert len(decisions_of(bundle).all) == 2


def test_decisions_that_were_renumbered_are_told_by_their_dates(
    bundle: Path, key: SigningKey
) -> None:
    decide(bundle, PROOF, choice="non-conforme", date="2026-01-02T10:00:00Z")
    decide(bundle, PROOF, choice="reserve", date="2026-01-02T09:00:00Z")
    decide(bundle, "PSC.01", date="2026-01-02")
    decide(bundle, "PSC.01", date="2026-01-03")

    first, second = decisions_of(bundle).notes

    assert first.endswith("(auditor), although it is dated before")
    assert second.endswith("(auditor)")


def test_a_file_in_place_of_the_decisions_is_told(bundle: Path) -> None:
    beside = decisions_of(bundle).folder
    beside.write_text("x", encoding="utf-8")

    assert decisions_of(bundle).problems == (f"{beside}: not a folder of decisions",)


def test_what_would_mislead_an_eye_or_a_terminal_is_not_shown(
    bundle: Path, tmp_path: Path, key: SigningKey
) -> None:
    decide(bundle, PROOF, author="Ana\x1b[2J\u202eduruD", comment="vu\u00a0: oui\x00\r\nfaux")
    decisions_of(bundle).folder.joinpath("x\udcff.json").touch()

    made = write_merged(bundle, tmp_path / "out.html", "en")

    text = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert not {"\x1b", "\u202e", "\x00"} & set(text)
    assert "vu\u00a0: oui" in text
    assert "x·.json: not a decision" in made.decisions.problems[0]


def test_decisions_beside_an_unsealed_bundle_count_for_nothing(
    bundle: Path, key: SigningKey
) -> None:
    decide(bundle, PROOF)
    for name in ("manifest.json", "manifest.jws"):
        (bundle / name).unlink()

    read = decisions_of(bundle)

    assert read.all == ()
    assert "nothing in it counts" in read.problems[0]


# Shown


def test_the_report_of_both_shows_three_views_and_leaves_the_bundle_alone(
    bundle: Path, tmp_path: Path, key: SigningKey
) -> None:
    before = files(bundle)
    decide(bundle, PROOF, choice="reserve", comment="<b>à revoir</b>")
    decide(bundle, PROOF, role="vendor", author="Éditions Exemple")
    out = tmp_path / "out" / "report.html"

    made = write_merged(bundle, out, "en")

    text = out.read_text(encoding="utf-8")
    [row] = made.report.opinions
    assert files(bundle) == before
    assert {role: opinion.choice for role, opinion in row.opinions.items()} == {
        "auditor": "reserve", "vendor": "conforme"}  # fmt: skip
    assert "view: non-blocking reservation" in text
    assert "never a result or a label of the ANS" in text
    assert "this is not a result of the ANS" in text
    assert "&lt;b&gt;à revoir" in text
    assert made.report.base == "../run-1/"


def test_a_report_is_never_written_where_nothing_may_change(bundle: Path, key: SigningKey) -> None:
    decide(bundle, PROOF)

    for out in (bundle / "x.html", bundle.with_name("run-1.decisions") / "x.pdf"):
        with pytest.raises(BundleFault, match="nothing may change"):
            write_merged(bundle, out, "en")
    with pytest.raises(BundleFault, match=r"expected a name in \.html or \.pdf"):
        write_merged(bundle, bundle.with_name("x.docx"), "en")
    assert verify(bundle).code == 0
