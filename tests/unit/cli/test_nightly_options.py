"""What a nightly job asks for: sizes, films kept, old bundles removed, each mistake said first."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance import locale
from conformance.bundle.keys import make_user_key, signing_key
from conformance.bundle.seal import seal
from conformance.cli.run.nightly import Night
from conformance.comparing.earlier_runs import Kin
from conformance.comparing.retention import remove, surplus
from conformance.deciding.decisions import decisions_folder
from conformance.errors import PlanError
from conformance.evidence.film.keeping import LEAST_FILM, Room, drop_films, worth_a_film
from conformance.evidence.proofs.package import build_proofs
from conformance.journal import Journal, JournalWriter
from conformance.journal.notes import DROPPED, OVER_CEILING, why_no_film
from conformance.judging.findings import Finding, ScenarioVerdict, Verdict
from conformance.plan import load_plan
from conformance.plan.sizes import in_words, octets
from conformance.reporting.sections.exchanges import one_line

STORY = "PSC.01.01@ecps"
RUN = {
    "run_id": "r",
    "product": {"name": "Logiciel", "version": "1", "build": "7"},
    "plan": {"corridor": ["LGC"], "waves": ["2"], "profiles": [], "packs": ["tour"], "only": [],
             "strict": False},
    "catalogue": {"sha256": "c"},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _own_world(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    monkeypatch.setenv("BANC_CONFIG", str(tmp_path_factory.mktemp("config")))
    locale.set_language("en")
    yield
    locale.set_language(locale.DEFAULT_LANGUAGE)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("500MB", 500_000_000),
        ("2 Go", 2_000_000_000),
        ("1.5GiB", 1_610_612_736),
        ("1,5 Go", 1_500_000_000),
        ("800k", 800_000),
        ("250000", 250_000),
        (250_000, 250_000),
    ],
)
def test_a_size_is_read_as_people_write_it(text: object, size: int) -> None:
    assert octets(text) == size


@pytest.mark.parametrize(
    "text", ["", "much", "9" * 400, "-5MB", "5 XB", "5 MB or so", 0.5, True, None, "12"]
)
def test_what_is_no_size_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="a size"):
        octets(text)


def test_sizes_are_said_in_short() -> None:
    assert [in_words(n) for n in (12, 1_500, 500_000_000)] == ["12 B", "1.5 kB", "500 MB"]


def test_banc_toml_may_hold_the_ceiling(tmp_path: Path) -> None:
    text = Path("mocks/lps/banc.adapter.toml").read_text(encoding="utf-8")
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text(f'{text}\nmax_size = "500MB"\n', encoding="utf-8")
    bad.write_text(f'{text}\nmax_size = "plenty"\n', encoding="utf-8")

    assert load_plan(good).evidence.max_size == 500_000_000
    with pytest.raises(PlanError, match=r"evidence\.max_size is 'plenty': expected a size such as"):
        load_plan(bad)


def night(**options: Any) -> Night:
    asked = dict.fromkeys(("against", "junit", "keep", "like", "max_size", "video"))
    asked |= {"as_json": False, "no_video": False, "only": (), "strict": False}
    return Night.before(asked | options, load_plan(), ("tour",))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"max_size": "plenty"}, "--max-size plenty: expected a size such as 500MB"),
        ({"max_size": ""}, "--max-size '': expected a size such as 500MB"),
        ({"max_size": "5kB"}, "--max-size 5kB: expected a size of at least 100 kB"),
        ({"no_video": True, "video": "failures"}, "--video failures: contradicts --no-video"),
        ({"as_json": True, "like": Path("b")}, "--json cannot stand beside --like"),
        ({"junit": Path("nowhere/j.xml")}, "--junit nowhere/j.xml: expected a file in a folder"),
        ({"junit": Path("tests")}, "--junit tests: expected a file in a folder that exists"),
    ],
)
def test_a_mistake_is_said_before_anything_starts(options: dict[str, Any], said: str) -> None:
    with pytest.raises(PlanError) as told:
        night(**options)

    assert str(told.value).startswith(said)


def test_options_that_go_together_are_taken(tmp_path: Path) -> None:
    taken = night(no_video=True, video="none", max_size="1GB", junit=tmp_path / "j.xml", keep=3)

    assert (taken.junit, taken.keep) == (tmp_path / "j.xml", 3)


def verdict(worst: str, ended: str = "completed") -> ScenarioVerdict:
    finding = Finding("a", STORY, "login 1", "held", Verdict(worst))
    return ScenarioVerdict(STORY, finding.verdict, ended, None, None, (finding,))


def test_films_of_failures_are_worth_keeping_and_no_others() -> None:
    kept = [word for word in Verdict if worth_a_film(verdict(word))]

    assert kept == ["fail", "error", "not_ready"]
    assert worth_a_film(verdict("pass", ended="stopped"))
    assert worth_a_film(verdict("pass", ended="interrupted"))


@pytest.fixture
def filmed(tmp_path: Path) -> Iterator[JournalWriter]:
    """A scenario that left a film."""
    writer = JournalWriter(tmp_path / "run", "main", b"k" * 32, time.perf_counter_ns())
    writer.record("run.started", RUN, source="bench")
    writer.scenario = STORY
    (writer.folder / "video").mkdir()
    for suffix in (".mp4", ".vtt"):
        (writer.folder / "video" / f"a{suffix}").write_bytes(b"film")
    writer.record("film.started", {"file": "video/a.mp4", "zero": 0, "epoch": 1e9}, source="bench")
    writer.record("film.finished", {"file": "video/a.mp4", "ok": True}, source="bench")
    yield writer
    writer.close()


@pytest.mark.parametrize(("video", "why"), [("none", "film-not-made"), ("all", "nothing-recorded")])
def test_a_film_that_nobody_asked_for_is_missing_for_that_reason(
    tmp_path: Path, video: str, why: str
) -> None:
    writer = JournalWriter(tmp_path / "run", "main", b"k" * 32, time.perf_counter_ns())
    writer.record("run.started", {**RUN, "environment": {"video": video}}, source="bench")
    writer.scenario = STORY
    writer.record("scenario.started", {"id": STORY}, source="bench")
    writer.close()

    rows = {row.id: row for row in build_proofs(writer.folder)}

    assert (rows["PSC.01.01.01"].state, rows["PSC.01.01.01"].reason) == ("missing", why)


def test_a_film_that_is_dropped_leaves_a_note_and_its_proofs_say_why(filmed: JournalWriter) -> None:
    drop_films(filmed.folder, filmed.recent(), filmed)

    rows = {row.id: row for row in build_proofs(filmed.folder)}
    notes = [e.data for e in Journal(filmed.folder) if e.kind == "bench.note"]
    assert list((filmed.folder / "video").iterdir()) == []
    assert notes == [{"what": DROPPED, "values": {"file": "video/a.mp4", "octets": 4}}]
    assert one_line(filmed.recent()[-1]).startswith("its film was not kept")
    assert (rows["PSC.01.01.01"].state, rows["PSC.01.01.01"].reason) == ("missing", "film-not-kept")


def test_room_for_films_shrinks_with_the_results_and_with_the_workers(
    filmed: JournalWriter,
) -> None:
    taken = sum(path.stat().st_size for path in filmed.folder.rglob("*") if path.is_file())

    assert Room(filmed.folder, None).left() is None
    assert Room(filmed.folder, taken + 3_000_000).left() == 3_000_000
    assert Room(filmed.folder, taken + 3_000_000, workers=3).left() == 1_000_000
    assert Room(filmed.folder, 1).left() == 0


def test_with_no_room_left_no_film_is_begun_and_that_is_recorded(filmed: JournalWriter) -> None:
    room = Room(filmed.folder, 1)

    assert not room.refuses(None, filmed) and not room.refuses(LEAST_FILM, filmed)
    assert room.refuses(LEAST_FILM - 1, filmed)
    assert filmed.recent()[-1].data["what"] == OVER_CEILING
    assert why_no_film(filmed.recent()) == "film-over-ceiling"


Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """`make(name)`: a sealed bundle of our product, the later the newer."""

    def made(name: str, key: Path | None = None, about: Any = None, **run: Any) -> Path:
        folder = tmp_path / "reports" / name
        writer = JournalWriter(folder, "main", b"k" * 32, time.perf_counter_ns())
        writer.record("run.started", RUN | run, source="bench")
        writer.close()
        facts = {"ended": "completed"} | (about or {})
        (folder / "run.json").write_text(json.dumps(facts), encoding="utf-8")
        (folder / "findings.json").write_text('{"findings":[]}', encoding="utf-8")
        seal(folder, signing_key(key))
        return folder

    return made


def too_many(reports: Path, keep: int = 1, *spared: Path) -> list[str]:
    return [path.name for path in surplus(reports, Kin.of(RUN), keep, spared)]


def test_the_newest_bundles_are_kept_and_older_ones_removed(make: Make) -> None:
    for name in ("c", "a", "b"):
        reports = make(name).parent

    names, problems = remove(surplus(reports, Kin.of(RUN), 2, ()))

    assert (names, problems) == (["c"], [])
    assert sorted(path.name for path in reports.iterdir()) == ["a", "b"]


def test_what_is_not_ours_is_never_removed(make: Make, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger.pem"
    make_user_key(stranger)
    reports = make("decided").parent
    decisions_folder(reports / "decided").mkdir()
    make("altered")
    (reports / "altered" / "mine.txt").write_text("notes", encoding="utf-8")
    make("cut", about={"ended": "interrupted"})
    make("of-another", product={"name": "Autre"})
    make("signed-by-another", key=stranger)
    make("with-a-film", about={"made_from": [{"manifest_sha256": "0"}]})
    (reports / "holiday").mkdir()
    shutil.copytree(make("linked"), tmp_path / "elsewhere")
    shutil.rmtree(reports / "linked")
    (reports / "linked").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    make("old")
    make("new")

    assert too_many(reports) == ["old"]


def test_the_bundle_compared_with_is_spared_and_a_cut_run_does_not_count(make: Make) -> None:
    oldest = make("oldest")
    make("old")
    make("new")
    make("cut", about={"ended": "interrupted"})

    assert too_many(oldest.parent, 1, oldest) == ["old"]
    assert too_many(oldest.parent, 3) == []
