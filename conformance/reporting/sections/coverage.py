"""Requirement by requirement: what was judged and why so, what was not and why not."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from conformance.catalogue import Catalogue, Requirement
from conformance.catalogue.applicability import Candidate
from conformance.judging.findings import Judgement, RequirementVerdict, Verdict
from conformance.locale import _
from conformance.reporting.sections.by_person import (
    expected_proofs,
    family_of,
    of_one_row,
    statement_of,
)
from conformance.reporting.sections.findings import anchor
from conformance.reporting.views import Because, FindingView, RequirementView, Untested
from conformance.wording import verdicts as words

_QUIET = (Verdict.PASS, Verdict.NOT_APPLICABLE)


def requirement_views(
    judgement: Judgement, findings: Sequence[FindingView], catalogue: Catalogue, lang: str
) -> list[RequirementView]:
    """Every requirement that the plan owes, in the order of the ids."""
    owed = _owed(judgement.run.get("plan", {}), catalogue)
    by_rule: dict[str, list[FindingView]] = defaultdict(list)
    for finding in findings:
        by_rule[finding.rule].append(finding)
    return [
        _view(verdict, row, by_rule, catalogue, lang, number)
        for name, verdict in judgement.requirements.items()
        for number, row in enumerate(of_one_row(owed.get(name) or _latest(name, catalogue)))
    ]


def coverage(requirements: Iterable[RequirementView]) -> list[tuple[str, str, int]]:
    """How many requirements have each verdict: (verdict, word, count), worst first."""
    count: dict[str, int] = defaultdict(int)
    for requirement in requirements:
        count[requirement.verdict] += 1
    return [(str(v), words.verdict_word(str(v)), count[str(v)]) for v in Verdict if count[str(v)]]


def by_verdict(requirements: Iterable[RequirementView]) -> list[RequirementView]:
    """Requirements by verdict, the worst first; those of one verdict keep their order."""
    rank = {str(verdict): place for place, verdict in enumerate(Verdict)}
    return sorted(requirements, key=lambda requirement: rank[requirement.verdict])


def untested(requirements: Iterable[RequirementView]) -> list[Untested]:
    """What was not tested, by reason, the reason that keeps most back first."""
    by_reason: dict[str, list[RequirementView]] = defaultdict(list)
    for requirement in requirements:
        if requirement.verdict == Verdict.NOT_TESTED:
            by_reason[requirement.reason].append(requirement)
    ordered = sorted(by_reason.items(), key=lambda item: (-len(item[1]), item[0]))
    return [Untested(f"u-{n}", reason, tuple(own)) for n, (reason, own) in enumerate(ordered, 1)]


def _view(
    verdict: RequirementVerdict,
    row: Requirement,
    by_rule: Mapping[str, Sequence[FindingView]],
    catalogue: Catalogue,
    lang: str,
    number: int,
) -> RequirementView:
    """The line of one row; `number` tells apart several rows of one id."""
    because = _because(verdict, by_rule)
    by_person = verdict.reason == "by-person"
    return RequirementView(
        id=verdict.requirement,
        anchor=anchor("req", verdict.requirement) + (f"-{number}" if number else ""),
        nature=words.nature_word(verdict.nature),
        statement=statement_of(row, lang),
        verdict=str(verdict.verdict),
        word=words.verdict_word(str(verdict.verdict)),
        reason=_reason(verdict, row, lang) or _shared(verdict, because),
        because=because,
        rules=verdict.rules,
        source=row.source,
        trust=words.trust_word(row.trust),
        family=family_of(row.id) if by_person else "",
        proofs=expected_proofs(row, catalogue) if by_person else (),
        profile=row.profile if row.conditional else "",
    )


def _reason(verdict: RequirementVerdict, row: Requirement, lang: str) -> str:
    """Why the verdict is not simply that of its rules; in the catalogue's own words if it can."""
    own = row.reason.said(lang) if row.reason and not verdict.rules else ""
    if verdict.verdict is Verdict.NOT_TESTED and own:
        return own
    return words.reason_sentence(verdict.reason)


def _because(
    verdict: RequirementVerdict, by_rule: Mapping[str, Sequence[FindingView]]
) -> tuple[Because, ...]:
    """The findings that weigh as the requirement does, those that say the same once."""
    if verdict.verdict in _QUIET:
        return ()
    weighty = {verdict.verdict, *((Verdict.FAIL,) if verdict.nature == "may" else ())}
    found: dict[str, Because] = {}
    for rule in verdict.rules:
        for finding in by_rule.get(rule, ()):
            if finding.verdict in weighty and not finding.known:
                said = f"{finding.title} : {finding.sentence}"
                found.setdefault(said, Because(said, finding.anchor))
    return tuple(found.values())


def _shared(verdict: RequirementVerdict, because: Sequence[Because]) -> str:
    """A requirement held back by some of its rules only says which; the rest was judged."""
    if verdict.verdict is Verdict.NOT_TESTED and because:
        if len(because) < len(verdict.rules):
            return _("A part of what it asks was judged, the rest was not.")
        return _("The scenarios that show it were not run, or showed nothing of it.")
    return ""


def _owed(plan: Mapping[str, object], catalogue: Catalogue) -> dict[str, list[Requirement]]:
    """The rows of each id that this plan owes, the strongest first."""
    strength = {"must": 0, "must_not": 0, "may": 1}
    rows = Candidate.of_run(plan).rows(catalogue)
    owed: dict[str, list[Requirement]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (strength[row.nature], -int(row.wave))):
        owed[row.id].append(row)
    return owed


def _latest(name: str, catalogue: Catalogue) -> list[Requirement]:
    return [catalogue.any_requirement(name)]
