"""JUnit XML: a case a scenario, failures typed by rule id, `not_tested` skipped with its reason."""

from pathlib import Path

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite
from junitparser.junitparser import FinalResult

from conformance.checks.sentences import sentence
from conformance.judging.findings import Finding, Judgement, ScenarioVerdict, Verdict
from conformance.reporting.words import reason_sentence


def write(folder: Path, judgement: Judgement) -> None:
    """Write `junit.xml`; names are scenario ids, the same from build to build."""
    suite = TestSuite("banc")
    for verdict in judgement.scenarios.values():
        suite.add_testcase(_case(verdict))
    run_wide = [f for f in judgement.findings if not f.scenario and f.verdict is Verdict.FAIL]
    if run_wide:
        case = TestCase("run", "banc")
        case.result = [Failure(_words(f), f.rule) for f in run_wide]
        suite.add_testcase(case)
    xml = JUnitXml("banc")
    xml.add_testsuite(suite)
    xml.write(str(folder / "junit.xml"), pretty=True)


def _case(verdict: ScenarioVerdict) -> TestCase:
    case = TestCase(verdict.scenario, "banc")
    results: list[FinalResult] = [
        Failure(_words(f), f.rule)
        for f in verdict.findings
        if f.verdict is Verdict.FAIL and not f.known
    ]
    results += [
        Error(reason_sentence(f.reason), f.rule)
        for f in verdict.findings
        if f.verdict in (Verdict.ERROR, Verdict.NOT_READY)
    ]
    if not results and verdict.verdict in (Verdict.NOT_TESTED, Verdict.NOT_APPLICABLE):
        results.append(Skipped(reason_sentence(verdict.reason) or str(verdict.verdict)))
    case.result = results
    return case


def _words(finding: Finding) -> str:
    """What the rule says, or why the engine speaks in its place."""
    if finding.said:
        return sentence(finding.rule, finding.said, dict(finding.params))
    return reason_sentence(finding.reason)
