"""The national health identity number, INS: form, key, OIDs [INS-FORM]."""

import re
from typing import Literal

from stdnum.exceptions import ValidationError
from stdnum.fr import nir

NIR_OID = "1.2.250.1.213.1.4.8"
NIA_OID = "1.2.250.1.213.1.4.9"
NIR_TEST_OID = "1.2.250.1.213.1.4.10"
NIR_DEMONSTRATION_OID = "1.2.250.1.213.1.4.11"
INS_OIDS = frozenset({NIR_OID, NIA_OID, NIR_TEST_OID, NIR_DEMONSTRATION_OID})

InsFault = Literal["length", "form", "key"]

_FORM = re.compile(r"\d{5}(\d{2}|2[AB])\d{8}")


def ins_fault(number: str) -> InsFault | None:
    """What is wrong with a 15-character INS number, None when nothing is.

    Key = 97 - (first 13 digits mod 97), with 2A counted as 19 and 2B as 18. Spaces are not allowed.
    """
    if len(number) != 15:
        return "length"
    if not number.isascii() or not _FORM.fullmatch(number):
        return "form"
    try:
        expected = nir.calc_check_digits(number)
    except (ValidationError, ValueError):
        return "form"
    return None if expected == number[13:] else "key"
