"""`report.html`: one file that opens by double click; the film plays beside its steps."""

import base64
import hashlib
from functools import cache
from importlib import resources
from pathlib import Path

import jinja2

from conformance.locale import _, _n
from conformance.reporting.report import Report


@cache
def environment() -> jinja2.Environment:
    """Templates of this package; everything is escaped, whatever came over the wire."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("conformance.reporting", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


def asset(name: str) -> str:
    """A file of the templates' folder, as text."""
    folder = resources.files("conformance.reporting") / "templates"
    return (folder / name).read_text(encoding="utf-8")


def stylesheet() -> str:
    """The one style of the page, put together from that of its parts."""
    return asset("report.css") + asset("dossier.css")


def csp_hash(text: str) -> str:
    """How a Content-Security-Policy names an inline script or style."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def render(report: Report) -> str:
    """The page as text."""
    style, script = stylesheet(), asset("report.js")
    policy = (
        "default-src 'none'; img-src data:; media-src 'self' data: file:; "
        f"style-src {csp_hash(style)}; script-src {csp_hash(script)}; base-uri 'none'; "
        "form-action 'none'"
    )
    template = environment().get_template("report.html")
    folded = [row for each in (*report.untested, *report.to_show) for row in each.requirements]
    owed = {row.id: row.anchor for row in (*folded[::-1], *report.requirements)}
    return template.render(
        report=report, style=style, script=script, policy=policy, owed=owed, _=_, _n=_n
    )


def write(folder: Path, report: Report) -> None:
    """Write `report.html` into the bundle."""
    (folder / "report.html").write_text(render(report), encoding="utf-8", newline="\n")
