"""The texts of a document and its archive, from the templates beside this module."""

from datetime import date, datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape


def french_date(moment: date) -> str:
    """JJ/MM/AAAA."""
    return moment.strftime("%d/%m/%Y")


def french_moment(moment: datetime) -> str:
    """JJ/MM/AAAA à HH:MM, in the zone the moment carries."""
    return moment.strftime("%d/%m/%Y à %H:%M")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("mocks.lps.documents", "templates"),
        autoescape=select_autoescape(("html", "htm")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["date"] = french_date
    environment.filters["moment"] = french_moment
    return environment


def fill(template: str, **values: object) -> str:
    """The template with its values; a missing value raises."""
    return _environment().get_template(template).render(**values)
