"""Everything that was observed: event kinds, hash-chained parts, blobs, secrets."""

from conformance.journal.events import BlobRef, Event, Json
from conformance.journal.reader import Journal, JournalFault, Places, read_part
from conformance.journal.writer import JournalWriter

__all__ = [
    "BlobRef",
    "Event",
    "Journal",
    "JournalFault",
    "JournalWriter",
    "Json",
    "Places",
    "read_part",
]
