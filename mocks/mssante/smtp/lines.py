"""What a client's line is in a journal: its verb, its text without secrets, how it signs in."""

import re
from dataclasses import dataclass

from common.recording import Masked, Secret, SecretRole
from mocks.mssante.smtp.syntax import read_xoauth2

_SHOWN = 1000
_VERB = re.compile(r"[A-Z]{1,20}")


@dataclass(slots=True)
class Said:
    """One line, ready to be recorded; `auth` is {mechanism, user, token} when it signs in."""

    verb: str
    line: str | Masked
    auth: dict[str, object] | None = None


def described(verb: str, text: str) -> Said:
    """An ordinary line, AUTH included; `verb` is its first word in upper case."""
    if verb == "AUTH":
        mechanism, _, response = text.strip()[len(verb) :].strip().partition(" ")
        return sasl_response(mechanism.upper(), response.strip(), f"AUTH {mechanism} ")
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(text)} octets)"
    return Said(verb if _VERB.fullmatch(verb) else "UNKNOWN", shown)


def sasl_response(mechanism: str, response: str, before: str = "") -> Said:
    """A SASL response, with or without its `AUTH` line: neither token nor base64 of it survives."""
    auth: dict[str, object] = {"mechanism": mechanism, "user": None, "token": None}
    if response in ("", "=", "*"):
        return Said("AUTH", f"{before}{response}".strip(), auth)
    role: SecretRole = "access_token" if "OAUTH" in mechanism else "password"
    read = read_xoauth2(response)
    if read.token is None:
        return Said("AUTH", _masked(before, Secret(role, response)), auth)
    token = Secret("access_token", read.token)
    auth.update(user=read.user, token=token)
    return Said("AUTH", _masked(before, token), auth)


def blind_secret(mechanism: str, text: str) -> Said:
    """A line sent after a refused AUTH as though the server had asked for it: it is a secret."""
    said = sasl_response(mechanism, text)
    return Said("UNKNOWN", said.line, said.auth)


def _masked(before: str, secret: Secret) -> Masked:
    return Masked(before + secret.value, (secret,))
