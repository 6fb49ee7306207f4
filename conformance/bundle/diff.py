"""What differs between the findings of two bundles, or of one bundle judged twice.

Findings are matched by key {rule, scenario, subject}. Fingerprints are drawn under a key that every
run makes anew, so they are renamed in order of appearance (`access_token#1`) before comparing.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.bundle.reading import BundleFault
from conformance.judging.findings import WORST_FIRST, Verdict
from conformance.locale import N_, _, _n
from conformance.reporting.words import verdict_word

Key = tuple[str, str, str]
_MARK = re.compile(r"⟦(\w+) ([0-9a-f]+)⟧")
_RANK = {str(verdict): rank for rank, verdict in enumerate(WORST_FIRST)}


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

    `rules_changed` are the rules that both sides have, in different versions.
    """

    worse: list[Change] = field(default_factory=list)
    better: list[Change] = field(default_factory=list)
    new: list[Change] = field(default_factory=list)
    gone: list[Change] = field(default_factory=list)
    other: list[Change] = field(default_factory=list)
    rules_changed: list[str] = field(default_factory=list)

    @property
    def all_changes(self) -> list[Change]:
        """Every change, whatever its sort."""
        return [*self.worse, *self.new, *self.gone, *self.other, *self.better]

    @property
    def changed(self) -> bool:
        """Whether any finding differs."""
        return bool(self.all_changes)

    @property
    def regressed(self) -> bool:
        """Whether the newer side is worse anywhere; a new finding is when it is a fail or error."""
        return bool(self.worse) or any(
            change.after["verdict"] in (Verdict.FAIL, Verdict.ERROR)
            for change in self.new
            if change.after
        )


def compare(old: Mapping[str, Any], new: Mapping[str, Any], same_run: bool = False) -> Difference:
    """The difference from one `findings.json` to another, as loaded.

    With `same_run` the events that a finding points at count too; between runs they always differ.
    Raises `BundleFault` when either is not of that shape.
    """
    before, after = _by_key(old, same_run), _by_key(new, same_run)
    hashes, fresh = _rules(old), _rules(new)
    changed = {rule for rule in hashes.keys() & fresh.keys() if hashes[rule] != fresh[rule]}
    difference = Difference(rules_changed=sorted(changed))
    for key in sorted(before.keys() | after.keys()):
        change = Change(key, before.get(key), after.get(key), key[0] in changed)
        if change.before != change.after:
            _sort(difference, change).append(change)
    return difference


def lines(difference: Difference) -> list[str]:
    """The difference in sentences, what became worse first."""
    said = [
        _(headline).format(finding=_name(change), before=_verdict(change.before),
                           after=_verdict(change.after))
        + (_(" (the rule has changed)") if change.rule_changed else "")
        for headline, changes in (
            (_WORSE, difference.worse),
            (_NEW, difference.new),
            (_GONE, difference.gone),
            (_OTHER, difference.other),
            (_BETTER, difference.better),
        )
        for change in changes
    ]  # fmt: skip
    said = said or [_("No difference between the findings.")]
    told = {change.key[0] for change in difference.all_changes}
    quiet = [rule for rule in difference.rules_changed if rule not in told]
    if quiet:
        one = _n("rule changed, same findings: {rules}", "rules changed, same findings: {rules}",
                 len(quiet))  # fmt: skip
        said.append(one.format(rules=", ".join(quiet)))
    return said


_WORSE = N_("worse: {finding}: {before} → {after}")
_BETTER = N_("better: {finding}: {before} → {after}")
_NEW = N_("new: {finding}: {after}")
_GONE = N_("gone: {finding}: was {before}")
_OTHER = N_("same verdict for other facts: {finding}: {after}")


def _sort(difference: Difference, change: Change) -> list[Change]:
    if change.before is None:
        return difference.new
    if change.after is None:
        return difference.gone
    before, after = (_RANK[side["verdict"]] for side in (change.before, change.after))
    if before == after:
        return difference.other
    return difference.worse if after < before else difference.better


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
    except (KeyError, TypeError, AttributeError) as error:
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
