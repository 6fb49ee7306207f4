"""The desktop program: `python -m mocks.lps desktop` starts it beside its server half.

It has no secret. Its window needs a display; without one, or with `--no-window`, the program runs
all the same and can be acted on through its adapter. It ends when its window is closed or when its
server half is gone (end of its standard input).
"""

import argparse
import os
import sys
import threading
from collections.abc import Sequence

from mocks.lps.adapter import adapter_app
from mocks.lps.desktop.adapter import DesktopHand
from mocks.lps.desktop.window import Window
from mocks.lps.desktop.workstation import Server, Workstation
from mocks.lps.desktop.workstation_server import TOKEN_VARIABLE
from mocks.lps.serving import PortTaken, bound, port_of, served


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program until its window is closed; 2 when its port is taken."""
    asked = _parser().parse_args(arguments)
    server = Server(asked.server, os.environ.pop(TOKEN_VARIABLE, ""))
    station = Workstation(server, asked.idle_seconds, asked.terms)
    window = Window(station, asked.geometry) if asked.window and _display() else None
    ended = threading.Event()
    threading.Thread(target=_end_with_server, args=(window, ended), daemon=True).start()
    try:
        listener = bound("127.0.0.1", asked.port)
    except PortTaken as error:
        sys.stderr.write(f"lps: {error}\n")
        return 2
    with served(adapter_app(DesktopHand(station, window)), listener):
        sys.stdout.write(f"http://127.0.0.1:{port_of(listener)}\n")
        sys.stdout.flush()
        if window is not None:
            window.run()
        else:
            ended.wait()
    return 0


def _display() -> bool:
    """Whether there is a screen to show a window on (always, but for X11 without `DISPLAY`)."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY"))


def _end_with_server(window: Window | None, ended: threading.Event) -> None:
    sys.stdin.buffer.read()
    ended.set()
    if window is not None:
        window.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m mocks.lps.desktop.program")
    parser.add_argument("--server", required=True, help="address of the server half")
    parser.add_argument("--port", type=int, default=0, help="of the adapter; 0 takes a free one")
    parser.add_argument("--geometry", default="900x760+40+60")
    parser.add_argument("--terms", default="page", choices=("page", "document", "contract"))
    parser.add_argument("--idle-seconds", type=float, default=1800.0)
    parser.add_argument("--window", action=argparse.BooleanOptionalAction, default=True)
    return parser


if __name__ == "__main__":
    sys.exit(main())
