"""Wave, corridor, nature and profile of an official row, out of what its cells say.

The wave is read from Périmètre ("Vague 1"), else from the name of the sheet, then of the file
(Va1, Va2), else the user says it. The corridor is read from a métier prefix of the id
(`LGC.DMP/UX.10`), then from Périmètre, else the user says it, else the name of the file
(REM-MDV-LGC-Va2) does. `BIO/va1.01` is a section of requirements, not a corridor.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from conformance.catalogue.model import CORRIDORS, GENERAL, WAVES, Corridor, Nature, Wave
from conformance.catalogue.official.words import folded
from conformance.errors import CatalogueFault
from conformance.locale import _

_WAVE = re.compile(r"\b(?:vagues?|va|v)\s?([12])(?:\s+(?:et\s+)?([12]))?\b")
_METIERS: dict[str, tuple[Corridor, ...]] = {
    **{name: (name,) for name in CORRIDORS},
    "BIO": ("SGL",),
    "HOP-DPI": ("DPI",),
    "HOP-PFI": ("PFI",),
    "DRIMBOX": ("DB",),
}
_FORBIDDEN = re.compile(r"\bNE\s+DOI(?:VEN)?T\s+PAS\b")
_DUTY = re.compile(r"(?<!\bNE )\bDOI(?:VEN)?T\b")
_LEAVE = re.compile(r"\bPEU(?:VEN)?T\b")
_NATURES: tuple[tuple[str, Nature], ...] = (
    ("ne doit pas", "must_not"),
    ("ne doivent pas", "must_not"),
    ("doit", "must"),
    ("exigence", "must"),
    ("obligatoire", "must"),
    ("peut", "may"),
    ("preconisation", "may"),
    ("recommandation", "may"),
)


@dataclass(frozen=True, slots=True)
class Said:
    """What the user said of the workbook as a whole: it fills what the rows do not say."""

    wave: Wave | None = None
    corridors: tuple[Corridor, ...] = ()


@dataclass(frozen=True, slots=True)
class Keys:
    """How the rows of one workbook are keyed, once it is known what it says as a whole."""

    path: Path
    waves: tuple[Wave, ...]
    corridors: tuple[Corridor, ...]

    @classmethod
    def of(cls, path: Path, sheet: str, said: Said) -> "Keys":
        """What the user said, else what sheet and file are called."""
        waves = (said.wave,) if said.wave else waves_in(sheet) or waves_in(path.stem)
        return cls(path, waves, said.corridors or corridors_in(path.stem))

    def waves_of(self, perimeter: str, place: int) -> tuple[Wave, ...]:
        """The waves of a row. Raises `CatalogueFault`, which asks for them."""
        found = waves_in(perimeter) or self.waves
        if not found:
            said = _("{path}: line {line}: Périmètre {value} names no wave: say it with --wave 1 "
                     "or --wave 2")  # fmt: skip
            raise CatalogueFault(
                said.format(path=self.path, line=place, value=repr(perimeter[:60]))
            )
        return found

    def corridors_of(self, requirement: str, perimeter: str, place: int) -> tuple[Corridor, ...]:
        """The corridors of a row. Raises `CatalogueFault`, which asks for them."""
        prefix, dot, _rest = requirement.partition(".")
        if dot and prefix.upper() in _METIERS and "/" not in prefix:
            return _METIERS[prefix.upper()]
        found = corridors_in(perimeter) or self.corridors
        if not found:
            said = _("{path}: line {line}: neither {id}, nor Périmètre, nor the name of the file "
                     "names a corridor: say it with --corridor, one of {known}")  # fmt: skip
            about = {"path": self.path, "line": place, "id": requirement}
            raise CatalogueFault(said.format(**about, known=", ".join(CORRIDORS)))
        return found


def waves_in(text: str) -> tuple[Wave, ...]:
    """The waves that a text names; empty when it names none."""
    named = {n for found in _WAVE.findall(_spaced(text)) for n in found if n}
    return tuple(wave for wave in WAVES if wave in named)


def corridors_in(text: str) -> tuple[Corridor, ...]:
    """The corridors that a text names by their letters; empty when it names none."""
    named = {c for word in _spaced(text).upper().split() for c in _METIERS.get(word, ())}
    return tuple(corridor for corridor in CORRIDORS if corridor in named)


def nature_of(cell: str, statement: str) -> Nature | None:
    """DOIT, NE DOIT PAS or PEUT, as Nature says it, else the statement; None when neither does."""
    word = folded(cell)
    said = next((nature for beginning, nature in _NATURES if word.startswith(beginning)), None)
    forbids = bool(_FORBIDDEN.search(statement)) and not _DUTY.search(statement)
    if said == "must" or (said is None and not word):
        if forbids:
            return "must_not"
        if said is None and _DUTY.search(statement):
            return "must"
        if said is None and _LEAVE.search(statement):
            return "may"
    return said


def profile_of(cell: str) -> str:
    """The profile as it is written; a blank one is that of every candidate."""
    name = " ".join(cell.split())
    return GENERAL if folded(name) in ("", "general", "tous", "tous profils") else name


def _spaced(text: str) -> str:
    """Words set apart: file names join theirs with underscores, hyphens and points."""
    return folded(text.replace("_", " "))
