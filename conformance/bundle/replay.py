"""Whose fault it is when the bench stumbles over a bundle: the bench's, or the one of its maker.

The seal of a stranger proves that nothing changed since; not that the journal is one. Holding every
event to its kind beforehand would cost more than judging, so it is done once something stumbled.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conformance.bundle.forms.run import require_run_form
from conformance.bundle.journals import follow
from conformance.errors import BundleFault
from conformance.journal import Journal
from conformance.judging.findings import Judgement, Verdict
from conformance.judging.judge import judge
from conformance.locale import _
from conformance.locale.printable import printable

_OWN_SENTENCE = (OSError, MemoryError)


@contextmanager
def blaming(folder: Path) -> Iterator[None]:
    """Raises `BundleFault` in place of what a misshapen event in the bundle `folder` set off.

    What comes up over events that all have the form of their kind is a defect of the bench, and
    stays what it is.
    """
    try:
        yield
    except (BundleFault, *_OWN_SENTENCE):
        raise
    except Exception as error:
        blame(folder, error)
        raise


def judged(folder: Path) -> Judgement:
    """`judge(folder)` of a bundle that somebody else may have made.

    Raises `BundleFault` when its plan is not one, or when an event in it has not the form of its
    kind and the bench stumbled over it, be it in one check only.
    """
    with blaming(folder):
        judgement = judge(folder)
    # A plan that means nothing would be judged as one that owes nothing.
    require_run_form(judgement.run)
    if any(finding.verdict is Verdict.ERROR for finding in judgement.findings):
        blame(folder)
    return judgement


def blame(folder: Path, cause: Exception | None = None) -> None:
    """Raises `BundleFault` naming the first event of the bundle without the form of its kind."""
    parts = {f"journal/{path.name}": path for path in (folder / "journal").glob("*.jsonl")}
    misshapen = follow(parts, deep=True).misshapen
    if misshapen:
        said = _("the journal is not one of this bench: {reason}")
        raise BundleFault(printable(said.format(reason=misshapen[0]))) from cause
    journal = Journal(folder)
    journal.index()
    for event in journal.brackets:
        if event.kind == "run.started":
            require_run_form(event.data)
