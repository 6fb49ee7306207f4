"""What `banc catalogue` says: summary, defects and differences, at 80 columns or as plain data."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import Any

from conformance.catalogue import catalogue_for
from conformance.catalogue.coverage import coverage
from conformance.catalogue.official.compare import Changed, Comparison, Key
from conformance.catalogue.official.defects import sentence
from conformance.catalogue.official.groups import Names, groups_of
from conformance.catalogue.official.merge import merged
from conformance.catalogue.official.model import Imported
from conformance.locale import N_, _, _n
from conformance.wording.verdicts import nature_word

_WIDTH = 80


def summary(imported: Imported, target: Path) -> dict[str, Any]:
    """What was imported, counted; keys do not depend on the language."""
    from conformance.checks.all_rules import all_rules

    built_in = catalogue_for()
    whole = merged(built_in, imported.without_texts())
    own = [row for row in whole.requirements if row.workbook]
    served = coverage(whole, all_rules()).served
    judged = [row for row in own if row.id in served and row.reason is None]
    groups = groups_of(imported.rows, Names(built_in, imported.rows))
    weights = Counter(found.severity for found in imported.defects)
    absent = {group.name for group in groups} - built_in.requirement_ids
    return {
        "source": imported.source.model_dump(mode="json") if imported.source else None,
        "requirements": len(groups),
        "waves": sorted({wave for row in own for wave in (row.wave,)}),
        "corridors": sorted({lane for row in own for lane in row.corridor}),
        "scenarios": len({row.scenario for row in imported.rows if row.scenario}),
        "proofs": len({proof.id for row in imported.rows for proof in row.proofs}),
        "judged": len({row.id for row in judged}),
        "by_person": len({row.id for row in own} - {row.id for row in judged}),
        "new": len(absent),
        "unread": sorted({row.id for row in whole.requirements if row.text_status == "unknown"}),
        "filled": sorted(imported.filled),
        "errors": weights["error"],
        "remarks": weights["warning"],
        "folder": str(target),
    }


def summary_lines(imported: Imported, target: Path, base: Path) -> Iterator[str]:
    """The same for people, with the line to write into banc.toml."""
    found = summary(imported, target)
    source = imported.source
    assert source is not None
    said = _("{name}, sheet « {sheet} »: {lines} lines read")
    yield said.format(name=source.name, sheet=source.sheet, lines=source.lines)
    yield _("  {requirements} requirements (wave {waves}, {corridors}), {scenarios} scenarios, "
            "{proofs} proofs").format(
        **{k: found[k] for k in ("requirements", "scenarios", "proofs")},
        waves=", ".join(found["waves"]), corridors=", ".join(found["corridors"]),
    )  # fmt: skip
    yield _(
        "  judged by rules of the bench: {judged}; to be shown by a person: {by_person}"
    ).format(judged=found["judged"], by_person=found["by_person"])
    if found["errors"] or found["remarks"]:
        counted = _counted(found["errors"], found["remarks"])
        yield _("  defects of the sheet: {counted}").format(counted=counted)
        yield f"    banc catalogue lint {as_argument(target)}"
    yield _("Written to {path}").format(path=target)
    yield _("  git ignores that folder: the official texts stay there")
    try:
        named = target.resolve().relative_to(base.resolve()).as_posix()
    except ValueError:
        named = target.resolve().as_posix()
    yield _("To use it, in banc.toml:")
    yield "    [plan]"
    yield f'    catalogue = "{named}"'


def as_argument(path: Path) -> str:
    """A path as it is typed in a shell of any system."""
    text = str(path)
    return f'"{text}"' if set(text) & set(" '&()[];,=!") else text


def defect_rows(imported: Imported) -> list[dict[str, Any]]:
    """Each defect as plain data, with its sentence."""
    return [found.model_dump(mode="json") | {"said": sentence(found)} for found in imported.defects]


def defect_lines(imported: Imported, path: Path) -> Iterator[str]:
    """Errors first, each with its line of the sheet; then how many there are."""
    words = {"error": _("error"), "warning": _("remark")}
    for severity in ("error", "warning"):
        for found in imported.defects:
            if found.severity == severity:
                place = _("line {line}").format(line=found.place) if found.place else _("sheet")
                what = sentence(found)
                if found.about:
                    what = _("{id}: {what}").format(id=found.about, what=what)
                yield from _wrapped(f"{words[severity]} · {place} · {what}")
    weights = Counter(found.severity for found in imported.defects)
    yield f"{path}: {_counted(weights['error'], weights['warning'])}"


def _counted(errors: int, remarks: int) -> str:
    """How many there are of each weight."""
    first = _n("{count} error", "{count} errors", errors).format(count=errors)
    return f"{first}, " + _n("{count} remark", "{count} remarks", remarks).format(count=remarks)


_DIFFERENCES = {
    "profile": N_("profile {before} → {after}"),
    "nature": N_("nature {before} → {after}"),
    "criticality": N_("criticality {before} → {after}"),
    "status": N_("status {before} → {after}"),
    "statement": N_("its statement is worded otherwise"),
    "scenario-text": N_("scenario {after} is worded otherwise"),
    "proof-text": N_("proof {after} is worded otherwise"),
}
_ONE_SIDED = {
    ("scenario", True): N_("scenario {name} added"),
    ("scenario", False): N_("scenario {name} removed"),
    ("proof", True): N_("proof {name} added"),
    ("proof", False): N_("proof {name} removed"),
}


def comparison_lines(found: Comparison) -> Iterator[str]:
    """Added, removed, changed rows, one a line; what changed stands below its row."""
    for title, keys in ((_("Added"), found.added), (_("Removed"), found.removed)):
        if keys:
            yield f"{title} ({len(keys)})"
            yield from (f"  {_named(key)}" for key in keys)
    if found.changed:
        yield _("Changed") + f" ({len(found.changed)})"
        for each in found.changed:
            yield f"  {_named(each.key)}"
            yield from (line for said in _said(each) for line in _wrapped(said, "      "))
    if found.same:
        yield _("No row differs.")


def comparison_data(found: Comparison) -> dict[str, Any]:
    """The same as plain data."""
    return {
        "added": [_key(key) for key in found.added],
        "removed": [_key(key) for key in found.removed],
        "changed": [
            _key(each.key)
            | {"differences": [dict(zip(("what", "before", "after"), one, strict=True))
                               for one in each.differences]}
            for each in found.changed
        ],
    }  # fmt: skip


def _said(each: Changed) -> Iterator[str]:
    for what, before, after in each.differences:
        one_sided = _ONE_SIDED.get((what, bool(after)))
        if one_sided is not None:
            yield _(one_sided).format(name=after or before)
        else:
            words = [_value(what, value) for value in (before, after)]
            yield _(_DIFFERENCES[what]).format(before=words[0], after=words[1])


def _value(what: str, value: str) -> str:
    if what == "nature":
        return ", ".join(nature_word(word) or "–" for word in value.split(","))
    return value or "–"


def _named(key: Key) -> str:
    name, wave, corridor, profile = key
    return " · ".join((name, _("wave {waves}").format(waves=wave), corridor, profile))


def _key(key: Key) -> dict[str, Any]:
    return dict(zip(("id", "wave", "corridor", "profile"), key, strict=True))


def _wrapped(text: str, margin: str = "") -> list[str]:
    return wrap(
        text,
        _WIDTH - 1,
        initial_indent=margin,
        subsequent_indent=f"{margin}    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
