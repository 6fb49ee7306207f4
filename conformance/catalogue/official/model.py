"""What is read from an official workbook: rows, proofs, defects, and where they came from.

The text of a row belongs to the ANS and stays on the disk of whoever owns the workbook: a row
without its `cells` and without the texts of its proofs is a skeleton, which a bundle may hold.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from conformance.catalogue.model import GENERAL, Corridor, Kind, Nature, Wave

Layout = Literal["rem", "convergence"]
"""`rem`: one row a scenario, its proofs in columns. `convergence`: one row a proof."""

Severity = Literal["error", "warning"]

CELLS = (
    "perimeter",
    "chapter",
    "function",
    "statement",
    "comment",
    "nature",
    "scenario",
    "previous",
    "order",
    "former_profile",
)
"""The texts of a row that a skeleton leaves out, by our names for their columns."""


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OfficialProof(_Read):
    """One proof asked by a row; `kinds` as its text names them, empty when it names none."""

    id: str = Field(max_length=200)
    kinds: tuple[Kind, ...] = ()
    text: str = ""


class OfficialRow(_Read):
    """One requirement under one of its scenarios, as one or several lines of the sheet say.

    `place` is the line of the sheet (from 1). `nature` is None when neither the sheet nor the
    statement says it. `variant` tells apart rows of one key whose statements differ. `steps` is
    how many numbered steps the text of the scenario has (0: not numbered, to be read whole).
    `cells` holds the official texts by the names of `CELLS`; a skeleton has none.
    """

    place: int = Field(ge=1)
    id: str = Field(min_length=1, max_length=200)
    waves: tuple[Wave, ...] = Field(min_length=1)
    corridors: tuple[Corridor, ...] = Field(min_length=1)
    profile: str = Field(default=GENERAL, min_length=1, max_length=200)
    nature: Nature | None = None
    criticality: str = Field(default="", max_length=100)
    status: str = Field(default="", max_length=100)
    variant: int = Field(default=0, ge=0)
    scenario: str = Field(default="", max_length=200)
    steps: int = Field(default=0, ge=0, le=200)
    proofs: tuple[OfficialProof, ...] = ()
    cells: dict[str, str] = Field(default_factory=dict)

    @property
    def keys(self) -> tuple[tuple[str, str, str, str], ...]:
        """Every (id, wave, corridor, profile) that it stands for."""
        return tuple((self.id, w, c, self.profile) for w in self.waves for c in self.corridors)

    def said(self, cell: str) -> str:
        """One of its texts; empty in a skeleton, or when the sheet left it blank."""
        return self.cells.get(cell, "")

    def without_texts(self) -> "OfficialRow":
        """The same row as a skeleton: ids, keys, nature, profile, kinds of proof, no text."""
        bare = tuple(proof.model_copy(update={"text": ""}) for proof in self.proofs)
        return self.model_copy(update={"cells": {}, "proofs": bare})


class Defect(_Read):
    """Something amiss in the workbook: `code` from a closed list (defects.py), its place.

    `place` is the line of the sheet, 0 for the whole; `about` the id concerned, `values` what the
    sentence of the code needs.
    """

    code: str
    severity: Severity
    place: int = Field(ge=0)
    about: str = ""
    values: dict[str, str] = Field(default_factory=dict)


class Source(_Read):
    """The file that was imported: its name without folders, its SHA-256, when (date), the sheet."""

    name: str = Field(max_length=255)
    sha256: str = Field(max_length=64)
    date: str = Field(max_length=10)
    sheet: str = Field(max_length=100)
    layout: Layout
    lines: int = Field(ge=0)


class Imported(_Read):
    """All of an imported catalogue.

    `filled` holds the texts that the user typed in themselves, by requirement id; in a skeleton
    they are empty. `source` is None when only such texts are there.
    """

    source: Source | None = None
    rows: tuple[OfficialRow, ...] = ()
    defects: tuple[Defect, ...] = ()
    filled: dict[str, str] = Field(default_factory=dict)

    def without_texts(self) -> "Imported":
        """The same catalogue as a bundle may hold it: no official text, no list of defects."""
        return Imported(
            source=self.source,
            rows=tuple(row.without_texts() for row in self.rows),
            filled=dict.fromkeys(self.filled, ""),
        )
