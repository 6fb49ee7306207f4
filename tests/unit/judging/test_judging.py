"""From what checks say to verdicts: grading, aggregation, silence, exit codes."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.catalogue import load_catalogue
from conformance.checks.all_rules import all_rules
from conformance.checks.events import Events
from conformance.checks.registry import RULES, Rule, Said, broken, held, unclear
from conformance.journal import Event, JournalWriter
from conformance.judging.aggregate import requirement_verdicts, rule_verdicts
from conformance.judging.exit_code import exit_code
from conformance.judging.findings import Finding, Judgement, Verdict, worst
from conformance.judging.grade import Grading, apply_expected, grade
from conformance.judging.judge import judge


def event(witness: str = "wire") -> Event:
    return Event("main", 1, "", 1, "", "s", None, "psc", witness, "bench.note", {}, (), "")


def rule(trust: str = "official", requires: tuple[str, ...] = ("R",)) -> Rule:
    def check(events: Events) -> Iterator[Said]:
        yield held("x", [])

    return Rule("r", check, requires, "scenario", (), "ans", trust, "s", "conformant", None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "trust", "nature", "strict", "verdict"),
    [
        (held, "official", "must", False, Verdict.PASS),
        (unclear, "official", "must", False, Verdict.REVIEW),
        (broken, "official", "must", False, Verdict.FAIL),
        (broken, "official", "must_not", False, Verdict.FAIL),
        (broken, "official", "may", False, Verdict.WARNING),
        (broken, "secondary", "must", False, Verdict.WARNING),
        (broken, "secondary", "must", True, Verdict.FAIL),
        (broken, "assumed", "must", True, Verdict.WARNING),
        (broken, "official", None, False, Verdict.NOT_APPLICABLE),
    ],
)
def test_only_an_official_broken_duty_is_a_refusal(
    said: Any, trust: str, nature: str | None, strict: bool, verdict: Verdict
) -> None:
    grading = Grading({"R": nature}, strict)

    finding = grade(rule(trust), said("x", [event()]), "s", grading)

    assert finding.verdict is verdict


def test_what_only_the_product_declares_is_for_a_person_to_confirm() -> None:
    grading = Grading({"R": "must"})

    good = grade(rule(), held("x", [event("wire"), event("declared")]), "s", grading)
    bad = grade(rule(), broken("x", [event("declared")]), "s", grading)

    assert (good.verdict, good.reason) == (Verdict.REVIEW, "declared")
    assert bad.verdict is Verdict.FAIL


def test_broken_anywhere_is_broken_whatever_else_was_said() -> None:
    findings = [
        Finding("r", "a", "x", "held", Verdict.PASS),
        Finding("r", "b", "x", "broken", Verdict.WARNING),
        Finding("r", "c", "x", "unclear", Verdict.REVIEW),
    ]

    verdict = rule_verdicts(findings)["r"]

    assert (verdict.said, verdict.verdict) == ("broken", Verdict.WARNING)


def test_the_worst_comes_first_and_nothing_at_all_is_not_tested() -> None:
    assert worst([Verdict.PASS, Verdict.REVIEW, Verdict.WARNING]) is Verdict.REVIEW
    assert worst([]) is Verdict.NOT_TESTED


def test_an_expected_failure_does_not_count_and_one_that_stays_away_does() -> None:
    failing = [Finding("r", "a", "x", "broken", Verdict.FAIL)]
    passing = [Finding("r", "a", "x", "held", Verdict.PASS)]

    known = apply_expected(failing, [{"rule": "r", "reason": "soon"}])
    gone = apply_expected(passing, [{"rule": "r", "reason": "soon"}])

    assert [f.known for f in known] == [True]
    assert [(f.verdict, f.reason) for f in gone[1:]] == [(Verdict.FAIL, "expected-did-not-come")]


@pytest.mark.parametrize(
    ("verdicts", "gates", "code"),
    [
        ([Verdict.PASS, Verdict.REVIEW], (), 0),
        ([Verdict.PASS, Verdict.REVIEW], ("review",), 1),
        ([Verdict.FAIL, Verdict.ERROR], (), 1),
        ([Verdict.PASS, Verdict.ERROR], (), 3),
        ([Verdict.PASS, Verdict.NOT_READY], (), 2),
        ([], (), 2),
    ],
)
def test_the_exit_code_says_who_is_at_fault(
    verdicts: list[Verdict], gates: tuple[str, ...], code: int
) -> None:
    findings = tuple(Finding(f"r{n}", "s", "x", "held", v) for n, v in enumerate(verdicts))

    assert exit_code(Judgement({}, findings, {}, {}, {}), gates) == code


def recorded(tmp_path: Path, ended: str = "completed", steps: tuple[int, ...] = (1, 2)) -> Path:
    writer = JournalWriter(tmp_path, "main", b"k" * 32, time.perf_counter_ns())

    def tell(kind: str, **data: Any) -> None:
        writer.record(kind, data, source="bench")

    plan = {"waves": ["2"], "corridor": ["LGC"], "profiles": []}
    product = {"name": "x", "version": "1", "nil": ""}
    tell("run.started", run_id="x", product=product, plan=plan, rules={}, expected=[], lang="fr")
    writer.scenario = "PSC.01.01@ecps"
    tell("scenario.started", id="PSC.01.01@ecps", attempt=1, mode="web", face="web",
         driver="adapter", steps=2, fault=None, twin=None)  # fmt: skip
    for n in steps:
        tell("step.started", n=n, title=str(n))
        tell("action.finished", n=n, name="logout", face="web", outcome="done", values={})
        tell("step.finished", n=n, completed=True)
    tell("scenario.finished", id="PSC.01.01@ecps", attempt=1, ended=ended, stopped_at=None)
    writer.close()
    return tmp_path


def test_a_missing_step_is_named_by_its_number(tmp_path: Path) -> None:
    judgement = judge(recorded(tmp_path, steps=(1,)))

    finding = next(f for f in judgement.findings if f.rule == "story.complete")
    assert (finding.said, finding.params["problem"]) == ("broken", "missing")
    assert finding.params["step"] == 2


def test_a_step_out_of_order_is_named_by_its_number(tmp_path: Path) -> None:
    judgement = judge(recorded(tmp_path, steps=(2, 1)))

    finding = next(f for f in judgement.findings if f.rule == "story.complete")
    assert (finding.said, finding.params["problem"]) == ("broken", "order")
    assert finding.params["step"] == 2


def test_a_set_up_that_was_not_ready_is_nobody_s_refusal(tmp_path: Path) -> None:
    judgement = judge(recorded(tmp_path, ended="not_ready", steps=()))

    assert Verdict.NOT_READY in {f.verdict for f in judgement.findings}
    assert exit_code(judgement) == 2


def test_a_product_that_never_came_up_was_not_tried(tmp_path: Path) -> None:
    folder = recorded(tmp_path / "all", ended="not_ready", steps=())
    writer = JournalWriter(folder, "second", b"k" * 32, time.perf_counter_ns())
    writer.scenario = "PSC.01.01@ecps"
    died = {"face": "web", "code": 2, "tail": "no such option"}
    writer.record("system.died", died, source="bench")
    writer.close()

    judgement = judge(folder)

    assert not [f for f in judgement.findings if f.rule == "system.survives" and f.said]
    assert exit_code(judgement) == 2


def test_the_document_of_discovery_is_judged_once_a_run_whoever_asked_for_it(
    tmp_path: Path,
) -> None:
    folder = recorded(tmp_path / "all")
    writer = JournalWriter(folder, "second", b"k" * 32, time.perf_counter_ns())
    writer.scenario = "PSC.01.01@ecps"
    url = "https://localhost/auth/realms/esante-wallet/.well-known/openid-configuration"
    asked: dict[str, Any] = {"route": None, "method": "GET", "url": url, "query": {}, "cut": False}
    answered = {"request": {}, "response": {"status": 404}, "began": 1, "ended": 2}
    writer.record("http.exchange", asked | answered, source="psc", witness="wire")
    writer.close()

    [found] = [f for f in judge(folder).findings if f.rule == "psc.discovery.psc-name"]

    assert (found.scenario, found.subject, found.said) == ("", "discovery", "broken")


def test_a_face_that_the_product_does_not_have_is_nobody_s_refusal(tmp_path: Path) -> None:
    judgement = judge(recorded(tmp_path, ended="not_tested", steps=()))

    assert {f.said for f in judgement.findings} == {None}
    assert judgement.scenarios["PSC.01.01@ecps"].verdict is Verdict.NOT_TESTED


def test_every_owed_rule_that_saw_nothing_says_so(tmp_path: Path) -> None:
    judgement = judge(recorded(tmp_path))

    silent = {f.rule for f in judgement.findings if f.verdict is Verdict.NOT_TESTED}
    spoken = {f.rule for f in judgement.findings} - silent
    assert "story.complete" in spoken
    assert silent and all(f.reason for f in judgement.findings if f.rule in silent)


def test_judging_twice_gives_the_same_findings(tmp_path: Path) -> None:
    folder = recorded(tmp_path)

    first = [finding.to_json() for finding in judge(folder).findings]
    second = [finding.to_json() for finding in judge(folder).findings]

    assert first == second


def test_a_rule_that_is_no_longer_what_it_was_is_listed(tmp_path: Path) -> None:
    rules = {name: rule.sha256 for name, rule in all_rules().items()}
    rules |= {"story.complete": "0" * 64, "rule.of.old": "1" * 64}
    writer = JournalWriter(tmp_path, "main", b"k" * 32, time.perf_counter_ns())
    writer.record("run.started", {"plan": {}, "rules": rules}, source="bench")
    writer.close()

    judgement = judge(tmp_path)

    assert judgement.changed_rules == ("story.complete",)


def test_a_check_that_raises_is_a_defect_of_the_bench(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raises(events: Events) -> Iterator[Said]:
        yield from ()
        raise RuntimeError("no")

    all_rules()
    faulty = Rule("x.y", raises, (), "scenario", ("step.started",), "ours", "official", "s",
                  "any", None)  # fmt: skip
    monkeypatch.setitem(RULES, "x.y", faulty)

    judgement = judge(recorded(tmp_path))

    finding = next(f for f in judgement.findings if f.rule == "x.y")
    assert (finding.verdict, finding.reason) == (Verdict.ERROR, "check-raised")
    assert exit_code(judgement) == 3


def test_a_row_that_only_may_be_met_is_never_refused_for_the_duty_of_another() -> None:
    ids = ("banc:FAQ-NOTIFY", "MSS/va1.30")
    row = Rule("r", lambda events: iter(()), ids, "scenario", (), "ans", "official", "s",
               "conformant", None)  # fmt: skip
    by_rule = rule_verdicts([Finding("r", "a", "x", "broken", Verdict.FAIL)])
    grading = Grading({"banc:FAQ-NOTIFY": "must", "MSS/va1.30": "may"})

    verdicts = requirement_verdicts(by_rule, {"r": row}, load_catalogue(), grading, {})

    assert verdicts["banc:FAQ-NOTIFY"].verdict is Verdict.FAIL
    assert verdicts["MSS/va1.30"].verdict is Verdict.WARNING


@pytest.mark.parametrize(
    ("ended", "reason"), [("interrupted", "interrupted"), ("not_tested", "no-face")]
)
def test_a_story_that_was_cut_is_never_a_pass(tmp_path: Path, ended: str, reason: str) -> None:
    judgement = judge(recorded(tmp_path, ended=ended, steps=(1,)))

    verdict = judgement.scenarios["PSC.01.01@ecps"]
    assert verdict.verdict is Verdict.NOT_TESTED
    assert reason in {f.reason for f in verdict.findings}
