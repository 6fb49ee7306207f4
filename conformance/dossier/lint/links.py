"""Permanent links of Gazelle: of the deposit, not the practice host [CATALOGUE-W1 Gazelle]."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from conformance.dossier.lint.remarks import Remark, Severity
from conformance.locale import _

OFFICIAL = "interopsegur.esante.gouv.fr"
PRACTICE = "interop.esante.gouv.fr"
_URL = re.compile(r"https?://[^\s\"'<>\\^`{|}]+", re.IGNORECASE)
_NAMED_BY = frozenset({"oid", "id", "externalid", "instanceid"})


def urls_in(text: str) -> list[str]:
    """The links of a text, once each, without the punctuation that ends a sentence."""
    return list(dict.fromkeys(url.rstrip(".,;:!?)]»”") for url in _URL.findall(text)))


def host_of(url: str) -> str:
    """The host that a link leads to, whatever stands before it; empty when it names none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def practice_links(file: str, text: str, severity: Severity = "refused") -> Iterator[Remark]:
    """Links to the practice environment."""
    for url in urls_in(text):
        if host_of(url) == PRACTICE:
            what = _("link to the practice environment ({host})").format(host=PRACTICE)
            yield Remark(file, "practice-host", what, OFFICIAL, severity)


def gazelle_links(file: str, text: str) -> Iterator[Remark]:
    """What is wrong with the one permanent link that a proof holds."""
    links = urls_in(text)
    expected = _("one permanent link of https://{host}").format(host=OFFICIAL)
    if not links:
        yield Remark(file, "wrong-kind", _("contains no link"), expected)
    official = [url for url in links if host_of(url) == OFFICIAL]
    if links and not official:
        yield from practice_links(file, text)
        hosts = sorted({host_of(url) or "?" for url in links} - {PRACTICE})
        if hosts:
            what = _("link to another host ({host})").format(host=", ".join(hosts[:3]))
            yield Remark(file, "practice-host", what, expected)
    if len(official) > 1:
        what = _("{count} links, a field takes one proof").format(count=len(official))
        yield Remark(file, "two-proofs", what, expected)
    for url in official:
        if not _permanent(url):
            what = _("the link names no result: it may not be a permanent one")
            yield Remark(file, "doubtful", what, expected, "warning")


def _permanent(url: str) -> bool:
    """Whether a link names one result: an identifier in its query, or a number in its path."""
    parts = urlsplit(url)
    if _NAMED_BY & {key.lower() for key in parse_qs(parts.query)}:
        return True
    return bool(re.search(r"/\d+(?:\.\d+)*(?:/|$)", parts.path))
