"""National identifiers of professionals and organisations [PDSM-DMP identifiers]."""

import re
from typing import Literal

from stdnum import luhn

PROFESSIONALS_OID = "1.2.250.1.71.4.2.1"
ORGANISATIONS_OID = "1.2.250.1.71.4.2.2"

NationalIdKind = Literal[
    "ADELI",
    "CAB_ADELI",
    "DRASS",
    "FINESS",
    "SIREN",
    "SIRET",
    "CAB_RPPS",
    "RPPS",
    "STUDENT",
    "EDIT",
]

_FORMS: tuple[tuple[NationalIdKind, re.Pattern[str]], ...] = (
    ("RPPS", re.compile(r"8\d{11}")),
    ("EDIT", re.compile(r"ANS\d{14}")),
    ("ADELI", re.compile(r"0[0-9AB]{9}")),
    ("CAB_ADELI", re.compile(r"1[0-9AB]{9}/\S+")),
    ("DRASS", re.compile(r"2\S{4,}")),
    ("FINESS", re.compile(r"3[0-9AB]{9}/\S+")),
    ("SIREN", re.compile(r"4\d{9}/\S+")),
    ("SIRET", re.compile(r"5\d{14}/\S+")),
    ("CAB_RPPS", re.compile(r"6\d{11}/\S+")),
    ("STUDENT", re.compile(r"9\S{4,}")),
)


def national_id_kind(value: str) -> NationalIdKind | None:
    """Which kind of `SubjectNameID` `value` has the form of; None when it has none of them.

    The form only: check digits of test identifiers do not hold reliably.
    """
    return next((kind for kind, form in _FORMS if form.fullmatch(value)), None)


def luhn_holds(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of the others; for information only."""
    return digits.isascii() and digits.isdigit() and bool(luhn.is_valid(digits))
