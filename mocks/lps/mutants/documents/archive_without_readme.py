"""The archive lacks README.TXT."""

from mocks.lps.document_parts import DocumentParts
from mocks.lps.documents import xdm
from mocks.lps.documents.submission import Submission
from mocks.lps.parts import Parts, with_documents

row = "[ITI-32 layout]"
breaks = {
    "fr": "L’archive n’a pas de README.TXT.",
    "en": "The archive has no README.TXT.",
}
expects = {"xdm.layout": "broken"}
shown_by = ("banc:document-life",)
face = "adapter"


def bare(submission: Submission, parts: DocumentParts) -> dict[str, bytes]:
    """The files without the one for people."""
    files = xdm.archive_files_of(submission, parts)
    del files["README.TXT"]
    return files


def apply(parts: Parts) -> Parts:
    """The archive lacks README.TXT."""
    return with_documents(parts, archive_files_of=bare)
