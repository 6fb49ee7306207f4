"""The readable form of a version: PDF/A-1b by WeasyPrint, fonts embedded."""

from mocks.lps.documents.codes import gender_of, specialty_of
from mocks.lps.documents.pages import fill, french_moment
from mocks.lps.documents.records import Version

FONT = "DejaVu Sans"


class FontMissing(Exception):
    """The machine lacks the font of the document: the PDF would not be the same everywhere."""


def pdf_mention(version: Version) -> str:
    """`Annule et remplace …` naming the initial version, for a later one; empty for the first.

    Its name is asked for, its place is free [FAQ-B mention].
    """
    if version.initial is None:
        return ""
    initial = version.initial
    return (
        f"Annule et remplace le document « {initial.title} » du {french_moment(initial.written)} "
        f"(version 1, identifiant {initial.id})."
    )


def pdf_page(version: Version, mention: str) -> str:
    """The page as HTML: title, mention, traits of the patient, author, date, version, narrative."""
    return fill(
        "document.html",
        version=version,
        mention=mention,
        gender=gender_of(version.patient),
        specialty=specialty_of(version.author),
    )


def write_pdf(page: str) -> bytes:
    """The page as PDF/A-1b. Raises `FontMissing` when another font had to stand in."""
    # WeasyPrint takes most of a second to load: a product that writes no document must not wait.
    from weasyprint import HTML

    pdf: bytes = HTML(string=page).write_pdf(pdf_variant="pdf/a-1b")
    if b"DejaVu-Sans" not in pdf or b"/FontFile" not in pdf:
        raise FontMissing(
            f"The PDF was not written with {FONT}: install it (Debian: fonts-dejavu-core)."
        )
    return pdf
