"""What the linter says of a file: what was found, what was expected, how grave it is."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal, get_args

from conformance.locale import _

Severity = Literal["refused", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
Code = Literal[
    "missing",
    "extra",
    "two-proofs",
    "two-files",
    "wrong-kind",
    "unreadable",
    "too-large",
    "too-long",
    "wrong-product",
    "practice-host",
    "personal-data",
    "rehearsal",
    "bad-name",
    "doubtful",
    "not-checked",
]
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding of the linter. `code` is a stable word; the sentences speak the current language.

    `refused`: the deposit would come back; `warning`: to be looked at; `note`: only said.
    """

    file: str
    code: Code
    what: str
    expected: str = ""
    severity: Severity = "refused"

    def to_json(self) -> dict[str, str]:
        """As a machine reads it."""
        return dict(asdict(self))


def shown(name: str) -> str:
    """A file name as it may be printed: octets that are no text as U+FFFD, no control character."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    plain = "".join(c if c.isprintable() else "·" for c in text)
    return plain if len(plain) <= _LONGEST_NAME else f"{plain[: _LONGEST_NAME - 1]}…"


def worst_first(remarks: Iterable[Remark]) -> list[Remark]:
    """By severity, then by file; what was said twice is kept once."""
    unique = dict.fromkeys(remarks)
    return sorted(unique, key=lambda each: (SEVERITIES.index(each.severity), each.file, each.code))


def severity_word(severity: str) -> str:
    """A severity, as people say it."""
    return {
        "refused": _("would be refused"),
        "warning": _("to be looked at"),
        "note": _("for information"),
    }[severity]
