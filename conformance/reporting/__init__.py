"""What people and build servers read: HTML, PDF, JUnit and Allure results of one bundle."""

from collections.abc import Callable, Sequence
from pathlib import Path

from conformance.bundle.forms.proofs import ProofRow
from conformance.judging.findings import Judgement
from conformance.reporting.additions import NOTHING_BESIDE, Beside


def write_reports(
    folder: Path,
    judgement: Judgement,
    proofs: Sequence[ProofRow],
    lang: str,
    beside: Beside = NOTHING_BESIDE,
) -> dict[str, Callable[[], None]]:
    """The reports of a bundle by name, each as a call that writes it into `folder`."""
    from conformance.locale import set_language
    from conformance.reporting.formats import allure, junit, page, paper
    from conformance.reporting.report import build

    set_language(lang)
    report = build(folder, judgement, proofs, lang, beside)
    return {
        "report.html": lambda: page.write(folder, report),
        "report.pdf": lambda: paper.write(folder, report),
        "junit.xml": lambda: junit.write(folder, judgement, report),
        "allure-results": lambda: allure.write(folder, judgement, report),
    }
