"""Where a visit stops for something, and what to ask to be shown there."""

from collections.abc import Iterable, Iterator, Sequence

from conformance.catalogue import Catalogue, Proof, Scenario, Step
from conformance.checks.registry import RULES
from conformance.judging.findings import Verdict
from conformance.locale import _, _n
from conformance.reporting.views import FindingView, Moment, ProofView, RequirementView, StepView
from conformance.reporting.visit.known import NOWHERE, Seen
from conformance.reporting.visit.views import Showing
from conformance.wording import labels

_SHOWN = 4


def stop_of(requirement: RequirementView, seen: Seen) -> str:
    """The scenario that makes a requirement clear: where it was seen, else where it would be."""
    for reason in requirement.because:
        finding = seen.by_anchor.get(reason.anchor)
        if finding and finding.scenario:
            return finding.scenario
    if (ordinary := _ordinary_for(requirement, seen)) is not None:
        return ordinary.id
    showing = seen.showing.get(requirement.id, ())
    for row in showing:
        if row.id in seen.by_scenario:
            return seen.by_scenario[row.id].name
    playable = [row for row in showing if row.reason is None]
    playable.sort(key=lambda row: row.derogation is not None)  # not every plan may run those
    chosen = next(iter(playable or showing), None)
    return chosen.id if chosen else NOWHERE


def shown_for(requirement: RequirementView, seen: Seen) -> tuple[Showing, ...]:
    """What is to be shown for a requirement, the first few."""
    return tuple(_first(_for_requirement(requirement, seen)))


def shown_by(view: ProofView, proof: Proof | None, seen: Seen) -> tuple[Showing, ...]:
    """What is to be shown for a proof, the first few."""
    return tuple(_first(_for_proof(view, proof, seen)))


def shown_in(view: FindingView, seen: Seen) -> tuple[Showing, ...]:
    """What is to be shown for a finding that no requirement of the page speaks for."""
    shows = list(_steps_of([view], seen))
    if not shows and view.scenario:
        shows = [_whole(view.scenario, seen)]
    shows.append(Showing(_("To be checked: {rule}.").format(rule=view.expected)))
    return tuple(_first(shows))


def _for_requirement(requirement: RequirementView, seen: Seen) -> Iterator[Showing]:
    """The steps where it was seen, then the rules' own words; else the scenario that shows it."""
    found = [seen.by_anchor[b.anchor] for b in requirement.because if b.anchor in seen.by_anchor]
    steps = list(_steps_of(found, seen))
    yield from steps
    stop = stop_of(requirement, seen)
    if not steps and stop:
        yield _whole(stop, seen)
    not_run = _not_run_of(found, seen)
    if not_run:
        yield Showing(_("To be run too, not run here: {names}.").format(names=", ".join(not_run)))
    for finding in found:
        yield Showing(_("To be checked: {rule}.").format(rule=finding.expected))
    if requirement.proofs:
        proofs = "; ".join(requirement.proofs)
        yield Showing(_("Expected in the deposit: {kind}.").format(kind=proofs))
    if not stop:
        yield Showing(_("To be shown on the product: what the requirement says."))


def _for_proof(view: ProofView, proof: Proof | None, seen: Seen) -> Iterator[Showing]:
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
    told = seen.by_scenario.get(proof.scenario)
    steps = [step for step in (told.steps if told else ()) if _makes(proof, step.n)]
    yield from (_step(step, step.moment) for step in steps[:_SHOWN])
    if not steps:
        yield _whole(told.name if told else proof.scenario, seen)


def _ordinary_for(requirement: RequirementView, seen: Seen) -> Scenario | None:
    """The scenario without a fault, run with another way of signing in, that silent rules need.

    Rules that a story had its chance to answer wait for what only the other ways show; ways that
    the product does not offer are not asked for.
    """
    silent = [seen.by_anchor[b.anchor] for b in requirement.because if b.anchor in seen.by_anchor]
    if not any(_waits(view, seen) for view in silent):
        return None
    showing = [row for row in seen.showing.get(requirement.id, ()) if row.fault is None]
    told = {row.mode for row in showing if row.id in seen.by_scenario}
    if not told:
        return None
    return next(
        (row for row in showing
         if row.reason is None and row.derogation is None and row.mode not in told
         and (not seen.modes or row.mode in seen.modes)),
        None,
    )  # fmt: skip


def _waits(view: FindingView, seen: Seen) -> bool:
    """Whether a rule that judges scenarios without a fault found nothing of its kind in them."""
    rule = RULES.get(view.rule)
    return rule is not None and rule.judges(None) and view.anchor in seen.unseen


def _not_run_of(silent: Sequence[FindingView], seen: Seen) -> list[str]:
    """The scenarios with the misbehaviour that its silent rules wait for."""
    waiting = [RULES[f.rule] for f in silent if f.verdict == Verdict.NOT_TESTED and f.rule in RULES]
    special = [rule for rule in waiting if not rule.judges(None)]
    return [
        row.id
        for row in seen.catalogue.scenarios
        if row.id not in seen.by_scenario and row.reason is None and row.fault is not None
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
    view = seen.by_scenario.get(name)
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


def _makes(proof: Proof, n: int) -> bool:
    return any(piece.step == n for piece in proof.made_from)


def _first(showings: Iterable[Showing]) -> Iterator[Showing]:
    """Each sentence once, the first few."""
    told: dict[str, Showing] = {}
    for showing in showings:
        told.setdefault(showing.sentence, showing)
    yield from list(told.values())[:_SHOWN]
