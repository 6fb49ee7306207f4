"""IHE_XDM.ZIP: upper case 8.3 [MEDIBOARD-XDM names], the same octets for the same submission."""

import io
import zipfile
from collections.abc import Callable
from typing import Protocol

from mocks.lps.documents.metadata import DOCUMENT_NAME
from mocks.lps.documents.pages import fill
from mocks.lps.documents.submission import Submission

ARCHIVE_NAME = "IHE_XDM.ZIP"
_FOLDER = "IHE_XDM/SUBSET01"
_EPOCH = (1980, 1, 1, 0, 0, 0)


class ArchiveParts(Protocol):
    """What an archive calls of the parts of the product."""

    @property
    def metadata_of(self) -> Callable[[Submission], bytes]:
        """Writes METADATA.XML."""
        ...

    @property
    def archive_files_of(self) -> "Callable[[Submission, ArchiveParts], dict[str, bytes]]":
        """Gives the entries of the archive."""
        ...


def archive_files_of(submission: Submission, parts: ArchiveParts) -> dict[str, bytes]:
    """Path in the archive → octets, in the order they are written."""
    document = f"{_FOLDER}/{DOCUMENT_NAME}"
    metadata = f"{_FOLDER}/METADATA.XML"
    paths = ("INDEX.HTM", "README.TXT", metadata, document)
    index = fill("index.htm", submission=submission, document=document)
    readme = fill("readme.txt", submission=submission, paths=paths)
    return {
        "INDEX.HTM": index.encode(),
        # Windows' plain editor is where this file is read: line ends are its own.
        "README.TXT": readme.replace("\n", "\r\n").encode(),
        metadata: parts.metadata_of(submission),
        document: submission.version.cda,
    }


def archive_of(submission: Submission, parts: ArchiveParts) -> bytes:
    """The zip. Entries carry a fixed date, so that equal contents give equal octets."""
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in parts.archive_files_of(submission, parts).items():
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            archive.writestr(entry, content)
    return octets.getvalue()
