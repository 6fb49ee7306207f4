"""How a mock tells what it saw: the `Recorder` protocol and the labels for what must stay secret.

A mock never decides what is written where: it hands over plain data in which every secret is
wrapped in `Secret`, and whoever listens (the journal of a run, a terminal, a test) does the rest.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

SecretRole = Literal[
    "access_token",
    "refresh_token",
    "id_token",
    "code",
    "auth_req_id",
    "client_secret",
    "client_assertion",
    "code_verifier",
    "password",
    "cookie",
    "api_key",
]

Witness = Literal["wire", "screen", "declared"]


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that must never be written; `role` says what it is, in the words of OAuth 2."""

    role: SecretRole
    value: str

    def __repr__(self) -> str:
        return f"Secret({self.role})"


@dataclass(frozen=True, slots=True, repr=False)
class Masked:
    """Text or octets in which `secrets` stand; written with a placeholder in the place of each."""

    content: str | bytes
    secrets: tuple[Secret, ...]


@dataclass(frozen=True, slots=True)
class Blob:
    """Octets too large or too raw for a line: kept aside under their SHA-256, byte for byte."""

    name: str
    media_type: str
    content: bytes | Masked


class Recorder(Protocol):
    """Whoever listens to a mock. Calls may come from any thread and must return at once."""

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
        """Take one event and give its sequence number; `data` may hold `Secret` and `Masked`."""
        ...

    def mono(self) -> int:
        """Nanoseconds since the run began (monotonic)."""
        ...


def secrets_in(value: object) -> Iterator[Secret]:
    """Every `Secret` inside nested data, in the order of its keys."""
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, Masked):
        yield from value.secrets
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from secrets_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from secrets_in(item)
