"""The last lines of a run: what was found, where it lies, and the exit code."""

from collections.abc import Sequence
from textwrap import indent
from typing import Any

import click

from conformance.cli.mishaps import printable
from conformance.cli.run.against import Compared
from conformance.judging.exit_code import counts, exit_code, only_declared
from conformance.judging.findings import Verdict
from conformance.locale import _
from conformance.run.finish import Finished
from conformance.wording.verdicts import verdict_word


def closing(
    finished: Finished,
    gates: Sequence[str],
    compared: Compared | None = None,
    *,
    quiet: bool = False,
) -> int:
    """Print what was found, what is worse than `compared`, and where it lies; give the exit code.

    `quiet` leaves standard output to whoever writes for a machine.
    """
    judgement = finished.judgement
    for finding in judgement.findings:
        incomplete = finding.rule == "story.complete" and finding.said in ("broken", "unclear")
        if incomplete or finding.verdict in (Verdict.FAIL, Verdict.NOT_READY, Verdict.ERROR):
            said = _("{verdict}: {finding}")
            line = said.format(verdict=verdict_word(str(finding.verdict)), finding=_line(finding))
            click.echo(printable(line), err=True)
        if incomplete or finding.reason in ("not_ready", "error"):
            why = judgement.scenarios[finding.scenario].why
            click.echo(indent(printable(why), "    "), err=True)
    for problem in finished.problems:
        click.echo(_("defect of the bench") + f": {problem}", err=True)
    if not finished.whole:
        said = _("The run was cut short: what it did not run is not judged.")
        click.echo(said, err=True)
    if only_declared(judgement):
        said = _("The bench saw nothing itself: all that was judged is what was declared.")
        click.echo(said, err=True)
    for line in compared.lines if compared else ():
        click.echo(printable(line), err=quiet)
    click.echo(str(finished.folder / "report.html"), err=quiet)
    found = counts(judgement)
    click.echo(
        _(
            "refusals {fail} · to review {review} · not tested {not_tested} · warnings {warning}"
        ).format(**found),
        err=quiet,
    )
    code = 1 if compared and compared.worse else exit_code(judgement, gates)
    if finished.problems and code in (0, 2):
        return 3
    return 2 if code == 0 and not finished.whole else code


def _line(finding: Any) -> str:
    from conformance.checks.sentences import sentence
    from conformance.wording.verdicts import reason_sentence

    where = " ".join(part for part in (finding.scenario, finding.subject) if part)
    if finding.said:
        said = sentence(finding.rule, finding.said, dict(finding.params))
    else:
        said = reason_sentence(finding.reason)
    return f"{finding.rule} [{where}] {said}"
