"""IHE_XDM.ZIP (cda.md §4.1): names in upper case 8.3, the same octets for the same submission."""

from typing import TYPE_CHECKING

from mocks.lps.documents.submission import Submission

if TYPE_CHECKING:
    from mocks.lps.document_parts import DocumentParts

DOCUMENT_NAME = "DOC00001.XML"


def archive_files_of(submission: Submission, parts: "DocumentParts") -> dict[str, bytes]:
    """Path in the archive → octets, in the order they are written."""
    raise NotImplementedError


def archive_of(submission: Submission, parts: "DocumentParts") -> bytes:
    """The zip."""
    raise NotImplementedError
