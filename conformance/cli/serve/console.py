"""What `banc serve` says: where everything is, then one line an exchange, until it is ended."""

import io
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from common.identities import PROFESSIONALS
from common.line_recorder import LineRecorder, json_line
from conformance.locale import _, _n
from conformance.locale.printable import printable
from conformance.serving.addresses import Addresses, addresses_of
from conformance.serving.event_lines import Lines, WatchedRecorder

if TYPE_CHECKING:
    from conformance.serving.mocks import ServeOptions
    from conformance.stage.services.surroundings import Mocks


class Console:
    """Standard output of the command, for people or (`as_json`) one JSON object a line."""

    def __init__(self, *, as_json: bool) -> None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")  # strangers write on this terminal
        self._as_json = as_json
        self._mocks: Mocks | None = None
        self._over = threading.Event()
        inner = LineRecorder(sys.stdout) if as_json else Lines(self._say)
        self.recorder = WatchedRecorder(inner, opened=self._phone_opened, lost=self._over.set)

    def announce(
        self,
        mocks: "Mocks",
        wanted: "ServeOptions",
        export: Path | None,
        *,
        show_secret: bool,
        left: Iterable[str],
    ) -> None:
        """Say where everything is; the address that opens the phone page stands here only."""
        self._mocks = mocks
        addresses = addresses_of(mocks, wanted.client)
        secret = mocks.psc.client_secret if show_secret else None
        if self._as_json:
            about = addresses.as_json() | {"phone_once": self._phone_once()}
            about |= {"root": str(mocks.host.authority.root_path), "faults": list(wanted.faults)}
            about |= {"client_secret": secret} if secret else {}
            self._say(json_line({"kind": "serving", "data": about}))
            return
        self._say(_("REHEARSAL – simulated Pro Santé Connect and MSSanté, invented people only."))
        self._say("")
        rows = self._rows(addresses, mocks, wanted, secret)
        if export is not None:
            rows.append((_("For the desk"), str(export / "LISEZMOI.html")))
        width = max(len(label) for label, _value in rows)
        for label, value in rows:
            self._say(printable(f"  {label.ljust(width)}  {value}"))
        self._say("")
        for sentence in left:
            self._say(sentence)
        self._say(_("Ctrl-C to stop. What happens, as it happens:"))

    def wait(self) -> None:
        """Until Ctrl-C (`KeyboardInterrupt`). Raises `BrokenPipeError` when nobody reads along."""
        while not self._over.wait(1.0):  # Windows hears Ctrl-C between two waits only
            pass
        raise BrokenPipeError

    def farewell(self) -> None:
        """Say that it is over."""
        if not self._as_json:
            count = self.recorder.exchanges
            said = _n("{n} exchange. All is down.", "{n} exchanges. All is down.", count)
            self._say(said.format(n=count))

    def _rows(
        self, addresses: Addresses, mocks: "Mocks", wanted: "ServeOptions", secret: str | None
    ) -> list[tuple[str, str]]:
        client = addresses.client
        where = _("with --show-secret, or in the export")
        phone = _("Phone page (opens once)") if addresses.allow else _("Phone page")
        rows = [
            (_("Discovery document"), addresses.discovery),
            (_("Issuer"), addresses.issuer),
            (phone, self._phone_once()),
            (_("Control API"), addresses.control),
            (_("Mail submission (SMTP, STARTTLS, XOAUTH2)"), addresses.smtp),
            (_("Root certificate"), str(mocks.host.authority.root_path)),
            (_("Client id"), client.client_id),
            (_("Client secret"), secret or where),
            (_("Redirect URIs"), ", ".join(client.redirect_uris) or _("none: --redirect-uri")),
            (_("Let in"), ", ".join(addresses.allow) or _("this machine only")),
        ]
        people = (
            (p.name, f"{p.national_id}  {p.mailbox(addresses.domain)}") for p in PROFESSIONALS
        )
        rows += people
        if wanted.faults:
            rows.append((_("Armed faults"), ", ".join(wanted.faults)))
        return rows

    def _phone_once(self) -> str:
        assert self._mocks is not None
        return self._mocks.psc.phone_page().opened_by

    def _phone_opened(self) -> None:
        url = self._phone_once()
        if self._as_json:
            self._say(json_line({"kind": "phone", "data": {"phone_once": url}}))
        else:
            said = _("phone page opened; for one more browser: {url}")
            self._say("          " + said.format(url=url))

    def _say(self, line: str) -> None:
        print(line, flush=True)
