"""openbox: title bars for native windows, and somebody to give windows their place."""

import select
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from Xlib import X
from Xlib.display import Display as XConnection
from Xlib.protocol.event import ClientMessage
from Xlib.xobject.drawable import Window

from conformance.errors import NotReady
from conformance.locale import _

_ASK_AGAIN_S = 0.05

_CONFIGURATION = """<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew><raiseOnFocus>no</raiseOnFocus></focus>
  <placement><policy>Smart</policy></placement>
  <theme><titleLayout>L</titleLayout></theme>
  <desktops><number>1</number><popupTime>0</popupTime></desktops>
  <mouse>
    <context name="Client">
      <mousebind button="Left" action="Press"><action name="Focus"/></mousebind>
    </context>
  </mouse>
</openbox_config>
"""


def start_manager(
    display: str, folder: Path, environment: Mapping[str, str], within: float
) -> subprocess.Popen[bytes] | None:
    """Start openbox on `display` and wait until it takes windows; None where there is none.

    `folder` gets its configuration and its log. Raises `NotReady` when it does not answer within
    `within` seconds.
    """
    openbox = shutil.which("openbox")
    if openbox is None:
        return None
    configuration = folder / "rc.xml"
    configuration.write_text(_CONFIGURATION, encoding="utf-8", newline="\n")
    with (folder / "openbox.log").open("wb") as log:
        manager = subprocess.Popen(
            [openbox, "--sm-disable", "--config-file", str(configuration)],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    if not _takes_windows(display, manager, within):
        manager.kill()
        manager.wait()
        said = (folder / "openbox.log").read_text("utf-8", "replace").strip()
        told = _("openbox does not manage display {name} ({reason})")
        raise NotReady(told.format(name=display, reason=said or "–"))
    return manager


def _takes_windows(display: str, manager: subprocess.Popen[bytes], within: float) -> bool:
    """Ask the manager for the frame of a window that is never shown, until it answers.

    It announces itself on the root window before it looks at requests, and a window shown in
    between is lost for good: only an answer tells that it is at work (EWMH 1.5,
    _NET_REQUEST_FRAME_EXTENTS). What is asked too early is not answered either, hence the repeats.
    """
    deadline = time.monotonic() + within
    connection = XConnection(display)
    try:
        root = connection.screen().root
        window = root.create_window(
            0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask
        )
        frame = connection.intern_atom("_NET_FRAME_EXTENTS")
        while window.get_full_property(frame, X.AnyPropertyType) is None:
            if time.monotonic() > deadline or manager.poll() is not None:
                return False
            _ask(connection, root, window)
            _wait_for_news(connection)
        window.destroy()
        connection.sync()
        return True
    finally:
        connection.close()


def _ask(connection: XConnection, root: Window, window: Window) -> None:
    request = ClientMessage(
        window=window,
        client_type=connection.intern_atom("_NET_REQUEST_FRAME_EXTENTS"),
        data=(32, [0, 0, 0, 0, 0]),
    )
    root.send_event(request, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
    connection.flush()


def _wait_for_news(connection: XConnection) -> None:
    """Until the server sends something, or it is time to ask again."""
    # Events already read from the socket wait inside the connection.
    if not connection.pending_events():
        select.select([connection.fileno()], [], [], _ASK_AGAIN_S)
    while connection.pending_events():
        connection.next_event()
