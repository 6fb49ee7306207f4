"""Allure result files: an export for teams that keep their history there."""

import shutil
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import (
    Attachment,
    Label,
    Status,
    StatusDetails,
    TestResult,
    TestStepResult,
)

from conformance.bundle.files import size_of
from conformance.judging.findings import Judgement, ScenarioVerdict
from conformance.locale import _
from conformance.reporting.report import Report
from conformance.reporting.views import ScenarioView

_logger: Any = AllureFileLogger

_STATUS = {
    "pass": Status.PASSED,
    "review": Status.PASSED,
    "warning": Status.PASSED,
    "fail": Status.FAILED,
    "error": Status.BROKEN,
    "not_ready": Status.BROKEN,
    "not_tested": Status.SKIPPED,
    "not_applicable": Status.SKIPPED,
}


def write(folder: Path, judgement: Judgement, report: Report) -> None:
    """Write `allure-results/`: one result a scenario, its steps, its requirements, its film."""
    results = folder / "allure-results"
    if results.exists():
        shutil.rmtree(results)
    logger: Any = _logger(str(results))
    ceiling = judgement.run.get("environment", {}).get("max_size")
    for view in report.scenarios:
        verdict = judgement.scenarios[view.name]
        logger.report_result(_result(folder, results, verdict, view, ceiling))


def _result(
    folder: Path, results: Path, verdict: ScenarioVerdict, view: ScenarioView, ceiling: int | None
) -> TestResult:
    """One scenario; its ids are made from its name, so that a history can follow it.

    A copy of its film that would take the bundle over its ceiling is left out.
    """
    identity = uuid.uuid5(uuid.NAMESPACE_URL, f"banc:{verdict.scenario}")
    requirements = sorted({r for finding in view.findings for r in finding.requires})
    result = TestResult(
        uuid=str(identity),
        historyId=identity.hex,
        testCaseId=identity.hex,
        name=f"{view.name} – {view.title}",
        fullName=view.name,
        status=_STATUS[view.verdict],
        statusDetails=StatusDetails(known=_all_known(view), message=_message(view)),
        start=_milliseconds(view.began),
        stop=_milliseconds(view.ended_at),
        steps=[
            TestStepResult(
                name=f"{step.n}. {step.title}",
                status=Status.PASSED if step.done else Status.SKIPPED,
            )
            for step in view.steps
        ],
        labels=[
            Label(name="suite", value="banc"),
            Label(name="framework", value="banc"),
            Label(name="verdict", value=view.verdict),
            Label(name="feature", value=view.name.partition("@")[0]),
            *(Label(name="tag", value=requirement) for requirement in requirements),
        ],
    )
    if view.film is not None and _fits(folder, folder / view.film, ceiling):
        name = f"{identity.hex}-attachment.mp4"
        shutil.copyfile(folder / view.film, results / name)
        result.attachments = [Attachment(name="film", source=name, type="video/mp4")]
    return result


def _fits(folder: Path, film: Path, ceiling: int | None) -> bool:
    return ceiling is None or size_of(folder) + film.stat().st_size <= ceiling


def _message(view: ScenarioView) -> str:
    """What was refused; else what was not, or how the scenario ended."""
    told = [
        f"{f.word}{' (' + _('known') + ')' if f.known else ''} – {f.rule} – {f.sentence}"
        for f in view.findings
        if f.verdict in ("fail", "error", "not_ready")
    ]
    return "\n".join(told) or view.reason or view.word


def _all_known(view: ScenarioView) -> bool:
    """Whether the only refusals are those that `[expected]` names."""
    refusals = [f for f in view.findings if f.verdict == "fail"]
    return bool(refusals) and all(f.known for f in refusals)


def _milliseconds(at: str) -> int | None:
    """Since 1970, as Allure counts; None when the journal does not say."""
    return int(datetime.fromisoformat(at).timestamp() * 1000) if at else None
