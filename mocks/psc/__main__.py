"""`python -m mocks.psc`: the mock Pro Santé Connect alone, until Ctrl-C."""

import argparse
import asyncio
import contextlib
import io
import secrets
import signal
import sys
from pathlib import Path
from types import FrameType

from platformdirs import user_config_path

from common.line_recorder import LineRecorder
from mocks.psc.server import LIFETIMES, Client, PscMock, Tenant, TenantConfig

_EPILOG = """\
The addresses and the client's secret are told on stderr, what happens is written on stdout as JSON
lines in which secrets are masked. Only synthetic people can sign in. Beyond loopback, --cert,
--key, --allow and --control-token are needed.
"""


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m mocks.psc",
        description="A mock Pro Santé Connect: wallet page, phone page, code flow, CIBA, faults.",
        epilog=_EPILOG,
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    add("--port", type=int, default=8443, help="port, 0 for a free one (default %(default)s)")
    add("--tenant", action="append", default=[], help="tenant to open, repeatable (default)")
    add("--lifetimes", choices=sorted(LIFETIMES), default="official", help="of tokens and sessions")
    add("--client-id", default="lps-essai", help="client to register (default %(default)s)")
    add("--client-secret", default="", help="its secret (default: one drawn at random)")
    add("--redirect-uri", action="append", default=[], help="exact callback address, repeatable")
    add("--post-logout-redirect-uri", action="append", default=[], help="likewise after logout")
    add("--fault", action="append", default=[], help="fault to arm in every tenant, repeatable")
    add("--cert", type=Path, help="TLS certificate (PEM); without it, plain HTTP")
    add("--key", type=Path, help="its private key (PEM)")
    add("--public-host", help="host name in the addresses given out (default: --host)")
    add("--allow", action="append", default=[], help="addresses let in (CIDR), repeatable")
    add("--control-token", help="token needed by phone page and control API")
    add("--keys", type=Path, help="folder of the signing keys (default: the user's configuration)")
    found = parser.parse_args(argv)
    if (found.cert is None) != (found.key is None):
        parser.error("--cert and --key go together")
    return found


async def _serve(asked: argparse.Namespace) -> None:
    keys = asked.keys or user_config_path("banc", appauthor=False) / "psc"
    psc = PscMock(LineRecorder(), keys, asked.control_token, allow=asked.allow)
    tls = (str(asked.cert), str(asked.key)) if asked.cert else None
    await psc.start(asked.host, asked.port, tls, asked.public_host)
    try:
        client = Client(
            client_id=asked.client_id,
            secret=asked.client_secret or secrets.token_urlsafe(24),
            redirect_uris=tuple(asked.redirect_uri),
            post_logout_redirect_uris=tuple(asked.post_logout_redirect_uri),
        )
        for name in asked.tenant or ["default"]:
            config = TenantConfig(name, (client,), lifetimes=LIFETIMES[asked.lifetimes])
            tenant = psc.open_tenant(config)
            for fault in asked.fault:
                tenant.faults.arm(fault)
            _tell(tenant, client)
        await asyncio.Event().wait()
    finally:
        await psc.stop()


def _tell(tenant: Tenant, client: Client) -> None:
    lines = {
        "tenant": tenant.name,
        "issuer": tenant.issuer,
        "discovery": tenant.discovery_url,
        "wallet": tenant.wallet_url,
        "phone": tenant.phone_url,
        "control": f"{tenant.base_url}/control/tenants",
        "client_id": client.client_id,
        "client_secret": client.secret,
        "people": ", ".join(tenant.people),
    }
    for name, value in lines.items():
        print(f"{name:>13}  {value}", file=sys.stderr)
    print(file=sys.stderr, flush=True)


def main(argv: list[str] | None = None) -> int:
    """Run until Ctrl-C. 0 when asked to stop, 2 when it cannot start, with the reason."""
    asked = _arguments(argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    signal.signal(signal.SIGTERM, _stop)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_serve(asked))
    except (OSError, ValueError) as error:
        print(f"mocks.psc: {error}", file=sys.stderr)
        return 2
    return 0


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
