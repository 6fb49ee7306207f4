"""`report.html` of a bundle with 500 proofs: everything drawn together, rendered, and written.

A hundred scenarios with two logins and a mail each, judged; the proofs are those of the catalogue,
numbered on until there are 500. Judging, sealing, PDF and Allure results are not in the figure.
"""

import time
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

from conformance.bench.measures.journals import Pattern
from conformance.bench.model import Effort, Measured
from conformance.bundle.forms.proofs import ProofRow
from conformance.evidence.proofs.package import build_proofs
from conformance.judging.judge import judge
from conformance.reporting.formats import page
from conformance.reporting.report import build

PROOFS = 500
_SCENARIOS = 100
_EVENTS = 60


def report_of_500_proofs(effort: Effort, folder: Path) -> Measured:
    """CPU seconds for the one file."""
    bundle = folder / "bundle"
    Pattern(folder / "pattern", folder / "keys", _EVENTS).repeat(_SCENARIOS, bundle)
    judgement, proofs = judge(bundle), _five_hundred(bundle)
    rounds = []
    for _ in range(effort.of(effort.rounds, quick=1)):
        began = time.process_time_ns()
        page.write(bundle, build(bundle, judgement, proofs, "fr"))
        rounds.append((time.process_time_ns() - began) / 1e9)
    facts = {
        "proofs": len(proofs),
        "findings": len(judgement.findings),
        "octets": (bundle / "report.html").stat().st_size,
    }
    return Measured(rounds, 1, None, dict(facts))


def _five_hundred(bundle: Path) -> list[ProofRow]:
    rows = build_proofs(bundle)
    return [
        replace(row, id=f"{row.id}-{number}")
        for number, row in enumerate(islice(cycle(rows), PROOFS))
    ]
