"""The metadata give the SHA-1 of another file."""

import hashlib

from mocks.lps.documents import metadata
from mocks.lps.documents.submission import Submission
from mocks.lps.parts import Parts, with_documents

row = "[INTEROP-STUDIO hash]"
breaks = {
    "fr": "Les métadonnées portent une empreinte fausse.",
    "en": "The metadata carry a wrong hash.",
}
expects = {"xdm.hash-and-size": "broken"}
shown_by = ("banc:document-life",)
face = "adapter"


def stale(submission: Submission) -> bytes:
    """Metadata made before the document was last touched."""
    right = hashlib.sha1(submission.version.cda, usedforsecurity=False).hexdigest()
    wrong = hashlib.sha1(submission.version.pdf, usedforsecurity=False).hexdigest()
    return metadata.metadata_of(submission).replace(right.encode(), wrong.encode())


def apply(parts: Parts) -> Parts:
    """The metadata give the SHA-1 of another file."""
    return with_documents(parts, metadata_of=stale)
