"""`--against`: which earlier run a new one is held against, and what is said of the difference."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from click.testing import CliRunner

from conformance import locale
from conformance.bundle.keys import signing_key
from conformance.bundle.seal import seal
from conformance.cli.main import cli
from conformance.cli.run.against import LINES, Against, Compared
from conformance.comparing.earlier_runs import Chosen, Kin, choose
from conformance.errors import BundleFault
from conformance.journal import JournalWriter
from conformance.judging.findings import Finding, Judgement, ScenarioVerdict, Verdict
from conformance.run.finish import Finished

STORY = "PSC.01.03"
PLAN = {
    "corridor": ["LGC"],
    "waves": ["2"],
    "profiles": [],
    "packs": ["tour"],
    "only": [],
    "strict": False,
}


@pytest.fixture(autouse=True)
def _own_world(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    monkeypatch.setenv("BANC_CONFIG", str(tmp_path_factory.mktemp("config")))
    locale.set_language("en")
    yield
    locale.set_language(locale.DEFAULT_LANGUAGE)


def run_of(product: str = "Logiciel", build: str = "1", **plan: Any) -> dict[str, Any]:
    return {
        "run_id": f"night-{build}",
        "product": {"name": product, "version": "4.2", "build": build},
        "plan": PLAN | plan,
        "catalogue": {"sha256": "c"},
    }


def finding(rule: str, verdict: str, scenario: str = STORY, **more: Any) -> Finding:
    said = None if verdict in ("not_tested", "not_ready", "error") else "held"
    return Finding(rule, scenario, more.pop("subject", "login 1"), said, Verdict(verdict), **more)


Night = Callable[..., Path]


@pytest.fixture
def night(tmp_path: Path) -> Night:
    """`night(name, *findings)`: a bundle of a run of the past, the later the newer."""

    def made(
        name: str,
        *findings: Finding,
        ended: str | None = "completed",
        sealed: bool = True,
        **run: Any,
    ) -> Path:
        folder = tmp_path / "nights" / name
        writer = JournalWriter(folder, "main", b"k" * 32, time.perf_counter_ns())
        writer.record("run.started", run_of(**run), source="bench")
        writer.close()
        (folder / "run.json").write_text(json.dumps({"ended": ended}), encoding="utf-8")
        if sealed:
            rules = {"a": "1", "b": "1"}
            judged: Any = {"findings": [f.to_json() for f in findings], "rules": rules}
            (folder / "findings.json").write_bytes(rfc8785.dumps(judged))
            seal(folder, signing_key())
        return folder

    return made


def chosen(path: Path, **run: Any) -> Chosen:
    return choose(path, Kin.of(run_of(**run)))


def tonight(*findings: Finding, whole: bool = True, **run: Any) -> Finished:
    """A run that has just been finished."""
    told = {f.scenario for f in findings if f.scenario}
    ends = "completed" if whole else "interrupted"
    verdict = ScenarioVerdict(STORY, Verdict.PASS, ends, None, None, ())
    judgement = Judgement(
        run=run_of(build="2", **run),
        findings=findings,
        rules={},
        scenarios=dict.fromkeys(told, verdict),
        requirements={},
        rule_hashes={"a": "1", "b": "1"},
    )
    return Finished(Path("tonight"), judgement, whole=whole)


def compared(path: Path, *findings: Finding, whole: bool = True, **run: Any) -> Compared:
    return Against(path, chosen(path, **run)).compared(tonight(*findings, whole=whole, **run))


def test_a_folder_gives_its_newest_bundle(night: Night) -> None:
    night("z-oldest", finding("a", "pass"))
    newest = night("a-newest", finding("a", "pass"))

    found = chosen(newest.parent)

    assert found.earlier is not None and found.earlier.path == newest
    assert found.aside == ()


@pytest.mark.parametrize(
    "other",
    [
        {"product": "Autre"},
        {"waves": ["1"]},
        {"packs": ["all"]},
        {"only": [STORY]},
        {"strict": True},
    ],
)
def test_a_run_of_another_product_plan_or_selection_is_passed_over(
    night: Night, other: dict[str, Any]
) -> None:
    mine = night("mine", finding("a", "pass"))
    night("theirs", finding("a", "pass"), **other)

    found = chosen(mine.parent)

    assert found.earlier is not None and found.earlier.path == mine


def test_a_run_of_one_scenario_follows_a_whole_run(night: Night) -> None:
    whole = night("whole", finding("a", "pass"), packs=["all"])

    found = chosen(whole.parent, only=[STORY], packs=[])

    assert found.earlier is not None and found.earlier.path == whole


def test_what_was_not_finished_or_was_altered_is_set_aside_and_said(night: Night) -> None:
    good = night("good", finding("a", "pass"))
    altered = night("altered", finding("a", "pass"))
    (altered / "findings.json").write_bytes(b"{}")
    night("stopped", finding("a", "pass"), ended="interrupted")
    night("killed", sealed=False)

    found = chosen(good.parent)

    assert found.earlier is not None and found.earlier.path == good
    assert [said.partition(": ")[2] for said in found.aside] == [
        "not sealed: its run did not finish",
        "its run was cut short, expected one that went to its end",
        "altered since it was sealed (findings.json: altered)",
    ]


def test_a_folder_of_altered_bundles_is_refused(night: Night) -> None:
    altered = night("altered", finding("a", "pass"))
    (altered / "run.json").write_text("{}", encoding="utf-8")

    with pytest.raises(BundleFault, match=r"altered since it was sealed \(run\.json: altered\)$"):
        chosen(altered.parent)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"sealed": False}, "not sealed"),
        ({"ended": "interrupted"}, "cut short"),
        ({"ended": None}, "cut short"),
    ],
)
def test_a_bundle_that_is_named_and_cannot_serve_is_refused(
    night: Night, how: dict[str, Any], words: str
) -> None:
    bundle = night("bundle", **how)

    with pytest.raises(BundleFault, match=words):
        chosen(bundle)


def test_an_empty_folder_is_the_first_night(tmp_path: Path) -> None:
    result = compared(tmp_path, finding("a", "pass"))

    assert not result.worse
    assert result.lines == (
        f"--against {tmp_path}: nothing there to compare with yet (first night)",
    )
    assert result.to_json()["bundle"] is None


def test_a_link_in_the_folder_is_not_followed(night: Night, tmp_path: Path) -> None:
    bundle = night("bundle", finding("a", "pass"))
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "bundle").symlink_to(bundle, target_is_directory=True)

    assert chosen(tmp_path / "links").earlier is None


def test_a_zip_in_the_folder_serves_as_well(night: Night, tmp_path: Path) -> None:
    bundle = night("bundle", finding("a", "pass"))
    shutil.make_archive(str(tmp_path / "zips" / "night"), "zip", bundle)

    result = compared(tmp_path / "zips", finding("a", "fail"))

    assert result.worse
    assert result.earlier is not None and result.earlier.path.name == "night.zip"


def test_the_same_verdicts_are_no_worse(night: Night) -> None:
    bundle = night("bundle", finding("a", "pass"), finding("b", "review"))

    result = compared(bundle, finding("a", "pass"), finding("b", "review"))

    assert not result.worse
    assert result.lines == ("Against bundle (4.2 1): no difference between the findings",)


@pytest.mark.parametrize("verdict", ["fail", "review", "not_tested", "warning", "not_ready"])
def test_any_verdict_worse_than_there_counts(night: Night, verdict: str) -> None:
    bundle = night("bundle", finding("a", "pass"), finding("b", "fail"))

    result = compared(bundle, finding("a", verdict), finding("b", "pass"))

    assert result.worse
    assert result.lines[0] == "Against bundle (4.2 1): 1 verdict worse, 1 better"
    assert result.lines[1].startswith("worse: a [PSC.01.03] login 1: no refusal found → ")
    assert result.lines[2] == "better: b [PSC.01.03] login 1: refusal → no refusal found"


def test_a_refusal_that_is_no_longer_looked_at_is_not_mended(night: Night) -> None:
    bundle = night("bundle", finding("a", "fail"))

    assert compared(bundle, finding("a", "not_tested")).worse
    assert compared(bundle, finding("b", "pass")).worse


def test_a_finding_that_went_while_its_rule_still_speaks_hides_nothing(night: Night) -> None:
    bundle = night("bundle", finding("a", "pass"), finding("a", "fail", subject="crash 1"))

    result = compared(bundle, finding("a", "pass"))

    assert not result.worse
    assert result.lines[1] == "gone: a [PSC.01.03] crash 1: was refusal"


def test_a_new_subject_that_is_worse_than_its_rule_was_counts(night: Night) -> None:
    bundle = night("bundle", finding("a", "pass"))

    doubt = compared(bundle, finding("a", "pass"), finding("a", "review", subject="login 2"))
    more = compared(bundle, finding("a", "pass"), finding("a", "pass", subject="login 2"))

    assert doubt.worse and not more.worse
    assert "login 2: to review, which was not there before" in doubt.lines[1]


def test_a_known_failure_is_not_worse_and_one_that_no_longer_is_known_is(night: Night) -> None:
    passed = night("passed", finding("a", "pass"))
    known = night("known", finding("a", "fail", known=True))

    assert not compared(passed, finding("a", "fail", known=True)).worse
    assert compared(known, finding("a", "fail")).worse


def test_scenarios_no_longer_told_are_one_line_each(night: Night) -> None:
    rules = [f"r.{n}" for n in range(20)]
    there = [finding(rule, "pass", scenario) for rule in rules for scenario in ("S.1", "S.2")]
    bundle = night("bundle", *there, finding("a", "pass"))

    silent = finding("story.complete", "not_tested", "S.2")
    result = compared(bundle, finding("a", "pass"), silent)

    assert result.worse
    assert result.lines[0].endswith("): 40 no longer tested")
    assert "no longer run: S.1 (20 rules judged it)" in result.lines
    assert "no longer tested in S.2: r.0, r.1, r.10 … and 17 more" in result.lines


def test_the_difference_takes_ten_lines_at_most_refusals_first(night: Night) -> None:
    rules = [f"r.{n:02}" for n in range(30)]
    bundle = night("bundle", *(finding(rule, "pass") for rule in rules))

    now = [finding(rule, "fail" if rule == "r.29" else "warning") for rule in rules]
    result = compared(bundle, *now)

    assert len(result.lines) == LINES
    assert result.lines[1].startswith("worse: r.29 ")
    assert result.lines[-1] == "… and 22 more"


def test_another_catalogue_or_other_rules_are_told(night: Night) -> None:
    bundle = night("bundle", finding("a", "pass"))
    against = Against(bundle, chosen(bundle))
    later = tonight(finding("a", "pass"))
    later.judgement.run["catalogue"]["sha256"] = "d"
    later.judgement.rule_hashes["b"] = "2"  # type: ignore[index]

    lines = against.compared(later).lines

    assert lines[1:] == ("the catalogue has changed since", "1 rule has changed since: b")


def test_a_run_of_one_scenario_is_held_to_that_one(night: Night) -> None:
    other = finding("a", "pass", "S.2")
    wide = finding("wide", "pass", "", subject="run")
    bundle = night("bundle", finding("a", "pass"), other, wide)

    run: dict[str, Any] = {"only": [STORY], "packs": []}
    silent = finding("wide", "not_tested", "", subject="run")
    same = compared(bundle.parent, finding("a", "pass"), silent, **run)
    worse = compared(bundle.parent, finding("a", "fail"), silent, **run)

    assert not same.worse and worse.worse
    assert "only the scenarios that were asked for are compared" in same.lines


def test_what_a_rule_of_the_whole_run_said_of_others_is_not_told_as_gone(night: Night) -> None:
    wide = [finding("psc.fresh", "pass", "", subject=f"{name} login 1") for name in (STORY, "b@x")]
    path = night("1", finding("a", "pass"), finding("b", "pass", "b@x"), *wide)
    run: dict[str, Any] = {"only": [STORY], "packs": []}

    same = compared(path, finding("a", "pass"), wide[0], **run)
    broken = finding("psc.fresh", "fail", "", subject=f"{STORY} login 1")
    worse = compared(path, finding("a", "pass"), broken, **run)

    assert not any("the plan is another one" in line for line in same.lines)
    assert "gone" not in "\n".join(same.lines)
    assert same.lines[0].endswith("no difference between the findings")
    assert not same.worse and worse.worse


def test_a_run_that_was_cut_short_is_held_to_what_it_told(night: Night) -> None:
    bundle = night("bundle", finding("a", "pass"), finding("a", "pass", "S.2"))

    result = compared(bundle, finding("a", "not_tested", reason="interrupted"), whole=False)

    assert not result.worse


def test_a_machine_reads_every_change_of_a_run_and_of_two_bundles(night: Night) -> None:
    old = night("old", finding("a", "pass"), finding("b", "pass"))
    new = night("new", finding("a", "fail"))

    told = CliRunner().invoke(cli, ["diff", str(old), str(new), "--json"], standalone_mode=False)
    run = compared(old, finding("a", "fail")).to_json()

    changes = json.loads(told.output)["changes"]
    key = {"rule": "a", "scenario": STORY, "subject": "login 1"}
    assert told.return_value == 1
    assert changes["worse"] == [key | {"before": "pass", "after": "fail", "rule_changed": False}]
    assert [change["rule"] for change in changes["hidden"]] == ["b"]
    assert (run["changes"], run["worse"], run["run_id"]) == (changes, True, "night-1")
