"""Rows of the vendor's own catalogue that a person shows: by family of ids, the proof expected."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from conformance.catalogue import Catalogue, Requirement
from conformance.catalogue.model import CORRIDORS
from conformance.locale import _, _n
from conformance.reporting.views import RequirementView, Untested
from conformance.wording import labels

_PREFIXES = frozenset({"SC", "CH", "AMBU", "BIO", "SENTINELLE", "LABEL", *CORRIDORS})
_NAMED = 6


def family_of(requirement_id: str) -> str:
    """`MSS` for `MSS/va1.02`, `SC.MSS/CONF.01` or `LGC.MSS/UX.05`: what the rows are about."""
    first, dot, rest = requirement_id.partition(".")
    name = rest if dot and first.upper() in _PREFIXES and "/" in rest else requirement_id
    return name.replace("/", ".").replace(" ", ".").partition(".")[0].upper() or requirement_id


def expected_proofs(row: Requirement, catalogue: Catalogue) -> tuple[str, ...]:
    """The proofs asked for a row, each with its kinds, the first few."""
    asked = catalogue.proofs_for(row.id)
    named = [
        f"{proof.id} ({' / '.join(labels.proof_kind(kind) for kind in proof.kinds)})"
        for proof in asked[:_NAMED]
    ]
    left = len(asked) - _NAMED
    if left > 0:
        named.append(_n("and {n} other", "and {n} others", left).format(n=left))
    return tuple(named)


def to_show(requirements: Iterable[RequirementView]) -> list[Untested]:
    """Those that a person shows, by family, in the order of the ids."""
    families: dict[str, list[RequirementView]] = defaultdict(list)
    for requirement in requirements:
        if requirement.family:
            families[requirement.family].append(requirement)
    return [
        Untested(f"p-{n}", family, tuple(own))
        for n, (family, own) in enumerate(sorted(families.items()), 1)
    ]


def statement_of(row: Requirement, lang: str) -> str:
    """What a row asks: in our words, else in its own where they are at hand, else that it lacks."""
    if row.statement is not None:
        return row.statement.said(lang)
    if row.text:
        return row.text
    if row.text_status == "imported":
        return _("Official text not included: it stayed with its owner.")
    return _("Official text not read.")


def of_one_row(rows: Sequence[Requirement]) -> list[Requirement]:
    """The rows to show of one id: all those that a workbook has, else the first."""
    own = [row for row in rows if row.workbook]
    return own if len(own) > 1 else list(rows[:1])
