"""The French pages of the mock: templates compiled once, answers ready to send.

No logo of anybody: every page says RÉPÉTITION – service simulé.
"""

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup
from starlette.responses import Response

from mocks.psc.http.call import Answer

_PAGES = files("mocks.psc") / "templates"
_STYLE = (_PAGES / "psc.css").read_text(encoding="utf-8")
_SCRIPT = (_PAGES / "psc.js").read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


# No form-action: browsers apply it to the redirect back to the service, wherever that is.
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_hash(_STYLE)}'; "
    f"script-src 'sha256-{_hash(_SCRIPT)}'; "
    "connect-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": _POLICY,
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}

_ENVIRONMENT = Environment(
    loader=PackageLoader("mocks.psc"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_ENVIRONMENT.globals.update(style=Markup(_STYLE), script=Markup(_SCRIPT))


@cache
def _template(name: str) -> Template:
    return _ENVIRONMENT.get_template(name)


def prepare() -> None:
    """Compile every template now, so that no request pays for it."""
    for name in _ENVIRONMENT.list_templates(extensions=["html"]):
        _template(name)


def page(
    template: str, status: int = 200, *, refused_for: str | None = None, **values: object
) -> Answer:
    """An HTML answer made from a template of this package."""
    html = _template(template).render(**values)
    response = Response(html, status, _HEADERS, "text/html; charset=utf-8")
    return Answer(response, refused_for=refused_for)
