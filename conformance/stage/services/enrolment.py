"""What a product on another desk was told once and keeps: client secret, control token."""

import json
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from common.private_files import kept
from conformance.errors import NotReady
from conformance.locale import _
from conformance.locale.system import reason_of

_SECRET = re.compile(r"[!-~]{16,512}")
"""What a header can carry and nobody guesses; somebody may have written the file by hand."""


@dataclass(frozen=True, slots=True, repr=False)
class Enrolment:
    """The registration of a product that nobody here starts; both are secrets."""

    client_secret: str
    control_token: str


def kept_enrolment(keys: Path) -> Enrolment:
    """The one of `keys`, the user's folder (file of mode 0600), drawn when first asked for.

    So `banc serve` and the runs after it agree. Raises `NotReady` when the file cannot be used.
    """
    path = keys / "desk.json"
    try:
        found = json.loads(kept(path, _drawn))
    except OSError as error:
        raise NotReady(f"{path}: {reason_of(error)}") from error
    except ValueError:
        found = None
    match found:
        case {"client_secret": str(secret), "control_token": str(token)} if _SECRET.fullmatch(
            secret
        ) and _SECRET.fullmatch(token):
            return Enrolment(secret, token)
    said = _("{path}: expected the registration of a desk; take the file away for a new one")
    raise NotReady(said.format(path=path))


def passing_enrolment() -> Enrolment:
    """One for a single run."""
    return Enrolment(secrets.token_urlsafe(24), secrets.token_urlsafe(24))


def _drawn() -> bytes:
    enrolment = passing_enrolment()
    said = {"client_secret": enrolment.client_secret, "control_token": enrolment.control_token}
    return (json.dumps(said, indent=2) + "\n").encode()
