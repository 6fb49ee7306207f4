"""Requirement, scenario, proof: the three words of the official catalogues [CATALOGUE-W1].

A requirement is keyed (id, wave, corridor, profile); its nature belongs to that key, never to the
id. Identifiers and facts are the official ones, every statement is in our own words. Identifiers
that are ours begin with `banc:`.
"""

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

Wave = Literal["1", "2"]
Corridor = Literal["LGC", "RIS", "SGL", "LGO", "DPI", "PFI", "DB"]
Nature = Literal["must", "must_not", "may"]
Trust = Literal["official", "secondary", "assumed"]
Mode = Literal[
    "web", "external-browser", "internal-browser", "ciba", "native", "documents", "person"
]
"""How a story is told; `person`: no story of the bench tells it, somebody shows it."""

SignIn = Literal["web", "external-browser", "internal-browser", "ciba", "native"]
"""The ways in which a product lets people sign in: every mode but `documents`."""

Means = Literal["cps", "ecps"]
ReadingName = Literal[
    "web",
    "external-browser",
    "ciba-w1",
    "ciba-w2",
    "native-w1",
    "account-matching",
    "acr-values",
    "unlisted",
]
"""A way to sign in, or a theme, for which official texts list EX PSC numbers; `unlisted`: none."""

Kind = Literal[
    "video",
    "screenshot",
    "smtp_source",
    "pdfa1",
    "document",
    "xdm_archive",
    "gazelle_link",
    "tool_run_id",
    "certificate",
    "config_extract",
    "code_extract",
    "log",
    "csv",
    "documentation",
    "written_commitment",
    "signed_form",
    "other",
]
Constraint = Literal[
    "fullscreen",
    "browser_fully_visible",
    "url_visible",
    "clock_visible",
    "all_windows_visible",
]
PieceSource = Literal[
    "film", "screenshot", "mail", "document", "archive", "log", "declaration", "external"
]

WAVES: tuple[Wave, ...] = get_args(Wave)
CORRIDORS: tuple[Corridor, ...] = get_args(Corridor)
GENERAL = "Général"
"""The profile of what every candidate owes; any other profile makes a row conditional."""


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(_Row):
    """A sentence for people, in both languages of the reports."""

    fr: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def said(self, lang: str) -> str:
        """The sentence in `lang` (`fr` or `en`; anything else reads French)."""
        return self.en if lang == "en" else self.fr


class Requirement(_Row):
    """One row of a catalogue: what one wave asks of some corridors under one profile.

    `statement` is None when the official text could not be read (`text_status` is `unknown`).
    `reason` says why no rule judges the row; None when rules do. `applies_to` names the lists
    (`Reading`) that carry the row, which is owed by those whom one of them concerns; empty: it is
    owed whichever way people sign in.
    """

    id: str
    wave: Wave
    corridor: tuple[Corridor, ...] = Field(min_length=1)
    profile: str = GENERAL
    nature: Nature
    text_status: Literal["known", "unknown", "imported"] = "known"
    statement: Text | None = None
    text: str | None = None
    aliases: tuple[str, ...] = ()
    ex_psc: tuple[str, ...] = ()
    applies_to: tuple[ReadingName, ...] = ()
    trust: Trust
    source: str = Field(min_length=1)
    reason: Text | None = None
    workbook: bool = False
    criticality: str = ""
    status: str = ""

    @property
    def keys(self) -> tuple[tuple[str, str, str, str], ...]:
        """Every (id, wave, corridor, profile) that this row stands for."""
        return tuple((self.id, self.wave, corridor, self.profile) for corridor in self.corridor)

    @property
    def conditional(self) -> bool:
        """Whether only candidates who chose its profile owe it."""
        return self.profile != GENERAL

    @property
    def binding(self) -> bool:
        """DOIT or NE DOIT PAS."""
        return self.nature != "may"

    @property
    def withdrawn(self) -> bool:
        """Whether its publication status says that nobody owes it any more."""
        return self.status.lower().startswith(("obsol", "supprim", "retir", "abrog"))

    @model_validator(mode="after")
    def _text_and_status_agree(self) -> "Requirement":
        if self.text_status == "imported":
            return self
        if (self.statement is None) != (self.text_status == "unknown"):
            raise ValueError("a statement in our words, or text_status: unknown; never both")
        return self


class Step(_Row):
    """One numbered step: what is done, what must then be seen, the proofs that show it.

    `proofs` is filled in by the loader from what the proofs are made of; `text` is the official
    wording, where its owner's catalogue is at hand.
    """

    n: int = Field(ge=1)
    title: Text
    expected: Text
    proofs: tuple[str, ...] = ()
    text: str | None = None


class Piece(_Row):
    """One piece of a proof and where the journal has it: `step` of the scenario, which one.

    `source` `external` is obtained elsewhere (a Gazelle link, a certificate, a run number).
    """

    source: PieceSource
    step: int | None = Field(default=None, ge=1)
    pick: Literal["first", "last", "all"] = "last"
    what: Text | None = None


class Proof(_Row):
    """One official evidence item, one deposit field. `kinds` are alternatives, any will do.

    `requirement` is what it proves, `scenario` the story that produces it, `na_sentence` what to
    write when it is not owed, `derived` true when its number follows from the numbering and was
    not read as such, `text` the official wording, where its owner's catalogue is at hand.
    """

    id: str
    requirement: str
    scenario: str
    title: Text
    kinds: tuple[Kind, ...] = Field(min_length=1)
    constraints: tuple[Constraint, ...] = ()
    made_from: tuple[Piece, ...] = Field(min_length=1)
    pieces: Text | None = None
    na_sentence: Text | None = None
    derived: bool = False
    text: str | None = None
    trust: Trust
    source: str = Field(min_length=1)

    @property
    def external(self) -> bool:
        """Whether every piece is obtained elsewhere."""
        return all(piece.source == "external" for piece in self.made_from)

    def shows(self, n: int) -> bool:
        """Whether a piece comes from step `n`; a film without a step shows them all."""
        return any(
            piece.step == n or (piece.source == "film" and piece.step is None)
            for piece in self.made_from
        )


class Reading(_Row):
    """An official list of rows and whom it concerns: waves, and ways to sign in (none: all)."""

    id: ReadingName
    title: Text
    waves: tuple[Wave, ...] = ()
    modes: tuple[SignIn, ...] = ()


class Alternative(_Row):
    """Scenarios of which one is enough to show a requirement.

    `proof` is the deposit field that any of them fills; None when each has a field of its own.
    """

    id: str
    title: Text
    requirement: str
    waves: tuple[Wave, ...] = Field(min_length=1)
    scenarios: tuple[str, ...] = Field(min_length=2)
    proof: str | None = None
    trust: Trust
    source: str = Field(min_length=1)


class Scenario(_Row):
    """A conformity scenario: prerequisites and numbered steps, or a story of ours (`banc:`).

    `means` are its variants (CPS card, e-CPS), `fault` what a negative story arms and `twin` the
    story without it, `needs` the parts of the stage, `reason` why no story plays it. `derogation`
    says why a plan of other waves may not run it.
    """

    id: str
    title: Text
    mode: Mode
    waves: tuple[Wave, ...] = Field(min_length=1)
    corridor: tuple[Corridor, ...] = CORRIDORS
    profile: str = GENERAL
    official: bool
    verifies: tuple[str, ...] = Field(min_length=1)
    ex_psc: tuple[str, ...] = ()
    prerequisites: tuple[Text, ...] = ()
    steps: tuple[Step, ...] = ()
    means: tuple[Means, ...] = ()
    needs: tuple[Literal["psc", "mssante", "lps-desktop", "gazelle"], ...] = ()
    derogation: Text | None = None
    fault: str | None = None
    twin: str | None = None
    trust: Trust
    source: str = Field(min_length=1)
    reason: Text | None = None
    text: str | None = None

    @property
    def wave(self) -> Wave:
        """The latest wave that it belongs to."""
        return max(self.waves)

    @property
    def face(self) -> str:
        """The face of the product that plays it, by its usual name."""
        return "desktop" if self.mode in ("ciba", "native", "internal-browser") else "web"

    def step(self, n: int) -> Step:
        """The official step number `n`. Raises `KeyError` naming scenario and number."""
        for step in self.steps:
            if step.n == n:
                return step
        raise KeyError(f"{self.id} has no step {n}: it has {len(self.steps)}")

    @model_validator(mode="after")
    def _well_formed(self) -> "Scenario":
        if [step.n for step in self.steps] != list(range(1, len(self.steps) + 1)):
            raise ValueError("steps are numbered 1, 2, 3… without a gap")
        if not self.steps and self.reason is None:
            raise ValueError("steps, or a reason why no story plays it")
        if not self.official and not self.id.startswith("banc:"):
            raise ValueError("an id of ours begins with banc:")
        if self.official and self.id.startswith("banc:"):
            raise ValueError("an official id does not begin with banc:")
        return self
