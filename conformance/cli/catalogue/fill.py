"""`banc catalogue fill`: keeps, in the folder of its owner, the text of a requirement."""

import sys
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

import click

from conformance.catalogue import load_catalogue
from conformance.catalogue.official import folder
from conformance.catalogue.official.merge import merged
from conformance.catalogue.official.model import Imported
from conformance.catalogue.official.opening import LIMITS, octets_of
from conformance.catalogue.official.words import clean_text
from conformance.errors import CatalogueFault
from conformance.locale import _

_TEXTS = "textes"
_END = "."


def fill(
    requirement: str, catalogue: Path | None, config: Path | None, source: Path | None
) -> Iterator[str]:
    """Keep the text and say where. Raises `CatalogueFault`: unknown id, no text, no one folder."""
    target = catalogue or _folder(config)
    imported = folder.load(target) if folder.exists(target) else Imported()
    known = merged(load_catalogue(), imported)
    name = known.canonical(" ".join(requirement.split()))
    if name is None:
        near = get_close_matches(requirement.upper(), known.requirement_ids, 1, cutoff=0.5)
        hint = _(" (did you mean {name}?)").format(name=near[0]) if near else ""
        said = _("{id}: no such requirement{near}; see banc list requirements")
        raise CatalogueFault(said.format(id=requirement, near=hint))
    text = _text(name, source)
    replaced = name in imported.filled
    folder.save(target, imported.model_copy(update={"filled": imported.filled | {name: text}}))
    said = _("{id}: text kept in {path}, in the place of the one before") if replaced else _(
        "{id}: text kept in {path}"
    )  # fmt: skip
    yield said.format(id=name, path=target)
    yield _("A person must still check the requirement against that text.")
    if not imported.rows and not replaced:
        yield _("To use it, in banc.toml:")
        yield "    [plan]"
        yield f'    catalogue = "{target.as_posix()}"'


def _folder(config: Path | None) -> Path:
    """The folder that banc.toml names, else the only one there is, else a new one for texts."""
    base = Path()
    if config is not None:
        from conformance.plan import load_plan

        named = load_plan(config).imported_catalogue
        if named is not None:
            return named
        base = config.parent
    usual = base / folder.USUAL
    found = [entry for entry in _entries(usual) if folder.exists(entry)]
    if len(found) > 1:
        said = _("{path}: several catalogues there ({names}): name one with --catalogue")
        names = ", ".join(entry.name for entry in found)
        raise CatalogueFault(said.format(path=usual, names=names))
    return found[0] if found else usual / _TEXTS


def _entries(usual: Path) -> list[Path]:
    return sorted(usual.iterdir()) if usual.is_dir() else []


def _text(name: str, source: Path | None) -> str:
    try:
        raw = octets_of(source).decode("utf-8-sig") if source else _typed(name)
    except UnicodeDecodeError as error:
        said = _("{path}: octet {place} is not UTF-8, expected text")
        place = source or _("standard input")
        raise CatalogueFault(said.format(path=place, place=error.start)) from error
    text = clean_text(raw)
    if not text:
        raise CatalogueFault(_("{id}: no text was given, nothing is changed").format(id=name))
    if len(text) > LIMITS.cell:
        said = _("{id}: {length} characters, expected at most {limit}")
        raise CatalogueFault(said.format(id=name, length=len(text), limit=LIMITS.cell))
    return text


def _typed(name: str) -> str:
    """What is piped in; at a terminal, what is typed up to a line with a single point."""
    if not sys.stdin.isatty():
        return sys.stdin.buffer.read(8 * LIMITS.cell).decode("utf-8-sig")
    said = _("Type or paste the text of {id}, then a line with a single point:")
    click.echo(said.format(id=name))
    lines: list[str] = []
    for line in sys.stdin:
        if line.rstrip("\r\n") == _END:
            break
        lines.append(line)
    return "".join(lines)
