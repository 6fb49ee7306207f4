"""The page « Visite »: what an auditor walks through, stop by stop, in front of the product.

First proofs, then a visit about what is not clear: so this page lists what is to review, warned of,
not ready or not tested, why, what to ask to be shown, and where the film has it. It claims nothing
that a person must judge.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from conformance.catalogue import Catalogue, Proof
from conformance.judging.findings import WORST_FIRST, Verdict
from conformance.locale import _
from conformance.reporting.sections.by_person import family_of
from conformance.reporting.sections.findings import anchor
from conformance.reporting.visit.items import of_finding, of_proof, of_requirement, worth
from conformance.reporting.visit.known import NOWHERE, SAFE, Seen
from conformance.reporting.visit.showing import stop_of
from conformance.reporting.visit.views import VisitItem, VisitStop

_OPEN = frozenset({Verdict.REVIEW, Verdict.WARNING, Verdict.NOT_TESTED, Verdict.NOT_READY})
_RANK = {str(verdict): rank for rank, verdict in enumerate(WORST_FIRST)}
_FAMILY = "family "


def visit_stops(seen: Seen) -> list[VisitStop]:
    """Where to stop: scenarios that ran, those that did not, then what no scenario shows."""
    places: dict[str, list[VisitItem]] = defaultdict(list)
    for requirement in seen.requirements:
        if requirement.verdict in _OPEN:
            stop = _gathered(stop_of(requirement, seen), requirement.id, seen)
            places[stop].append(of_requirement(requirement, seen))
    for row, proof in seen.proofs:
        if (verdict := worth(row)) is not None:
            known = _proof(seen.catalogue, row.id)
            stop = known.scenario if known else NOWHERE
            if seen.by_hand(stop):
                continue  # its requirement says which proofs are expected
            told = seen.by_scenario.get(stop)
            places[told.name if told else stop].append(of_proof(row, proof, verdict, known, seen))
    for finding, view in seen.findings:
        speaks = finding.verdict in _OPEN and finding.verdict is not Verdict.NOT_TESTED
        if speaks and not finding.known and seen.owed.isdisjoint(view.requires):
            places[finding.scenario].append(of_finding(finding, view, seen))
    return [*_stops_run(places, seen), *_stops_not_run(places, seen)]


def _gathered(stop: str, requirement: str, seen: Seen) -> str:
    """The stop of a scenario; those of a workbook that a person shows are one stop a family."""
    return f"{_FAMILY}{family_of(requirement)}" if seen.by_hand(stop) else stop


def _stops_run(places: Mapping[str, list[VisitItem]], seen: Seen) -> Iterator[VisitStop]:
    for view in seen.scenarios:
        if view.name in places:
            lead = _("Run in this bundle: {ended}.").format(ended=view.ended)
            yield _stop(view.name, view.title, lead, places[view.name], seen, told=True)


def _stops_not_run(places: Mapping[str, list[VisitItem]], seen: Seen) -> Iterator[VisitStop]:
    families = sorted(name for name in places if name.startswith(_FAMILY))
    apart = {*seen.by_scenario, *families, NOWHERE}
    rest = [name for name in places if name not in apart]
    rows = {row.id: row for row in seen.catalogue.scenarios}
    playable = [name for name in rows if name in rest and rows[name].reason is None]
    for name in playable:
        lead = _("Not run in this bundle: to be run on the visit.")
        yield _stop(name, rows[name].title.said(seen.lang), lead, places[name], seen)
    for name in (name for name in rest if name not in playable):
        row = rows.get(name)
        why = row.reason.said(seen.lang) if row and row.reason else _("no scenario of the bench")
        lead = _("The bench does not run it ({why}): to be shown by hand.").format(why=why)
        title = row.title.said(seen.lang) if row else ""
        yield _stop(name, title, lead, places[name], seen, playable=False)
    for name in families:
        lead = _("Rows of the vendor's own catalogue, each shown by hand as its scenario asks.")
        family = name.removeprefix(_FAMILY)
        yield _stop(family, "", lead, places[name], seen, playable=False)
    if places.get(NOWHERE):
        lead = _("No scenario of the bench shows these: to be shown by hand, or on paper.")
        yield _stop(NOWHERE, "", lead, places[NOWHERE], seen, playable=False)


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
        run_at=anchor("s", name) if told else "",
        items=tuple(ordered),
    )


def _alike(items: Iterable[VisitItem]) -> Iterator[VisitItem]:
    """Points with the same explanation are grouped, unless somebody decided on them."""
    rows: dict[object, list[VisitItem]] = defaultdict(list)
    for item in items:
        told = (item.kind, item.verdict, item.title, item.whys, item.shows)
        rows[item.anchor if item.opinions else told].append(item)
    for first, *also in rows.values():
        yield replace(first, also=tuple(also))


def _command(name: str, seen: Seen) -> str:
    """The scenario again, under the plan of the bundle, on the product that is here.

    It is there to be copied into a shell, and both names come from the bundle.
    """
    if not SAFE.fullmatch(name):
        return ""
    where = "" if seen.reference else " --config banc.toml"
    return f"banc run --like {seen.named} --only {name}{where}"


def _proof(catalogue: Catalogue, name: str) -> Proof | None:
    try:
        return catalogue.proof(name)
    except KeyError:
        return None
