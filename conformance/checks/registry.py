"""How a rule is declared, and what its check may say."""

import hashlib
import inspect
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from conformance.checks.events import Events
from conformance.checks.rule_source import source_hash
from conformance.journal.events import Event, Json

Basis = Literal["ans", "standard", "ours"]
Trust = Literal["official", "secondary", "assumed"]
Scope = Literal["scenario", "run"]


class Answer(StrEnum):
    """All that a check can say. The engine grades."""

    HELD = "held"
    BROKEN = "broken"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Said:
    """One answer about one subject.

    `subject` is a stable name within the story (`login 2`, `mail 1`), `seen` the events that show
    it, `params` plain values for the sentence: no time, path, host, float, random value or prose.
    """

    answer: Answer
    subject: str
    seen: tuple[Event, ...]
    params: Mapping[str, Json] = field(default_factory=dict)


def held(subject: str, seen: Sequence[Event], **params: Json) -> Said:
    """The rule held for `subject`."""
    return Said(Answer.HELD, subject, tuple(seen), params)


def broken(subject: str, seen: Sequence[Event], **params: Json) -> Said:
    """The rule did not hold for `subject`; `params` say expected and actual."""
    return Said(Answer.BROKEN, subject, tuple(seen), params)


def unclear(subject: str, seen: Sequence[Event], **params: Json) -> Said:
    """A person has to look; `params` say why."""
    return Said(Answer.UNCLEAR, subject, tuple(seen), params)


def held_if(condition: object, subject: str, seen: Sequence[Event], **params: Json) -> Said:
    """`held` when `condition` is true, else `broken`."""
    return held(subject, seen, **params) if condition else broken(subject, seen, **params)


Check = Callable[[Events], Iterator[Said]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that a machine can judge, with where it comes from.

    `requires` are requirement ids of the catalogue. `reads` are the event kinds that its check is
    handed, optionally `kind:route` for exchanges (`http.exchange:` for paths unknown to the mocks).
    `when` says which scenarios it judges: `conformant` (no fault armed), `any`, or a tuple of fault
    names. `no_mutant` gives the reason when no mutant of the reference system can break it.
    """

    id: str
    check: Check
    requires: tuple[str, ...]
    scope: Scope
    reads: tuple[str, ...]
    basis: Basis
    trust: Trust
    source: str
    when: Literal["conformant", "any"] | tuple[str, ...]
    no_mutant: str | None

    @property
    def summary(self) -> str:
        """What the rule demands, in one English sentence (its docstring)."""
        return inspect.cleandoc(self.check.__doc__ or "").split("\n\n")[0].replace("\n", " ")

    @property
    def sha256(self) -> str:
        """Hash of what it declares and of the syntax that its check is made of.

        A changed rule is told apart by it, one that was moved or reworded is not. `source` and
        `no_mutant` are for people to read and do not count.
        """
        declared = [self.id, self.requires, self.scope, self.reads, self.basis, self.trust]
        digest = hashlib.sha256(json.dumps([*declared, self.when]).encode())
        digest.update(source_hash(self.check))
        return digest.hexdigest()

    def judges(self, fault: str | None) -> bool:
        """Whether scenarios with `fault` armed (or none) are this rule's business."""
        if self.when == "any":
            return True
        if self.when == "conformant":
            return fault is None
        return fault in self.when


RULES: dict[str, Rule] = {}


def rule(
    rule_id: str,
    *,
    requires: Sequence[str],
    reads: Sequence[str],
    basis: Basis,
    trust: Trust,
    source: str,
    scope: Scope = "scenario",
    when: Literal["conformant", "any"] | tuple[str, ...] = "conformant",
    no_mutant: str | None = None,
) -> Callable[[Check], Check]:
    """Register the decorated check under `rule_id`. Raises `ValueError` if it is taken."""

    def register(check: Check) -> Check:
        if rule_id in RULES:
            raise ValueError(f"rule {rule_id} is declared twice")
        RULES[rule_id] = Rule(
            rule_id,
            check,
            tuple(requires),
            scope,
            tuple(reads),
            basis,
            trust,
            source,
            when,
            no_mutant,
        )
        return check

    return register
