"""What the bench found in each scenario, with what people settled since."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from conformance.judging.findings import Verdict, worst

Settled: TypeAlias = Callable[[tuple[str, str, str]], str]
"""The decision in force on a finding (rule, scenario, subject); empty when there is none."""

_KEY = ("rule", "scenario", "subject")
_WORDS = frozenset(map(str, Verdict))
_MEANT = {
    "conforme": Verdict.PASS,
    "reserve": Verdict.WARNING,
    "non-conforme": Verdict.FAIL,
}


def scenario_verdicts(
    findings: Sequence[Mapping[str, Any]], settled: Settled = lambda key: ""
) -> Callable[[str], str]:
    """The worst verdict of each scenario over the means with which it was run, by its id.

    A rule over the whole run counts for the scenarios that its subject names. Known failures count
    as warnings, a review that a person settled as they settled it.
    """
    told: dict[str, list[Verdict]] = defaultdict(list)
    for finding in findings:
        key, word = finding.get("key"), str(finding.get("verdict"))
        if not isinstance(key, Mapping) or word not in _WORDS:
            continue
        rule, scenario, subject = (str(key.get(each) or "") for each in _KEY)
        verdict = Verdict.WARNING if finding.get("known") else Verdict(word)
        if verdict is Verdict.REVIEW:
            verdict = _MEANT.get(settled((rule, scenario, subject)), verdict)
        name = scenario or subject.partition(" ")[0]
        told[name.partition("@")[0]].append(verdict)
    return lambda scenario: str(worst(told.get(scenario, [])))
