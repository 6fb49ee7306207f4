"""What the shell is told: 1 a refusal, 3 the bench, 2 not ready, 0 no refusal found."""

from collections.abc import Collection

from conformance.judging.findings import Judgement, Verdict

GATES = (Verdict.REVIEW, Verdict.NOT_TESTED, Verdict.WARNING)


def exit_code(judgement: Judgement, gates: Collection[str] = ()) -> int:
    """The exit code; each verdict in `gates`, or in the plan's `fail_on`, counts as a refusal."""
    gates = {*gates, *judgement.run.get("plan", {}).get("fail_on", ())}
    if judgement.count(Verdict.FAIL) or any(judgement.count(Verdict(gate)) for gate in gates):
        return 1
    if judgement.count(Verdict.ERROR):
        return 3
    if judgement.count(Verdict.NOT_READY) or not any(f.said for f in judgement.findings):
        return 2
    return 0


def counts(judgement: Judgement) -> dict[str, int]:
    """What the last line always counts: refusals, to review, not tested, warnings."""
    return {
        str(verdict): judgement.count(verdict)
        for verdict in (Verdict.FAIL, Verdict.REVIEW, Verdict.NOT_TESTED, Verdict.WARNING)
    }
