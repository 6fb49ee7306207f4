"""JUnit XML: a case a scenario, failures typed by rule id, `not_tested` skipped with its reason.

A case has one result at most, and says all in its text: Jenkins shows the first result only, GitLab
shows neither message nor type, and several results as a raw list.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from junitparser import Error, Failure, Skipped
from junitparser.junitparser import FinalResult
from junitparser.xunit2 import JUnitXml, TestCase, TestSuite

from conformance.checks.sentences import sentence
from conformance.judging.findings import Finding, Judgement, ScenarioVerdict, Verdict
from conformance.locale import _
from conformance.reporting.report import Report
from conformance.reporting.views import ScenarioView
from conformance.wording.verdicts import reason_sentence, verdict_word

_ILLEGAL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SAID = (Verdict.REVIEW, Verdict.WARNING)


def write(folder: Path, judgement: Judgement, report: Report) -> None:
    """Write `junit.xml`; names are scenario ids, the same from build to build."""
    suite: Any = TestSuite("banc")  # type: ignore[no-untyped-call]
    for name, value in _about(judgement.run, report).items():
        if value:
            suite.add_property(name, _legal(value))
    for view in report.scenarios:
        suite.add_testcase(_case(judgement.scenarios[view.name], view))
    run_wide = [f for f in judgement.findings if not f.scenario]
    if any(f.verdict in (Verdict.FAIL, Verdict.ERROR) for f in run_wide):
        suite.add_testcase(_filled(TestCase("run", "banc"), run_wide))
    xml = JUnitXml("banc")
    xml.add_testsuite(suite)
    xml.write(str(folder / "junit.xml"), pretty=True)


def _about(run: Mapping[str, Any], report: Report) -> dict[str, str]:
    """What was rehearsed, by which bench: in properties, since names stay from build to build."""
    product, bench = run.get("product", {}), run.get("bench", {})
    about = {name: str(product.get(name) or "") for name in ("version", "build", "editor")}
    about |= {"product": str(product.get("name") or ""), "run": report.run.id}
    return about | {"bench": f"{bench.get('name', 'banc')} {bench.get('version', '')}".strip()}


def _case(verdict: ScenarioVerdict, view: ScenarioView) -> TestCase:
    case = TestCase(verdict.scenario, "banc", _seconds(view))
    facts = {"verdict": str(verdict.verdict), "title": view.title, "film": view.film}
    for name, value in facts.items():
        if value:
            case.add_property(name, _legal(value))
    _filled(case, verdict.findings, verdict.why)
    if not case.result and verdict.verdict in (Verdict.NOT_TESTED, Verdict.NOT_APPLICABLE):
        why = reason_sentence(verdict.reason) or verdict_word(str(verdict.verdict))
        case.result = [Skipped(_legal(": ".join(filter(None, (why, view.reason)))))]
    return case


def _filled(case: TestCase, findings: Sequence[Finding], why: str = "") -> TestCase:
    """A case with what speaks against the product, else the set-up or the bench, as its result.

    What counts for nothing here, a known failure included, stands in `system-out`.
    """
    refused = [f for f in findings if f.verdict is Verdict.FAIL and not f.known]
    amiss = [f for f in findings if f.verdict in (Verdict.ERROR, Verdict.NOT_READY)]
    if refused or amiss:
        first = (refused or amiss)[0]
        result: FinalResult = (Failure if refused else Error)(_words(first), first.rule)
        lines = [f"{finding.rule}: {_words(finding)}" for finding in (*refused, *amiss)]
        result.text = "\n".join([*lines, *([_legal(why)] if why and amiss else [])])
        case.result = [result]
    told = "\n".join(_told(findings))
    if told:
        case.system_out = told
    return case


def _told(findings: Iterable[Finding]) -> Iterable[str]:
    for finding in findings:
        if finding.known:
            yield f"{_('known')}: {finding.rule}: {_words(finding)}"
        elif finding.verdict in _SAID:
            yield f"{verdict_word(str(finding.verdict))}: {finding.rule}: {_words(finding)}"


def _words(finding: Finding) -> str:
    """What the rule says of its subject, or why the engine speaks in its place."""
    if finding.said:
        said = sentence(finding.rule, finding.said, dict(finding.params))
    else:
        said = reason_sentence(finding.reason)
    return _legal(f"{said} ({finding.subject})")


def _legal(text: str) -> str:
    """`text` without what XML cannot hold [XML-1.0 §2.2]: products write it, it hides nothing."""
    return _ILLEGAL.sub("·", text)


def _seconds(view: ScenarioView) -> float | None:
    """How long the scenario took."""
    if not view.began or not view.ended_at:
        return None
    began, ended = (datetime.fromisoformat(at) for at in (view.began, view.ended_at))
    return round((ended - began).total_seconds(), 3)
