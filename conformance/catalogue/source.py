"""Reads a YAML file of the catalogue and keeps the line of every key and item."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from pydantic import ValidationError
from yaml.constructor import ConstructorError, SafeConstructor

Path = tuple[str | int, ...]

_TIMESTAMP = "tag:yaml.org,2002:timestamp"


class CatalogueError(Exception):
    """A file of the catalogue is wrong: one sentence with file, line, key, value, expectation."""


@dataclass(slots=True)
class Source:
    """One file: plain data, and the line (from 1) at which each key or item stands."""

    name: str
    data: Any
    lines: dict[Path, int] = field(default_factory=dict)
    scalars: SafeConstructor = field(default_factory=SafeConstructor, repr=False)
    merged: set[int] = field(default_factory=set, repr=False)

    def line(self, path: Path) -> int:
        """The line of `path`, or of its nearest parent."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def error(self, path: Path, problem: str) -> CatalogueError:
        """A `CatalogueError` that points at `path`."""
        return CatalogueError(f"{self.name}:{self.line(path)}: {problem}")


def read_source(name: str, octets: bytes) -> Source:
    """Read one YAML file. Raises `CatalogueError` with the line of what cannot be read."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        node = yaml.compose(octets.decode("utf-8"), Loader=loader)
        source = Source(name, None)
        source.data = _plain(node, (), source) if node is not None else {}
    except UnicodeDecodeError as error:
        raise CatalogueError(f"{name}: octet {error.start} is not UTF-8") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise CatalogueError(f"{name}:{line}: {error.problem}, expected YAML") from error
    return source


def validation_problem(error: ValidationError, path: Path, source: Source) -> CatalogueError:
    """One complaint of pydantic with its line: an unknown key explains a missing one."""
    first = min(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
    where = path + tuple(first["loc"])
    key = ".".join(str(part) for part in first["loc"]) or "row"
    value = first.get("input")
    shown = "" if isinstance(value, Mapping | list) or value is None else f" {value!r}"
    expected = first["msg"].removeprefix("Value error, ")
    return source.error(where, f"{_row_name(source, path)}{key}{shown}: {expected}")


def _row_name(source: Source, path: Path) -> str:
    row = source.data
    for part in path:
        row = row[part]
    return f"{row['id']}: " if isinstance(row, Mapping) and isinstance(row.get("id"), str) else ""


def _plain(node: yaml.Node, path: Path, source: Source) -> Any:
    source.lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, source)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, n), source) for n, item in enumerate(node.value)]
    if node.tag == _TIMESTAMP:
        return node.value
    return source.scalars.construct_object(node, deep=True)


def _mapping(node: yaml.MappingNode, path: Path, source: Source) -> dict[str, Any]:
    if id(node) not in source.merged:
        source.merged.add(id(node))
        written: set[str] = set()
        for key, _ in node.value:
            if key.value in written:
                problem = f"key {key.value!r} stands twice"
                raise ConstructorError(None, None, problem, key.start_mark)
            written.add(key.value)
        source.scalars.flatten_mapping(node)
    table: dict[str, Any] = {}
    for key, value in node.value:
        here = (*path, key.value)
        table[key.value] = _plain(value, here, source)
        source.lines[here] = key.start_mark.line + 1
    return table
