"""A report from a sealed bundle and the decisions beside it, written outside of both."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from conformance.bundle.files import write_whole
from conformance.bundle.forms.findings import load_findings
from conformance.bundle.forms.proofs import proof_rows
from conformance.bundle.reading import opened
from conformance.bundle.replay import blaming, judged
from conformance.bundle.verify import ALTERED, INTACT, verify
from conformance.catalogue import catalogue_in
from conformance.comparing.deposit_difference import likeness_in
from conformance.deciding.decisions import Decision, Decisions, decisions_of
from conformance.errors import AlteredBundle, BundleFault
from conformance.judging.recorded import as_recorded
from conformance.locale import _
from conformance.locale.printable import printable
from conformance.reporting.additions import Beside, Opinion, Opinions
from conformance.reporting.formats import page, paper
from conformance.reporting.report import Report, build
from conformance.reporting.sections.deposited import deposited
from conformance.wording.verdicts import choice_word


@dataclass(frozen=True, slots=True)
class Merged:
    """A report and the decisions that went into it."""

    report: Report
    decisions: Decisions


def merged(bundle: Path, lang: str, page_folder: Path | None = None) -> Merged:
    """The report of a sealed bundle as it was judged, with what people decided on it.

    `page_folder` is where the page will stand: its links to films and proofs lead from there to
    the bundle (a zip has none to lead to). Raises `AlteredBundle`, or `BundleFault` when it is not
    sealed.
    """
    verification = verify(bundle)
    if verification.code != INTACT:
        fault = AlteredBundle if verification.code == ALTERED else BundleFault
        told = "; ".join(verification.sentences[:2])
        raise fault(told if str(bundle) in told else f"{bundle}: {told}")
    with opened(bundle) as folder:
        recorded = load_findings(folder)
        try:
            judgement = as_recorded(judged(folder), recorded, catalogue_in(folder))
        except (KeyError, TypeError, ValueError) as error:
            said = _("findings.json: not in the form of this bench ({reason})")
            raise BundleFault(said.format(reason=error)) from error
        _require_run(folder)
        decisions = decisions_of(bundle, folder)
        beside = Beside(
            opinions=opinions_in(decisions),
            doubts=decisions.problems,
            remarks=decisions.notes,
            deposited=deposited(likeness_in(folder, recorded, judgement.scenarios)),
            base=_way(bundle, page_folder) if page_folder else "",
        )
        proofs = proof_rows(folder)
        with blaming(folder):
            return Merged(build(folder, judgement, proofs, lang, beside), decisions)


def write_merged(bundle: Path, out: Path, lang: str) -> Merged:
    """Write the report to `out`, HTML or PDF by its name. The sealed bundle stays as it is.

    Raises `BundleFault` when `out` lies in the bundle or in its decisions, or has another name;
    `OSError` when it cannot be written.
    """
    suffix = out.suffix.lower()
    if suffix not in (".html", ".pdf"):
        raise BundleFault(_("--out {path}: expected a name in .html or .pdf").format(path=out))
    target = out.resolve()
    for kept in (bundle.resolve(), decisions_of(bundle).folder):
        if target == kept or kept in target.parents:
            said = _(
                "--out {path}: lies in {folder}, where nothing may change: choose another place"
            )
            raise BundleFault(said.format(path=out, folder=kept))
    made = merged(bundle, lang, target.parent)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, paper.pdf(made.report) if suffix == ".pdf" else _html(made.report))
    return made


def opinions_in(decisions: Decisions) -> Opinions:
    """The decisions in force as a report shows them."""
    return {
        (target.kind, target.parts): {
            role: _opinion(decision) for role, decision in decisions.of(target).items()
        }
        for target in decisions.targets
    }


def _opinion(decision: Decision) -> Opinion:
    return Opinion(
        role=decision.role,
        choice=decision.choice,
        word=choice_word(decision.choice),
        author=printable(decision.author),
        date=decision.date[:10],
        comment=printable(decision.comment),
        signer=decision.signer.thumbprint,
    )


def _require_run(folder: Path) -> None:
    """Raises `BundleFault` when the `run.json` of the bundle cannot be read."""
    path = folder / "run.json"
    try:
        json.loads(path.read_bytes() if path.is_file() else b"{}")
    except (ValueError, RecursionError) as error:
        said = _("{path}: not JSON ({reason})")
        raise BundleFault(said.format(path="run.json", reason=error)) from error


def _html(report: Report) -> bytes:
    return page.render(report).encode("utf-8")


def _way(bundle: Path, page_folder: Path) -> str | None:
    """How a page of that folder names the bundle's; None when no link can lead into it."""
    if not bundle.is_dir():
        return None
    try:
        way = os.path.relpath(bundle.resolve(), page_folder)
    except ValueError:  # another drive of Windows
        return f"{bundle.resolve().as_uri()}/"
    return quote(Path(way).as_posix()) + "/"
