"""How a run compares with the deposit that it was made like, as a report shows it."""

from conformance.comparing.deposit_difference import Likeness
from conformance.comparing.diff import Change
from conformance.locale import _
from conformance.reporting.additions import Deposited, Unlike
from conformance.wording.verdicts import finding_name, verdict_word


def deposited(likeness: Likeness | None) -> Deposited | None:
    """The difference as a report shows it, what became worse first."""
    if likeness is None:
        return None
    found = likeness.difference
    sorts = (
        (_("worse here"), found.worse),
        (_("no longer tested here"), found.hidden),
        (_("only here"), found.new),
        (_("only in the deposit"), found.gone),
        (_("other facts, same verdict"), found.other),
        (_("better here"), found.better),
    )
    return Deposited(
        run_id=likeness.run_id,
        manifest=likeness.manifest or "",
        worse=found.regressed,
        changes=tuple(_unlike(change, sort) for sort, own in sorts for change in own),
        not_run=likeness.not_run,
        added=likeness.added,
    )


def _unlike(change: Change, sort: str) -> Unlike:
    before, after = (str(side["verdict"]) if side else "" for side in (change.before, change.after))
    return Unlike(
        name=finding_name(change.key),
        sort=sort + (_(" (the rule has changed)") if change.rule_changed else ""),
        before=before,
        before_word=verdict_word(before) if before else "",
        after=after,
        after_word=verdict_word(after) if after else "",
    )
