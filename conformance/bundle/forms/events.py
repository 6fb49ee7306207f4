"""Checks the tables inside events against the form that readers need (`verify --deep`).

`journal/kinds.py` says what each table holds; other versions of the bench may add keys.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError


class _Table(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class _Recipient(_Table):
    address: str
    notify: str | None = None
    orcpt: str | None = None


class _Envelope(_Table):
    sender: str | None = Field(alias="from")
    to: list[_Recipient]
    ret: str | None = None


class _Request(_Table):
    headers: dict[str, Any] = {}
    form: dict[str, Any] = {}


class _Response(_Request):
    status: int | None = None
    redirect: dict[str, Any] | None = None


class _Mailbox(_Table):
    address: str
    owner: str | None


class _Person(_Table):
    """One of `people` or `patients`."""

    key: str
    national_id: str | None = None
    ins: str | None = None
    given: str = ""
    family: str = ""
    birth_name: str = ""


class _Client(_Table):
    id: str
    redirect_uris: list[str] = []
    post_logout_redirect_uris: list[str] = []


class _Auth(_Table):
    """What an AUTH line held."""

    mechanism: str | None = None
    user: str | None = None
    token: dict[str, Any] | None = None


_TABLES: Mapping[str, Mapping[str, Any]] = {
    "mail.accepted": {"envelope": _Envelope},
    "http.exchange": {"request": _Request, "response": _Response},
    "smtp.command": {"auth": _Auth | None},
    "imap.command": {"auth": _Auth | None},
    "tenant.opened": {
        "clients": list[_Client],
        "people": list[_Person],
        "patients": list[_Person],
        "mailboxes": list[_Mailbox],
    },
}


def misshapen_table(kind: str, data: Mapping[str, Any]) -> tuple[str, str] | None:
    """The first key of a table that is not as readers need it, and how; None when all are."""
    for name, adapter in _adapters(kind).items():
        if name not in data:
            continue  # what may be missing, its kind says
        try:
            adapter.validate_python(data[name])
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            return ".".join((name, *map(str, first["loc"]))), first["type"]
    return None


@cache
def _adapters(kind: str) -> Mapping[str, TypeAdapter[Any]]:
    return {name: TypeAdapter(form) for name, form in _TABLES.get(kind, {}).items()}
