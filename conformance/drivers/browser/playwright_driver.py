"""The program by which Playwright drives a browser: its own Node, which must start here."""

import os
import re
import subprocess
from functools import cache

from playwright._impl._driver import compute_driver_executable
from playwright.sync_api import Error as PlaywrightError

from conformance.errors import NotReady
from conformance.locale import _, phrase

_ANSWERS_WITHIN_S = 30.0
_MISSING = re.compile(r"(\S+\.so[.\d]*): cannot open shared object file")
_PACKAGES = {"libatomic.so.1": "libatomic1"}
"""Debian's packages of the libraries that Node takes from the machine; others are always there."""


def driver_version() -> str:
    """The version of that program, once it has started. Raises `NotReady`, naming what it lacks."""
    try:
        node, _script = compute_driver_executable()
    except PlaywrightError as error:
        raise does_not_start(error.message.splitlines()[0]) from error
    return _version_of(node)


def does_not_start(reason: str) -> NotReady:
    """The driver did not start, and what it said."""
    return NotReady(phrase("Playwright's driver does not start ({reason})", reason=reason))


@cache  # what has started once starts again
def _version_of(node: str) -> str:
    try:
        done = subprocess.run(
            [node, "--version"],
            env=os.environ | {"LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_ANSWERS_WITHIN_S,
            check=False,
        )
    except OSError as error:
        raise does_not_start(f"{node}: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        late = phrase("no answer within {seconds:g} s", seconds=_ANSWERS_WITHIN_S)
        raise does_not_start(f"{node}: {late}") from error
    if done.returncode == 0:
        return done.stdout.strip()
    raise _why(node, done.stderr, done.returncode)


def _why(node: str, said: str, code: int) -> NotReady:
    found = _MISSING.search(said)
    if found is None:
        last = said.strip().splitlines()[-1:] or [f"{node}: {code}"]
        return does_not_start(last[0])
    library = found[1]
    if library not in _PACKAGES:
        return does_not_start(phrase("{library} is missing", library=library))
    told = _(
        "Playwright's driver does not start: {library} is missing, install the package {package} "
        "(banc doctor --install)"
    )
    return NotReady(told.format(library=library, package=_PACKAGES[library]))
