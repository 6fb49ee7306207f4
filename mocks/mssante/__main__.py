"""`python -m mocks.mssante`: the mock operator alone, to try a mail client by hand.

Events go to standard output, one JSON object a line, without secrets and without octets.
"""

import argparse
import asyncio
import contextlib
import ipaddress
import signal
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from common.identities import PROFESSIONALS
from common.line_recorder import LineRecorder
from mocks.mssante.fault_table import FAULTS
from mocks.mssante.smtp.server import SmtpMock
from mocks.mssante.tenant import SIZE_LIMIT, MailTenant, MailTenantConfig
from mocks.pki.authority import DEFAULT_NAMES, Authority

_EXAMPLE = """example:
  python -m mocks.mssante --port 5587 --accept-token my-token=899700042171
  then, in a client: STARTTLS on localhost:5587 (trust the root file that is printed), AUTH XOAUTH2
  with my-token for a mailbox of that person, and a mail to any mailbox that is printed."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a token given by hand."""

    national_id: str


def _pair(text: str) -> tuple[str, str]:
    left, equals, right = text.partition("=")
    if not (left and equals and right):
        raise argparse.ArgumentTypeError(f"{text!r}: expected LEFT=RIGHT, both filled in")
    return left, right


def _loopback(text: str) -> str:
    # Anybody who reaches the mock may fill it: beyond this machine it would need an allow-list.
    try:
        if text == "localhost" or ipaddress.ip_address(text).is_loopback:
            return text
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text!r}: expected a loopback address")


def _fault(text: str) -> tuple[str, str | None]:
    name, _, value = text.partition("=")
    if name not in FAULTS:
        raise argparse.ArgumentTypeError(f"{name!r}: expected one of {', '.join(FAULTS)}")
    return name, value or None


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m mocks.mssante",
        description="A mock MSSanté operator: SMTP submission with STARTTLS and XOAUTH2. It keeps "
        "what it takes in memory and prints what it sees. Synthetic data only.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "--host",
        type=_loopback,
        default="127.0.0.1",
        help="loopback address to listen on (default: %(default)s)",
    )
    add("--port", type=int, default=0, help="port of SMTP (default: any free one)")
    add("--domain", default="alone.mss.test", help="domain served (default: %(default)s)")
    add(
        "--accept-token",
        metavar="TOKEN=NATIONAL_ID",
        type=_pair,
        action="append",
        default=[],
        help="a token that signs in the person with that national identifier; may be repeated",
    )
    add(
        "--any-token",
        action="store_true",
        help="let any token in, unverified: those of a provider that cannot be asked",
    )
    add(
        "--mailbox",
        metavar="ADDRESS=NATIONAL_ID",
        type=_pair,
        action="append",
        default=[],
        help="a mailbox and its owner; may be repeated (default: those of the bench's people)",
    )
    add(
        "--trust",
        metavar="DOMAIN",
        action="append",
        default=[],
        help="another domain whose recipients are taken; may be repeated",
    )
    add(
        "--size-limit",
        metavar="OCTETS",
        type=int,
        default=SIZE_LIMIT,
        help="largest mail (default: %(default)s)",
    )
    add(
        "--fault",
        metavar="NAME[=VALUE]",
        type=_fault,
        action="append",
        default=[],
        help=f"arm a fault: {', '.join(FAULTS)}",
    )
    add(
        "--authority",
        metavar="FOLDER",
        type=Path,
        help="where the root certificate is kept (default: a new one each time)",
    )
    return parser.parse_args(arguments)


async def serve(wanted: argparse.Namespace, folder: Path) -> None:
    """Serve until interrupted."""
    authority = Authority(folder)
    names = [*dict.fromkeys([*DEFAULT_NAMES, wanted.host])]
    mock = SmtpMock(LineRecorder(sys.stdout), authority.issue(names))
    await mock.start(wanted.host, wanted.port)
    tokens = {token: Holder(national_id) for token, national_id in wanted.accept_token}
    patients = f"patient.{wanted.domain}"
    tenant = await mock.open_tenant(
        MailTenantConfig(
            name="alone",
            domain=wanted.domain,
            patient_domain=patients,
            mailboxes=dict(wanted.mailbox)
            or {p.mailbox(wanted.domain): p.national_id for p in PROFESSIONALS},
            trust_list=(wanted.domain, patients, *wanted.trust),
            tokens=None if wanted.any_token else tokens.get,
            size_limit=wanted.size_limit,
        )
    )
    for name, value in wanted.fault:
        tenant.faults.arm(name, value)
    _announce(tenant, authority)
    try:
        await _interrupted()
    finally:
        await mock.stop()


def _announce(tenant: MailTenant, authority: Authority) -> None:
    say = [f"SMTP (STARTTLS, XOAUTH2) on {tenant.host}:{tenant.port}; Ctrl-C to stop"]
    say.append(f"root certificate: {authority.root_path}")
    for address, owner in tenant.config.mailboxes.items():
        say.append(f"mailbox {address} of {owner}")
    print("\n".join(say), file=sys.stderr, flush=True)


async def _interrupted() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    before = signal.signal(signal.SIGTERM, lambda *_: loop.call_soon_threadsafe(stop.set))
    try:
        await stop.wait()
    finally:
        signal.signal(signal.SIGTERM, before)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; exit code 2 when the port or the folder cannot be used."""
    wanted = options(arguments)
    with contextlib.ExitStack() as kept, contextlib.suppress(KeyboardInterrupt):
        folder = wanted.authority or Path(kept.enter_context(tempfile.TemporaryDirectory()))
        try:
            asyncio.run(serve(wanted, folder))
        except OSError as error:
            print(f"mocks.mssante: {error}", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
