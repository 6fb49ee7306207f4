"""The grammar of submission: paths and parameters of MAIL and RCPT, and the XOAUTH2 string."""

import base64
import binascii
import re
from dataclasses import dataclass

_PATH = re.compile(
    r"""<(?:@[^\s:<>]+:)?                              # a source route, ignored [RFC 5321 §C]
        (?P<address>(?:"(?:[^"\\]|\\.)*"|[^\s<>"@]+)@[^\s<>@]+)?
        >(?P<rest>(?:\ .*)?)$""",
    re.VERBOSE,
)
_KEYWORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_XTEXT = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})*")
_NOTIFY = re.compile(r"NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY))*")
_XOAUTH2 = re.compile(r"user=(?P<user>[^\x01]*)\x01auth=bearer (?P<token>[^\x01]+)\x01\x01", re.I)
_SOME_TOKEN = re.compile(r"bearer\s+(?P<token>[^\s\x01]+)", re.I)

MAIL_PARAMETERS = frozenset({"SIZE", "BODY", "RET", "ENVID", "AUTH"})
RCPT_PARAMETERS = frozenset({"NOTIFY", "ORCPT"})


class Refusal(Exception):
    """A line that the server answers with an error: the reply, and our word for the reason."""

    def __init__(self, why: str, reply: str) -> None:
        super().__init__(reply)
        self.why = why
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Path:
    """`<address>` of MAIL or RCPT ("" for the null sender), parameter values as they were sent."""

    address: str
    parameters: dict[str, str]


def read_path(argument: str, keyword: str, allowed: frozenset[str]) -> Path:
    """Read `FROM:<…> KEY=value…` or `TO:<…> …`. Raises `Refusal` (501, 553 or 555)."""
    if argument[: len(keyword)].upper() != keyword:
        raise Refusal("syntax", f"501 5.5.4 Expected {keyword}<address>")
    found = _PATH.match(argument[len(keyword) :].lstrip())
    if found is None:
        raise Refusal("syntax", f"501 5.1.7 Expected {keyword}<address> and nothing else before")
    address = found["address"] or ""
    local, _, domain = address.rpartition("@")
    if len(local) > 64 or len(domain) > 255:  # [RFC 5321 §4.5.3.1]
        raise Refusal("syntax", "553 5.1.7 Address too long")
    return Path(address, _parameters(found["rest"], allowed))


def _parameters(text: str, allowed: frozenset[str]) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for item in text.split():
        name, _, value = item.partition("=")
        key = name.upper()
        if not _KEYWORD.fullmatch(name) or key in parameters:
            raise Refusal("syntax", f"501 5.5.4 Parameter {name[:20]} is malformed or repeated")
        if key not in allowed:
            raise Refusal("parameter", f"555 5.5.4 Parameter {key[:20]} not recognized")
        if not _value_holds(key, value):
            raise Refusal("syntax", f"501 5.5.4 Value of {key} is malformed")
        parameters[key] = value
    return parameters


def _value_holds(key: str, value: str) -> bool:
    """SIZE [RFC 1870], BODY [RFC 6152], DSN [RFC 3461 §4]; AUTH as it is [RFC 4954 §5]."""
    upper = value.upper()
    if key == "SIZE":
        return value.isdigit() and len(value) <= 20
    if key == "BODY":
        return upper in {"7BIT", "8BITMIME"}
    if key == "RET":
        return upper in {"FULL", "HDRS"}
    if key == "ENVID":
        return 0 < len(value) <= 100 and bool(_XTEXT.fullmatch(value))
    if key == "NOTIFY":
        return bool(_NOTIFY.fullmatch(upper))
    if key == "ORCPT":
        kind, _, address = value.partition(";")
        known = bool(_KEYWORD.fullmatch(kind)) and bool(address)
        return known and len(value) <= 500 and bool(_XTEXT.fullmatch(address))
    return bool(value)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What stands in a SASL response. `whole` is false when it is not a right XOAUTH2 string."""

    user: str | None
    token: str | None
    whole: bool


def read_xoauth2(encoded: str) -> Credentials:
    """Decode a SASL response; what can be read of a malformed one is given, never guessed."""
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError):
        return Credentials(None, None, whole=False)
    found = _XOAUTH2.fullmatch(text)
    if found:
        return Credentials(found["user"], found["token"], whole=True)
    loose = _SOME_TOKEN.search(text)
    return Credentials(None, loose["token"] if loose else None, whole=False)


def message_id(octets: bytes) -> str | None:
    """The value of the first Message-ID header, as written; None if there is none."""
    header = octets.partition(b"\r\n\r\n")[0]
    found = _MESSAGE_ID.search(header)
    return found[1].decode("utf-8", "replace") if found else None


_MESSAGE_ID = re.compile(rb"(?im)^message-id:(?:[ \t]|\r\n[ \t])*([^\s].*?)[ \t]*\r?$")
