"""The page « Visite »: what an auditor walks through, stop by stop, in front of the product.

First proofs, then a visit about what is not clear: so this page lists what is to review, warned of,
not ready or not tested, why, what to ask to be shown, and where the film has it. It claims nothing
that a person must judge.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from conformance.catalogue import Catalogue, Proof, Scenario, Step
from conformance.checks.registry import RULES
from conformance.evidence.package import ProofRow
from conformance.judging.findings import WORST_FIRST, Finding, Verdict
from conformance.locale import _, _n
from conformance.reporting import labels, words
from conformance.reporting.beside import Opinion, Opinions
from conformance.reporting.by_person import family_of
from conformance.reporting.findings import anchor
from conformance.reporting.proofs import by_eye
from conformance.reporting.views import (
    Because,
    FindingView,
    Moment,
    ProofView,
    RequirementView,
    ScenarioView,
    StepView,
)
from conformance.reporting.visit_views import Decided, Showing, VisitItem, VisitStop

_OPEN = frozenset({Verdict.REVIEW, Verdict.WARNING, Verdict.NOT_TESTED, Verdict.NOT_READY})
_RANK = {str(verdict): rank for rank, verdict in enumerate(WORST_FIRST)}
_SHOWN = 4
_NOWHERE = ""
_FAMILY = "family "


@dataclass(frozen=True)
class Seen:
    """What the report knows already; `bundle` is the name of its folder."""

    bundle: str
    reference: bool
    requirements: Sequence[RequirementView]
    findings: Sequence[tuple[Finding, FindingView]]
    scenarios: Sequence[ScenarioView]
    proofs: Sequence[tuple[ProofRow, ProofView]]
    catalogue: Catalogue
    opinions: Opinions
    lang: str

    @cached_property
    def by_anchor(self) -> Mapping[str, FindingView]:
        """Findings by their place on the page."""
        return {view.anchor: view for _finding, view in self.findings}

    @cached_property
    def told(self) -> Mapping[str, ScenarioView]:
        """The first telling of each scenario of the catalogue, and each telling by its name."""
        found: dict[str, ScenarioView] = {}
        for view in self.scenarios:
            found[view.name] = view
            found.setdefault(view.name.partition("@")[0], view)
        return found

    @cached_property
    def owed(self) -> frozenset[str]:
        """The requirements of the page."""
        return frozenset(requirement.id for requirement in self.requirements)

    @cached_property
    def showing(self) -> Mapping[str, Sequence[Scenario]]:
        """The scenarios that show each requirement, in the order of the catalogue."""
        found: dict[str, list[Scenario]] = defaultdict(list)
        for scenario in self.catalogue.scenarios:
            for name in dict.fromkeys((*scenario.verifies, *scenario.ex_psc)):
                found[name].append(scenario)
        return found

    def by_hand(self, name: str) -> bool:
        """Whether a scenario is only known from the vendor's own workbook."""
        base = name.partition("@")[0]
        return base in self.by_person and name not in self.told

    @cached_property
    def by_person(self) -> frozenset[str]:
        """The scenarios that a person shows: no story of the bench tells them."""
        return frozenset(row.id for row in self.catalogue.scenarios if row.mode == "person")

    def opinions_on(self, kind: str, *parts: str) -> Mapping[str, Opinion]:
        """What was decided on one thing, by role."""
        return self.opinions.get((kind, parts), {})

    @cached_property
    def steps(self) -> Mapping[tuple[str, str], StepView]:
        """The step of each event that the page lists, by scenario and reference."""
        return {
            (view.name, event.ref): step
            for view in self.scenarios
            for step in view.steps
            for event in step.events
        }


def visit_stops(seen: Seen) -> list[VisitStop]:
    """Where to stop: scenarios as they were told, those not told, then what no story shows."""
    places: dict[str, list[VisitItem]] = defaultdict(list)
    for requirement in seen.requirements:
        if requirement.verdict in _OPEN:
            stop = _gathered(_stop_of(requirement, seen), requirement.id, seen)
            places[stop].append(_of_requirement(requirement, seen))
    for row, proof in seen.proofs:
        if (verdict := _verdict_of(row)) is not None:
            known = _proof(seen.catalogue, row.id)
            stop = known.scenario if known else _NOWHERE
            if seen.by_hand(stop):
                continue  # its requirement says which proofs are expected
            told = seen.told.get(stop)
            places[told.name if told else stop].append(_of_proof(row, proof, verdict, known, seen))
    for finding, view in seen.findings:
        speaks = finding.verdict in _OPEN and finding.verdict is not Verdict.NOT_TESTED
        if speaks and not finding.known and seen.owed.isdisjoint(view.requires):
            places[finding.scenario].append(_of_finding(finding, view, seen))
    return [*_told_stops(places, seen), *_untold_stops(places, seen)]


def _gathered(stop: str, requirement: str, seen: Seen) -> str:
    """The stop of a scenario; those of a workbook that a person shows are one stop a family."""
    return f"{_FAMILY}{family_of(requirement)}" if seen.by_hand(stop) else stop


def _told_stops(places: Mapping[str, list[VisitItem]], seen: Seen) -> Iterator[VisitStop]:
    for view in seen.scenarios:
        if view.name in places:
            lead = _("Told in this bundle: {ended}.").format(ended=view.ended)
            yield _stop(view.name, view.title, lead, places[view.name], seen, told=True)


def _untold_stops(places: Mapping[str, list[VisitItem]], seen: Seen) -> Iterator[VisitStop]:
    families = sorted(name for name in places if name.startswith(_FAMILY))
    apart = {*seen.told, *families, _NOWHERE}
    rest = [name for name in places if name not in apart]
    rows = {row.id: row for row in seen.catalogue.scenarios}
    playable = [name for name in rows if name in rest and rows[name].reason is None]
    for name in playable:
        lead = _("Not told in this bundle: to be run on the visit.")
        yield _stop(name, rows[name].title.said(seen.lang), lead, places[name], seen)
    for name in (name for name in rest if name not in playable):
        row = rows.get(name)
        why = row.reason.said(seen.lang) if row and row.reason else _("no story of the bench")
        lead = _("The bench does not tell it ({why}): to be shown by hand.").format(why=why)
        title = row.title.said(seen.lang) if row else ""
        yield _stop(name, title, lead, places[name], seen, playable=False)
    for name in families:
        lead = _("Rows of the vendor's own catalogue, each shown by hand as its scenario asks.")
        family = name.removeprefix(_FAMILY)
        yield _stop(family, "", lead, places[name], seen, playable=False)
    if places.get(_NOWHERE):
        lead = _("No scenario of the bench shows these: to be shown by hand, or on paper.")
        yield _stop(_NOWHERE, "", lead, places[_NOWHERE], seen, playable=False)


def _stop(
    name: str,
    title: str,
    lead: str,
    items: Iterable[VisitItem],
    seen: Seen,
    *,
    told: bool = False,
    playable: bool = True,
) -> VisitStop:
    ordered = _alike(sorted(items, key=lambda item: _RANK[item.verdict]))
    return VisitStop(
        anchor=anchor("v", name or "elsewhere"),
        scenario=name,
        title=title,
        lead=lead,
        command=_command(name, seen) if playable and name else "",
        told_at=anchor("s", name) if told else "",
        items=tuple(ordered),
    )


def _alike(items: Iterable[VisitItem]) -> Iterator[VisitItem]:
    """Things of which the very same is to be said are one, unless somebody decided on them."""
    rows: dict[object, list[VisitItem]] = defaultdict(list)
    for item in items:
        told = (item.kind, item.verdict, item.title, item.whys, item.shows)
        rows[item.anchor if item.opinions else told].append(item)
    for first, *also in rows.values():
        yield replace(first, also=tuple(also))


def _command(name: str, seen: Seen) -> str:
    """The scenario again, under the plan of the bundle, on the product that is here."""
    where = "" if seen.reference else " --config banc.toml"
    return f"banc run --like {seen.bundle} --only {name}{where}"


def _stop_of(requirement: RequirementView, seen: Seen) -> str:
    """The scenario that makes a requirement clear: where it was seen, else where it would be."""
    for reason in requirement.because:
        finding = seen.by_anchor.get(reason.anchor)
        if finding and finding.scenario:
            return finding.scenario
    showing = seen.showing.get(requirement.id, ())
    for row in showing:
        if row.id in seen.told:
            return seen.told[row.id].name
    playable = [row for row in showing if row.reason is None]
    chosen = next(iter(playable or showing), None)
    return chosen.id if chosen else _NOWHERE


def _of_requirement(requirement: RequirementView, seen: Seen) -> VisitItem:
    whys = [Because(requirement.reason, "")] if requirement.reason else []
    return VisitItem(
        kind="requirement",
        name=requirement.id,
        anchor=anchor("vi-req", requirement.id),
        href=requirement.anchor,
        title=requirement.statement,
        verdict=requirement.verdict,
        word=requirement.word,
        whys=(*whys, *(_whole_why(because, seen) for because in requirement.because)),
        shows=tuple(_first(_shown_for(requirement, seen))),
        opinions=seen.opinions_on("requirement", requirement.id),
    )


def _whole_why(because: Because, seen: Seen) -> Because:
    """What the rule said, and why that is not enough (declared by the product itself…)."""
    finding = seen.by_anchor.get(because.anchor)
    if finding is None or not finding.reason:
        return because
    return replace(because, sentence=f"{because.sentence.rstrip('.')} – {finding.reason}")


def _shown_for(requirement: RequirementView, seen: Seen) -> Iterator[Showing]:
    """The steps where it was seen, then the rules' own words; else the scenario that shows it."""
    found = [seen.by_anchor[b.anchor] for b in requirement.because if b.anchor in seen.by_anchor]
    steps = list(_steps_of(found, seen))
    yield from steps
    stop = _stop_of(requirement, seen)
    if not steps and stop:
        yield _whole(stop, seen)
    untold = _untold_of(found, seen)
    if untold:
        yield Showing(_("To be run too, not told here: {names}.").format(names=", ".join(untold)))
    for finding in found:
        yield Showing(_("To be checked: {rule}.").format(rule=finding.expected))
    if requirement.proofs:
        proofs = "; ".join(requirement.proofs)
        yield Showing(_("Expected in the deposit: {kind}.").format(kind=proofs))
    if not stop:
        yield Showing(_("To be shown on the product: what the requirement says."))


def _untold_of(silent: Sequence[FindingView], seen: Seen) -> list[str]:
    """The scenarios with the misbehaviour that its silent rules wait for."""
    waiting = [RULES[f.rule] for f in silent if f.verdict == Verdict.NOT_TESTED and f.rule in RULES]
    special = [rule for rule in waiting if not rule.judges(None)]
    return [
        row.id
        for row in seen.catalogue.scenarios
        if row.id not in seen.told and row.reason is None and row.fault is not None
        if any(rule.judges(row.fault) for rule in special)
    ]


def _steps_of(findings: Iterable[FindingView], seen: Seen) -> Iterator[Showing]:
    for finding in findings:
        for evidence in finding.evidence:
            step = seen.steps.get((finding.scenario, evidence.ref))
            if step is not None:
                yield _step(step, evidence.moment or step.moment)


def _step(step: StepView, moment: Moment | None) -> Showing:
    said = _("Show step {n} again: {title} To be seen: {expected}")
    title = step.title.rstrip(".") + "."
    return Showing(said.format(n=step.n, title=title, expected=step.expected), moment)


def _whole(name: str, seen: Seen) -> Showing:
    """The whole scenario, from its first step."""
    view = seen.told.get(name)
    if view is not None:
        count, moment = len(view.steps), next((s.moment for s in view.steps if s.moment), None)
    else:
        count, moment = len(_steps_in(name.partition("@")[0], seen.catalogue)), None
    if not count:
        return Showing(_("Show the scenario {name}.").format(name=name), moment)
    said = _n("Show the scenario {name} whole: {count} step.",
              "Show the scenario {name} whole: {count} steps.", count)  # fmt: skip
    return Showing(said.format(name=name, count=count), moment)


def _steps_in(scenario: str, catalogue: Catalogue) -> Sequence[Step]:
    try:
        return catalogue.scenario(scenario).steps
    except KeyError:
        return ()


def _of_proof(
    row: ProofRow, view: ProofView, verdict: str, proof: Proof | None, seen: Seen
) -> VisitItem:
    why = view.reason or view.word
    return VisitItem(
        kind="proof",
        name=row.id,
        anchor=anchor("vi-proof", row.id),
        href="",
        title=view.title,
        verdict=verdict,
        word=words.verdict_word(verdict),
        whys=(Because(why, ""),),
        shows=tuple(_first(_shown_by(view, proof, seen))),
        opinions=seen.opinions_on("proof", row.id),
    )


def _shown_by(view: ProofView, proof: Proof | None, seen: Seen) -> Iterator[Showing]:
    """What is deposited, how it must look, then the steps that make it."""
    kinds = " / ".join(map(labels.proof_kind, proof.kinds)) if proof else view.kind
    yield Showing(
        _("Expected in the deposit: {kind}.").format(kind="; ".join((kinds, *view.pieces)))
    )
    if proof is None:
        return
    if proof.constraints:
        how = ", ".join(map(labels.constraint_word, proof.constraints))
        yield Showing(_("To be looked at: {how}.").format(how=how))
    if proof.external:
        yield Showing(_("Obtained elsewhere: ask for it (link, number, document) and open it."))
        return
    told = seen.told.get(proof.scenario)
    steps = [step for step in (told.steps if told else ()) if _makes(proof, step.n)]
    yield from (_step(step, step.moment) for step in steps[:_SHOWN])
    if not steps:
        yield _whole(told.name if told else proof.scenario, seen)


def _makes(proof: Proof, n: int) -> bool:
    return any(piece.step == n for piece in proof.made_from)


def _of_finding(finding: Finding, view: FindingView, seen: Seen) -> VisitItem:
    """A finding that no requirement of the page speaks for."""
    shows = list(_steps_of([view], seen))
    if not shows and finding.scenario:
        shows = [_whole(finding.scenario, seen)]
    shows.append(Showing(_("To be checked: {rule}.").format(rule=view.expected)))
    return VisitItem(
        kind="finding",
        name=words.finding_name(finding.key),
        anchor=anchor("vi", view.anchor),
        href=view.anchor,
        title=view.title,
        verdict=view.verdict,
        word=view.word,
        whys=tuple(Because(why, "") for why in (view.sentence, view.reason) if why),
        shows=tuple(_first(shows)),
        opinions=seen.opinions_on("finding", *finding.key),
    )


def _first(showings: Iterable[Showing]) -> Iterator[Showing]:
    """Each sentence once, the first few."""
    told: dict[str, Showing] = {}
    for showing in showings:
        told.setdefault(showing.sentence, showing)
    yield from list(told.values())[:_SHOWN]


def _verdict_of(row: ProofRow) -> str | None:
    """What a proof is worth on a visit; None when nothing about it is left to look at."""
    if row.state != "present":
        return str(Verdict.NOT_TESTED)
    return str(Verdict.REVIEW) if row.reason or by_eye(row.kind) else None


def _proof(catalogue: Catalogue, name: str) -> Proof | None:
    try:
        return catalogue.proof(name)
    except KeyError:
        return None


def decided(seen: Seen) -> list[Decided]:
    """Everything that somebody decided on, in the order of the first decision on it."""
    findings = {finding.key: view for finding, view in seen.findings}
    requirements = {view.id: view for view in seen.requirements}
    proofs = {row.id: (row, view) for row, view in seen.proofs}
    rows: list[Decided] = []
    for (kind, parts), by_role in seen.opinions.items():
        name = words.finding_name(parts) if kind == "finding" else parts[0]
        href, title, verdict, word = "", "", "", _("not in this report")
        if kind == "finding" and (view := findings.get(_key(parts))):
            href, title, verdict, word = view.anchor, view.sentence, view.verdict, view.word
        elif kind == "requirement" and (asked := requirements.get(parts[0])):
            href, title, verdict, word = asked.anchor, asked.statement, asked.verdict, asked.word
        elif kind == "proof" and parts[0] in proofs:
            row, proof = proofs[parts[0]]
            title, verdict, word = proof.title, _verdict_of(row) or "", proof.word
        rows.append(Decided(name, href, title, verdict, word, by_role, _settled(verdict, by_role)))
    return rows


def _key(parts: Sequence[str]) -> tuple[str, str, str]:
    rule, scenario, subject = parts
    return rule, scenario, subject


def _settled(verdict: str, by_role: Mapping[str, Opinion]) -> str:
    """Only what was to review is settled by a person, by the auditor before the vendor."""
    if verdict == Verdict.NOT_TESTED:
        return _("not judged by the bench: the views stand beside that")
    if verdict != Verdict.REVIEW:
        return _("the bench did not leave it to a person: its verdict stays")
    role = "auditor" if "auditor" in by_role else "vendor"
    said = {
        "conforme": _("seen by a person ({role}): nothing against it"),
        "reserve": _("non-blocking reservation ({role})"),
        "visite": _("still to review, on the visit ({role})"),
        "non-conforme": _("refused by a person ({role})"),
    }[by_role[role].choice]
    return said.format(role=words.role_word(role))
