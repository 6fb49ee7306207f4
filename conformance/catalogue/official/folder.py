"""The folder of an imported catalogue: `catalogue.json`, a `.gitignore` that keeps git off it.

It holds official texts, which belong to the ANS and stay on the disk of whoever owns the workbook.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conformance.catalogue.official.model import Imported
from conformance.errors import CatalogueFault
from conformance.locale import _, phrase
from conformance.locale.system import reason_of

FILE = "catalogue.json"
SCHEMA = 1
USUAL = "catalogue-importe"
"""The folder beside `banc.toml` in which imported catalogues are put when none is named."""

_LARGEST = 128 * 1024 * 1024
_OWN = frozenset({FILE, f".{FILE}.new", ".gitignore", "LISEZMOI.txt"})
_IGNORE = "*\n"
_README = (
    "Textes officiels importés par `banc catalogue import` ou saisis par `banc catalogue fill` : "
    "ils restent sur ce poste (voir .gitignore).\n"
    "Official texts, imported or typed in: they stay on this machine (see .gitignore).\n"
)


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    version: int = Field(alias="schema")
    imported: Imported


def name_for(workbook: Path) -> str:
    """The name of the folder of a workbook: that of the file, as every file system takes it."""
    name = "".join(c if c.isalnum() or c in "-_. " else "_" for c in workbook.stem)[:80]
    return name.strip(" .") or "catalogue"


def save(folder: Path, imported: Imported) -> Path:
    """Write the catalogue into `folder`, which is made; gives the file.

    Raises `CatalogueFault` when the folder holds anything else or cannot be written.
    """
    text = json.dumps(
        {"schema": SCHEMA, "imported": imported.model_dump(mode="json")},
        ensure_ascii=False,
        indent=1,
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        strangers = {entry.name for entry in folder.iterdir()} - _OWN
        if strangers:
            said = _("{path}: contains other files ({name}…), expected a folder of its own")
            raise CatalogueFault(said.format(path=folder, name=min(strangers)))
        (folder / ".gitignore").write_text(_IGNORE, encoding="utf-8", newline="\n")
        (folder / "LISEZMOI.txt").write_text(_README, encoding="utf-8", newline="\n")
        fresh = folder / f".{FILE}.new"
        fresh.write_text(f"{text}\n", encoding="utf-8", newline="\n")
        fresh.replace(folder / FILE)
    except OSError as error:
        said = phrase("{path}: cannot be written ({reason})", path=folder, reason=reason_of(error))
        raise CatalogueFault(said) from error
    return folder / FILE


def octets(folder: Path) -> bytes:
    """The octets of the catalogue in `folder`. Raises `CatalogueFault` when there is none."""
    if folder.is_file():
        said = _("{path}: a file, expected the folder that banc catalogue import wrote")
        raise CatalogueFault(said.format(path=folder))
    path = folder / FILE
    try:
        if path.stat().st_size > _LARGEST:
            said = _("{path}: larger than any catalogue that was imported")
            raise CatalogueFault(said.format(path=path))
        return path.read_bytes()
    except OSError as error:
        said = _("{path}: no imported catalogue there ({reason}); banc catalogue import makes one")
        raise CatalogueFault(said.format(path=folder, reason=reason_of(error))) from error


def load(folder: Path) -> Imported:
    """The imported catalogue in `folder`. Raises `CatalogueFault`."""
    return parsed(octets(folder), str(folder / FILE))


def exists(folder: Path) -> bool:
    """Whether an imported catalogue stands in `folder`."""
    return (folder / FILE).is_file()


def parsed(octets: bytes, name: str) -> Imported:
    """The catalogue that a file called `name` holds. Raises `CatalogueFault`."""
    try:
        raw: Any = json.loads(octets)
        read = _File.model_validate(raw)
    except (ValueError, RecursionError) as error:
        said = _("{path}: damaged, not what banc catalogue import wrote ({reason})")
        raise CatalogueFault(said.format(path=name, reason=why(error))) from error
    if read.version != SCHEMA:
        said = _(
            "{path}: schema {version}, this bench reads {known}: import the workbook anew, "
            "into another folder"
        )
        raise CatalogueFault(said.format(path=name, version=read.version, known=SCHEMA))
    return read.imported


def why(error: Exception) -> str:
    """What is wrong with a file of ours, in a few words."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"[:160]
    return " ".join(str(error).split())[:160]
