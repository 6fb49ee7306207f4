"""Finds and opens the machine's Chromium: a new empty profile, quiet, trusting the bench's CA."""

import base64
import contextlib
import hashlib
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import BrowserContext, Playwright, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from conformance.drivers.browser.playwright_driver import does_not_start, driver_version
from conformance.errors import NotReady
from conformance.locale import _, phrase

Box = tuple[int, int, int, int]

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_DRIVER_S_END = "Connection closed while reading from the driver"
"""What Playwright says when its driver is gone."""
_LONGEST_TMPDIR = 55
"""Chromium adds 46 characters to the name of a socket, and the system takes 104 in all."""
_QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-search-engine-choice-screen",
    "--disable-infobars",
    "--test-type",
    "--lang=fr-FR",
)
_PREFERENCES = {
    "credentials_enable_service": False,
    "profile": {"password_manager_enabled": False, "exit_type": "Normal"},
    "autofill": {"profile_enabled": False, "credit_card_enabled": False},
    "intl": {"accept_languages": "fr-FR,fr", "selected_languages": "fr-FR,fr"},
    "translate": {"enabled": False},
}


@dataclass(frozen=True, slots=True)
class ChromiumOptions:
    """Where the browser shows itself and whom it trusts.

    Without a `display` (`:99`) it is headless, unless `visible` (where windows need no display).
    `box` is the window in pixels of the screen; `ca_file` the bench's own authority (needs
    certutil); `trusted_certificates` PEM files of servers trusted as they are; `app` opens that URL
    in a window without tabs or address bar.
    """

    display: str | None = None
    visible: bool = False
    box: Box = (0, 0, 1280, 800)
    ca_file: Path | None = None
    trusted_certificates: tuple[Path, ...] = ()
    executable: str | None = None
    app: str | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))


def find_chromium(environment: Mapping[str, str] = os.environ) -> str:
    """The path of a Chromium: `BANC_CHROMIUM`, else the first known name. Raises `NotReady`."""
    given = environment.get("BANC_CHROMIUM")
    if given:
        if shutil.which(given) is None:
            said = _("BANC_CHROMIUM: {value} is not a program, expected a Chromium")
            raise NotReady(said.format(value=repr(given)))
        return given
    for name in _NAMES:
        found = shutil.which(name, path=environment.get("PATH"))
        if found:
            return found
    said = _(
        "no browser on this machine, expected one of {known}: install the package chromium "
        "(banc doctor --install)"
    )
    raise NotReady(said.format(known=", ".join(_NAMES)))


class Chromium:
    """One browser process with a profile of its own, gone when closed. One thread only."""

    def __init__(self, options: ChromiumOptions) -> None:
        executable = options.executable or find_chromium(options.environment)
        engine = _Engine.taken()
        self._home = Path(tempfile.mkdtemp(prefix="banc-chromium-"))
        self._profile = self._home / "profile"
        self._closed = False
        try:
            self._prepare(options)
            self.context = self._launch(engine, executable, options)
        except BaseException:
            self._tidy()
            raise
        self.context.on("close", self._on_close)

    @property
    def closed(self) -> bool:
        """Whether the window is gone, by whoever's hand."""
        return self._closed

    def kill(self) -> None:
        """End the process from any thread: whatever waits for the browser fails at once."""
        for process in self._processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def close(self) -> None:
        """Close the window and forget the profile.

        The process is ended first: a page that is loading may never end when asked politely.
        """
        self.kill()
        with contextlib.suppress(PlaywrightError):
            self.context.close()
        self._tidy()

    def _on_close(self, _context: BrowserContext) -> None:
        self._closed = True

    def _tidy(self) -> None:
        _Engine.given_back()
        self.kill()
        shutil.rmtree(self._home, ignore_errors=True)

    def _processes(self) -> list[psutil.Process]:
        mark, found = f"--user-data-dir={self._profile}", []
        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                if mark in process.cmdline():
                    found.append(process)
        return found

    def _prepare(self, options: ChromiumOptions) -> None:
        preferences = self._profile / "Default" / "Preferences"
        preferences.parent.mkdir(parents=True)
        preferences.write_text(json.dumps(_PREFERENCES), encoding="utf-8")
        if options.ca_file is not None:
            _trust_authority(self._home, options.ca_file)

    def _launch(
        self, engine: Playwright, executable: str, options: ChromiumOptions
    ) -> BrowserContext:
        environment = {**options.environment, "HOME": str(self._home), "LANGUAGE": "fr"}
        if len(str(self._home)) <= _LONGEST_TMPDIR:  # a browser that is killed tidies nothing up
            environment["TMPDIR"] = str(self._home)
        if options.display is not None:
            environment["DISPLAY"] = options.display
        try:
            return engine.chromium.launch_persistent_context(
                self._profile,
                executable_path=executable,
                headless=options.display is None and not options.visible,
                args=_arguments(options),
                ignore_default_args=["--enable-automation"],
                chromium_sandbox=not _is_root(),
                no_viewport=True,
                locale="fr-FR",
                accept_downloads=False,
                env=dict(environment),
                timeout=60_000,
            )
        except PlaywrightError as error:
            first = error.message.splitlines()[0]
            said = phrase("{program} cannot be opened ({reason})", program=executable, reason=first)
            if options.display:
                said = phrase("display {name}: {what}", name=options.display, what=said)
            raise NotReady(said) from error


class _Engine:
    """Playwright of this thread: a second one in the same thread is not possible."""

    _of_thread = threading.local()

    @classmethod
    def taken(cls) -> Playwright:
        """The one of this thread. Raises `NotReady` when its driver does not start here."""
        count: int = getattr(cls._of_thread, "count", 0)
        if count == 0:
            logging.getLogger("asyncio").addFilter(_not_the_driver_s_end)
            cls._of_thread.playwright = cls._started()
        cls._of_thread.count = count + 1
        playwright: Playwright = cls._of_thread.playwright
        return playwright

    @staticmethod
    def _started() -> Playwright:
        version = driver_version()
        try:
            return sync_playwright().start()
        except Exception as error:
            if _DRIVER_S_END not in str(error):
                raise
            raise does_not_start(f"Node {version}: {error}") from error

    @classmethod
    def given_back(cls) -> None:
        cls._of_thread.count -= 1
        if cls._of_thread.count == 0:
            cls._of_thread.playwright.stop()
            del cls._of_thread.playwright


def _not_the_driver_s_end(record: logging.LogRecord) -> bool:
    """Drop asyncio's word that nobody awaited it: a Ctrl-C ends Playwright's driver with us."""
    error = record.exc_info[1] if record.exc_info else None
    return _DRIVER_S_END not in str(error)


def _arguments(options: ChromiumOptions) -> list[str]:
    x, y, width, height = options.box
    arguments = [*_QUIET, f"--window-position={x},{y}", f"--window-size={width},{height}"]
    if options.app is not None:
        arguments.append(f"--app={options.app}")
    if options.trusted_certificates:
        keys = ",".join(spki_of(path.read_bytes()) for path in options.trusted_certificates)
        arguments.append(f"--ignore-certificate-errors-spki-list={keys}")
    return arguments


def spki_of(certificate: bytes) -> str:
    """Base64 of the SHA-256 of a PEM certificate's public key, as Chromium wants it."""
    key = x509.load_pem_x509_certificate(certificate).public_key()
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(der).digest()).decode("ascii")


def _trust_authority(home: Path, ca_file: Path) -> None:
    """Chromium on Linux reads its user's authorities from the NSS database of their home."""
    certutil = shutil.which("certutil")
    if certutil is None or sys.platform != "linux":
        said = _(
            "certutil is missing, expected on Linux (package libnss3-tools) so that the browser "
            "trusts {path}"
        )
        raise NotReady(said.format(path=ca_file))
    folder = home / ".pki" / "nssdb"
    folder.mkdir(parents=True)
    database = f"sql:{folder}"
    for arguments in (
        ["-N", "-d", database, "--empty-password"],
        ["-A", "-d", database, "-t", "C,,", "-n", "banc", "-i", str(ca_file)],
    ):
        done = subprocess.run([certutil, *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            said = _("certutil refused {path} ({reason})")
            raise NotReady(said.format(path=ca_file, reason=done.stderr.strip()))


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0
