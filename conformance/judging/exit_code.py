"""What the shell is told: 1 a refusal, 3 the bench, 2 not ready, 0 no refusal found."""

from collections.abc import Collection

from conformance.judging.findings import Judgement, Verdict

_OF_THE_ENGINE = frozenset({"story.complete", "system.survives"})
GATES = (Verdict.REVIEW, Verdict.NOT_TESTED, Verdict.WARNING)


def exit_code(judgement: Judgement, gates: Collection[str] = ()) -> int:
    """The exit code; each verdict in `gates`, or in the plan's `fail_on`, counts as a refusal.

    A run in which all that was judged is what a person or the product declared judged nothing.
    """
    gates = {*gates, *judgement.run.get("plan", {}).get("fail_on", ())}
    if judgement.count(Verdict.FAIL) or any(judgement.count(Verdict(gate)) for gate in gates):
        return 1
    if judgement.count(Verdict.ERROR):
        return 3
    nothing = not any(f.said for f in judgement.findings) or only_declared(judgement)
    if judgement.count(Verdict.NOT_READY) or nothing:
        return 2
    return 0


def only_declared(judgement: Judgement) -> bool:
    """Whether the bench saw nothing of the product itself: each of its rules took a word for it.

    That the story was told to its end is no observation of the product.
    """
    spoken = [f for f in judgement.findings if f.said and f.rule not in _OF_THE_ENGINE]
    return bool(spoken) and all(f.witness == "declared" for f in spoken)


def counts(judgement: Judgement) -> dict[str, int]:
    """What the last line always counts: refusals, to review, not tested, warnings."""
    return {
        str(verdict): judgement.count(verdict)
        for verdict in (Verdict.FAIL, Verdict.REVIEW, Verdict.NOT_TESTED, Verdict.WARNING)
    }
