"""`check_folder`: every file of a prepared folder, and every field that has none."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from conformance.catalogue import Catalogue, Proof
from conformance.catalogue.applicability import Owed
from conformance.dossier.lint.folder import Prepared, read_folder
from conformance.dossier.lint.inspecting import inspect
from conformance.dossier.lint.naming import Named, Names
from conformance.dossier.lint.personal import Searched
from conformance.dossier.lint.remarks import Remark, shown, worst_first
from conformance.dossier.lint.stated import in_index, in_name, in_text
from conformance.dossier.model import Product
from conformance.locale import _, language
from conformance.locale.system import reason_of
from conformance.plan.model import Limits
from conformance.wording.labels import constraint_word, proof_kind


@dataclass(frozen=True, slots=True)
class Asked:
    """What the folder is checked against.

    Without a plan (`owed` and `product` None) every field of the catalogue is known and none is
    missing.
    """

    catalogue: Catalogue
    owed: Owed | None = None
    product: Product | None = None
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Checked:
    """How many files were looked at, for how many fields, and all that was found, worst first."""

    files: int
    fields: int
    remarks: tuple[Remark, ...]

    @property
    def refused(self) -> bool:
        """Whether the deposit would come back."""
        return any(remark.severity == "refused" for remark in self.remarks)


def check_folder(folder: Path, asked: Asked) -> Checked:
    """Look at every file. Raises `BundleFault` when it is no folder or over the limits, `OSError`
    when it cannot be listed."""
    prepared = read_folder(folder)
    proofs = {p.id: p for p in asked.catalogue.proofs if not p.id.startswith("banc:")}
    names = Names(proofs)
    searched = Searched()
    remarks = list(prepared.remarks)
    filled: dict[str, list[str]] = defaultdict(list)
    for name, path in prepared.files.items():
        rows = prepared.index.get(name, [])
        named = _named(names.of(name), rows, proofs)
        for proof_id in named.ids:
            filled[proof_id].append(name)
        proof = proofs[named.ids[0]] if named.ids else None
        said = shown(name)
        remarks += _place(said, named, rows, asked)
        remarks += _inspected(said, path, proof, asked, searched)
        if asked.product is not None:
            remarks += in_name(said, named, asked.product)
            remarks += in_index(said, rows, asked.product)
    remarks += searched.remarks()
    remarks += _fields(prepared, filled, proofs, asked)
    return Checked(len(prepared.files), len(filled), tuple(worst_first(remarks)))


def _named(named: Named, rows: list[Mapping[str, str]], proofs: Mapping[str, Proof]) -> Named:
    """The proofs of a file: those that `index.csv` gives it, else those in its name."""
    listed = tuple(dict.fromkeys(row["id"] for row in rows if row.get("id") in proofs))
    if not listed:
        return named
    return Named(listed, named.product, named.version, named.rehearsal)


def _place(
    name: str, named: Named, rows: list[Mapping[str, str]], asked: Asked
) -> Iterator[Remark]:
    if named.rehearsal or any(row.get("deposit") == "rehearsal" for row in rows):
        what = _("made on a rehearsal: a mock can be seen on it")
        yield Remark(name, "rehearsal", what, _("a proof made with the official services"))
    if len(named.ids) > 1:
        what = _("used for {ids}: a field takes one proof").format(ids=", ".join(named.ids))
        yield Remark(name, "two-proofs", what, _("one file for each proof id"))
    if not named.ids:
        what = _("names no proof of the catalogue")
        expected = _("a name that begins with the proof id, or a line of index.csv")
        yield Remark(name, "extra", what, expected, "warning")
    for proof_id in named.ids:
        why = asked.owed.set_aside.get(proof_id) if asked.owed else None
        if why:
            what = _("{proof} is not owed: {why}").format(proof=proof_id, why=why)
            yield Remark(name, "extra", what, severity="warning")


def _inspected(
    name: str, path: Path, proof: Proof | None, asked: Asked, searched: Searched
) -> list[Remark]:
    """What the file itself is; its texts are kept to be searched once all are known."""
    searched.add(name, name)
    try:
        found = inspect(name, path, proof, asked.limits)
    except OSError as error:
        return [Remark(name, "unreadable", reason_of(error), _("a file that opens"))]
    remarks = list(found.remarks)
    text = "\n".join(found.inside.texts)
    searched.add(name, text)
    if asked.product is not None and found.inside.form == "pdf":
        remarks += in_text(name, text, asked.product)
    return remarks


def _fields(
    prepared: Prepared,
    filled: Mapping[str, list[str]],
    proofs: Mapping[str, Proof],
    asked: Asked,
) -> Iterator[Remark]:
    """Fields with two files, fields with none, files that `index.csv` promises."""
    for proof_id, files in filled.items():
        if len(files) > 1:
            what = _("{count} files for {proof}: {files}").format(
                count=len(files), proof=proof_id, files=", ".join(map(shown, files[:4]))
            )
            yield Remark(shown(files[-1]), "two-files", what, _("one file for each proof id"))
    for name in prepared.index:
        if name not in prepared.files:
            what = _("index.csv names it, it is not there")
            yield Remark(shown(name), "missing", what)
    if asked.owed is None:
        return
    for proof in asked.owed.proofs:
        if proof.id in proofs and proof.id not in filled and not _other(proof, filled, asked):
            yield Remark(proof.id, "missing", _("no file for this field"), _due(proof))


def _due(proof: Proof) -> str:
    """What is expected of a field, by the words of the catalogue."""
    kinds = " / ".join(map(proof_kind, proof.kinds))
    what = [piece.what.said(language()) for piece in proof.made_from if piece.what]
    return ", ".join([kinds, *map(constraint_word, proof.constraints), *what])


def _other(proof: Proof, filled: Mapping[str, list[str]], asked: Asked) -> bool:
    """Whether another proof, of which one is enough, is there."""
    if asked.owed is None or proof.external:
        return False
    choice = asked.owed.choice(proof.scenario)
    if choice is None or choice.alternative.requirement != proof.requirement:
        return False
    others = {p.id for p in asked.catalogue.proofs if p.scenario in choice.alternative.scenarios
              and p.requirement == proof.requirement and not p.external}  # fmt: skip
    return bool(others & set(filled))
