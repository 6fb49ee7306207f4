"""Versions of a document: set, number, link to the one before, mention [CDA-R2]."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.checks.events import Events
from conformance.checks.observed.document_changes import (
    CHAIN_READS,
    Change,
    changes,
    initial_version,
    new_version,
    previous_version,
)
from conformance.checks.observed.mails import SentMail, sent_mails, text_of
from conformance.checks.registry import Said, broken, held, held_if, rule, unclear
from conformance.documents.cda import Cda
from conformance.documents.pdf import is_scan, normalise

_REPLACE = ["banc:FAQ-CDA-VERSION", "MSS/va1.02", "MSS/va1.13", "AMBU.MSS/va1.02"]
_MENTION = ["banc:FAQ-MENTION", "MSS/va1.02", "MSS/va1.13", "AMBU.MSS/va1.02"]
_FAQ = "[FAQ-B versions] ANS FAQ; [CISIS-HEADER §3.5.5.10, §3.5.5.11] CI-SIS minimal structuring"
_PHRASE = re.compile(r"annule\s+et\s+remplace")
_WINDOW = 120
"""Characters after the mention in which a title or a version number names what it replaces."""


@dataclass(frozen=True, slots=True)
class _Replacement:
    change: Change
    mail: SentMail
    new: Cda
    old: Cda


def _replacements(events: Events) -> Iterator[_Replacement]:
    """Each replacement whose new version was seen leaving, with the version seen before it."""
    for change in changes(events):
        found, old = new_version(change), previous_version(change)
        if change.kind == "replacement" and found is not None and old is not None:
            yield _Replacement(change, found[0], found[1], old)


@rule(
    "document.set-id-kept",
    requires=_REPLACE,
    reads=CHAIN_READS,
    basis="ans",
    trust="official",
    source=_FAQ,
)
def set_id_kept(events: Events) -> Iterator[Said]:
    """A new version keeps the `setId` of the version it replaces."""
    for found in _replacements(events):
        same = found.new.set_id is not None and found.new.set_id == found.old.set_id
        defect = "absent" if found.new.set_id is None else "changed"
        if same:
            yield held(found.change.name, [found.mail.event])
        else:
            yield broken(found.change.name, [found.mail.event], defect=defect)


@rule(
    "document.version-next",
    requires=_REPLACE,
    reads=CHAIN_READS,
    basis="ans",
    trust="official",
    source=_FAQ,
)
def version_next(events: Events) -> Iterator[Said]:
    """A new version has the `versionNumber` that follows; a person looks at a skipped number."""
    for found in _replacements(events):
        if found.old.version is None:
            continue
        expected = found.old.version + 1 + found.change.unseen
        actual = found.new.version
        subject, seen = found.change.name, [found.mail.event]
        if actual is None or actual <= found.old.version:
            written = found.new.version_written
            yield broken(subject, seen, expected=expected, actual=written)
        elif actual == expected:
            yield held(subject, seen, expected=expected)
        else:
            yield unclear(subject, seen, expected=expected, actual=actual)


@rule(
    "document.replaces-previous",
    requires=_REPLACE,
    reads=CHAIN_READS,
    basis="ans",
    trust="official",
    source="[CDA-R2 replacement] HL7 CDA R2; [CISIS-SCHEMATRON replacement]; [IG-CDA replacement]",
)
def replaces_previous(events: Events) -> Iterator[Said]:
    """A new version has one `relatedDocument` RPLC, to the id of the version just before."""
    for found in _replacements(events):
        subject, seen = found.change.name, [found.mail.event]
        related = found.new.related
        if not related:
            yield broken(subject, seen, defect="absent")
        elif len(related) > 1 or related[0].type_code != "RPLC":
            types = [*(entry.type_code for entry in related)]
            yield broken(subject, seen, defect="type", types=[*types])
        elif found.change.unseen:
            continue  # the version just before never left: its id is not known here
        elif found.old.id in related[0].parent_ids:
            yield held(subject, seen)
        else:
            initial = initial_version(found.change)
            first = initial is not None and initial.id in related[0].parent_ids
            yield broken(subject, seen, defect="initial" if first else "unknown")


@rule(
    "document.new-id",
    requires=_REPLACE,
    reads=CHAIN_READS,
    basis="standard",
    trust="official",
    source="[CDA-R2 id] HL7 CDA R2: an id names one version",
)
def new_id(events: Events) -> Iterator[Said]:
    """A new version has an id of its own."""
    for found in _replacements(events):
        fresh = found.new.id is not None and found.new.id != found.old.id
        yield held_if(fresh, found.change.name, [found.mail.event])


@rule(
    "document.annule-et-remplace",
    requires=_MENTION,
    reads=CHAIN_READS,
    basis="ans",
    trust="official",
    source="[FAQ-B mention] ANS FAQ: it is in the PDF, with the name of the initial version",
)
def annule_et_remplace(events: Events) -> Iterator[Said]:
    """The PDF of a new version says « annule et remplace » and names the initial version."""
    for found in _replacements(events):
        initial = initial_version(found.change)
        subject, seen = found.change.name, [found.mail.event]
        if found.new.pdf is None or initial is None:
            continue
        text = text_of(events, found.mail, found.new.pdf, str(found.new.id))
        if text is None or is_scan(text):
            yield unclear(subject, seen, reason="scan")
        elif not _PHRASE.search(text):
            yield broken(subject, seen, defect="no-mention")
        elif _names_initial(text, initial, found.change):
            yield held(subject, seen)
        else:
            yield broken(subject, seen, defect="not-named")


def _names_initial(text: str, initial: Cda, change: Change) -> bool:
    """Whether the initial version is named: by id or file name anywhere, else after the mention.

    A title stands in the heading of every version, so it counts only where the mention leads to it.
    """
    solid = text.replace(" ", "")
    if initial.id is not None and (initial.id.extension or initial.id.root).casefold() in solid:
        return True
    names = [part.filename for mail in change.initial for part in mail.contents.pdfs]
    if any(name and normalise(name.removesuffix(".pdf")) in text for name in names):
        return True
    title = normalise(initial.title)
    number = re.compile(rf"version (n\S{{0,2}} ?)?{initial.version}(?![0-9.])")
    follows = [text[match.end() : match.end() + _WINDOW] for match in _PHRASE.finditer(text)]
    return any((title and title in window) or number.search(window) for window in follows)


@rule(
    "document.first-without-mention",
    requires=["banc:FAQ-MENTION"],
    reads=CHAIN_READS,
    basis="ours",
    trust="assumed",
    source="[BANC-READING first version] Ours; [FAQ-B mention] ANS FAQ, turned round",
)
def first_without_mention(events: Events) -> Iterator[Said]:
    """The PDF of a first version does not say « annule et remplace »."""
    for mail in sent_mails(events):
        for number, cda in enumerate(mail.contents.cdas, 1):
            if cda.version != 1 or cda.related or cda.pdf is None:
                continue
            text = text_of(events, mail, cda.pdf, str(cda.id))
            subject = mail.name if number == 1 else f"{mail.name} document {number}"
            if text is not None and not is_scan(text):
                yield held_if(not _PHRASE.search(text), subject, [mail.event])
