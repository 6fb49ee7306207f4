"""A film of OBS, Game Bar or a phone: laid on its run, checked, kept; or refused with reasons."""

import csv
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import segno
from playwright.sync_api import sync_playwright

from conformance.bundle.keys import signing_key
from conformance.bundle.seal import seal
from conformance.drivers.browser.chromium import find_chromium
from conformance.errors import BundleFault
from conformance.evidence.elsewhere.placing import ScenarioRun, lay, scenario_run_of
from conformance.evidence.elsewhere.qr_mark import start_by_mark
from conformance.evidence.film.ffmpeg import run_ffmpeg
from conformance.journal import Journal, JournalWriter

STORY = "PSC.01.01@ecps"
Banc = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sealed run of one story told without a film: two steps of three seconds."""
    monkeypatch.setenv("BANC_CONFIG", str(tmp_path / "keys"))
    folder = tmp_path / "reports" / "20270115-093000"
    writer = _Dated(folder)
    writer.tell(0, "run.started", **_run(folder.name))
    writer.scenario = STORY
    about = {"mode": "web", "face": "web", "driver": "operator", "steps": 2, "fault": None}
    writer.tell(0, "scenario.started", id=STORY, attempt=1, twin=None, **about)
    for n, second in ((1, 0), (2, 3)):
        writer.tell(second, "step.started", n=n, title=f"Étape {n}")
        writer.tell(second + 3, "step.finished", n=n, completed=True)
    end = {"ended": "completed", "reason": None, "stopped_at": None, "party": None}
    writer.tell(6, "scenario.finished", id=STORY, attempt=1, **end)
    writer.close()
    text = json.dumps(_run(folder.name) | {"ended": "completed", "recovered": False})
    (folder / "run.json").write_text(text, encoding="utf-8")
    seal(folder, signing_key(None))
    return folder


class _Dated(JournalWriter):
    """A journal that begins now, and whose clock goes as the test says."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "main", b"k" * 32, 0)
        self._second = 0.0

    def tell(self, second: float, kind: str, **data: Any) -> None:
        self._second = second
        self.record(kind, data, source="bench")

    def mono(self) -> int:
        return round(self._second * 1e9) + 1_000_000


def _run(run_id: str) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "run_id": run_id,
        "bench": {"name": "banc", "version": "0"},
        "catalogue": {"sha256": "0"},
        "rules": {},
        "product": {"name": "Produit", "version": "1", "build": "7", "editor": "", "nil": ""},
        "plan": {"waves": ["2"], "corridor": ["LGC"], "profiles": [], "packs": []},
        "stage": {},
        "expected": [],
        "environment": {},
        "lang": "fr",
    }


def _film(path: Path, seconds: float, *more: str, start: datetime | None = None) -> Path:
    """A film as another program makes it, dated or not."""
    dated = ["-metadata", f"creation_time={start.isoformat()}"] if start else []
    source = ["-f", "lavfi", "-i", f"testsrc=size=640x360:rate=10:duration={seconds}"]
    coded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    done = run_ffmpeg(["-y", "-v", "error", *source, *more, *coded, *dated, str(path)])
    assert done.returncode == 0, done.stderr.decode()
    return path


def _began(run: Path) -> datetime:
    return datetime.fromtimestamp(scenario_run_of(run, STORY).began, UTC)


def _rows(bundle: Path) -> dict[str, dict[str, str]]:
    with (bundle / "proofs" / "index.csv").open(encoding="utf-8", newline="") as lines:
        return {row["id"]: row for row in csv.DictReader(lines)}


def test_a_dated_film_gets_its_place_its_chapters_and_its_proof(
    run: Path, banc: Banc, tmp_path: Path
) -> None:
    film = _film(tmp_path / "obs.mp4", 9, start=_began(run) - timedelta(seconds=2))

    told = banc("film", "add", film, "--scenario", "PSC.01.01", "--bundle", run)

    added = run.with_name(f"{run.name}-film")
    kept = added / "video" / f"{STORY}.mp4"
    assert "d'après la date inscrite dans le fichier" in told.out
    assert kept.read_bytes() == film.read_bytes()
    assert "Étape 2" in kept.with_suffix(".vtt").read_text(encoding="utf-8")
    row = _rows(added)["PSC.01.01.01"]
    assert (row["state"], row["deposit"], row["build"]) == ("present", "rehearsal", "7")
    page = (added / "report.html").read_text(encoding="utf-8")
    assert "film fait ailleurs" in page
    assert banc("verify", "--deep", added).code == 0


def test_the_run_stays_as_it_was_sealed_and_the_new_bundle_says_where_it_comes_from(
    run: Path, banc: Banc, tmp_path: Path
) -> None:
    film = _film(tmp_path / "obs.mp4", 7, start=_began(run))
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}

    banc("film", "add", film, "--scenario", STORY, "--bundle", run, "--out", tmp_path / "out")

    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before
    about = json.loads((tmp_path / "out" / "run.json").read_bytes())
    assert [len(one["manifest_sha256"]) for one in about["made_from"]] == [64]
    films = [e for e in Journal(tmp_path / "out") if e.kind == "film.finished"]
    assert [(e.data["made_elsewhere"], e.data["aligned_by"]) for e in films] == [(True, "metadata")]


def test_the_last_run_is_meant_when_none_is_named(run: Path, banc: Banc, tmp_path: Path) -> None:
    film = _film(tmp_path / "obs.mp4", 7, start=_began(run))

    told = banc("film", "add", film, "--scenario", STORY, "--reports", run.parent)
    none = banc("film", "add", film, "--scenario", STORY, "--reports", tmp_path / "nothing")

    assert (run.parent / f"{run.name}-film" / "manifest.jws").is_file()
    assert told.code == 0
    assert (none.code, len(none.lines)) == (2, 1)


def test_the_mark_of_the_phone_page_tells_when_a_film_began(psc_world: Any, tmp_path: Path) -> None:
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 400, "height": 700})
        page.goto(f"{psc_world.tenant.phone_url}/mark")
        shown = psc_world.clock()
        page.screenshot(path=tmp_path / "phone.png")
        refreshing = page.locator("meta[http-equiv=refresh]").get_attribute("content")
        browser.close()
    phone = ["-loop", "1", "-i", str(tmp_path / "phone.png"), "-filter_complex"]
    beside = "[1]scale=-1:340[p];[0][p]overlay=420:10:shortest=1:enable='between(t,3,5)'"
    film = _film(tmp_path / "desk.mkv", 8, *phone, beside)

    began = start_by_mark(film)

    assert refreshing == "1"
    assert began is not None
    assert abs(began + 3 - shown) < 1.5
    assert start_by_mark(_film(tmp_path / "plain.mkv", 2)) is None


def test_a_camera_that_dates_the_end_of_its_take_is_understood(run: Path, tmp_path: Path) -> None:
    scenario_run = scenario_run_of(run, STORY)
    end = _began(run) + timedelta(seconds=8)
    film = _film(tmp_path / "phone.mp4", 10, start=end)

    laid = lay(film, scenario_run)

    assert laid.start.by == "metadata-end"
    assert 1.9 <= laid.marks[0].at <= 3.1  # files are dated to the second


def test_a_recorder_that_writes_the_time_into_the_name_is_understood(
    run: Path, tmp_path: Path
) -> None:
    scenario_run = scenario_run_of(run, STORY)
    start = datetime.fromtimestamp(scenario_run.began - 1).astimezone()
    film = _film(tmp_path / f"{start:%Y-%m-%d %H-%M-%S}.mkv", 9)

    laid = lay(film, scenario_run)

    assert laid.start.by == "name"
    assert 0.9 <= laid.marks[0].at <= 2.1


def test_the_moment_that_is_given_goes_before_any_other(
    run: Path, banc: Banc, tmp_path: Path
) -> None:
    film = _film(tmp_path / "obs.mp4", 9, start=_began(run) - timedelta(days=40))
    given = (_began(run) - timedelta(seconds=3)).isoformat()

    told = banc("film", "add", film, "--scenario", STORY, "--bundle", run, "--starts-at", given)

    assert "d'après --starts-at" in told.out
    assert "-3.0 s" in told.out


def _other_day(run: Path, folder: Path) -> Path:
    return _film(folder / "hier.mp4", 9, start=_began(run) - timedelta(days=1))


def _too_short(run: Path, folder: Path) -> Path:
    return _film(folder / "court.mp4", 3, start=_began(run))


def _undated(run: Path, folder: Path) -> Path:
    return _film(folder / "sans-date.mkv", 9)


def _a_picture(run: Path, folder: Path) -> Path:
    shutil.copy("docs/images/report.png", folder / "film.png")
    return folder / "film.png"


def _a_text(run: Path, folder: Path) -> Path:
    (folder / "texte.mp4").write_text("ceci n'est pas un film\n" * 50, encoding="utf-8")
    return folder / "texte.mp4"


def _empty(run: Path, folder: Path) -> Path:
    (folder / "vide.mp4").touch()
    return folder / "vide.mp4"


def _cut(run: Path, folder: Path) -> Path:
    whole = _film(folder / "entier.mp4", 9, start=_began(run)).read_bytes()
    (folder / "coupe.mp4").write_bytes(whole[: len(whole) // 2])
    return folder / "coupe.mp4"


def _absent(run: Path, folder: Path) -> Path:
    return folder / "absent.mp4"


def _a_playlist(run: Path, folder: Path) -> Path:
    _film(folder / "autre.mp4", 9)
    (folder / "liste.mp4").write_text("ffconcat version 1.0\nfile autre.mp4\n", encoding="utf-8")
    return folder / "liste.mp4"


def _a_streaming_playlist(run: Path, folder: Path) -> Path:
    _film(folder / "autre.ts", 9)
    lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:9", "#EXTINF:9,", "autre.ts", "#EXT-X-ENDLIST"]
    (folder / "liste.mp4").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / "liste.mp4"


def _vast(run: Path, folder: Path) -> Path:
    source = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", "8192x8192", "-r", "1", "-i", "/dev/zero"]
    film = folder / "vaste.mkv"
    done = run_ffmpeg(["-v", "error", *source, "-frames:v", "1", "-c:v", "ffv1", str(film)])
    assert done.returncode == 0, done.stderr.decode()
    return film


def _for_days(run: Path, folder: Path) -> Path:
    spread = ["-vf", "setpts=N*40000/TB", "-fps_mode", "passthrough"]
    return _film(folder / "jours.mkv", 0.3, *spread, start=_began(run))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_other_day, "un film de ce moment est attendu"),
        (_too_short, "moins que le scénario"),
        (_undated, "rien ne dit quand il commence"),
        (_a_picture, "n'est pas celui d'un film"),
        (_a_text, "texte.mp4"),
        (_empty, "vide"),
        (_cut, "coupe.mp4"),
        (_absent, "fichier introuvable"),
        (_a_playlist, "une liste de lecture"),
        (_a_streaming_playlist, "une liste de lecture"),
        (_vast, "de plus de 35389440 pixels"),
        (_for_days, "heures, 6 au plus"),
    ],
)
def test_what_cannot_show_the_story_is_refused_in_one_sentence(
    run: Path, banc: Banc, tmp_path: Path, make: Callable[[Path, Path], Path], words: str
) -> None:
    film = make(run, tmp_path)

    told = banc("film", "add", film, "--scenario", STORY, "--bundle", run)

    assert (told.code, len(told.lines)) == (2, 1)
    assert words in told.err
    assert [path.name for path in run.parent.iterdir()] == [run.name]


def test_a_film_of_a_story_that_was_not_told_or_of_an_altered_run_is_refused(
    run: Path, banc: Banc, tmp_path: Path
) -> None:
    film = _film(tmp_path / "obs.mp4", 9, start=_began(run))

    untold = banc("film", "add", film, "--scenario", "PSC.01.03", "--bundle", run)
    with (run / "run.json").open("ab") as file:
        file.write(b" ")
    altered = banc("film", "add", film, "--scenario", STORY, "--bundle", run)

    assert (untold.code, STORY in untold.err) == (2, True)
    assert (altered.code, len(altered.lines)) == (2, 1)


def test_a_black_film_is_kept_and_its_proof_says_that_it_did_not_pass(
    run: Path, banc: Banc, tmp_path: Path
) -> None:
    film = _film(tmp_path / "obs.mp4", 9, "-vf", "drawbox=color=black:t=fill", start=_began(run))

    banc("film", "add", film, "--scenario", STORY, "--bundle", run, "--out", tmp_path / "out")

    assert _rows(tmp_path / "out")["PSC.01.01.01"]["reason"] == "film-check-failed"


@pytest.mark.parametrize("name", ["film-10:15.mp4", "-x.mp4", "img%03d{film}{}.mp4"])
def test_a_film_may_have_any_name_that_its_disk_takes(
    run: Path, banc: Banc, tmp_path: Path, name: str
) -> None:
    film = _film(tmp_path / "obs.mp4", 9, start=_began(run)).rename(tmp_path / name)

    told = banc("film", "add", film, "--scenario", STORY, "--bundle", run)

    assert (told.code, name in told.out) == (0, True)


def test_the_name_of_a_film_does_not_steer_the_terminal(
    run: Path, banc: Banc, tmp_path: Path
) -> None:
    film = _film(tmp_path / "obs.mp4", 9, start=_began(run)).rename(tmp_path / "\x1b]0;x\a.mp4")

    told = banc("film", "add", film, "--scenario", STORY, "--bundle", run)

    assert "·]0;x·.mp4" in told.out
    assert "\x1b" not in told.out


def test_the_same_film_is_kept_once_for_a_scenario(run: Path, banc: Banc, tmp_path: Path) -> None:
    film = _film(tmp_path / "obs.mp4", 9, start=_began(run))
    other = _film(tmp_path / "telephone.mp4", 8, start=_began(run))
    both = ("--scenario", STORY, "--scenario", STORY)

    twice = banc("film", "add", film, film, *both, "--bundle", run)
    two = banc("film", "add", film, other, *both, "--bundle", run, "--out", tmp_path / "out")
    again = banc("film", "add", film, "--scenario", STORY, "--bundle", tmp_path / "out")

    assert (twice.code, len(twice.err.splitlines()), "déjà" in twice.err) == (2, 1, True)
    assert (two.code, len([*(tmp_path / "out" / "video").glob("*.mp4")])) == (0, 2)
    assert (again.code, "déjà" in again.err) == (2, True)


def test_the_new_bundle_never_stands_inside_the_sealed_one(
    run: Path, banc: Banc, tmp_path: Path
) -> None:
    film = _film(tmp_path / "obs.mp4", 9, start=_began(run))

    told = banc("film", "add", film, "--scenario", STORY, "--bundle", run, "--out", run / "new")

    assert (told.code, "--out" in told.err) == (2, True)
    assert banc("verify", run).code == 0


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00"])
def test_an_absurd_moment_is_a_mistake_in_one_sentence(
    run: Path, banc: Banc, tmp_path: Path, moment: str
) -> None:
    film = _film(tmp_path / "obs.mp4", 9)

    told = banc("film", "add", film, "--scenario", STORY, "--bundle", run, "--starts-at", moment)

    assert told.code == 2
    assert "--starts-at" in told.err


def _marked(folder: Path, *codes: tuple[float, float]) -> Path:
    """A film that shows, from each second of it, the mark of a time for half a second."""
    shown, filters, last = list[str](), list[str](), "0:v"
    for n, (second, epoch) in enumerate(codes, 1):
        picture = str(folder / f"{n}.png")
        segno.make(f"BANC {epoch:.1f}", micro=False).save(picture, scale=8, border=4)
        shown += ["-loop", "1", "-i", str(folder / f"{n}.png")]
        between = f"enable='between(t,{second},{second + 0.5})'"
        filters.append(f"[{last}][{n}]overlay=20:20:shortest=1:{between}[v{n}]")
        last = f"v{n}"
    more = [*shown, "-filter_complex", ";".join(filters), "-map", f"[{last}]"]
    return _film(folder / "repere.mkv", 9, *more)


def test_a_mark_left_over_from_earlier_gives_way_to_the_one_that_runs(tmp_path: Path) -> None:
    left_over, absurd = (0.5, 1_800_000_000.0 - 3600), (8, 9_999_999_999.0)
    running = [(2, 1_800_000_002.0), (3, 1_800_000_003.0)]

    began = start_by_mark(_marked(tmp_path, left_over, *running, absurd))

    assert began == pytest.approx(1_800_000_000, abs=0.6)


@pytest.mark.parametrize(
    "codes",
    [
        [(1, 1_800_000_001.0), (6, 1_800_000_036.0)],
        [
            (1, 1_800_000_001.0),
            (2, 1_800_000_002.0),
            (6, 1_800_000_036.0),
            (7, 1_800_000_037.0),
        ],
    ],
)
def test_marks_that_disagree_tell_of_a_cut(
    tmp_path: Path, codes: list[tuple[float, float]]
) -> None:
    film = _marked(tmp_path, *codes)

    with pytest.raises(BundleFault, match=r"30 s"):
        start_by_mark(film)


def test_films_and_scenarios_go_in_pairs(run: Path, banc: Banc, tmp_path: Path) -> None:
    film = _film(tmp_path / "obs.mp4", 9, start=_began(run))

    told = banc("film", "add", film, film, "--scenario", STORY, "--bundle", run)

    assert told.code == 2
    assert "2 films et 1 --scenario" in told.err


def test_a_telling_knows_the_clock_of_its_run(run: Path) -> None:
    scenario_run: ScenarioRun = scenario_run_of(run, "PSC.01.01")

    assert scenario_run.name == STORY
    assert scenario_run.lasted == pytest.approx(6)
    assert [n for _mono, n, _title in scenario_run.steps] == [1, 2]
    assert scenario_run.mono(scenario_run.began) == pytest.approx(1_000_000, abs=1_000_000)
