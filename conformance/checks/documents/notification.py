"""Telling the recipients of a document that it changed: offered, accepted or declined.

Three rules for the notification, never one [FAQ-B recipients]: the offer is made each time;
accepted as it stands it reaches every initial recipient; recipients added later are our reading.
"""

from collections.abc import Iterator

from conformance.checks.events import Events
from conformance.checks.observed.document_changes import CHAIN_READS, Change, changes
from conformance.checks.registry import Said, broken, held, held_if, rule, unclear
from conformance.journal.events import Event

_FAQ = "[FAQ-B recipients] ANS FAQ: modification and deletion of a document that was sent"


@rule(
    "lifecycle.offer-shown",
    requires=["banc:FAQ-NOTIFY", "MSS/va1.37", "MSS/va1.30"],
    reads=(*CHAIN_READS, "ui.seen", "tenant.opened"),
    basis="ans",
    trust="official",
    source=_FAQ,
)
def offer_shown(events: Events) -> Iterator[Said]:
    """Each modification and each deletion offers to write to the initial recipients."""
    for change in changes(events):
        looks = _looks(events, change)
        offer = change.act.values.get("offer")
        told = offer.get("shown") if isinstance(offer, dict) else None
        absent = [seen for seen in looks if not seen.data["present"]]
        if change.act.finished is None:
            continue
        if absent:
            yield broken(change.name, absent[:1])
        elif told is False and not looks:
            yield broken(change.name, [change.act.finished])
        elif looks:
            yield held(change.name, looks[:1])
        elif told is True:
            yield held(change.name, [change.act.finished])


def _looks(events: Events, change: Change) -> list[Event]:
    """Looks for the offer between the change and its answer."""
    until = change.answer.started if change.answer else change.until
    return [
        seen
        for seen in events.between(change.act.started, until).of("ui.seen")
        if seen.data["what"] == "notify-offer" and seen.data["ready"]
    ]


@rule(
    "lifecycle.initial-recipients-told",
    requires=["banc:FAQ-NOTIFY", "MSS/va1.37", "MSS/va1.30"],
    reads=CHAIN_READS,
    basis="ans",
    trust="official",
    source=_FAQ,
)
def initial_recipients_told(events: Events) -> Iterator[Said]:
    """When the offer is accepted unchanged, each initial recipient gets a mail: To, Cc, patient."""
    for change in changes(events):
        if change.answered == "accept":
            yield _told(change, change.initial_recipients)


@rule(
    "lifecycle.later-recipients-told",
    requires=["banc:NOTIFY-LATER-RECIPIENTS"],
    reads=CHAIN_READS,
    basis="ours",
    trust="assumed",
    source="[BANC-READING later recipients] Ours; derived from [IG-CDA replacement] ANS volume",
)
def later_recipients_told(events: Events) -> Iterator[Said]:
    """When the offer is accepted unchanged, recipients added later get a mail too."""
    for change in changes(events):
        everybody = frozenset[str]().union(*(mail.recipients for mail in change.before))
        added = everybody - change.initial_recipients
        if change.answered == "accept" and added:
            yield _told(change, added)


def _told(change: Change, owed: frozenset[str]) -> Said:
    reached = frozenset[str]().union(*(mail.recipients for mail in change.told))
    missing = sorted(owed - reached)
    mails = [mail.event for mail in change.told]
    finished = change.answer.finished if change.answer else None
    seen = mails or ([finished] if finished else [])
    return held_if(
        not missing, change.name, seen, missing=[*missing], told=len(owed & reached), owed=len(owed)
    )


@rule(
    "lifecycle.declined-sends-nothing",
    requires=["banc:FAQ-NOTIFY"],
    reads=CHAIN_READS,
    basis="ans",
    trust="secondary",
    source="[BANC-READING decline] Ours; derived from [FAQ-B recipients] ANS FAQ",
)
def declined_sends_nothing(events: Events) -> Iterator[Said]:
    """When the offer is declined no mail leaves."""
    for change in changes(events):
        if change.answered != "decline" or change.answer is None:
            continue
        mails = [mail.event for mail in change.told]
        finished = change.answer.finished
        yield held_if(
            not mails, change.name, mails or ([finished] if finished else []), mails=len(mails)
        )


@rule(
    "lifecycle.nothing-sent-unasked",
    requires=["banc:FAQ-NOTIFY"],
    reads=CHAIN_READS,
    basis="ans",
    trust="official",
    source=_FAQ,
)
def nothing_sent_unasked(events: Events) -> Iterator[Said]:
    """No mail leaves before the person has answered; a person looks at one that does."""
    for change in changes(events):
        if change.act.finished is None:
            continue
        if change.unasked:
            mails = [mail.event for mail in change.unasked]
            yield unclear(change.name, mails, mails=len(mails))
        elif change.answered:
            asked = [mail.event for mail in change.told] or [change.act.finished]
            yield held(change.name, asked)
