"""Whoever meets a tag such as `CIBA-CORE §11` in brackets finds it in `docs/sources.md`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import pytest

from conformance.catalogue import load_catalogue
from conformance.checks.all_rules import all_rules
from conformance.checks.registry import RULES
from mocks.lps.mutants import all_mutants

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "docs" / "sources.md"
FOLDERS = ("common", "conformance", "mocks", "scenarios", "tests", "docs")
TRUSTS = ("assumed", "secondary", "official")

_NAME = r"(?:RFC \d{3,5}|[A-Z][A-Z0-9]+(?:-[A-Z0-9][A-Z0-9.]*)+)"
_TAG = re.compile(rf"(?<![\w\])\\])\[(?P<name>{_NAME})(?:\s+(?P<points>[^\[\]]+))?\](?![(\[])")
_HEADING = re.compile(rf"### \[(?P<name>{_NAME})\](?P<title>.*)")
_FACTS = re.compile(r"(Version|Date|Trust): ([^·]*)")
_POINT = re.compile(r"- \*\*(.+?)\*\*:")
_PAGE = re.compile(r"(?<![\w*?}])[\w.][\w./-]*\.md\b")


@dataclass
class Source:
    """One entry: its title, `Version`, `Date` and `Trust`, and the points it explains."""

    title: str
    facts: Mapping[str, str]
    points: set[str] = field(default_factory=set)


def sources_in(page: str) -> dict[str, Source]:
    """The entries of a page of sources by their tags."""
    found: dict[str, Source] = {}
    for part in re.split(r"(?m)^(?=#{1,3} )", page):
        if heading := _HEADING.match(part):
            lines = part.split("\n\n")
            facts = " ".join(lines[1].split()) if len(lines) > 1 else ""
            said = {name: value.strip() for name, value in _FACTS.findall(facts)}
            points = set(_POINT.findall(part))
            found[heading["name"]] = Source(heading["title"].strip(), said, points)
    return found


def flaws(name: str, source: Source) -> Iterator[str]:
    """What an entry lacks."""
    if not source.title:
        yield f"{name}: no title"
    if not source.facts.get("Version") and not source.facts.get("Date"):
        yield f"{name}: neither version nor date"
    if source.facts.get("Trust") not in TRUSTS:
        yield f"{name}: trust {source.facts.get('Trust')!r} is none of {', '.join(TRUSTS)}"


def tags_in(text: str) -> list[tuple[str, list[str]]]:
    """Each tag of a text: its name, and the points it names."""
    return [
        (tag["name"], [" ".join(p.split()) for p in (tag["points"] or "").split(",") if p.strip()])
        for tag in _TAG.finditer(text)
    ]


def unknown_tags(text: str, sources: Mapping[str, Source]) -> Iterator[str]:
    """Tags without an entry, and points that their entry does not explain."""
    for name, points in tags_in(text):
        if name not in sources:
            yield f"unknown tag {name}"
        else:
            yield from (
                f"{name} says nothing of {p}" for p in points if p not in sources[name].points
            )


def stray_sections(text: str) -> Iterator[str]:
    """Sections that are cited outside a tag: nobody is told of what."""
    for line in _TAG.sub("", text).splitlines():
        if "§" in line:
            yield f"a section outside a tag: {line.strip()}"


def missing_pages(text: str, files: list[PurePosixPath]) -> Iterator[str]:
    """Pages (`*.md`) that are named and are not in the project."""
    for named in _PAGE.findall(text):
        parts = tuple(part for part in PurePosixPath(named).parts if part not in (".", ".."))
        if not any(file.parts[-len(parts) :] == parts for file in files):
            yield f"{named} is not in the project"


def untagged(source: str, sources: Mapping[str, Source]) -> Iterator[str]:
    """What a `source` lacks: it begins with a known tag."""
    opening = _TAG.match(source)
    if opening is None or opening["name"] not in sources:
        yield f"begins with no known tag: {source!r}"


def overtrusted(source: str, trust: str, sources: Mapping[str, Source]) -> Iterator[str]:
    """Whether more is believed than the best source that is named is worth."""
    named = [sources[name].facts["Trust"] for name, _points in tags_in(source) if name in sources]
    if TRUSTS.index(trust) > max(map(TRUSTS.index, named), default=-1):
        yield f"{trust}, but its sources are {', '.join(named) or 'none'}"


def _files() -> list[Path]:
    inside = [
        path
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]
    return [*sorted(ROOT.glob("*.md")), ROOT / "pyproject.toml", *inside]


def _rows() -> list[tuple[str, str, str]]:
    """Id, source and trust of every row of the catalogue."""
    catalogue = load_catalogue()
    return [
        *((row.id, row.source, row.trust) for row in catalogue.requirements),
        *((row.id, row.source, row.trust) for row in catalogue.scenarios),
        *((row.id, row.source, row.trust) for row in catalogue.proofs),
        *((row.id, row.source, row.trust) for row in catalogue.alternatives),
    ]


@pytest.fixture(scope="module")
def sources() -> dict[str, Source]:
    """What `docs/sources.md` explains."""
    return sources_in(SOURCES.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def texts() -> dict[PurePosixPath, str]:
    """Every text of the project."""
    found: dict[PurePosixPath, str] = {}
    for path in _files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        found[PurePosixPath(path.relative_to(ROOT).as_posix())] = text
    return found


def test_every_source_has_title_version_or_date_and_trust(sources: dict[str, Source]) -> None:
    assert len(sources) > 50
    assert [flaw for name, source in sources.items() for flaw in flaws(name, source)] == []


def test_no_two_entries_share_a_tag() -> None:
    names = re.findall(rf"(?m)^### \[({_NAME})\]", SOURCES.read_text(encoding="utf-8"))

    assert sorted(names) == sorted(set(names))


def test_every_tag_of_the_project_is_explained(
    sources: dict[str, Source], texts: dict[PurePosixPath, str]
) -> None:
    own = PurePosixPath("docs/sources.md")
    # The rule that CONTRIBUTING builds from nothing begins with the entry of its source.
    built = PurePosixPath("CONTRIBUTING.md")
    told = texts | {built: re.sub(r"(?ms)^```.*?^```$", "", texts[built])}
    found = {file: list(unknown_tags(text, sources)) for file, text in told.items()}

    assert {file: problems for file, problems in found.items() if problems} == {}
    assert sum(len(tags_in(text)) for file, text in texts.items() if file != own) > 200


def test_every_source_is_cited(sources: dict[str, Source], texts: dict[PurePosixPath, str]) -> None:
    own = PurePosixPath("docs/sources.md")
    cited = {name for file, text in texts.items() if file != own for name, _ in tags_in(text)}

    assert set(sources) - cited == set()


def test_sections_are_cited_in_tags_only(texts: dict[PurePosixPath, str]) -> None:
    found = {
        file: list(stray_sections(text))
        for file, text in texts.items()
        if file.suffix in (".py", ".yaml") and file.parts[0] != "docs"
    }
    del found[PurePosixPath(Path(__file__).relative_to(ROOT).as_posix())]  # this file tells how

    assert {file: problems for file, problems in found.items() if problems} == {}


def test_no_page_is_named_that_is_not_there(texts: dict[PurePosixPath, str]) -> None:
    found = {file: list(missing_pages(text, list(texts))) for file, text in texts.items()}

    assert {file: problems for file, problems in found.items() if problems} == {}


def test_rules_rows_and_mutants_begin_with_a_known_tag(sources: dict[str, Source]) -> None:
    all_rules()
    named = [
        *((rule.id, rule.source) for rule in RULES.values()),
        *((row, source) for row, source, _trust in _rows()),
        *((mutant.name, mutant.row) for mutant in all_mutants()),
    ]

    found = [(name, problem) for name, text in named for problem in untagged(text, sources)]

    assert len(RULES) > 60 and len(named) > 300
    assert found == []


def test_no_rule_or_row_trusts_its_sources_more_than_they_are_worth(
    sources: dict[str, Source],
) -> None:
    all_rules()
    rules = [(r.id, r.source, r.trust) for r in RULES.values() if r.basis != "ours"]

    found = [
        (name, problem)
        for name, source, trust in [*rules, *_rows()]
        for problem in overtrusted(source, trust, sources)
    ]

    assert len(rules) > 60
    assert found == []


PAGE = """# Sources

### {a} A title

Version: 1.0 · Date: 2026-11-30 ·
Trust: official

- **§2**: what section 2 asks.
- **issue 3**: more.

### {b}

Version: · Date: · Trust: certain
"""
GOOD, BARE, NUMBERED = "GOOD-ONE", "BARE-ONE", "RFC 99999"
END = ".md"


def tag(name: str, points: str = "") -> str:
    """A tag, put together here: written out, it would be refused in this very file."""
    return "[" + f"{name} {points}".strip() + "]"


@pytest.fixture
def few() -> dict[str, Source]:
    """The entries of a page of two sources, one of which lacks everything."""
    return sources_in(PAGE.format(a=tag(GOOD), b=tag(BARE)))


def test_an_entry_is_read_with_its_facts_and_points(few: dict[str, Source]) -> None:
    assert few[GOOD].title == "A title"
    assert few[GOOD].facts == {"Version": "1.0", "Date": "2026-11-30", "Trust": "official"}
    assert few[GOOD].points == {"§2", "issue 3"}
    assert list(flaws(GOOD, few[GOOD])) == []


def test_an_entry_that_lacks_something_is_refused(few: dict[str, Source]) -> None:
    assert list(flaws(BARE, few[BARE])) == [
        f"{BARE}: no title",
        f"{BARE}: neither version nor date",
        f"{BARE}: trust 'certain' is none of assumed, secondary, official",
    ]


@pytest.mark.parametrize(
    ("cited", "refused"),
    [
        (tag(GOOD), []),
        (tag(GOOD, "§2, issue 3"), []),
        (tag(GOOD, "issue\n    3"), []),
        (tag(GOOD, "§9"), [f"{GOOD} says nothing of §9"]),
        (tag("NOT-KNOWN"), ["unknown tag NOT-KNOWN"]),
        (f"see {tag(NUMBERED, '§1')}.", [f"unknown tag {NUMBERED}"]),
        (f"({tag(GOOD)}, {tag('NOT-KNOWN', '§1')})", ["unknown tag NOT-KNOWN"]),
    ],
)
def test_a_tag_that_is_not_explained_is_refused(
    cited: str, refused: list[str], few: dict[str, Source]
) -> None:
    assert list(unknown_tags(cited, few)) == refused


@pytest.mark.parametrize(
    "other",
    [
        "list[str]",
        "ROWS[FIRST-1]",
        "Callable[[P], R]",
        "def sorted_by[KEY-T](key)",
        "corridor: [LGC]",
        "names = [PROOF]",
        "[stage]",
        "[[face]]",
        'lines += ["[CHAPTER]"]',
        "[ARCHITECTURE.md](ARCHITECTURE.md)",
        "[CI-JOB](docs/ci)",
        "the subject [FIN], [KO Intégration système !][code]",
        r"[A-Z0-9]+ \[AB-C\]",
        "[0-9A-F-]",
    ],
)
def test_other_brackets_are_no_tags(other: str) -> None:
    assert tags_in(other) == []


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        (f"exact match {tag(GOOD, '§2')}", 0),
        (f"exact match ({GOOD} §2)", 1),
        ("RFC 1 §2\nfine\n§3", 2),
    ],
)
def test_a_section_outside_a_tag_is_refused(text: str, refused: int) -> None:
    assert len(list(stray_sections(text))) == refused


def test_a_page_that_is_not_in_the_project_is_refused() -> None:
    files = [PurePosixPath("README" + END), PurePosixPath("docs/ci/LIESMICH" + END)]

    there = [f"README{END}", f"../../README{END}", f"(docs/ci/LIESMICH{END})"]
    gone = [f"GUIDE{END}", f"docs/README{END}", f"(spec/GUIDE{END} section 2)"]

    assert [list(missing_pages(text, files)) for text in there] == [[], [], []]
    assert [len(list(missing_pages(text, files))) for text in gone] == [1, 1, 1]


@pytest.mark.parametrize("source", ["", "ANS FAQ", f"see {tag(GOOD)}", tag("NOT-KNOWN") + " Title"])
def test_a_source_that_does_not_begin_with_a_known_tag_is_refused(
    source: str, few: dict[str, Source]
) -> None:
    assert list(untagged(f"{tag(GOOD, '§2')} Title", few)) == []
    assert len(list(untagged(source, few))) == 1


def test_more_trust_than_the_best_source_is_worth_is_refused() -> None:
    known = {name: Source("T", {"Trust": trust}) for name, trust in zip("AB", TRUSTS, strict=False)}
    known = {f"{name}X-1": source for name, source in known.items()}
    both = f"{tag('AX-1')}; {tag('BX-1')}"

    assert list(overtrusted(both, "secondary", known)) == []
    assert list(overtrusted(both, "official", known)) == [
        "official, but its sources are assumed, secondary"
    ]
    assert list(overtrusted(tag("AX-1"), "secondary", known)) != []
    assert list(overtrusted("", "assumed", known)) != []
