"""Finds the line of a key in a TOML text, which tomllib does not keep."""

import re

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_BARE_OR_QUOTED = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_PART = re.compile(_BARE_OR_QUOTED)
_ASSIGNMENT = re.compile(rf"^\s*({_BARE_OR_QUOTED}(?:\s*\.\s*{_BARE_OR_QUOTED})*)\s*=")
_LONG = ('"""', "'''")


def key_lines(text: str) -> dict[tuple[str | int, ...], int]:
    """Every written key → its line; an array of tables counts from 0."""
    lines: dict[tuple[str | int, ...], int] = {}
    table: tuple[str | int, ...] = ()
    counts: dict[tuple[str | int, ...], int] = {}
    closing: str | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if closing is not None:
            closing = None if closing in line else closing
            continue
        if header := _HEADER.match(line):
            table = _table(header, counts)
            lines.setdefault(table, number)
        elif assignment := _ASSIGNMENT.match(line):
            lines.setdefault((*table, *_parts(assignment[1])), number)
            closing = _left_open(line[assignment.end() :])
    return lines


def _table(
    header: re.Match[str], counts: dict[tuple[str | int, ...], int]
) -> tuple[str | int, ...]:
    """The full path of a `[table]` or `[[table]]`, with the places of the arrays it is in."""
    names = _parts(header[2])
    path: tuple[str | int, ...] = ()
    for place, name in enumerate(names):
        path = (*path, name)
        last = place == len(names) - 1
        if last and header[1] == "[[":
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _left_open(value: str) -> str | None:
    """The delimiter of a multi-line string that begins in `value` and does not end there."""
    for mark in _LONG:
        if value.count(mark) == 1:
            return mark
    return None
