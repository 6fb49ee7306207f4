"""What a file states of the product it shows: in its name, in `index.csv`, in the text of a PDF."""

import re
from collections.abc import Iterator, Mapping, Sequence

from conformance.documents.pdf import normalise
from conformance.dossier.lint.naming import Named, same_words
from conformance.dossier.lint.remarks import Remark
from conformance.dossier.model import Product
from conformance.locale import _


def in_name(file: str, named: Named, product: Product) -> Iterator[Remark]:
    """Product and version in the name, written `{id}_{product}_{version}`."""
    if named.product and not same_words(named.product, product.name):
        yield _wrong(file, _("its name says {said}").format(said=named.product), product.name)
    if named.version and not _same_version(named.version, product.version):
        what = _("its name says version {said}").format(said=named.version)
        yield _wrong(file, what, product.version)


def in_index(file: str, rows: Sequence[Mapping[str, str]], product: Product) -> Iterator[Remark]:
    """The columns `product`, `version` and `build` of `index.csv`."""
    for row in rows:
        for column, ours in (
            ("product", product.name),
            ("version", product.version),
            ("build", product.build),
        ):
            theirs = row.get(column, "")
            if theirs and ours and theirs != ours:
                said = _("index.csv says {column} {said}")
                yield _wrong(file, said.format(column=column, said=theirs), ours)


def in_text(file: str, text: str, product: Product) -> Iterator[Remark]:
    """A version written right after the name of the product; nothing else is taken for one."""
    words = re.escape(normalise(product.name))
    after = r"[\s,;:(\u2013-]{0,4}(?:version\s*:?\s*|v\.?\s*|release\s*)?(\d+(?:\.\d+)+)"
    found = re.findall(rf"\b{words}{after}", normalise(text)) if words else []
    for version in dict.fromkeys(found):
        if not _same_version(version, product.version):
            what = _("its text says version {said}").format(said=version)
            yield _wrong(file, what, product.version)


def _same_version(theirs: str, ours: str) -> bool:
    """`4.2` and `v4.2.0` are one version; `4.20` is another."""
    return _numbers(theirs) == _numbers(ours)


def _numbers(version: str) -> list[str]:
    parts = version.strip().lstrip("vV").split(".")
    while len(parts) > 1 and parts[-1] == "0":
        parts.pop()
    return parts


def _wrong(file: str, what: str, expected: str) -> Remark:
    return Remark(file, "wrong-product", what, expected)
