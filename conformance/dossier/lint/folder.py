"""Lists a folder of proofs within limits; a link is never followed."""

import csv
import io
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from conformance.bundle.reading import Limits, scan
from conformance.dossier.lint.remarks import Remark, shown
from conformance.errors import BundleFault
from conformance.locale import _

LIMITS = Limits(files=5_000)
"""A deposit has some hundred fields; a folder of more files is not one."""

_LARGEST_INDEX = 16 * 1024 * 1024
_ASIDE = frozenset(
    {"index.csv", "dossier.csv", "dossier.xlsx", "thumbs.db", ".ds_store", "desktop.ini"}
)


@dataclass(slots=True)
class Prepared:
    """What stands in the folder: proof files by name (with `/`), what `index.csv` says of each."""

    root: Path
    files: dict[str, Path] = field(default_factory=dict)
    index: Mapping[str, list[Mapping[str, str]]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)


def read_folder(folder: Path) -> Prepared:
    """List `folder`, or the `proofs` in it.

    Raises `BundleFault` when it is no folder or over the limits, `OSError` when it cannot be read.
    """
    if not folder.is_dir():
        reason = _("nothing is there") if not folder.exists() else _("a file, not a folder")
        raise BundleFault(_("{path}: {reason}, expected a folder of proofs").format(
            path=shown(str(folder)), reason=reason))  # fmt: skip
    inner = folder / "proofs"
    root = inner if inner.is_dir() and not inner.is_symlink() else folder
    found = scan(root, LIMITS)
    prepared = Prepared(root)
    for problem in found.problems:
        linked = problem.path not in found.files
        prepared.remarks.append(_refused_name(problem.path, problem.sentence, linked))
    for name, path in sorted(found.files.items()):
        if _not_text(name):
            what = _("its name is not in UTF-8")
            prepared.remarks.append(Remark(shown(name), "bad-name", what, _legal(), "warning"))
        if path.name.lower() not in _ASIDE:
            prepared.files[name] = path
    index = found.files.get("index.csv")
    if index is not None:
        prepared.index = _index(index, prepared.remarks)
    return prepared


def _refused_name(name: str, sentence: str, linked: bool) -> Remark:
    said = shown(sentence.removeprefix(name).lstrip("\u00a0\u202f :"))
    if linked:
        return Remark(shown(name), "bad-name", said, _("a plain file in the folder"))
    return Remark(shown(name), "bad-name", said, _legal(), "warning")


def _legal() -> str:
    return _("a name that is legal on every system, such as PSC.01.01.01.mp4")


def _not_text(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _index(path: Path, remarks: list[Remark]) -> dict[str, list[Mapping[str, str]]]:
    """`index.csv` by file name; of each row the columns that are known."""
    rows: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    if path.stat().st_size > _LARGEST_INDEX:
        what = _("too large to be read")
        remarks.append(Remark("index.csv", "unreadable", what, severity="warning"))
        return {}
    text = path.read_bytes().decode("utf-8-sig", "replace")
    try:
        head = text.partition("\n")[0]
        delimiter = ";" if head.count(";") > head.count(",") else ","
        for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter):
            plain = {str(key).strip().lower(): str(value or "") for key, value in row.items()}
            if plain.get("file"):
                rows[plain["file"].replace("\\", "/")].append(plain)
    except csv.Error as error:
        said = _("no CSV ({reason})").format(reason=error)
        remarks.append(Remark("index.csv", "unreadable", said, severity="warning"))
        return {}
    return dict(rows)
