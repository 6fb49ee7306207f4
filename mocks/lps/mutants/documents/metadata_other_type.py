"""The metadata name another type than the document."""

from mocks.lps.documents import metadata
from mocks.lps.documents.submission import Submission
from mocks.lps.parts import Parts, with_documents

row = "[INTEROP-STUDIO mapping]"
breaks = {
    "fr": "Les métadonnées annoncent un autre type de document.",
    "en": "The metadata announce another type of document.",
}
expects = {"xdm.metadata-matches-cda": "broken"}
shown_by = ("banc:document-life",)
face = "adapter"


def mistyped(submission: Submission) -> bytes:
    """Metadata with the code of an episode summary."""
    code = submission.version.type.code.encode()
    return metadata.metadata_of(submission).replace(code, b"34133-9")


def apply(parts: Parts) -> Parts:
    """The metadata name another type than the document."""
    return with_documents(parts, metadata_of=mistyped)
