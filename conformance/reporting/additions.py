"""What a report shows that comes from elsewhere than its own run: opinions of people, a deposit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody decided: the word of the decision, who, in which role, when, by which key."""

    role: str
    choice: str
    word: str
    author: str
    date: str
    comment: str
    signer: str


Opinions: TypeAlias = "Mapping[tuple[str, tuple[str, ...]], Mapping[str, Opinion]]"
"""By role, by what they are on: (`finding`, key), (`proof`, (id,)) or (`requirement`, (id,))."""


@dataclass(frozen=True, slots=True)
class Unlike:
    """One finding that is not what it was in the deposit; a side without it has empty texts."""

    name: str
    sort: str
    before: str
    before_word: str
    after: str
    after_word: str


@dataclass(frozen=True, slots=True)
class Deposited:
    """How the run compares with the deposit that it was made like.

    `changes` are worst first; `not_run` are the scenarios of the deposit that it did not tell,
    `added` those that only it ran.
    """

    run_id: str
    manifest: str
    worse: bool
    changes: tuple[Unlike, ...]
    not_run: tuple[str, ...]
    added: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """All of it. `base` leads from the page to the bundle (empty: it lies in it; None: no way).

    `doubts` say which decisions do not count, `remarks` which replaced another or differ.
    """

    opinions: Opinions = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    deposited: Deposited | None = None
    base: str | None = ""


NOTHING_BESIDE = Beside()
