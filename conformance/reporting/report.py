"""What a report shows, drawn from judgement, journal, catalogue and proofs; no HTML here."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.bundle.forms.proofs import ProofRow
from conformance.catalogue import catalogue_in, catalogue_note
from conformance.checks.all_rules import all_rules
from conformance.journal import Event, Journal
from conformance.judging.exit_code import counts
from conformance.judging.findings import Finding, Judgement, Verdict
from conformance.locale import _
from conformance.reporting.additions import NOTHING_BESIDE, Beside, Deposited
from conformance.reporting.banner import banner
from conformance.reporting.sections import exchanges
from conformance.reporting.sections.by_person import to_show
from conformance.reporting.sections.coverage import (
    by_verdict,
    coverage,
    requirement_views,
    untested,
)
from conformance.reporting.sections.dossier import DossierView, dossier_view
from conformance.reporting.sections.findings import conclusion, finding_view, groups, worst_first
from conformance.reporting.sections.proofs import proof_views
from conformance.reporting.sections.scenarios import scenario_page
from conformance.reporting.views import (
    Entry,
    FindingView,
    Group,
    ProofView,
    RequirementView,
    RunView,
    ScenarioView,
    SeenEvent,
    Untested,
)
from conformance.reporting.visit.decided import decided
from conformance.reporting.visit.known import Seen
from conformance.reporting.visit.stops import visit_stops
from conformance.reporting.visit.views import Decided, VisitStop
from conformance.wording import labels
from conformance.wording import verdicts as words


@dataclass(frozen=True, slots=True)
class Report:
    """All of a report. `coverage` counts requirements by verdict, worst first, by word.

    `base` leads from the page to the bundle (empty: it lies in it; None: no way), `opinions`
    lists what people decided, `doubts` and `remarks` are about that.
    """

    lang: str
    run: RunView
    conclusion: str
    ended: str
    recovered: bool
    film: bool
    counts: Mapping[str, int]
    groups: Sequence[Group]
    coverage: Sequence[tuple[str, str, int]]
    requirements: Sequence[RequirementView]
    untested: Sequence[Untested]
    silent: Sequence[Entry]
    scenarios: Sequence[ScenarioView]
    findings: Sequence[FindingView]
    wide_notable: Sequence[FindingView]
    wide_quiet: Sequence[FindingView]
    proofs: Sequence[ProofView]
    problems: Sequence[str]
    folder: str = ""
    base: str | None = ""
    to_show: Sequence[Untested] = ()
    visit: Sequence[VisitStop] = ()
    opinions: Sequence[Decided] = ()
    doubts: Sequence[str] = ()
    remarks: Sequence[str] = ()
    deposited: Deposited | None = None
    dossier: DossierView | None = None


def build(
    folder: Path,
    judgement: Judgement,
    proofs: Sequence[ProofRow],
    lang: str,
    beside: Beside = NOTHING_BESIDE,
) -> Report:
    """Everything a report shows about the bundle in `folder`, and what stands beside it."""
    all_rules()
    catalogue = catalogue_in(folder)
    journal = Journal(folder)
    places = journal.index()
    pages = [
        scenario_page(folder, verdict, journal.slice(places[name]), catalogue, lang)
        for name, verdict in judgement.scenarios.items()
    ]
    seen = {ref: event for page in pages for ref, event in page.seen.items()}
    loose = journal.slice(places.get("", []))
    seen |= {event.ref: shown for event in loose if (shown := _loose(event))}
    expected = judgement.run.get("expected") or ()
    views = [finding_view(finding, seen, lang, expected) for finding in judgement.findings]
    for page in pages:
        page.view.findings = worst_first(v for v in views if v.scenario == page.view.name)
    requirements = requirement_views(judgement, views, catalogue, lang)
    found = _counts(judgement)
    about = _about(folder)
    shown_proofs = proof_views(proofs, catalogue, lang)
    on_visit = Seen(
        bundle=str(judgement.run.get("run_id") or folder.name),
        reference=bool((judgement.run.get("plan") or {}).get("reference")),
        requirements=requirements,
        findings=list(zip(judgement.findings, views, strict=True)),
        scenarios=[page.view for page in pages],
        proofs=list(zip(proofs, shown_proofs, strict=True)),
        catalogue=catalogue,
        opinions=beside.opinions,
        lang=lang,
        modes=frozenset((judgement.run.get("plan") or {}).get("modes") or ()),
    )
    both = zip(judgement.findings, views, strict=True)
    wide = worst_first(v for f, v in both if not f.scenario and not _kept_silent(f))
    return Report(
        lang=lang,
        run=run_view(judgement.run, journal),
        conclusion=conclusion(found, any(f.said for f in judgement.findings)),
        ended=str(about.get("ended") or ""),
        recovered=bool(about.get("recovered")),
        film=any(page.view.film for page in pages),
        counts=found,
        groups=groups(views),
        coverage=coverage(requirements),
        requirements=by_verdict(
            r for r in requirements if r.verdict != Verdict.NOT_TESTED and not r.family
        ),
        to_show=to_show(requirements),
        untested=untested(requirements),
        silent=_silent(judgement, views),
        scenarios=[page.view for page in pages],
        findings=views,
        wide_notable=[v for v in wide if not v.quiet],
        wide_quiet=[v for v in wide if v.quiet],
        proofs=shown_proofs,
        problems=[*filter(None, [catalogue_note(folder)]), *(f.sentence for f in journal.faults)],
        folder=on_visit.named,
        base=beside.base,
        visit=visit_stops(on_visit),
        opinions=decided(on_visit),
        doubts=beside.doubts,
        remarks=beside.remarks,
        deposited=beside.deposited,
        dossier=dossier_view(judgement, proofs, shown_proofs, catalogue, beside.opinions, lang),
    )


def run_view(run: Mapping[str, Any], journal: Journal) -> RunView:
    """What `run.started` says; a journal whose first line was lost says nothing."""
    product, plan, bench = (run.get(key) or {} for key in ("product", "plan", "bench"))
    environment = run.get("environment") or {}
    stage = run.get("stage") or {}
    return RunView(
        id=str(run.get("run_id") or ""),
        began=next((e.at for e in journal.brackets if e.kind == "run.started"), ""),
        product=str(product.get("name") or "?"),
        version=" · ".join(str(product[key]) for key in ("version", "build") if product.get(key)),
        editor=str(product.get("editor") or ""),
        corridor=_listed(plan.get("corridor")),
        waves=_listed(plan.get("waves")),
        packs=_listed(plan.get("only")) or _listed(plan.get("packs")),
        lifetimes=labels.lifetimes_word(str(plan.get("lifetimes") or "")),
        mutant=str(plan.get("mutant") or ""),
        strict=bool(plan.get("strict")),
        external=tuple(sorted(name for name, how in stage.items() if how == "external")),
        banner=banner(stage),
        bench=str(bench.get("version") or ""),
        bench_sha256=str(bench.get("sha256") or ""),
        catalogue_sha256=str((run.get("catalogue") or {}).get("sha256") or ""),
        workbook=_workbook((run.get("catalogue") or {}).get("imported")),
        environment=" · ".join(
            str(environment[k]) for k in ("system", "python") if k in environment
        ),
    )


def _workbook(about: object) -> str:
    """The vendor's own catalogue in a few words; empty without one."""
    if not isinstance(about, Mapping):
        return ""
    said = _("{name}, {rows} rows, imported on {date}, {texts}")
    texts = _("official texts included") if about.get("texts") else _("official texts not included")
    name = str(about.get("name") or _("texts typed in"))
    date = str(about.get("date") or "–")
    return said.format(name=name, rows=str(about.get("rows") or 0), date=date, texts=texts)


def _listed(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _silent(judgement: Judgement, views: Sequence[FindingView]) -> list[Entry]:
    """The rules that judged nothing, by reason."""
    kept_back: dict[str, list[FindingView]] = defaultdict(list)
    for finding, view in zip(judgement.findings, views, strict=True):
        if _kept_silent(finding):
            kept_back[view.sentence].append(view)
    return [Entry("", why, "", tuple(own)) for why, own in sorted(kept_back.items())]


def _kept_silent(finding: Finding) -> bool:
    """Whether it only says that a rule, or a story, had nothing to judge."""
    unseen = finding.verdict is Verdict.NOT_APPLICABLE and finding.said is None
    return finding.verdict is Verdict.NOT_TESTED or unseen


def _loose(event: Event) -> SeenEvent | None:
    """An event that belongs to no scenario; it has no place on the page, only words."""
    line = exchanges.one_line(event)
    return SeenEvent("", line, words.witness_word(event.witness), None, "") if line else None


def _counts(judgement: Judgement) -> dict[str, int]:
    """What the last line of a run counts, and what speaks against the bench or the set-up."""
    more = {str(v): judgement.count(v) for v in (Verdict.NOT_READY, Verdict.ERROR)}
    return counts(judgement) | more


def _about(folder: Path) -> dict[str, object]:
    path = folder / "run.json"
    loaded = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return loaded if isinstance(loaded, dict) else {}
