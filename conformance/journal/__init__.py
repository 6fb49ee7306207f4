"""Everything that was observed: event kinds, hash-chained parts, blobs, secrets."""

from conformance.journal.events import BlobRef, Event, Json
from conformance.journal.reader import Journal, JournalFault, read_part
from conformance.journal.writer import JournalWriter

__all__ = ["BlobRef", "Event", "Journal", "JournalFault", "JournalWriter", "Json", "read_part"]
