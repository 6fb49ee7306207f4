"""Which kinds of proof an official text names, and the hosts that it misspells.

The classes and their keywords come from counting the proof lines [CATALOGUE-W1 kinds of proof]
(distinct lines, one class each).
"""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from conformance.catalogue.model import Kind, Piece, PieceSource
from conformance.catalogue.official.words import folded, plain

_WORDS: tuple[tuple[Kind, str], ...] = (
    ("gazelle_link", "gazelle|lien permanent|permalien"),
    ("tool_run_id", "numero (?:d execution|de run|du run|de test|du test)"),
    ("smtp_source", "source (?:du |de |des )?(?:mails?|messages?|courriels?)|eml|smtp"),
    ("pdfa1", "pdf a ?1"),
    ("xdm_archive", "ihe xdm|archive xdm"),
    ("video", "videos?|films?"),
    ("screenshot", "(?:captures?|copies?|impressions?) (?:d |de l |des )?ecrans?|screenshots?"),
    ("certificate", "certificats? (?:de conformite|d homologation)|homologation|cnda"),
    ("config_extract", "configurations?|parametrages?"),
    ("code_extract", "extraits? (?:de |du )?code|code source"),
    ("log", "logs?|journal|journaux|traces?"),
    ("csv", "csv"),
    ("signed_form", "formulaires?|attestations? sur l honneur"),
    ("written_commitment", "engagements?"),
    ("document", "documents? cda|cda r2|fichiers? cda"),
    ("documentation", "documentations?|manuels?|guides?|contrats? d interface"),
)
_PATTERNS = tuple((kind, re.compile(rf"\b(?:{words})\b")) for kind, words in _WORDS)

_MADE_FROM: dict[Kind, PieceSource] = {
    "video": "film",
    "screenshot": "screenshot",
    "smtp_source": "mail",
    "pdfa1": "document",
    "document": "document",
    "xdm_archive": "archive",
    "log": "log",
}

HOSTS = (
    "convergence.esante.gouv.fr",
    "edit.esante.gouv.fr",
    "esante.gouv.fr",
    "igc-sante.esante.gouv.fr",
    "industriels.esante.gouv.fr",
    "interop.esante.gouv.fr",
    "interopsegur.esante.gouv.fr",
    "tests-editeur.espacedeconfiance.mssante.fr",
)
"""Hosts that official proof texts send people to."""

_HOST = re.compile(r"\b((?:[a-z0-9-]+\.){2,}[a-z]{1,4})\b", re.IGNORECASE)


def kinds_of(text: str) -> tuple[Kind, ...]:
    """The kinds that the text of a proof names, as alternatives; empty when it names none."""
    words = folded(plain(text))
    return tuple(kind for kind, pattern in _PATTERNS if pattern.search(words))


def pieces_of(kinds: tuple[Kind, ...]) -> tuple[Piece, ...]:
    """Where the bench would find a proof of the first of these kinds: one piece."""
    source = _MADE_FROM.get(kinds[0], "external") if kinds else "external"
    return (Piece(source=source),)


def misspelt_hosts(text: str) -> Iterator[tuple[str, str]]:
    """Hosts in a text that are nearly, but not quite, one of `HOSTS`: (as written, the nearest)."""
    for host in dict.fromkeys(_HOST.findall(text)):
        written = host.lower()
        if written in HOSTS:
            continue
        near = get_close_matches(written, HOSTS, 1, cutoff=0.93)
        if near:
            yield host, near[0]
