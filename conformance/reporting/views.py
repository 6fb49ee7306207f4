"""What a report is made of: plain values that templates lay out, all words already chosen."""

from dataclasses import dataclass, field

from conformance.reporting.banner import Banner


@dataclass(frozen=True, slots=True)
class Moment:
    """A place in a film of the bundle: its file, and seconds from its first frame."""

    film: str
    second: float

    @property
    def href(self) -> str:
        """The film from that second on; a browser jumps there without any script."""
        return f"{self.film}#t={self.second}"

    @property
    def clock(self) -> str:
        """`m:ss`."""
        return f"{int(self.second) // 60}:{int(self.second) % 60:02d}"


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """One event as a line that opens; `moment` is its place in the film, if there is one.

    Without a `ref` it is only named by what points at it.
    """

    ref: str
    line: str
    witness: str
    moment: Moment | None
    detail: str

    @property
    def anchor(self) -> str:
        """Where it stands on the page; empty for what is only named there."""
        return "e-" + self.ref.replace(":", "-") if self.ref else ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What shows a finding: an event of the page (`anchor`), or one that has only a name."""

    ref: str
    line: str
    anchor: str
    moment: Moment | None


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding in two levels: a sentence, then what was expected, found and seen."""

    anchor: str
    rule: str
    title: str
    sentence: str
    verdict: str
    word: str
    subject: str
    scenario: str
    witness: str
    basis: str
    basis_word: str
    trust: str
    source: str
    requires: tuple[str, ...]
    expected: str
    facts: tuple[tuple[str, str], ...]
    reason: str
    evidence: tuple[Evidence, ...]
    known: bool
    known_why: str

    @property
    def quiet(self) -> bool:
        """Whether nothing speaks against the product."""
        return self.verdict in ("pass", "not_applicable")


@dataclass(frozen=True, slots=True)
class Entry:
    """Findings that say the same: one line of the summary, with its places."""

    title: str
    sentence: str
    reason: str
    findings: tuple[FindingView, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A part of the summary: all that is of one verdict and, for refusals, of one basis."""

    anchor: str
    verdict: str
    heading: str
    lead: str
    entries: tuple[Entry, ...]

    @property
    def count(self) -> int:
        """How many findings it holds."""
        return sum(len(entry.findings) for entry in self.entries)


@dataclass(slots=True)
class StepView:
    """One official step of a scenario as it was run."""

    n: int
    title: str
    expected: str
    done: bool
    moment: Moment | None
    events: list[SeenEvent] = field(default_factory=list)


@dataclass(slots=True)
class ScenarioView:
    """One scenario page; `began` and `ended_at` are RFC 3339 in UTC, empty when unknown.

    `elsewhere` says that the film was made by another program, and how it was laid on the run.
    """

    anchor: str
    name: str
    title: str
    verdict: str
    word: str
    ended: str
    reason: str
    face: str
    driver: str
    fault: str
    twin: str
    film: str | None
    captions: str | None
    elsewhere: str
    prerequisites: tuple[str, ...]
    steps: list[StepView]
    outside: list[SeenEvent]
    findings: list[FindingView]
    began: str
    ended_at: str

    @property
    def notable(self) -> list[FindingView]:
        """What a person must read first, in the order of the verdicts."""
        return [f for f in self.findings if not f.quiet]

    @property
    def quiet(self) -> list[FindingView]:
        """What held."""
        return [f for f in self.findings if f.quiet]


@dataclass(frozen=True, slots=True)
class Because:
    """Why a requirement has its verdict: a sentence, and the finding that says it."""

    sentence: str
    anchor: str


@dataclass(frozen=True, slots=True)
class RequirementView:
    """One row of the summary by requirement.

    Of one that a person shows also its `family`, the proofs expected and its profile.
    """

    id: str
    anchor: str
    nature: str
    statement: str
    verdict: str
    word: str
    reason: str
    because: tuple[Because, ...]
    rules: tuple[str, ...]
    source: str
    trust: str
    family: str = ""
    proofs: tuple[str, ...] = ()
    profile: str = ""


@dataclass(frozen=True, slots=True)
class Untested:
    """Requirements that were not tested, all for the same reason."""

    anchor: str
    reason: str
    requirements: tuple[RequirementView, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.requirements)


@dataclass(frozen=True, slots=True)
class ProofView:
    """One deposit field: what was put there, what of, or why nothing was."""

    id: str
    title: str
    requirement: str
    kind: str
    href: str
    file: str
    pieces: tuple[str, ...]
    state: str
    word: str
    reason: str
    deposit: str


@dataclass(frozen=True, slots=True)
class RunView:
    """What was run, with what, when (RFC 3339, UTC). Texts are empty when the journal lost them."""

    id: str
    began: str
    product: str
    version: str
    editor: str
    corridor: str
    waves: str
    packs: str
    lifetimes: str
    mutant: str
    strict: bool
    external: tuple[str, ...]
    banner: Banner
    bench: str
    bench_sha256: str
    catalogue_sha256: str
    environment: str
    workbook: str = ""
