"""`report.pdf`: the same findings on paper, without the exchanges."""

from pathlib import Path

from conformance.locale import _, _n
from conformance.reporting.formats.page import asset, environment
from conformance.reporting.report import Report


def write(folder: Path, report: Report) -> None:
    """Write `report.pdf`. Raises `OSError` when Pango is missing."""
    (folder / "report.pdf").write_bytes(pdf(report))


def pdf(report: Report) -> bytes:
    """The report as PDF/UA-1. Raises `OSError` when Pango is missing."""
    from weasyprint import HTML

    template = environment().get_template("paper.html")
    text = template.render(report=report, style=asset("paper.css"), _=_, _n=_n)
    octets: bytes = HTML(string=text, url_fetcher=_nothing).write_pdf(pdf_variant="pdf/ua-1")
    return octets


def _nothing(url: str, *rest: object, **more: object) -> dict[str, object]:
    """Paper needs nothing from outside: whatever asks for it is a mistake."""
    raise ValueError(f"a report may not load {url}")
