"""Sizes as people write them: `500MB`, `2 Go`, `1.5GiB`, or a number of octets."""

import re

from conformance.locale import _

_SIZE = re.compile(r"(\d{1,18}(?:[.,]\d{1,18})?)\s*([kKMGT]?)(i?)(?:[bBoO]|octets?)?")
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
LEAST = 100_000
"""A ceiling below that could not even hold the reports of one scenario."""


def octets(value: object) -> int:
    """The number of octets that `value` says (k, M, G, T: thousands; Ki, Mi…: 1 024).

    Raises `ValueError` with what was expected.
    """
    text = str(value).strip() if isinstance(value, str | int) else ""
    found = _SIZE.fullmatch(text)
    if found is None or isinstance(value, bool):
        raise ValueError(_("a size such as 500MB"))
    number, power, binary = found.groups()
    size = int(
        float(number.replace(",", ".")) * (1024 if binary else 1000) ** _POWERS[power.lower()]
    )
    if size < LEAST:
        raise ValueError(_("a size of at least {least}").format(least=in_words(LEAST)))
    return size


def in_words(size: int) -> str:
    """A size for people, with the letters of both languages: `1.5 MB`."""
    number = float(size)
    for unit in ("", "k", "M", "G"):
        if number < 1000:
            return f"{number:.3g} {unit}{_('B')}"
        number /= 1000
    return f"{number:.3g} T{_('B')}"
