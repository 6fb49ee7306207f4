"""What differs between the findings of two bundles, or of one bundle judged twice.

Findings are matched by key {rule, scenario, subject}. Fingerprints are drawn under a key that every
run makes anew, so they are renamed in order of appearance (`access_token#1`) before comparing.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.errors import BundleFault
from conformance.judging.findings import WORST_FIRST, Verdict
from conformance.locale import N_, _, _n
from conformance.wording.verdicts import verdict_word

Key = tuple[str, str, str]
_MARK = re.compile(r"⟦(\w+) ([0-9a-f]+)⟧")
_RANK = {str(verdict): rank for rank, verdict in enumerate(WORST_FIRST)}
_NEVER_WELCOME = (Verdict.FAIL, Verdict.ERROR, Verdict.NOT_READY)


@dataclass(frozen=True, slots=True)
class Change:
    """One finding that differs. `before` or `after` is None when it is on one side only.

    `rule_changed` tells that the two sides judged with different versions of the rule.
    """

    key: Key
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    rule_changed: bool


@dataclass(slots=True)
class Difference:
    """Changes by sort; `other` are those with the same verdict for other facts.

    `worse` holds also the new findings that make their rule worse in that scenario, `hidden` what
    a rule said there before, when it says nothing there any more. `rules_changed` are the rules
    that both sides have, in different versions.
    """

    worse: list[Change] = field(default_factory=list)
    better: list[Change] = field(default_factory=list)
    new: list[Change] = field(default_factory=list)
    hidden: list[Change] = field(default_factory=list)
    gone: list[Change] = field(default_factory=list)
    other: list[Change] = field(default_factory=list)
    rules_changed: list[str] = field(default_factory=list)

    @property
    def all_changes(self) -> list[Change]:
        """Every change, whatever its sort."""
        return [*self.worse, *self.hidden, *self.new, *self.gone, *self.other, *self.better]

    @property
    def changed(self) -> bool:
        """Whether any finding differs."""
        return bool(self.all_changes)

    @property
    def regressed(self) -> bool:
        """Whether the newer side is worse anywhere, or no longer tests what the older one did."""
        return bool(self.worse or self.hidden)


def compare(old: Mapping[str, Any], new: Mapping[str, Any], same_run: bool = False) -> Difference:
    """The difference from one `findings.json` to another, as loaded.

    With `same_run` the events that a finding points at count too; between runs they always differ.
    Raises `BundleFault` when either is not of that shape.
    """
    before, after = _by_key(old, same_run), _by_key(new, same_run)
    hashes, fresh = _rules(old), _rules(new)
    changed = {rule for rule in hashes.keys() & fresh.keys() if hashes[rule] != fresh[rule]}
    difference = Difference(rules_changed=sorted(changed))
    said_before, says_now = _spoken(before), _spoken(after)
    for key in sorted(before.keys() | after.keys()):
        change = Change(key, before.get(key), after.get(key), key[0] in changed)
        if change.before == change.after:
            continue
        if change.before is None:
            _added(difference, change, said_before.get(key[:2]))
        elif change.after is None:
            silent = key[:2] not in says_now and _tested(change.before)
            (difference.hidden if silent else difference.gone).append(change)
        else:
            _sort(difference, change).append(change)
    return difference


def sentence_of(change: Change) -> str:
    """One change that made something worse: the finding, its verdict there and here."""
    if change.after is None:
        return _filled(_(_HIDDEN), change)
    return _filled(_(_WORSE) if change.before else _(_WORSE_NEW), change)


def lines(difference: Difference) -> list[str]:
    """The difference in sentences, what became worse first."""
    said = [sentence_of(change) for change in (*difference.worse, *difference.hidden)]
    said += milder_lines(difference)
    said = said or [_("No difference between the findings.")]
    told = {change.key[0] for change in difference.all_changes}
    quiet = [rule for rule in difference.rules_changed if rule not in told]
    if quiet:
        one = _n("rule changed, same findings: {rules}", "rules changed, same findings: {rules}",
                 len(quiet))  # fmt: skip
        said.append(one.format(rules=", ".join(quiet)))
    return said


def milder_lines(difference: Difference) -> list[str]:
    """What differs and made nothing worse, in sentences."""
    sorts = (
        (_NEW, difference.new),
        (_GONE, difference.gone),
        (_OTHER, difference.other),
        (_BETTER, difference.better),
    )
    return [_filled(_(said), change) for said, changes in sorts for change in changes]


def changes_json(difference: Difference) -> dict[str, list[dict[str, Any]]]:
    """The changes of each sort, for a machine: key, and verdict on either side (null: none)."""
    sorts = ("worse", "hidden", "new", "gone", "other", "better")
    return {sort: [_change_json(change) for change in getattr(difference, sort)] for sort in sorts}


def _change_json(change: Change) -> dict[str, Any]:
    key = dict(zip(("rule", "scenario", "subject"), change.key, strict=True))
    sides = {"before": change.before, "after": change.after}
    verdicts = {name: side["verdict"] if side else None for name, side in sides.items()}
    return key | verdicts | {"rule_changed": change.rule_changed}


_WORSE = N_("worse: {finding}: {before} → {after}")
_WORSE_NEW = N_("worse: {finding}: {after}, which was not there before")
_HIDDEN = N_("no longer tested: {finding}: was {before}")
_BETTER = N_("better: {finding}: {before} → {after}")
_NEW = N_("new: {finding}: {after}")
_GONE = N_("gone: {finding}: was {before}")
_OTHER = N_("same verdict for other facts: {finding}: {after}")


def _filled(said: str, change: Change) -> str:
    told = said.format(
        finding=_name(change), before=_verdict(change.before), after=_verdict(change.after)
    )
    return told + (_(" (the rule has changed)") if change.rule_changed else "")


def _sort(difference: Difference, change: Change) -> list[Change]:
    """The list of a change that is on both sides; a known failure is never worse."""
    assert change.before is not None and change.after is not None
    before, after = _rank(change.before), _rank(change.after)
    untested = _tested(change.before) and change.after["said"] is None
    if untested and change.after["verdict"] != Verdict.NOT_APPLICABLE:
        return difference.worse
    if before == after or (after < before and change.after["known"]):
        return difference.other
    return difference.worse if after < before else difference.better


def _added(difference: Difference, change: Change, before: int | None) -> None:
    """A finding of the newer side only; `before` is the worst rank of its rule there, if any."""
    assert change.after is not None
    verdict, known = change.after["verdict"], change.after["known"]
    worse = verdict in _NEVER_WELCOME
    if before is not None and change.after["said"] is not None:
        worse = worse or _rank(change.after) < before
    (difference.worse if worse and not known else difference.new).append(change)


def _rank(side: Mapping[str, Any]) -> int:
    """Place among the verdicts, worst first; a failure that was expected counts as a warning."""
    known = side["known"] and side["verdict"] == Verdict.FAIL
    return _RANK[Verdict.WARNING if known else side["verdict"]]


def _tested(side: Mapping[str, Any]) -> bool:
    return side["said"] is not None and side["verdict"] != Verdict.NOT_APPLICABLE


def _spoken(side: Mapping[Key, Mapping[str, Any]]) -> dict[tuple[str, ...], int]:
    """The worst rank of each rule in each scenario where a check said anything."""
    ranks: dict[tuple[str, ...], int] = {}
    for key, facts in side.items():
        if facts["said"] is not None:
            ranks[key[:2]] = min(ranks.get(key[:2], len(_RANK)), _rank(facts))
    return ranks


def _by_key(findings: Mapping[str, Any], same_run: bool) -> dict[Key, dict[str, Any]]:
    renamed = _Renaming()
    by_key: dict[Key, dict[str, Any]] = {}
    try:
        for finding in findings["findings"]:
            key = finding["key"]
            facts = {name: finding[name] for name in ("said", "verdict", "witness", "reason")}
            facts["known"] = finding["known"]
            facts["params"] = renamed.value(finding["params"])
            facts["seen"] = finding["seen"] if same_run else None
            _RANK[facts["verdict"]]
            by_key[(key["rule"], key["scenario"], key["subject"])] = facts
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        said = _("findings.json: not in the form of this bench ({reason})")
        raise BundleFault(said.format(reason=error)) from error
    return by_key


def _rules(findings: Mapping[str, Any]) -> Mapping[str, Any]:
    rules = findings.get("rules", {})
    if not isinstance(rules, Mapping):
        raise BundleFault(_("findings.json: rules: expected an object of hashes"))
    return rules


class _Renaming:
    """Gives each fingerprint the name of its role and its rank of appearance."""

    def __init__(self) -> None:
        self._names: dict[str, dict[str, str]] = defaultdict(dict)

    def value(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            if "secret" in value and "fp" in value:
                return self._name(str(value["secret"]), str(value["fp"]))
            return {key: self.value(value[key]) for key in sorted(value)}
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, str):
            return _MARK.sub(lambda found: f"⟦{self._name(found[1], found[2])}⟧", value)
        return value

    def _name(self, role: str, fingerprint: str) -> str:
        names = self._names[role]
        return names.setdefault(fingerprint, f"{role}#{len(names) + 1}")


def _name(change: Change) -> str:
    rule, scenario, subject = change.key
    return " ".join(filter(None, (rule, scenario and f"[{scenario}]", subject)))


def _verdict(side: Mapping[str, Any] | None) -> str:
    return verdict_word(side["verdict"]) if side else ""
