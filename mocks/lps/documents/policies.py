"""The decisions in the life of a document, each alone so that it can be read and replaced."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from mocks.lps.documents.records import Kind, Lineage, Recipients, SentMail


def new_id() -> str:
    """A new OID under 2.25, made from a random UUID."""
    return f"2.25.{uuid.uuid4().int}"


def now() -> datetime:
    """The present moment, to the second, in the machine's zone."""
    return datetime.now().astimezone().replace(microsecond=0)


def first_version(id_: str, set_id: str) -> Lineage:
    """Version 1: it replaces nothing."""
    return Lineage(id_, set_id, 1)


def next_version(previous: Lineage, id_: str) -> Lineage:
    """New id, same set, number + 1, and the id of the version just before [CDA-R2 replacement]."""
    return Lineage(id_, previous.set_id, previous.number + 1, previous.id)


def recipients_to_notify(mails: Sequence[SentMail]) -> Recipients:
    """Everybody a version reached: the initial To and Cc, patient included, and later ones added.

    `mails` are those that carried a version of the document, oldest first.
    """
    everybody = Recipients()
    for mail in mails:
        everybody = everybody.union(mail.recipients)
    return everybody


def offer_policy(kind: Kind, changes_before: int, recipients: Recipients) -> bool:
    """Whether to offer: always, if anybody received the document.

    `changes_before` counts the modifications that came before this change.
    """
    return bool(recipients.all)


def send_policy(kind: Kind, answer: bool | None) -> bool:
    """Whether to send: only on the user's yes. `answer` is None while nobody has been asked."""
    return answer is True
