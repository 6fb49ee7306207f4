"""Checks one file of a folder against the proof that it is for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.catalogue import Proof
from conformance.documents import Unreadable
from conformance.documents.pdf import pdf_claim
from conformance.dossier.lint.kinds import form_word, forms_word, serves
from conformance.dossier.lint.links import gazelle_links, practice_links
from conformance.dossier.lint.pictures import film, picture
from conformance.dossier.lint.remarks import Remark
from conformance.dossier.lint.sniffing import Form, form_of
from conformance.dossier.lint.texts import Inside, broken_word, look_inside
from conformance.locale import _
from conformance.plan.model import Limits

_MIB = 1024 * 1024
_TEXTS = ("text", "link", "html", "pdf", "integer")


@dataclass(frozen=True, slots=True)
class Inspected:
    """What one file turned out to be."""

    remarks: Sequence[Remark]
    inside: Inside


def inspect(name: str, path: Path, proof: Proof | None, limits: Limits) -> Inspected:
    """Look at one file. Raises `OSError` when it cannot be read."""
    form = form_of(path)
    inside = look_inside(path, form)
    remarks = [*_size(name, path, limits)]
    if form == "empty":
        remarks.append(Remark(name, "unreadable", _("the file is empty"), _expected(proof)))
        return Inspected(remarks, inside)
    remarks += _readable(name, path, form, inside, limits)
    if proof is not None:
        remarks += _kind(name, path, form, inside, proof)
    if inside.cut:
        what = _("not all of it was searched for personal data")
        remarks.append(Remark(name, "not-checked", what, severity="note"))
    return Inspected(remarks, inside)


def _size(name: str, path: Path, limits: Limits) -> Iterator[Remark]:
    size = path.stat().st_size
    if limits.size_mb is not None and size > limits.size_mb * _MIB:
        what = _("{size:.1f} MB").format(size=size / _MIB)
        said = _("at most {limit:g} MB ([evidence.limits] size_mb)")
        yield Remark(name, "too-large", what, said.format(limit=limits.size_mb))
    types = [kind.lower().lstrip(".") for kind in limits.types]
    if types and path.suffix.lower().lstrip(".") not in types:
        what = _("extension {suffix}").format(suffix=path.suffix or "–")
        said = _("one of {types} ([evidence.limits] types)").format(types=", ".join(types))
        yield Remark(name, "wrong-kind", what, said)


def _readable(
    name: str, path: Path, form: Form, inside: Inside, limits: Limits
) -> Iterator[Remark]:
    if form == "video":
        yield from film(name, path, limits)
    elif form == "image":
        yield from picture(name, path)
    if inside.broken:
        yield Remark(name, "unreadable", broken_word(inside.broken), _("a file that opens"))


def _kind(name: str, path: Path, form: Form, inside: Inside, proof: Proof) -> Iterator[Remark]:
    several = len(proof.made_from) > 1
    if form == "zip" and several:
        yield from _pieces(name, inside, proof)
        return
    films = [member for member, kind in inside.forms if kind == "video"]
    if form in ("zip", "xdm", "office") and len(films) > 1:
        what = _("{count} films in one archive, a field takes one proof").format(count=len(films))
        yield Remark(name, "two-proofs", what, _expected(proof))
    elif not serves(form, proof.kinds):
        what = _("it is {form}").format(form=form_word(form))
        yield Remark(name, "wrong-kind", what, _expected(proof))
    elif form in _TEXTS and "gazelle_link" in proof.kinds:
        yield from gazelle_links(name, "\n".join(inside.texts))
    elif form in _TEXTS and "tool_run_id" in proof.kinds:
        yield from _run_number(name, inside)
    if form == "pdf" and "pdfa1" in proof.kinds and not inside.broken:
        yield from _claim(name, path)
    if form == "mail" and "smtp_source" in proof.kinds:
        yield from _source(name, inside)
    if "gazelle_link" not in proof.kinds:
        yield from practice_links(name, "\n".join(inside.texts), "warning")


def _pieces(name: str, inside: Inside, proof: Proof) -> Iterator[Remark]:
    """An archive of a proof that has several pieces: each of them of a kind that serves."""
    for member, form in inside.forms:
        if not serves(form, proof.kinds):
            what = _("{member} in it is {form}").format(member=member, form=form_word(form))
            yield Remark(name, "wrong-kind", what, _expected(proof))
    if len(inside.forms) < len(proof.made_from) and not inside.broken:
        what = _("{count} pieces in it").format(count=len(inside.forms))
        expected = _("{count} pieces").format(count=len(proof.made_from))
        yield Remark(name, "doubtful", what, expected, "warning")


def _run_number(name: str, inside: Inside) -> Iterator[Remark]:
    """The number of a run of the official test tool: one integer, alone or at the end of a link."""
    words = " ".join(inside.texts).split()
    numbers = [word.rstrip("/").rpartition("/")[2] for word in words]
    found = [number for number in numbers if number.isascii() and number.isdigit()]
    if len(set(found)) != 1:
        what = _("contains {count} numbers").format(count=len(set(found)))
        yield Remark(name, "wrong-kind", what, _("the number of one run, an integer"))


def _claim(name: str, path: Path) -> Iterator[Remark]:
    try:
        part = pdf_claim(path.read_bytes()).part
    except Unreadable:
        part = None
    if part != 1:
        what = _("it claims PDF/A-{part}").format(part=part) if part else _("it claims no PDF/A")
        yield Remark(name, "wrong-kind", what, _("a PDF that claims PDF/A-1"))


def _source(name: str, inside: Inside) -> Iterator[Remark]:
    if inside.mail is None:
        return
    lacking = [word for word in ("From", "Date", "Message-ID") if not inside.mail.raw(word)]
    if lacking:
        what = _("the source lacks {headers}").format(headers=", ".join(lacking))
        yield Remark(name, "doubtful", what, _("the whole source of a mail"), "warning")


def _expected(proof: Proof | None) -> str:
    if proof is None:
        return ""
    if len(proof.made_from) > 1:
        said = _("{count} pieces in one zip archive: {forms}")
        return said.format(count=len(proof.made_from), forms=forms_word(proof.kinds))
    return forms_word(proof.kinds)
