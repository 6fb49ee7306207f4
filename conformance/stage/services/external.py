"""What is the same for every service that an external platform plays."""

from pathlib import Path
from typing import Any

from common.recording import Secret
from conformance.errors import BeyondReach
from conformance.journal.services import service_of_fault
from conformance.locale import _
from conformance.plan import Plan
from conformance.stage.person.identities import Identities, service_name
from conformance.stage.services.registration import ClientRegistration
from conformance.stage.services.service import Played
from conformance.story import Declaration


class ExternalService:
    """A platform of which only `[stage.external]` and `[identities]` are known.

    Nothing is started or reset there (`conformance.stage.services.service`).
    """

    name: str
    played: Played = "external"

    def __init__(self, plan: Plan, identities: Identities) -> None:
        self._plan = plan
        self._external = plan.stage.external
        self._identities = identities

    @property
    def called(self) -> str:
        """What the platform is called, for people."""
        return service_name(self._plan, self.name)

    @property
    def authority(self) -> Path | None:
        """The file of `[stage.external] ca_file`."""
        named = self._external.ca_file
        return (self._plan.folder or Path()) / named if named else None

    @property
    def certificate(self) -> Path | None:
        """None: an external platform is believed through its authorities only."""
        return None

    def secrets(self) -> tuple[Secret, ...]:
        """Most platforms share no secret with the bench."""
        return ()

    def start(self) -> None:
        """It is up already."""

    def open(self, client: ClientRegistration) -> None:
        """Clients are registered by whoever runs it."""

    def reset(self, lifetimes: str) -> None:
        """It stays as it is."""

    def arm(self, fault: str, value: Any) -> None:
        """Raises `BeyondReach`: an external platform misbehaves for nobody."""
        raise BeyondReach(self._no_fault(fault))

    def refuses(self, story: Declaration) -> str | None:
        """A story needs the mock for a fault of this service."""
        fault = story.fault
        if fault is not None and service_of_fault(fault) == self.name:
            return self._no_fault(fault)
        return None

    def settle(self) -> None:
        """Nothing that is under way there is seen here."""

    def stop(self) -> None:
        """It stays up."""

    def _no_fault(self, fault: str) -> str:
        said = _(
            "a fault needs the mock: {fault} cannot be armed on an external service ({service})"
        )
        return said.format(fault=fault, service=self.called)


def given(**values: str | None) -> dict[str, str]:
    """Those that have a value."""
    return {name: value for name, value in values.items() if value}
