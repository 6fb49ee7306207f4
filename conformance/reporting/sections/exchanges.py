"""An event in one line, for lists that a person scans."""

from typing import Any

from conformance.journal import Event
from conformance.journal.notes import NO_FILM, SLICE_JUDGED
from conformance.locale import _
from conformance.wording import labels

_LONGEST = 160
_UNSHOWN_NOTES = frozenset({SLICE_JUDGED})
"""Notes of the bench to itself."""


def one_line(event: Event) -> str:
    """Who did what, and how it was answered; empty for what a report does not list."""
    tell = _TELL.get(event.kind)
    return tell(event.data) if tell else ""


def bracket_line(event: Event) -> str:
    """The events that frame a story, when a finding points at them; empty for the others."""
    tell = _BRACKETS.get(event.kind)
    return tell(event.data) if tell else ""


def _exchange(data: Any) -> str:
    answer = data["response"].get("status", "…") if not data.get("cut") else "✂"
    refused = f" ({data['refused_for']})" if data.get("refused_for") else ""
    route = f" [{data['route']}]" if data["route"] else ""
    return f"{data['method']} {data['url']}{route} → {answer}{refused}"


def _command(data: Any) -> str:
    reply = data["reply"].strip().splitlines()
    return f"{data['line'].strip()[:_LONGEST]} → {reply[-1] if reply else ''}"


def _handshake(data: Any) -> str:
    found = " ".join(filter(None, (data["version"], data["suite"])))
    return f"TLS {found}" if data["ok"] else f"TLS ✂ {data['alert'] or ''}"


def _mail(data: Any) -> str:
    to = ", ".join(recipient["address"] for recipient in data["envelope"]["to"])
    return f"✉ {data['envelope']['from']} → {to} ({data['size']} o)"


def _action(data: Any) -> str:
    more = data["shown"] or data["reason"] or ""
    return f"▸ {data['name']} : {data['outcome']}{' – ' + more if more else ''}{_amended(data)}"


def _seen(data: Any) -> str:
    text = " ".join(str(data["text"]).split())
    return f"◉ {data['what']} : {text[:_LONGEST] if data['present'] else '∅'}{_amended(data)}"


def _amended(data: Any) -> str:
    """That an operator corrected what they had declared before."""
    return f" ({_('corrected by the operator')})" if data.get("amends") else ""


def _fault(data: Any) -> str:
    return f"⚡ {data['name']} ({data['expected']})"


def _died(data: Any) -> str:
    return f"✝ {data['face']} ({data['code']})"


def _note(data: Any) -> str:
    if data["what"] in _UNSHOWN_NOTES:
        return ""
    if data["what"] in NO_FILM:
        return labels.proof_reason(NO_FILM[data["what"]])
    values = ", ".join(f"{key} = {value}" for key, value in data["values"].items())
    return f"{data['what']} {values}"


def _report(data: Any) -> str:
    return f"{data['tool']} {data['version']} : {data['subject']} ({len(data['failures'])} ✘)"


def _file(data: Any) -> str:
    return f"{data['name']} ({data['media_type']}, {data['size']} o)"


def _said(data: Any) -> str:
    return " – ".join(filter(None, (data["choice"], data["note"])))


def _step(data: Any) -> str:
    state = _("done") if data["completed"] else _("not done")
    return f"{_('step {n}').format(n=data['n'])} : {state}"


def _film(data: Any) -> str:
    return " ; ".join([data["file"], *data["problems"]])


_TELL = {
    "http.exchange": _exchange,
    "tls.handshake": _handshake,
    "smtp.command": _command,
    "imap.command": _command,
    "mail.accepted": _mail,
    "action.finished": _action,
    "ui.seen": _seen,
    "operator.said": _said,
    "fault.fired": _fault,
    "validator.report": _report,
    "file.given": _file,
    "system.died": _died,
    "bench.note": _note,
}

_BRACKETS = {
    "step.finished": _step,
    "scenario.finished": lambda data: _("end of the scenario"),
    "tenant.opened": lambda data: _("settings of the services for this scenario"),
    "film.finished": _film,
}
