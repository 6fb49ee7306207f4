"""`[stage] psc, mssante = "external"`: the same stories before platforms that nobody here plays."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.external_platforms import SECRET, WHO, AnotherBench, Platforms, Vendor
from tests.worlds.command import Banc

pytestmark = [pytest.mark.xdist_group("external-stage"), pytest.mark.timeout(300)]

SHOWN = "demande-t-elle de s'authentifier"
SIGN_IN = "authentifiez-vous"


@pytest.fixture(scope="module")
def platforms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platforms]:
    found = Platforms(tmp_path_factory.mktemp("dehors"))
    yield found
    found.stop()


@dataclass(frozen=True)
class Told:
    """A run that is over."""

    code: int
    bundle: Path
    terminal: str

    def findings(self, rule: str) -> list[dict[str, Any]]:
        written = json.loads((self.bundle / "findings.json").read_bytes())
        return [one for one in written["findings"] if one["key"]["rule"] == rule]

    def verdicts(self, rule: str) -> set[tuple[str, str | None]]:
        return {(one["verdict"], one["reason"]) for one in self.findings(rule)}

    def events(self, kind: str) -> list[dict[str, Any]]:
        lines = (self.bundle / "journal" / "main.jsonl").read_text(encoding="utf-8").splitlines()
        return [event for line in lines if (event := json.loads(line))["kind"] == kind]


def tour(
    platforms: Platforms, folder: Path, *more: str, again: str = "oui", film: bool = False
) -> Told:
    """PSC.01.01 by e-CPS; `again` is what is said of the sign-in page after the log-out."""
    config = platforms.write_config(folder / "banc.toml")
    vendor = Vendor(platforms, folder / "poste")
    more = (*more, *(() if film else ("--no-video",)))
    vendor.run("--only", "PSC.01.01@ecps", *more, config=config)
    vendor.asked(SHOWN)
    vendor.answer("oui")
    vendor.asked(SIGN_IN)
    vendor.signs_in("ecps")
    vendor.asked(SHOWN)
    vendor.answer(again)
    return Told(*vendor.finished())


@pytest.fixture(scope="module")
def told(platforms: Platforms, tmp_path_factory: pytest.TempPathFactory) -> Told:
    return tour(platforms, tmp_path_factory.mktemp("conforme"), film=True)


def test_the_story_comes_to_its_end_by_the_hands_of_the_vendor_s_test_identity(told: Told) -> None:
    ended = told.events("scenario.finished")[0]["data"]
    asked = [
        e["data"] for e in told.events("action.started") if e["data"]["name"] == "finish_psc_login"
    ]
    seen = [e["data"] for e in told.events("ui.seen") if e["data"]["what"] == "identity"]

    assert (told.code, ended["ended"]) == (0, "completed"), told.terminal
    assert {one["arguments"]["national_id"] for one in asked} == {WHO.national_id}
    assert WHO.name in seen[0]["text"]


def test_no_mock_of_the_bench_saw_or_said_anything(told: Told) -> None:
    sources = {e["source"] for kind in ("http.exchange", "smtp.command", "mail.accepted")
               for e in told.events(kind)}  # fmt: skip
    opened = told.events("tenant.opened")[0]["data"]

    assert sources == {"ui"}
    assert opened["stage"] == {"psc": "external", "mssante": "external"}
    assert opened["issuer"] and opened["domain"] == "dehors.mss.test"


def test_the_screen_is_judged_and_the_unseen_wire_is_not(told: Told) -> None:
    for rule in ("psc.terms.shown", "psc.terms.before-login", "psc.button.wording"):
        assert told.verdicts(rule) == {("pass", None)}
    assert told.verdicts("psc.identity.shown") == {("pass", None)}
    for rule in ("psc.request.scope", "psc.logout.sent-with-hint", "mss.mail.body"):
        assert told.verdicts(rule) == {("not_applicable", "external-stage")}


def test_what_the_person_said_is_declared_and_for_somebody_to_confirm(told: Told) -> None:
    said = told.events("operator.said")

    assert [(e["witness"], e["data"]["about"], e["data"]["choice"]) for e in said] == [
        ("declared", "psc.asked", "yes")
    ] * 2
    assert told.verdicts("story.complete") == {("review", "declared")}


def test_judged_again_it_is_the_same_to_the_byte(told: Told, tmp_path: Path) -> None:
    out = tmp_path / "again.json"
    command = [sys.executable, "-m", "conformance.cli", "replay", str(told.bundle)]

    done = subprocess.run([*command, "--out", str(out)], capture_output=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert out.read_bytes() == (told.bundle / "findings.json").read_bytes()


def test_the_report_says_first_that_it_is_no_result_of_the_ans(told: Told) -> None:
    report = (told.bundle / "report.html").read_text(encoding="utf-8")
    read = " ".join(report.replace("&#39;", "'").split())

    assert "PLATEFORMES DE TEST</strong> – ceci n'est pas un résultat de l'ANS" in read
    assert "RÉPÉTITION" not in report
    assert "le banc ne les voit pas" in report


def test_the_film_is_of_the_vendor_s_own_display_and_no_rehearsal(told: Told) -> None:
    [film] = told.events("film.finished")
    with (told.bundle / "proofs" / "index.csv").open(encoding="utf-8", newline="") as rows:
        shown = {r["deposit"] for r in csv.DictReader(rows) if r["file"].startswith("../video")}

    assert (film["data"]["ok"], film["data"]["problems"]) == (True, [])
    assert shown == {"external"}


def test_the_secret_of_the_client_is_nowhere_in_the_bundle(told: Told) -> None:
    files = [path for path in told.bundle.rglob("*") if path.is_file()]

    assert not [path for path in files if SECRET.encode() in path.read_bytes()]
    assert SECRET not in told.terminal


def test_a_mistake_on_the_screen_is_still_refused(platforms: Platforms, tmp_path: Path) -> None:
    mutant = tour(platforms, tmp_path, "--mutant", "identity-of-another")

    assert mutant.code == 1
    assert [f["params"] for f in mutant.findings("psc.identity.shown")] == [
        {"defect": "other-person"}
    ]


def test_a_mistake_on_the_wire_is_not_seen_and_the_report_says_why(
    platforms: Platforms, tmp_path: Path
) -> None:
    before = len(platforms.psc.seen)

    mutant = tour(platforms, tmp_path, "--mutant", "scope-too-wide")

    asked = [e["data"]["query"]["scope"] for e in platforms.psc.seen[before:]
             if e["kind"] == "http.exchange" and e["data"]["route"] == "authorize"]  # fmt: skip
    assert asked and all(len(scope.split()) > 2 for scope in asked)  # the mistake was made
    assert mutant.code == 0
    assert mutant.verdicts("psc.request.scope-minimal") == {("not_applicable", "external-stage")}


def test_a_person_who_is_not_asked_again_after_the_log_out_speaks_against_the_product(
    platforms: Platforms, tmp_path: Path
) -> None:
    mutant = tour(platforms, tmp_path, "--mutant", "no-psc-logout", again="non")

    [story] = mutant.findings("story.complete")
    assert (mutant.code, story["said"], story["witness"]) == (1, "broken", "declared")
    assert (story["params"]["problem"], story["params"]["step"]) == ("said", 11)


def test_mails_go_to_the_operator_outside_and_the_offers_are_judged(
    platforms: Platforms, tmp_path: Path
) -> None:
    config = platforms.write_config(tmp_path / "banc.toml")
    vendor = Vendor(platforms, tmp_path / "poste")
    vendor.run("--no-video", "--only", "banc:document-life", config=config)
    vendor.asked(SIGN_IN)
    vendor.signs_in("cps")

    life = Told(*vendor.finished())

    mails = [e for e in platforms.operator.seen if e["kind"] == "mail.accepted"]
    commands = [e["data"] for e in platforms.operator.seen if e["kind"] == "smtp.command"]
    assert {a["verified"] for one in commands if (a := one["auth"])} == {False}
    assert life.code == 0 and len(mails) >= 3, life.terminal
    assert life.verdicts("lifecycle.offer-shown") == {("pass", None)}
    assert life.verdicts("lifecycle.initial-recipients-told") == {
        ("not_applicable", "external-stage")
    }


def test_what_needs_a_mock_is_not_tested_before_anything_is_asked(
    platforms: Platforms, tmp_path: Path
) -> None:
    config = platforms.write_config(tmp_path / "banc.toml")
    vendor = Vendor(platforms, tmp_path / "poste")
    vendor.run("--no-video", "--only", "banc:psc-web-idle", config=config)

    short = Told(*vendor.finished())

    assert short.events("operator.said") == []
    assert short.verdicts("story.complete") == {("not_tested", "external-stage")}
    [ended] = short.events("scenario.finished")
    assert "des durées de vie courtes demandent le simulateur" in ended["data"]["reason"]


@pytest.mark.parametrize(
    ("arguments", "without", "words"),
    [
        ((), "", "there is no terminal to ask in"),
        (("--jobs", "2"), "", "--jobs 2"),
        (("--lifetimes", "short"), "", "--lifetimes short"),
        ((), "SECRET_DU_TIERS", "SECRET_DU_TIERS is not set"),
        ((), "DISPLAY", "DISPLAY is not set"),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence_before_anything_starts(
    platforms: Platforms,
    banc: Banc,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    arguments: tuple[str, ...],
    without: str,
    words: str,
) -> None:
    config = platforms.write_config(tmp_path / "banc.toml")
    monkeypatch.setenv("SECRET_DU_TIERS", SECRET)
    monkeypatch.setenv("DISPLAY", platforms.display.name)
    if without:
        monkeypatch.delenv(without)
    reports = tmp_path / "reports"

    told = banc("run", "--config", config, "--lang", "en", "--reports", reports, *arguments)

    assert told.code == 2
    assert len(told.err.splitlines()) == 1 and words in told.err, told.err
    assert not list(reports.glob("*"))


def test_another_bench_that_serves_may_be_the_world_outside(tmp_path: Path) -> None:
    outside = AnotherBench(tmp_path / "leur-banc")
    try:
        told = tour(outside, tmp_path)
    finally:
        outside.stop()

    ended = told.events("scenario.finished")[0]["data"]
    routes = {event["data"]["route"] for event in outside.psc.seen if "route" in event["data"]}
    assert (told.code, ended["ended"]) == (0, "completed"), told.terminal
    assert {"authorize", "token", "userinfo", "logout"} <= routes
    assert told.verdicts("psc.identity.shown") == {("pass", None)}
    assert told.verdicts("psc.request.scope") == {("not_applicable", "external-stage")}
