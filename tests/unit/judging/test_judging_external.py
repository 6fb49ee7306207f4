"""A stage that somebody else plays: what was not seen is not judged, and never reads as a pass."""

import time
from pathlib import Path
from typing import Any

import pytest

from conformance.catalogue import load_catalogue
from conformance.checks.registry import Rule
from conformance.journal import JournalWriter
from conformance.judging.aggregate import requirement_verdicts, rule_verdicts
from conformance.judging.exit_code import exit_code
from conformance.judging.findings import (
    EXTERNAL_STAGE,
    Finding,
    Judgement,
    RequirementVerdict,
    Verdict,
)
from conformance.judging.grade import Grading
from conformance.judging.judge import judge

NAME = "PSC.01.01@ecps"
OUTSIDE = {"psc": "external", "mssante": "external"}


def recorded(
    folder: Path, stage: dict[str, str], ended: str = "completed", fault: str | None = None
) -> Path:
    """A story of one step in which the PSC paragraph of the terms is on the screen."""
    writer = JournalWriter(folder, "main", b"k" * 32, time.perf_counter_ns())

    def tell(kind: str, witness: Any = "wire", **data: Any) -> None:
        writer.record(kind, data, source="bench", witness=witness)

    plan = {"waves": ["2"], "corridor": ["LGC"], "profiles": []}
    product = {"name": "x", "version": "1", "nil": ""}
    tell("run.started", run_id="x", product=product, plan=plan, rules={}, expected=[], lang="fr",
         stage=stage)  # fmt: skip
    writer.scenario = NAME
    tell("scenario.started", id=NAME, attempt=1, mode="web", face="web", driver="browser",
         steps=1, fault=fault, twin=None)  # fmt: skip
    tell("step.started", n=1, title="1")
    tell("ui.seen", "screen", what="terms.psc", present=True, text="par Pro Santé Connect",
         values={}, url=None, ready=True)  # fmt: skip
    tell("step.finished", n=1, completed=True)
    tell("scenario.finished", id=NAME, attempt=1, ended=ended, stopped_at=None)
    writer.close()
    return folder


def found(judgement: Judgement, rule: str) -> tuple[Verdict, str | None]:
    [finding] = [f for f in judgement.findings if f.rule == rule]
    return finding.verdict, finding.reason


def test_rules_of_an_unseen_wire_are_not_applicable_and_the_screen_is_judged(
    tmp_path: Path,
) -> None:
    judgement = judge(recorded(tmp_path, OUTSIDE))

    unseen = (Verdict.NOT_APPLICABLE, EXTERNAL_STAGE)
    assert found(judgement, "psc.request.scope") == unseen
    assert found(judgement, "psc.refuses.id-token-alg-none") == unseen
    assert found(judgement, "psc.identity.shown") == unseen  # nobody signed in, nothing to compare
    assert found(judgement, "psc.terms.shown") == (Verdict.PASS, None)


def test_the_same_journal_before_mocks_says_that_nothing_was_seen(tmp_path: Path) -> None:
    judgement = judge(recorded(tmp_path, {"psc": "mock", "mssante": "mock"}))

    assert found(judgement, "psc.request.scope") == (Verdict.NOT_TESTED, "nothing-seen")
    assert not [f for f in judgement.findings if f.reason == EXTERNAL_STAGE]


def test_only_the_service_that_is_away_is_set_aside(tmp_path: Path) -> None:
    judgement = judge(recorded(tmp_path, {"psc": "external", "mssante": "mock"}))

    assert found(judgement, "psc.request.scope")[1] == EXTERNAL_STAGE
    assert found(judgement, "mss.mail.body") == (Verdict.NOT_TESTED, "nothing-seen")


def test_a_story_that_needs_a_mock_says_so_and_is_no_missing_face(tmp_path: Path) -> None:
    judgement = judge(recorded(tmp_path, OUTSIDE, ended="not_tested", fault="id-token.alg-none"))

    story = judgement.scenarios[NAME]
    assert (story.verdict, story.reason) == (Verdict.NOT_TESTED, EXTERNAL_STAGE)


def requirement(*findings: Finding) -> RequirementVerdict:
    """The verdict of a requirement that these findings, one a rule, are all about."""
    name = "banc:FAQ-NOTIFY"
    rules = {
        f.rule: Rule(f.rule, lambda events: iter(()), (name,), "scenario", (), "ans", "official",
                     "s", "conformant", None)
        for f in findings
    }  # fmt: skip
    grading = Grading({name: "must"}, external=frozenset(OUTSIDE))
    return requirement_verdicts(rule_verdicts(findings), rules, load_catalogue(), grading, {})[name]


UNSEEN = Finding("u", "", "run", None, Verdict.NOT_APPLICABLE, reason=EXTERNAL_STAGE)
HELD = Finding("h", "s", "x", "held", Verdict.PASS)
BROKEN = Finding("b", "s", "x", "broken", Verdict.FAIL)


@pytest.mark.parametrize(
    ("findings", "verdict", "reason"),
    [
        ((UNSEEN,), Verdict.NOT_TESTED, EXTERNAL_STAGE),
        ((UNSEEN, HELD), Verdict.REVIEW, EXTERNAL_STAGE),
        ((UNSEEN, HELD, BROKEN), Verdict.FAIL, None),
        ((HELD,), Verdict.PASS, None),
    ],
)
def test_a_requirement_that_was_seen_in_part_is_for_a_person_at_best(
    findings: tuple[Finding, ...], verdict: Verdict, reason: str | None
) -> None:
    judged = requirement(*findings)

    assert (judged.verdict, judged.reason) == (verdict, reason)


def declared(rule: str, verdict: Verdict = Verdict.REVIEW, said: str = "held") -> Finding:
    return Finding(rule, "s", "x", said, verdict, witness="declared")


@pytest.mark.parametrize(
    ("findings", "code"),
    [
        ((declared("psc.terms.shown"),), 2),
        ((declared("psc.terms.shown"), Finding("e", "s", "x", "held", Verdict.PASS)), 0),
        ((declared("psc.terms.shown", Verdict.FAIL, "broken"),), 1),
    ],
)
def test_a_run_in_which_the_bench_saw_nothing_itself_judged_nothing(
    findings: tuple[Finding, ...], code: int
) -> None:
    told_whole = Finding("story.complete", "s", "story", "held", Verdict.PASS, witness="wire")

    assert exit_code(Judgement({}, (told_whole, *findings), {}, {}, {})) == code
