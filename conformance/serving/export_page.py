"""The page that explains an export to the person at the product's desk, and its `banc.toml`."""

import base64
import hashlib
import json
import re
from functools import cache
from importlib import resources
from urllib.parse import urlsplit

import jinja2

from common.identities import PROFESSIONALS
from conformance.locale import _, language
from conformance.serving.addresses import SCOPE, Addresses
from conformance.serving.export import FILES, Export, rows_of

_FRENCH_SPACE = re.compile(r"(?<=«) | (?=[»:;?!])")


def page(export: Export) -> str:
    """`LISEZMOI.html`: one file without script or remote resource, in the reader's language."""
    style = (resources.files(__package__) / "templates" / "desk.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return _template("desk.html", escaped=True).render(
        a=export.addresses,
        root=export.root,
        hosts=[line for line in export.hosts().splitlines() if not line.startswith("#")],
        machines=export.machines,
        rows=rows_of(export.addresses),
        professionals=[(p, p.mailbox(export.addresses.domain)) for p in PROFESSIONALS],
        files=list(zip(FILES, _purposes(), strict=True)),
        faults=export.faults,
        scope=SCOPE,
        lang=language(),
        style=style,
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'",
        _=_typeset,
    )


def plan_text(addresses: Addresses) -> str:
    """A `banc.toml` for a run at the same addresses, whose product a person operates."""
    return _template("desk.banc.toml.html", escaped=False).render(
        a=addresses,
        client=addresses.client,
        address=_origin(addresses.client.redirect_uris),
        quoted=_quoted,
        _=_,
    )


def _origin(uris: tuple[str, ...]) -> str:
    """Where a product whose pages are called back is opened; a guess for any other."""
    pages = [parts for parts in map(urlsplit, uris) if parts.scheme in ("http", "https")]
    return f"{pages[0].scheme}://{pages[0].netloc}/" if pages else "http://localhost/"


def _typeset(message: str) -> str:
    """The sentence, with French spaces where a line must not break."""
    return _FRENCH_SPACE.sub("\N{NO-BREAK SPACE}", _(message))


def _quoted(value: object) -> str:
    """A string, or a list of strings, as TOML writes it."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


@cache
def _template(name: str, *, escaped: bool) -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("conformance.serving", "templates"),
        autoescape=escaped,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template(name)


def _purposes() -> tuple[str, ...]:
    """What each of `FILES` is for."""
    return (
        _("this page"),
        _("the certificate to be trusted, for Windows (double click)"),
        _("the same, as text, for other systems and programs"),
        _("the line for the hosts file, if one is needed"),
        _("every address, to be read"),
        _("every address, for a program"),
        _("client id and secret: for your product only, give it to nobody else"),
        _("the people and their mailboxes, for a spreadsheet"),
        _("the people and their mailboxes, for a program"),
        _("for the person at the bench: what a run of this product starts from"),
    )
