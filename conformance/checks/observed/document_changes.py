"""The life of each document in a scenario: sent, replaced, deleted, and what was answered."""

from dataclasses import dataclass

from conformance.checks.events import Events
from conformance.checks.observed.actions import ACT_READS, Act, acts
from conformance.checks.observed.exchanges import is_external
from conformance.checks.observed.mails import MAIL_READS, SentMail, sent_mails
from conformance.documents.cda import Cda
from conformance.journal.events import Event

CHAIN_READS = (*ACT_READS, *MAIL_READS)
_KINDS = {"replace_document": "replacement", "delete_document": "deletion"}
_SENDING = ("send_document", "write_message", "reply", "answer_offer", *_KINDS)


@dataclass(frozen=True, slots=True)
class Change:
    """One replacement or deletion of a document that had been sent.

    `unasked` are the mails that left before any answer, `told` those after it; `until` is the next
    action that may send (None: the end of the scenario). `before` are the mails about the document
    up to this change, the initial ones first.
    """

    name: str
    kind: str
    act: Act
    answer: Act | None
    unasked: tuple[SentMail, ...]
    told: tuple[SentMail, ...]
    until: Event | None
    initial: tuple[SentMail, ...]
    before: tuple[SentMail, ...]
    unseen: int

    @property
    def answered(self) -> str:
        """`accept`, `decline`, or empty when the offer got no answer that was done."""
        if self.answer is None or not self.answer.done:
            return ""
        return str(self.answer.arguments.get("answer", ""))

    @property
    def initial_recipients(self) -> frozenset[str]:
        """Everybody the initial version reached: To, Cc and the patient."""
        return frozenset().union(*(mail.recipients for mail in self.initial))


@dataclass(slots=True)
class _Chain:
    """One document under way; `unseen` counts new versions since the last that was mailed."""

    initial: list[SentMail]
    mails: list[SentMail]
    versions: int = 1
    unseen: int = 0


def changes(events: Events) -> list[Change]:
    """Every change of a document that had been sent, in order; `replacement 1`, `deletion 1`…

    Where MSSanté is external, the product's word that it sent is all there is.
    """
    mails = sent_mails(events)
    unseen = is_external(events, "mssante")
    steps = acts(events, *_SENDING)
    chains: dict[str, _Chain] = {}
    counts = dict.fromkeys(_KINDS.values(), 0)
    found: list[Change] = []
    for place, act in enumerate(steps):
        document = str(act.arguments.get("document_id", ""))
        after = steps[place + 1].started if place + 1 < len(steps) else None
        if act.name == "send_document" and act.done:
            _note_sending(chains, document, _between(mails, act.started, after), unseen)
        elif act.name in _KINDS and act.done and document in chains:
            kind = _KINDS[act.name]
            counts[kind] += 1
            change = _change(act, kind, counts[kind], steps[place + 1 :], mails, chains[document])
            found.append(change)
            _move_on(chains, document, change)
    return found


def carried(mail: SentMail, like: Cda | None = None) -> Cda | None:
    """The document a mail is about: the one of the same set as `like`, else the first."""
    cdas = mail.contents.cdas
    same = [cda for cda in cdas if like is not None and cda.set_id == like.set_id]
    return next(iter(same or cdas), None)


def previous_version(change: Change) -> Cda | None:
    """The last version of the document that was seen leaving before a change."""
    found = [cda for cda in (carried(mail) for mail in change.before) if cda is not None]
    return found[-1] if found else None


def initial_version(change: Change) -> Cda | None:
    """The first version of the document that was seen leaving."""
    return next((cda for cda in map(carried, change.initial) if cda is not None), None)


def new_version(change: Change) -> tuple[SentMail, Cda] | None:
    """The first mail of a replacement that carries the new version, with that version."""
    like = previous_version(change)
    for mail in (*change.unasked, *change.told):
        cda = carried(mail, like)
        if cda is not None:
            return mail, cda
    return None


def _note_sending(
    chains: dict[str, _Chain], document: str, mails: list[SentMail], unseen: bool
) -> None:
    if document not in chains:
        if mails or unseen:
            chains[document] = _Chain(list(mails), list(mails))
        return
    chain = chains[document]
    chain.mails += mails
    if mails:
        chain.unseen = 0
    if chain.versions == 1:
        chain.initial += mails


def _change(
    act: Act, kind: str, number: int, later: list[Act], mails: list[SentMail], chain: _Chain
) -> Change:
    answer = later[0] if later and later[0].name == "answer_offer" else None
    after_answer = later[1:] if answer else later
    until = after_answer[0].started if after_answer else None
    return Change(
        name=f"{kind} {number}",
        kind=kind,
        act=act,
        answer=answer,
        unasked=tuple(_between(mails, act.started, answer.started if answer else until)),
        told=tuple(_between(mails, answer.started, until)) if answer else (),
        until=until,
        initial=tuple(chain.initial),
        before=tuple(chain.mails),
        unseen=chain.unseen,
    )


def _move_on(chains: dict[str, _Chain], document: str, change: Change) -> None:
    """After a change the document goes on under the id of its new version, if it has one."""
    chain = chains[document]
    sent = [*change.unasked, *change.told]
    chain.mails += sent
    if change.kind == "replacement":
        chain.versions += 1
        chain.unseen = 0 if sent else chain.unseen + 1
        chains[str(change.act.values.get("document_id") or document)] = chain


def _between(mails: list[SentMail], after: Event, before: Event | None) -> list[SentMail]:
    return [
        mail
        for mail in mails
        if mail.event.mono > after.mono and (before is None or mail.event.mono < before.mono)
    ]
