"""What goes into one archive: a version, who sends it to whom, and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from common.identities import Practice, Professional
from mocks.lps.documents.records import Version

MetadataAction = Literal["", "C", "D"]
"""`urn:action:extraMetadataSlot`: C change, D deletion, else none [IG-CDA actions]."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """A known professional among the recipients of a mail, with their mailbox."""

    professional: Professional
    mailbox: str


@dataclass(frozen=True, slots=True)
class Submission:
    """One submission set. `id` is its OID; `submitted` is aware; `editor` made the `product`."""

    id: str
    version: Version
    action: MetadataAction
    sender: Professional
    practice: Practice
    mailbox: str
    addressees: tuple[Addressee, ...]
    submitted: datetime
    product: str
    product_version: str
    editor: str
