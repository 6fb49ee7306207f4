"""The tools that the bench takes from the machine, how each is found, what is lost without it.

Whatever the sources look for on the machine stands here: `tests/unit/test_doctor_table.py` holds
the two together.
"""

import contextlib
import io
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from conformance.locale import N_


@dataclass(frozen=True, slots=True)
class Tool:
    """Something the bench needs from the machine. `packages` are Debian's names for it.

    `looked_for` names it as the sources do: programs, modules of Python, libraries, and the
    folders of files.
    """

    name: str
    packages: tuple[str, ...]
    lost: str
    find: Callable[[], str | None]
    looked_for: tuple[str, ...] = ()


def _program(name: str, package: str, lost: str) -> Tool:
    return Tool(name, (package,), lost, lambda: shutil.which(name), (name,))


def _chromium() -> str | None:
    from conformance.drivers.browser.chromium import find_chromium

    try:
        return find_chromium(os.environ)
    except Exception:  # noqa: BLE001 - absence in any form is "not found" here
        return None


def _playwright() -> str | None:
    from conformance.drivers.browser.playwright_driver import driver_version

    try:
        return f"Node {driver_version()}"
    except Exception:  # noqa: BLE001 - absence in any form is "not found" here
        return None


def _font() -> str | None:
    from conformance.evidence.screen.fonts import find_font

    try:
        return str(find_font())
    except Exception:  # noqa: BLE001 - absence in any form is "not found" here
        return None


def _ffmpeg() -> str | None:
    from conformance.evidence.film.ffmpeg import find_ffmpeg

    try:
        return str(find_ffmpeg())
    except Exception:  # noqa: BLE001 - absence in any form is "not found" here
        return None


def _weasyprint() -> str | None:
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # what it says of it is for developers
            return str(import_module("weasyprint").__version__)
    except (ImportError, OSError):
        return None


def _tkinter() -> str | None:
    try:
        return str(import_module("tkinter").TkVersion)
    except ImportError:
        return None


def _venv() -> str | None:
    found = find_spec("ensurepip")
    return found.origin if found else None


def _in(folder: str, name: str) -> Callable[[], str | None]:
    path = Path(folder) / name
    return lambda: str(path) if path.is_file() else None


TOOLS = (
    Tool("chromium", ("chromium",), N_("the browser driver: no web scenario at all"), _chromium,
         ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")),
    Tool("Playwright", ("libatomic1",), N_("the browser driver: no web scenario at all"),
         _playwright, ("libatomic.so.1",)),
    _program("certutil", "libnss3-tools",
             N_("HTTPS pages of the bench in the browser: it would not trust their certificate")),
    _program("Xvfb", "xvfb", N_("the film: scenarios run headless, without video")),
    Tool("ffmpeg", ("ffmpeg",), N_("the film: scenarios run headless, without video"), _ffmpeg,
         ("ffmpeg", "imageio_ffmpeg")),
    _program("openbox", "openbox", N_("title bars and order of native windows on film")),
    Tool("DejaVu", ("fonts-dejavu-core", "fontconfig"), N_("the band of the film and PDF reports"),
         _font, ("/usr/share/fonts", "/usr/local/share/fonts")),
    _program("fc-match", "fontconfig", N_("a font of the film in a folder of its own")),
    Tool("Pango", ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"),
         N_("PDF documents of the reference system and PDF reports"), _weasyprint,
         ("weasyprint",)),
    Tool("Tk", ("python3-tk",), N_("the desktop window of the reference system"), _tkinter,
         ("tkinter",)),
    _program("setpriv", "util-linux", N_("the end of a product whose bench was killed")),
)  # fmt: skip
"""What a run needs."""

PEER_TOOLS = (
    _program("node", "nodejs", N_("the peer of the mock Pro Santé Connect in `banc bench`")),
    _program("npm", "npm", N_("the peer of the mock Pro Santé Connect in `banc bench`")),
)
"""What only the figures of `banc bench` compare themselves with."""

TEST_TOOLS = (
    # Not the package `apache2`: that one starts a server of its own on port 80.
    Tool("Apache", ("apache2-bin",), N_("the test of a product that nobody here wrote"),
         _in("/usr/sbin", "apache2"), ("apache2",)),
    Tool("mod_auth_openidc", ("libapache2-mod-auth-openidc",),
         N_("the test of a product that nobody here wrote"),
         _in("/usr/lib/apache2/modules", "mod_auth_openidc.so"), ("/usr/lib/apache2/modules",)),
    _program("ip", "iproute2",
             N_("the test of a product on another desk, in a network of its own")),
    _program("unshare", "util-linux",
             N_("the test of a product on another desk, in a network of its own")),
    _program("curl", "curl",
             N_("the test of the mail service with a client that nobody here wrote")),
    _program("git", "git", N_("the test of the first start on a bare Debian")),
    _program("mmdebstrap", "mmdebstrap", N_("the test of the first start on a bare Debian")),
    Tool("venv", ("python3-venv",), N_("the tests of a first start and of the package"), _venv,
         ("venv", "ensurepip")),
)  # fmt: skip
"""What only the project's own tests need."""


def missing(tools: Sequence[Tool] = TOOLS) -> list[Tool]:
    """The tools that are not here."""
    return [tool for tool in tools if tool.find() is None]
