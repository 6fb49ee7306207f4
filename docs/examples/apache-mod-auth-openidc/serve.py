"""Serves the pages beside this file behind Debian's mod_auth_openidc, in the foreground.

Run by `banc.toml`; by hand, `python serve.py --help` says what it takes. The client secret comes in
the environment as PSC_CLIENT_SECRET. Nothing is installed or left behind: Apache works in a
temporary folder, on the loopback, without privileges (started by root, it becomes `www-data`).
"""

import argparse
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

HERE = Path(__file__).resolve().parent
PACKAGES = "apache2-bin libapache2-mod-auth-openidc"
ACCOUNT = "www-data"


def main() -> int:
    """Serve until SIGTERM or SIGINT; give Apache's exit code."""
    options = _options()
    program = shutil.which("apache2", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    module = options.modules / "mod_auth_openidc.so"
    if program is None or not module.is_file():
        lacking = "apache2 is not installed" if program is None else f"{module} is missing"
        sys.exit(f"serve.py: {lacking}, install Debian's packages {PACKAGES}")
    if not os.environ.get("PSC_CLIENT_SECRET"):
        sys.exit("serve.py: PSC_CLIENT_SECRET is not set, expected the client secret in it")
    room = Path(tempfile.mkdtemp(prefix="carnet-de-garde-"))
    try:
        _furnish(room, options.ca_file)
        _leave_privileges(room)
        return _serve(program, room, options)
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1")
    parser.add_argument("--discovery", required=True, help="address of PSC's discovery document")
    parser.add_argument("--client-id", required=True, help="as registered at PSC")
    parser.add_argument("--ca-file", type=Path, required=True, help="PEM: who signed PSC's server")
    parser.add_argument("--modules", type=Path, default=Path("/usr/lib/apache2/modules"))
    return parser.parse_args()


def _furnish(room: Path, ca_file: Path) -> None:
    """Copy what Apache reads: it may not be let into the folders of whoever started it."""
    shutil.copytree(HERE / "pages", room / "pages")
    shutil.copyfile(HERE / "apache2.conf", room / "apache2.conf")
    try:
        shutil.copyfile(ca_file, room / "ca.pem")
    except OSError as error:
        sys.exit(f"serve.py: --ca-file {ca_file}: {error.strerror}, expected a PEM file")


def _leave_privileges(room: Path) -> None:
    """Become an account that owns nothing but `room`, when started by root."""
    if os.geteuid() != 0:
        return
    account = pwd.getpwnam(ACCOUNT)
    for path in (room, *room.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid)
    os.initgroups(ACCOUNT, account.pw_gid)
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)


def _serve(program: str, room: Path, options: argparse.Namespace) -> int:
    """Run Apache and pass on what it says; a signal to stop is passed on to it."""
    address = f"http://localhost:{options.port}"
    back = quote(f"{address}/deconnecte.html", safe="")
    environment = os.environ | {
        "ROOM": str(room),
        "MODULES": str(options.modules),
        "PORT": str(options.port),
        "ADDRESS": address,
        "DISCOVERY": options.discovery,
        "CLIENT_ID": options.client_id,
        "CA_FILE": str(room / "ca.pem"),
        "PASSPHRASE": secrets.token_urlsafe(32),
        "LOGOUT_ADDRESS": f"/protected/redirect_uri?logout={back}",
    }
    command = [program, "-DFOREGROUND", "-d", str(room), "-f", str(room / "apache2.conf")]
    # Apache opens /dev/stderr anew, which fails on a log file of somebody else; a pipe is its own.
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as apache:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: apache.terminate())
        assert apache.stderr is not None
        for line in apache.stderr:
            sys.stderr.buffer.write(line)
            sys.stderr.buffer.flush()
        return apache.wait()


if __name__ == "__main__":
    sys.exit(main())
