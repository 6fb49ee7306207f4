"""What the mocks see, as it happens: one line an exchange for people, JSON for machines."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from common.line_recorder import masked
from common.recording import Blob, Recorder, Witness
from conformance.locale import _, phrase
from conformance.locale.printable import printable

_LONGEST = 120
_LONGEST_LINE = 1000
Say = Callable[[str], None]


class Lines:
    """A `Recorder` that keeps nothing: one line an event, with the time, secrets masked."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._zero = time.perf_counter_ns()
        self._seq = 0
        self._lock = threading.Lock()

    def mono(self) -> int:
        """Nanoseconds since this recorder was made."""
        return time.perf_counter_ns() - self._zero

    def record(
        self,
        kind: str,
        data: Mapping[str, object],
        *,
        source: str,
        tenant: str = "",
        witness: Witness = "wire",
        blobs: Sequence[Blob] = (),
    ) -> int:
        """Say one event and give its number. Raises what `say` raises."""
        told = line_of(kind, data)
        with self._lock:
            self._seq += 1
            if told is not None:
                self._say(f"{datetime.now():%H:%M:%S}  {told}")
            return self._seq


class WatchedRecorder:
    """A `Recorder` around another: counts exchanges, and hears when the phone page is opened.

    `opened` is called when somebody used an address that opens it, `lost` when nobody reads what
    the other writes any more; nothing is written from then on.
    """

    def __init__(
        self, inner: Recorder, opened: Callable[[], None], lost: Callable[[], None]
    ) -> None:
        self.exchanges = 0
        self._inner = inner
        self._opened = opened
        self._lost = lost
        self._heard = True

    def mono(self) -> int:
        """Nanoseconds since the other recorder was made."""
        return self._inner.mono()

    def record(
        self,
        kind: str,
        data: Mapping[str, object],
        *,
        source: str,
        tenant: str = "",
        witness: Witness = "wire",
        blobs: Sequence[Blob] = (),
    ) -> int:
        """Hand one event on and give its number; 0 once nobody reads."""
        self.exchanges += kind in ("http.exchange", "smtp.command")
        facts = data.get("facts")
        seq = 0
        try:
            if self._heard:
                seq = self._inner.record(
                    kind, data, source=source, tenant=tenant, witness=witness, blobs=blobs
                )
                if isinstance(facts, Mapping) and facts.get("phone_opened"):
                    self._opened()
        except OSError:  # a reader that left must not make the mocks answer otherwise
            self._heard = False
            self._lost()
        return seq


def line_of(kind: str, data: Mapping[str, object]) -> str | None:
    """One event in one line: who, what, status, why; None for what only repeats another line."""
    words = _WORDS.get(kind)
    if words is None:
        return None
    parts = words(data)
    if parts is None:
        return None
    said = "  ".join(part.ljust(width) for part, width in zip(parts, _WIDTHS, strict=True))
    shown = said if len(said) <= _LONGEST_LINE else f"{said[:_LONGEST_LINE]}…"
    return printable(shown.replace("\n", " ")).rstrip()


_WIDTHS = (4, 15, 34, 8, 0)
"""Columns: service, who, what, status, more."""


def _exchange(data: Mapping[str, Any]) -> tuple[str, ...]:
    facts, response = data["facts"], data["response"]
    path = urlsplit(str(data["url"])).path
    what = f"{data['method']} {data['route'] or path}".strip()[:_LONGEST]
    status = _("cut") if data["cut"] else str(response.get("status", ""))
    more = [str(data["refused_for"] or "")]
    more += [str(facts.get(key) or "") for key in ("client", "grant_type", "national_id", "answer")]
    return "PSC", str(facts.get("peer", "")), what, status, ", ".join(filter(None, more))


def _command(data: Mapping[str, Any]) -> tuple[str, ...]:
    said = str(masked(data["line"]))
    if data["verb"] == "CONNECT":
        what = phrase("connection not served {who}", who=said)
    elif data["verb"] in ("CUT", "."):
        what = _("cut") if data["verb"] == "CUT" else _("end of the mail")
    else:
        what = said[:_LONGEST]
    first, *rest = str(data["reply"]).splitlines() or [""]
    status, more = first[:3], (rest[-1] if rest else first)[4:]
    why = data["refused_for"]
    return "SMTP", data["connection"], what, status, f"{why}: {more}" if why else more


def _handshake(data: Mapping[str, Any]) -> tuple[str, ...]:
    status = str(data["version"] or _("failed"))
    return "SMTP", str(data["peer"] or ""), "TLS", status, str(data["alert"] or "")


def _mail(data: Mapping[str, Any]) -> tuple[str, ...]:
    to = ", ".join(str(one["address"]) for one in data["envelope"]["to"])
    what = phrase("mail taken, {size} octets", size=data["size"])
    more = f"{data['envelope']['from']} → {to}"
    return "SMTP", data["connection"], what, "", more


def _fault(data: Mapping[str, Any]) -> tuple[str, ...]:
    return "", "", phrase("fault {name} struck", name=data["name"]), "", str(data["expected"])


_WORDS: Mapping[str, Callable[[Mapping[str, Any]], tuple[str, ...] | None]] = {
    "http.exchange": _exchange,
    "smtp.command": _command,
    "tls.handshake": _handshake,
    "mail.accepted": _mail,
    "fault.fired": _fault,
}
