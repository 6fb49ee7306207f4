"""All that a scenario file may import: the people, `@scenario`, and what the fixtures give.

A scenario is a story: it drives and looks, it never judges. Its steps carry the official numbers;
their titles come from the catalogue, so film, report and official sheet say the same thing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import signature
from typing import Any, Literal, Protocol, TypeVar

from common.identities import COLLEAGUE, DOCTOR, NURSE, OTHER_PATIENT, PATIENT, Professional
from conformance.drivers.actions import Outcome, Seen

__all__ = [
    "COLLEAGUE",
    "DOCTOR",
    "NURSE",
    "OTHER_PATIENT",
    "PATIENT",
    "Mail",
    "Psc",
    "Step",
    "System",
    "scenario",
]

Lifetimes = Literal["official", "short"]
_Function = TypeVar("_Function", bound=Callable[..., None])


@dataclass(frozen=True, slots=True)
class Declaration:
    """What `@scenario` says of a story; `id` is that of the catalogue.

    `means` lists the variants with which it is run (`ecps`, `cps`), `fault` is the one fault that
    is armed and `twin` the same story without it; it `writes` when it asks for mail addresses.
    """

    id: str
    mode: str
    means: tuple[str, ...]
    fault: str | None
    fault_value: Any
    twin: str | None
    lifetimes: Lifetimes
    filmed: bool
    writes: bool = False

    def name(self, means: str | None) -> str:
        """The name in journal, findings and file names: `PSC.01.01@ecps`."""
        return f"{self.id}@{means}" if means and len(self.means) > 1 else self.id


def scenario(
    scenario_id: str,
    *,
    mode: str,
    means: Sequence[str] = (),
    fault: str | None = None,
    fault_value: Any = None,
    twin: str | None = None,
    lifetimes: Lifetimes = "official",
    filmed: bool = True,
) -> Callable[[_Function], _Function]:
    """Declare the decorated test as the story of a scenario of the catalogue.

    A fault needs a twin: without one its refusal could never be concluded (`ValueError`). In which
    packs a story stands is said in `conformance.plan.packs`.
    """
    if fault is not None and twin is None:
        raise ValueError(f"{scenario_id}: a story with a fault needs its twin without it")

    def declare(function: _Function) -> _Function:
        declaration = Declaration(
            scenario_id,
            mode,
            tuple(means),
            fault,
            fault_value,
            twin,
            lifetimes,
            filmed,
            writes="mail" in signature(function).parameters,
        )
        function.banc_scenario = declaration  # type: ignore[attr-defined]
        return function

    return declare


class Attempt(Protocol):
    """Actions whose outcome is given back instead of ending the story; for stories with a fault."""

    def __getattr__(self, action: str) -> Callable[..., Outcome]: ...


class System(Protocol):
    """The product under test. Each action of the vocabulary is a method; all but `done` end it."""

    attempt: Attempt

    def __getattr__(self, action: str) -> Callable[..., Outcome]: ...

    def see(self, what: str) -> Seen:
        """Look at one thing on the product's screen and record it."""
        ...


class Phone(Protocol):
    """The e-CPS application of one person, played by the bench."""

    def approve(self, matching: Seen | None = None) -> None:
        """Approve the pending request, after comparing its digits with what was seen."""
        ...

    def will_approve(self) -> None:
        """Approve the next request as soon as it comes, while the product is being waited for."""
        ...

    def refuse(self) -> None:
        """Refuse the pending request."""
        ...


class Psc(Protocol):
    """The mock Pro Santé Connect, as far as a story may touch it."""

    def phone(self, person: Professional) -> Phone:
        """The phone of `person`."""
        ...

    def asked(self) -> None:
        """Wait until PSC has been asked to sign somebody in, since the last time."""
        ...

    def polled(self, times: int) -> None:
        """Wait until the product has polled for its tokens so often."""
        ...

    def slowed_down(self) -> None:
        """Wait until the provider has told the product to slow down."""
        ...


class Mail(Protocol):
    """The mail side of the tenant: addresses of the people in it."""

    def address(self, person: Any) -> str:
        """The MSSanté address of a professional or a patient in this run."""
        ...


class Step(Protocol):
    """`with step(5): …` writes the two step events and the caption, nothing else."""

    def __call__(self, n: int) -> Any: ...
