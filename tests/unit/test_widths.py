"""Templates, styles and prose keep to the 100 columns that ruff holds the code to."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WIDTH = 100
ROW = 140
"""A row of a table cannot be broken; one that is longer belongs in a list."""

_WHOLE = re.compile(r"`[^`]+`|!?\[[^\]]*\]\([^)]*\)\S*")


def files(*suffixes: str) -> list[Path]:
    """The sources with one of `suffixes`: those of the packages and documents, and at the top."""
    folders = ("conformance", "mocks", "scenarios", "docs")
    inside = (path for folder in folders for path in (ROOT / folder).rglob("*"))
    return sorted(path for path in (*inside, *ROOT.iterdir()) if path.suffix in suffixes)


def too_wide(text: str) -> list[int]:
    """The numbers of the lines of a template or style that are over the width."""
    return [n for n, line in enumerate(text.splitlines(), 1) if len(line) > WIDTH]


def prose_too_wide(text: str) -> list[int]:
    """Those of a Markdown file; fenced blocks are quotes, and stay as they are typed or shown."""
    return [n for n, line in _prose(text) if len(line) > WIDTH and not _as_short_as_can_be(line)]


def _prose(text: str) -> Iterator[tuple[int, str]]:
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced:
            yield number, line


def _as_short_as_can_be(line: str) -> bool:
    """A row of a table, or one program line or link alone (a mark of a list before it)."""
    if line.startswith("|"):
        return len(line) <= ROW
    alone = _WHOLE.sub("whole", line.strip().removeprefix("- "))
    return " " not in alone


def where(found: dict[Path, list[int]]) -> list[str]:
    """As an editor opens them."""
    return [f"{path.relative_to(ROOT)}:{n}" for path, lines in found.items() for n in lines]


def test_templates_and_styles_keep_to_the_width() -> None:
    sources = files(".css", ".html", ".shtml", ".js", ".j2", ".svg")

    wide = {path: too_wide(path.read_text(encoding="utf-8")) for path in sources}

    assert len(sources) > 60
    assert where(wide) == []


def test_prose_keeps_to_the_width() -> None:
    pages = files(".md")

    wide = {path: prose_too_wide(path.read_text(encoding="utf-8")) for path in pages}

    assert {"README.md", "README.fr.md", "CHANGELOG.md"} <= {path.name for path in pages}
    assert where(wide) == []


@pytest.mark.parametrize(
    ("line", "wide"),
    [
        ("word " * 20 + "word", True),
        ("w" * 100, False),
        ("| " + "word " * 25 + "|", False),
        ("| " + "word " * 30 + "|", True),
        ("- `" + "option " * 20 + "`", False),
        ("see `" + "option " * 20 + "`", True),
        ("![a picture](" + "x" * 100 + ")", False),
        ("```\n" + "typed " * 20 + "\n```", False),
    ],
)
def test_what_cannot_be_broken_may_be_longer(line: str, wide: bool) -> None:
    assert bool(prose_too_wide(line)) is wide
