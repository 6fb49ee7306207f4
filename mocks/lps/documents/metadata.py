"""METADATA.XML of an archive: ebRIM SubmitObjectsRequest (cda.md §4.2–4.4)."""

from mocks.lps.documents.submission import Submission


def metadata_of(submission: Submission) -> bytes:
    """The metadata of the submission's document, UTF-8."""
    raise NotImplementedError
