"""The readable form of a version: PDF/A-1b by WeasyPrint, fonts embedded."""

from mocks.lps.records import Version


def pdf_mention(version: Version) -> str:
    """`Annule et remplace …` naming the initial version, for a later one; empty for the first."""
    raise NotImplementedError


def pdf_page(version: Version, mention: str) -> str:
    """The page as HTML."""
    raise NotImplementedError


def write_pdf(page: str) -> bytes:
    """The page as PDF/A-1b. Raises `FontMissing` when no usable font was embedded."""
    raise NotImplementedError
