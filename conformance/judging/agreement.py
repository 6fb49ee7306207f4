"""The verdict for the eye and the verdict of record must agree: if not, the bench is at fault.

A worker judges each scenario as soon as it has run and leaves a digest of what the checks said;
`judge` compares it with its own, unless a rule has changed since.
"""

import hashlib
from collections.abc import Iterable, Sequence

import rfc8785

from conformance.journal import Event
from conformance.journal.notes import SLICE_JUDGED
from conformance.judging.findings import Finding, Verdict


def digest_of(findings: Iterable[Finding]) -> str:
    """SHA-256 over what was said of each subject, in order of key."""
    said = sorted([f.rule, f.subject, f.said or ""] for f in findings if f.said is not None)
    return hashlib.sha256(rfc8785.dumps(said)).hexdigest()


def disagreement(
    scenario: str, told: Sequence[Event], findings: Sequence[Finding]
) -> list[Finding]:
    """One `error` if the worker's digest is there and differs.

    What came to the scenario afterwards (a late use of its tokens) was not the worker's to judge.
    """
    last = told[-1] if told else None
    if last is None or last.kind != "bench.note" or last.data["what"] != SLICE_JUDGED:
        return []
    if last.data["values"].get("digest") == digest_of(findings):
        return []
    reason, seen = "slice-disagrees", (last.ref,)
    verdict = Verdict.ERROR
    return [Finding("story.complete", scenario, "judge", None, verdict, {}, seen, reason=reason)]
