"""An event in one line, for lists that a person scans."""

from typing import Any

from conformance.journal import Event


def one_line(event: Event) -> str:
    """Who did what, and how it was answered."""
    tell = _TELL.get(event.kind)
    return tell(event.data) if tell else event.kind


def _exchange(data: Any) -> str:
    answer = data["response"].get("status", "…") if not data["cut"] else "✂"
    refused = f" ({data['refused_for']})" if data["refused_for"] else ""
    route = f" [{data['route']}]" if data["route"] else ""
    return f"{data['method']} {data['url']}{route} → {answer}{refused}"


def _smtp(data: Any) -> str:
    reply = data["reply"].strip().splitlines()
    return f"SMTP {data['line'].strip()[:160]} → {reply[-1] if reply else ''}"


def _mail(data: Any) -> str:
    to = ", ".join(recipient["address"] for recipient in data["envelope"]["to"])
    return f"✉ {data['envelope']['from']} → {to} ({data['size']} o)"


def _action(data: Any) -> str:
    more = data["shown"] or data["reason"] or ""
    return f"▶ {data['name']} : {data['outcome']}{' – ' + more if more else ''}"


def _seen(data: Any) -> str:
    text = " ".join(str(data["text"]).split())
    return f"👁 {data['what']} : {text[:160] if data['present'] else '∅'}"


def _fault(data: Any) -> str:
    return f"⚡ {data['name']} ({data['expected']})"


def _died(data: Any) -> str:
    return f"✝ {data['face']} ({data['code']})"


def _note(data: Any) -> str:
    values = ", ".join(f"{key} = {value}" for key, value in data["values"].items())
    return f"{data['what']} {values}"


_TELL = {
    "http.exchange": _exchange,
    "smtp.command": _smtp,
    "mail.accepted": _mail,
    "action.finished": _action,
    "ui.seen": _seen,
    "fault.fired": _fault,
    "system.died": _died,
    "bench.note": _note,
}
