"""`banc run --against`: what became worse since an earlier bundle, in ten lines."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from conformance.comparing.diff import (
    Change,
    Difference,
    changes_json,
    compare,
    milder_lines,
    sentence_of,
)
from conformance.comparing.earlier_runs import Chosen, Earlier, Kin, choose
from conformance.judging.findings import WORST_FIRST, Judgement, findings_json
from conformance.locale import _, _n
from conformance.plan import Plan
from conformance.run.finish import Finished

LINES = 10
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Compared:
    """How a run compares with an earlier one. `difference` is None when there was none."""

    lines: tuple[str, ...]
    difference: Difference | None = None
    earlier: Earlier | None = None

    @property
    def worse(self) -> bool:
        """Whether any verdict is worse, or something tested there was not tested now."""
        return self.difference is not None and self.difference.regressed

    def to_json(self) -> dict[str, Any]:
        """For a machine: every change, by sort."""
        if self.difference is None or self.earlier is None:
            return {"bundle": None, "worse": False, "changes": {}}
        return {
            "bundle": str(self.earlier.path),
            "run_id": self.earlier.run.get("run_id"),
            "worse": self.worse,
            "rules_changed": self.difference.rules_changed,
            "changes": changes_json(self.difference),
        }


@dataclass(frozen=True, slots=True)
class Against:
    """What a run that has yet to begin will be held against."""

    asked: Path
    chosen: Chosen

    @classmethod
    def before(
        cls, asked: Path, plan: Plan, packs: Sequence[str], only: Sequence[str], strict: bool
    ) -> "Against":
        """Choose the earlier bundle, before anything starts. Raises `BundleFault`."""
        kin = Kin.of(
            {
                "product": {"name": plan.product.name},
                "plan": plan.summary()
                | {"packs": list(packs), "only": list(only), "strict": strict},
            }
        )
        return cls(asked, choose(asked, kin))

    def compared(self, finished: Finished) -> Compared:
        """The finished run beside the earlier one. Raises `BundleFault` when that is misshapen."""
        earlier = self.chosen.earlier
        if earlier is None:
            said = _("--against {path}: nothing there to compare with yet (first night)")
            return Compared((said.format(path=self.asked), *self.chosen.aside)[:LINES])
        old, new = dict(earlier.findings), findings_json(finished.judgement)
        names = _comparable(finished, earlier)
        if names is not None:
            _narrow(old, new, names)
        difference = compare(old, new)
        notes = [*self.chosen.aside, *_notes(earlier, finished, difference, names)]
        changes = [*_worse(difference, finished.judgement), *milder_lines(_spoken(difference))]
        headline = _headline(earlier, difference)
        return Compared(_ten([headline, *notes[:_NAMED], *changes]), difference, earlier)


def _comparable(finished: Finished, earlier: Earlier) -> set[str] | None:
    """The scenarios to compare; None for all.

    A run of some scenarios is compared by those; one that was cut short by those that it
    ran to the end: its exit code says the rest.
    """
    scenarios = finished.judgement.scenarios
    only = finished.judgement.run["plan"]["only"]
    if not finished.whole:
        return {n for n, told in scenarios.items() if told.ended not in ("", "interrupted")}
    if sorted(only) == sorted(earlier.run["plan"]["only"]):
        return None
    there = {finding["key"]["scenario"] for finding in earlier.findings["findings"]}
    return {*scenarios, *(n for n in there if n in only or n.partition("@")[0] in only)}


def _narrow(old: dict[str, Any], new: dict[str, Any], names: set[str]) -> None:
    """Keep the findings of these scenarios; of the whole run only what both could have seen.

    A rule over the whole run begins its subject with the scenario that it is about.
    """
    told = {finding["key"]["scenario"] for side in (old, new) for finding in side["findings"]}
    others = told - names - {""}
    for side in (old, new):
        side["findings"] = [
            finding
            for finding in side["findings"]
            if finding["key"]["scenario"] in names
            or (
                not finding["key"]["scenario"]
                and finding["said"] is not None
                and finding["key"]["subject"].partition(" ")[0] not in others
            )
        ]
    wide = {f["key"]["rule"] for f in new["findings"] if not f["key"]["scenario"]}
    old["findings"] = [
        f for f in old["findings"] if f["key"]["scenario"] or f["key"]["rule"] in wide
    ]


def _headline(earlier: Earlier, difference: Difference) -> str:
    product = earlier.run["product"]
    build = " ".join(filter(None, (product.get("version"), product.get("build"))))
    worse, hidden, better = (
        len(sort) for sort in (difference.worse, difference.hidden, difference.better)
    )
    counts = [_("nothing worse")] if not (worse or hidden) else []
    if worse:
        counts.append(_n("{n} verdict worse", "{n} verdicts worse", worse).format(n=worse))
    if hidden:
        said = _n("{n} no longer tested", "{n} no longer tested", hidden)
        counts.append(said.format(n=hidden))
    if better:
        counts.append(_n("{n} better", "{n} better", better).format(n=better))
    if not difference.changed:
        counts = [_("no difference between the findings")]
    said = _("Against {run} ({build}): {counts}")
    return said.format(run=earlier.path.name, build=build, counts=", ".join(counts))


def _notes(
    earlier: Earlier, finished: Finished, difference: Difference, names: set[str] | None
) -> Iterator[str]:
    """What else is not the same on both sides: part of the run, plan, catalogue, rules, bench."""
    was, now = earlier.run, finished.judgement.run
    if not finished.whole:
        yield _("only the scenarios that came to their end are compared")
    elif names is not None:
        yield _("only the scenarios that were asked for are compared")
    if was["product"].get("name") != now["product"]["name"]:
        said = _("that was another product: {name}")
        yield said.format(name=was["product"].get("name"))
    packs = () if names is not None else ("packs",)
    for key in ("corridor", "waves", "profiles", *packs, "faces", "strict"):
        if was["plan"].get(key) != now["plan"].get(key):
            yield _("the plan is another one: {key} differs").format(key=key)
            break
    if was["catalogue"].get("sha256") != now["catalogue"].get("sha256"):
        yield _("the catalogue has changed since")
    changed = difference.rules_changed
    if changed:
        said = _n("{n} rule has changed since: {rules}", "{n} rules have changed since: {rules}",
                  len(changed))  # fmt: skip
        yield said.format(n=len(changed), rules=_some(changed))


def _spoken(difference: Difference) -> Difference:
    """Without the silences that came or went: a loss is said once, as no longer tested."""
    return replace(
        difference,
        new=[c for c in difference.new if c.after and c.after["said"]],
        gone=[c for c in difference.gone if c.before and c.before["said"]],
    )


def _worse(difference: Difference, judgement: Judgement) -> Iterator[str]:
    """The sentences of what is worse, refusals first; what is hidden, a line a scenario."""
    ranks = {str(verdict): rank for rank, verdict in enumerate(WORST_FIRST)}

    def severity(change: Change) -> tuple[int, tuple[str, str, str]]:
        return (ranks[change.after["verdict"]] if change.after else 0, change.key)

    for change in sorted(difference.worse, key=severity):
        yield sentence_of(change)
    hidden: dict[str, list[Change]] = defaultdict(list)
    for change in difference.hidden:
        hidden[change.key[1]].append(change)
    for scenario, changes in hidden.items():
        rules = sorted({change.key[0] for change in changes})
        if scenario and scenario not in judgement.scenarios:
            said = _n("no longer run: {scenario} ({n} rule judged it)",
                      "no longer run: {scenario} ({n} rules judged it)", len(rules))  # fmt: skip
            yield said.format(scenario=scenario, n=len(rules))
        elif len(rules) == 1:
            yield sentence_of(changes[0])
        else:
            said = _("no longer tested in {scenario}: {rules}")
            yield said.format(scenario=scenario or _("the whole run"), rules=_some(rules))


def _some(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (_(" … and {n} more").format(n=more) if more > 0 else "")


def _ten(said: Sequence[str]) -> tuple[str, ...]:
    if len(said) <= LINES:
        return tuple(said)
    more = len(said) - LINES + 1
    return (*said[: LINES - 1], _("… and {n} more").format(n=more))
