"""What can be asked of a service around the product, whoever plays it."""

from pathlib import Path
from typing import Any, Literal, Protocol

from common.recording import Secret
from conformance.stage.services.registration import ClientRegistration
from conformance.story import Declaration

DEFAULT_TENANT = "default"
"""The tenant of the scenarios, in every mock."""

Played = Literal["mock", "external"]


class Service(Protocol):
    """Pro Santé Connect, MSSanté and their like, played by a mock or by an external platform.

    Of an external one only what `banc.toml` says is known: nothing is started, armed, shortened or
    seen there.
    """

    name: str
    played: Played

    @property
    def authority(self) -> Path | None:
        """The file of the authorities behind its TLS; None: those of the system."""
        ...

    @property
    def certificate(self) -> Path | None:
        """The file of a certificate that browsers believe as it is; None: none."""
        ...

    def secrets(self) -> tuple[Secret, ...]:
        """What must be known to be secret before anything is said. Raises `NotReady`."""
        ...

    def start(self) -> None:
        """Bring it up. Raises `OSError` naming a port that is taken."""
        ...

    def open(self, client: ClientRegistration) -> None:
        """Make the tenant in which `client` is registered."""
        ...

    def reset(self, lifetimes: str) -> None:
        """Sessions, mailboxes and faults go; clients and people stay."""
        ...

    def arm(self, fault: str, value: Any) -> None:
        """Arm one of its faults by name. Raises `BeyondReach` when it is external."""
        ...

    def refuses(self, story: Declaration) -> str | None:
        """Why the story cannot be played here; None when it can.

        Raises `NotReady` when the set-up lacks what the story needs of this service.
        """
        ...

    def places(self) -> dict[str, str]:
        """What `{psc_issuer}`, `{smtp_port}` and their like stand for, once it is up."""
        ...

    def describe(self) -> dict[str, Any]:
        """Its part of `tenant.opened`."""
        ...

    def settle(self) -> None:
        """Wait until the exchanges under way are answered, two seconds at most."""
        ...

    def stop(self) -> None:
        """Take it down, even when it was never up."""
        ...
