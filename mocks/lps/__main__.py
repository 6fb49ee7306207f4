"""`python -m mocks.lps web|desktop`: the reference product, on its own.

Settings come from flags, `LPS_…` variables and a TOML file, in that order; the client secret from
the environment only (`BANC_CLIENT_SECRET`).
"""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from mocks.lps.mutants import UnknownMutant, named
from mocks.lps.parts import Parts
from mocks.lps.product import Product
from mocks.lps.serving import PortTaken, bound, port_of, server_for
from mocks.lps.settings import SECRET_VARIABLE, Settings, SettingsError
from mocks.lps.web.app import web_app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one face until it is stopped; 2 when it cannot start (one sentence on stderr)."""
    asked = vars(_parser().parse_args(arguments))
    face, file = asked.pop("face"), asked.pop("settings")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    try:
        settings = Settings.gather(asked, os.environ, file)
        parts = Parts()
        if settings.mutant:
            parts = named(settings.mutant).apply(parts)
        return _FACES[face](settings, parts)
    except (SettingsError, UnknownMutant, PortTaken) as error:
        sys.stderr.write(f"lps: {error}\n")
        return 2
    except KeyboardInterrupt:
        return 0


def _web(settings: Settings, parts: Parts) -> int:
    listener = bound(settings.host, settings.port)
    settings = settings.model_copy(update={"port": port_of(listener)})
    app = web_app(Product(settings, parts))
    sys.stdout.write(f"{settings.base_url}\n")
    sys.stdout.flush()
    server_for(app).run([listener])
    return 0


def _desktop(settings: Settings, parts: Parts) -> int:
    from mocks.lps.desktop.workstation_server import run_with_program

    return run_with_program(settings, parts)


_FACES = {"web": _web, "desktop": _desktop}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m mocks.lps", description=__doc__)
    parser.add_argument("face", choices=sorted(_FACES))
    parser.add_argument("--settings", type=Path, help="TOML file")
    for name, described in Settings.model_fields.items():
        if name == "client_secret":
            continue
        flag = f"--{name.replace('_', '-')}"
        if described.annotation is bool:
            parser.add_argument(flag, dest=name, action=argparse.BooleanOptionalAction)
        else:
            parser.add_argument(flag, dest=name, help=f"LPS_{name.upper()}")
    parser.epilog = f"the client secret is read from {SECRET_VARIABLE}"
    return parser


if __name__ == "__main__":
    sys.exit(main())
