"""A network with three machines on one: the bench, a desk that is let in, one that is not.

Run as root of a network namespace of its own, where it may give its loopback any address; nothing
leaves it. `desk_network.py FOLDER` serves, has both desks come, and prints what they met as JSON;
`desk_network.py FOLDER COMMAND…` runs that command there instead.
"""

import json
import os
import signal
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import psutil

BENCH, DESK, STRANGER = "10.77.0.1", "10.77.0.2", "10.77.0.3"
WITHIN = 60


def addressed() -> None:
    """Bring the loopback up, with the three addresses."""
    ip = ["ip", "-batch", "-"]
    lines = ["link set lo up", *(f"addr add {a}/32 dev lo" for a in (BENCH, DESK, STRANGER))]
    subprocess.run(ip, input="\n".join(lines), text=True, check=True)


def served(folder: Path) -> Any:
    """`banc serve` for the desk, and the first line that it said."""
    command = [sys.executable, "-m", "conformance.cli", "serve", "--json", "--listen", BENCH]
    command += ["--allow", f"{DESK}/32", "--redirect-uri", "https://produit.test/psc/retour"]
    command += ["--export", str(folder / "desk")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())


def visit(folder: Path, address: str, *more: Any) -> Any:
    """What a client with its own home meets that comes from `address`."""
    home = folder / f"home-{address}"
    home.mkdir()
    script = Path(__file__).with_name("desk_client.py")
    command = [sys.executable, "-I", str(script), str(folder / "desk"), address, *more]
    done = subprocess.run(
        command,
        env={"HOME": str(home), "PATH": os.environ["PATH"]},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=False,
        start_new_session=True,
    )
    return json.loads(done.stdout) if done.returncode == 0 else {"failed": done.stderr}


def control_with_the_token(folder: Path, said: Any) -> Any:
    """The control API as the bench's own machine asks it."""
    token = json.loads((Path(os.environ["BANC_CONFIG"]) / "desk.json").read_text("utf-8"))
    headers = {"authorization": f"Bearer {token['control_token']}"}
    trust = str(folder / "desk" / "banc-ac.pem")
    context = ssl.create_default_context(cafile=trust)
    return httpx2.get(said["data"]["control"], headers=headers, verify=context).status_code


def main(folder: Path) -> None:
    process, said = served(folder)
    try:
        listening = psutil.Process(process.pid).net_connections("tcp")
        met = {
            "places": sorted({c.laddr for c in listening if c.status == psutil.CONN_LISTEN}),
            "said": said["data"],
            "guest": visit(folder, DESK, said["data"]["phone_once"]),
            "stranger": visit(folder, STRANGER),
            "control": control_with_the_token(folder, said),
        }
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=WITHIN)
    finally:
        process.kill()
    lines = [json.loads(line) for line in rest.splitlines()]
    print(json.dumps({**met, "code": process.returncode, "told": lines}))


if __name__ == "__main__":
    addressed()
    if sys.argv[2:]:
        os.execvp(sys.argv[2], sys.argv[2:])
    main(Path(sys.argv[1]))
