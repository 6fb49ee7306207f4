"""A pytest plug-in for the tests alone: notes every secret of a run outside its bundle."""

import json
import os
from pathlib import Path
from typing import Any

from common.recording import Secret
from conformance.journal.secrets import Vault

_describe = Vault.describe


def _noted(self: Vault, secret: Secret) -> dict[str, Any]:
    with Path(os.environ["SECRET_WITNESS"]).open("a", encoding="utf-8") as notes:
        notes.write(json.dumps([secret.role, secret.value]) + "\n")
    return _describe(self, secret)


Vault.describe = _noted  # type: ignore[method-assign]
