"""`banc doctor`: which tools are here, what is lost without the others, and installing them."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import click

from conformance.cli.main import with_lang
from conformance.locale import N_, _


@dataclass(frozen=True, slots=True)
class Tool:
    """Something the bench needs from the machine. `packages` are Debian's names for it."""

    name: str
    packages: tuple[str, ...]
    lost: str
    find: Callable[[], str | None]


def _first(*names: str) -> Callable[[], str | None]:
    return lambda: next((path for name in names if (path := shutil.which(name))), None)


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
        return str(import_module("weasyprint").__version__)
    except (ImportError, OSError):
        return None


def _in(folder: str, name: str) -> Callable[[], str | None]:
    path = Path(folder) / name
    return lambda: str(path) if path.is_file() else None


def _tkinter() -> str | None:
    try:
        return str(import_module("tkinter").TkVersion)
    except ImportError:
        return None


TOOLS = (
    Tool("chromium", ("chromium",), N_("the browser driver: no web scenario at all"),
         _first("chromium", "chromium-browser", "google-chrome")),
    Tool("Xvfb", ("xvfb",), N_("the film: scenarios run headless, without video"), _first("Xvfb")),
    Tool("ffmpeg", ("ffmpeg",), N_("the film: scenarios run headless, without video"), _ffmpeg),
    Tool("openbox", ("openbox",), N_("title bars and order of native windows on film"),
         _first("openbox")),
    Tool("DejaVu", ("fonts-dejavu-core", "fontconfig"), N_("the band of the film and PDF reports"),
         _font),
    Tool("Pango", ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"),
         N_("PDF documents of the reference system and PDF reports"), _weasyprint),
    Tool("Tk", ("python3-tk",), N_("the desktop window of the reference system"), _tkinter),
)  # fmt: skip
"""What a run needs."""

TEST_TOOLS = (
    # Not the package `apache2`: that one starts a server of its own on port 80.
    Tool("Apache", ("apache2-bin",), N_("the test of a product that nobody here wrote"),
         _in("/usr/sbin", "apache2")),
    Tool("mod_auth_openidc", ("libapache2-mod-auth-openidc",),
         N_("the test of a product that nobody here wrote"),
         _in("/usr/lib/apache2/modules", "mod_auth_openidc.so")),
    Tool("ip", ("iproute2",), N_("the test of a product on another desk, in a network of its own"),
         _first("ip")),
    Tool("curl", ("curl",), N_("the test of the mail service with a client that nobody here wrote"),
         _first("curl")),
)  # fmt: skip
"""What only the project's own tests need."""


def version_of(path: str) -> str:
    """The first line a program prints of its version; `path` itself if it has none to print."""
    if not os.access(path, os.X_OK):
        return path
    name = Path(path).name
    flag = {"apache2": "-v", "ip": "-V"}.get(name, "-version" if "ffmpeg" in name else "--version")
    try:
        done = subprocess.run(
            [path, flag],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
            # In a locale that the machine lacks, some complain of it before anything else.
            env=os.environ | {"LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return path
    lines = (done.stdout + done.stderr).splitlines() if done.returncode == 0 else []
    return next((line.strip() for line in lines if line), path)


def missing(tools: Sequence[Tool] = TOOLS) -> list[Tool]:
    """The tools that are not here."""
    return [tool for tool in tools if tool.find() is None]


def install(tools: list[Tool]) -> str | None:
    """Install Debian's packages for `tools`; a sentence instead when that is not ours to do."""
    packages = [package for tool in tools for package in tool.packages]
    by_hand = _("install: {packages}").format(packages=" ".join(packages))
    if shutil.which("apt-get") is None or os.name != "posix":
        return by_hand
    if os.geteuid() != 0:
        return by_hand + " (sudo apt-get install …)"
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "-qq", "update"],
        ["apt-get", "-qq", "-y", "install", "--no-install-recommends", *packages],
    ):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            tail = done.stderr.strip().splitlines()[-1:] or [""]
            return f"{' '.join(command)}: {tail[0]}; {by_hand}"
    return None


@click.command("doctor")
@click.option("--install", "wanted", is_flag=True, help="Install what is missing, where allowed.")
@click.option("--tests", is_flag=True, help="Also what only the project's own tests need.")
@click.option("--quiet", is_flag=True, help="Say nothing when all is well.")
@click.option("--json", "as_json", is_flag=True, help="For a machine.")
@with_lang
def doctor_command(wanted: bool, tests: bool, quiet: bool, as_json: bool, lang: str) -> int:
    """Show each tool, its version, and what is lost without it.

    Exit code: 0 when all is there, 2 otherwise.
    """
    tools = (*TOOLS, *TEST_TOOLS) if tests else TOOLS
    sentence = install(missing(tools)) if wanted and missing(tools) else None
    if sentence:
        click.echo(f"banc: {sentence}", err=True)
    lacking = missing(tools)
    if as_json:
        rows = {tool.name: version_of(found) if (found := tool.find()) else None for tool in tools}
        click.echo(json.dumps({"python": sys.version.split()[0], **rows}, ensure_ascii=False))
    elif not quiet or lacking:
        _table(tools)
    return 2 if lacking else 0


def _table(tools: Sequence[Tool]) -> None:
    from rich.table import Table

    from conformance.cli.console import Console

    table = Table()
    for title in (_("tool"), _("version"), _("lost without it")):
        table.add_column(title)
    table.add_row("Python", sys.version.split()[0], "")
    for tool in tools:
        found = tool.find()
        table.add_row(tool.name, version_of(found) if found else _("missing"), _(tool.lost))
    Console().print(table)
