"""`banc.toml` as values: the product, what it owes, how it is driven."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from conformance.catalogue.model import Corridor, SignIn, Wave
from conformance.drivers.browser.steps import ActionTable, See
from conformance.errors import NotReady
from conformance.journal.services import SERVICES
from conformance.locale import _
from conformance.plan.listening import ListeningKeys
from conformance.plan.packs import Pack
from conformance.plan.sizes import octets
from conformance.plan.table import Table, Words, one_or_several

Counted = Literal["review", "not_tested", "warning"]
ScreenBackend = Literal["auto", "x11grab", "gdigrab", "avfoundation", "none"]
PersonKey = Literal[
    "doctor", "colleague", "nurse", "patient", "other-patient", "unqualified-patient"
]
"""The people of the bench, by the keys of `banc identities`."""

PLACES = (
    "port",
    "psc_issuer",
    "psc_discovery",
    "smtp",
    "smtp_host",
    "smtp_port",
    "imap",
    "dns",
    "directory",
    "domain",
    "patient_domain",
    "ca_file",
    "client_id",
    "client_secret",
    "tenant",
    "python",
    "address",
    "nil",
    "geometry",
)
"""What `{…}` may name in `start`, `env`, `stop`, `ready`, `address` and the redirect URIs."""


def _default_packs() -> list[Pack]:
    return ["tour"]


class NoFace(NotReady):
    """The product has no face of that name: what it would show is not tested."""


class Product(Table):
    """`[product]`: what is rehearsed; `nil` is its reference number on Convergence."""

    name: Words
    version: Words
    build: str = ""
    editor: str = ""
    nil: str = ""


class PlanTable(Table):
    """`[plan]`: corridor and wave (one, or a list), profiles chosen, packs to run.

    `fail_on` lists verdicts that count as refusals beside `fail`.
    """

    corridor: Annotated[list[Corridor], BeforeValidator(one_or_several), Field(min_length=1)]
    wave: Annotated[list[Wave], BeforeValidator(one_or_several), Field(min_length=1)]
    profiles: list[str] = Field(default_factory=list)
    catalogue: Words | None = None
    packs: Annotated[list[Pack], BeforeValidator(one_or_several), Field(min_length=1)] = Field(
        default_factory=_default_packs
    )
    fail_on: list[Counted] = Field(default_factory=list)


class External(Table):
    """`[stage.external]`: where the external services are.

    From here come `{psc_discovery}`, `{smtp}` and their like for a product that the bench starts.
    `client_secret_env` names the environment variable that holds the secret, which stands in no
    file; `smtp` is `host:port`, `ca_file` a PEM file of authorities (from the folder of the file).
    `psc_name` and `mssante_name` are what the platforms are called on films and in reports.
    """

    psc_name: Words | None = None
    psc_discovery: Words | None = None
    client_id: Words | None = None
    client_secret_env: Words | None = None
    mssante_name: Words | None = None
    smtp: Words | None = None
    domain: Words | None = None
    patient_domain: Words | None = None
    ca_file: Words | None = None


class Stage(ListeningKeys):
    """`[stage]`: who plays the services, and where those of the bench listen."""

    psc: Literal["mock", "external"] = "mock"
    mssante: Literal["mock", "external"] = "mock"
    external: External = Field(default_factory=External)

    @property
    def external_services(self) -> frozenset[str]:
        """The services that are external: `psc`, `mssante`."""
        return frozenset(name for name in SERVICES if getattr(self, name) == "external")


class Face(Table):
    """`[[face]]`: one way into the product.

    `address` is a URL, `{port}` in it a free port chosen by the bench; a person who operates the
    product needs none. `start` and `stop` are commands, `ready` a URL that answers 200 once it is
    up, waited for during `within` seconds. `reconfigurable` says whether it may be started anew
    with other addresses. `sign_in` lists the ways in which people sign in there; without it, by
    the name of the face (`modes`).
    """

    name: Words
    driver: Literal["browser", "adapter", "operator"]
    address: Words = ""
    start: list[str] | None = Field(default=None, min_length=1)
    env: dict[str, str] = Field(default_factory=dict)
    stop: list[str] | None = Field(default=None, min_length=1)
    ready: Words | None = None
    within: float = Field(default=30.0, gt=0, le=600)
    logs: list[str] = Field(default_factory=list)
    reconfigurable: bool = True
    client_id: Words | None = None
    client_authentication: Literal["client_secret_basic", "client_secret_post", "both"] = "both"
    redirect_uris: list[str] = Field(default_factory=list)
    post_logout_redirect_uris: list[str] = Field(default_factory=list)
    sign_in: list[SignIn] | None = Field(default=None, min_length=1)

    @property
    def modes(self) -> tuple[SignIn, ...]:
        """How people sign in: `sign_in`, else `web` for a face of that name, `ciba` for desktop."""
        return tuple(self.sign_in) if self.sign_in else _USUAL_SIGN_IN.get(self.name, ())


_USUAL_SIGN_IN: dict[str, tuple[SignIn, ...]] = {"web": ("web",), "desktop": ("ciba",)}


class Identity(Table):
    """What the product calls one of the bench's people, and the mailbox it uses for them.

    `national_id` is that of the test identity who signs in when PSC is external.
    """

    name: Words | None = None
    mailbox: Words | None = None
    national_id: Words | None = None


class Limits(Table):
    """`[evidence.limits]`: what the deposit platform takes; none of it is public."""

    size_mb: float | None = Field(default=None, gt=0)
    seconds: float | None = Field(default=None, gt=0)
    types: list[str] = Field(default_factory=list)


class Evidence(Table):
    """`[evidence]`: screen backend, size in pixels, pictures a second, seconds a step on film.

    `max_size` is the ceiling of a bundle in octets (`"500MB"`): once it is reached, no more films.
    """

    screen: ScreenBackend = "auto"
    size: list[int] = Field(default_factory=lambda: [1920, 1080], min_length=2, max_length=2)
    rate: int = Field(default=10, ge=1, le=60)
    pace: float = Field(default=1.5, ge=0, le=30)
    max_size: Annotated[int | None, BeforeValidator(octets)] = None
    key: Words | None = None
    limits: Limits = Field(default_factory=Limits)


class Expected(Table):
    """`[[expected]]`: a known failure, until when, and why. One that does not come fails."""

    rule: Words
    scenario: Words | None = None
    subject: Words | None = None
    until: date | None = None
    reason: Words


class Plan(Table):
    """The whole of `banc.toml`. `source` is its file, None for the built-in reference system."""

    product: Product
    plan: PlanTable
    stage: Stage = Field(default_factory=Stage)
    faces: list[Face] = Field(alias="face", min_length=1)
    identities: dict[PersonKey, Identity] = Field(default_factory=dict)
    actions: dict[str, ActionTable] = Field(default_factory=dict)
    see: dict[str, See] = Field(default_factory=dict)
    evidence: Evidence = Field(default_factory=Evidence)
    expected: list[Expected] = Field(default_factory=list)
    source: Path | None = Field(default=None, exclude=True)

    @property
    def packs(self) -> tuple[Pack, ...]:
        """The packs to run when the command line names none."""
        return tuple(self.plan.packs)

    @property
    def waves(self) -> tuple[Wave, ...]:
        """The waves whose requirements the product owes."""
        return tuple(self.plan.wave)

    @property
    def modes(self) -> tuple[SignIn, ...]:
        """The ways in which people sign in to the product, over its faces."""
        return tuple(dict.fromkeys(mode for face in self.faces for mode in face.modes))

    @property
    def folder(self) -> Path | None:
        """Where `banc.toml` stands: relative paths in it start there."""
        return self.source.parent if self.source else None

    def face(self, name: str) -> Face:
        """The face of that name. Raises `NoFace`: the stories that need it are not tested."""
        for face in self.faces:
            if face.name == name:
                return face
        known = ", ".join(face.name for face in self.faces)
        said = _("{path}: no [[face]] is named {name}, there are {known}")
        raise NoFace(said.format(path=self.name, name=repr(name), known=known))

    @property
    def imported_catalogue(self) -> Path | None:
        """What `[plan] catalogue` names, from the folder of `banc.toml`; None: the built-in one."""
        return (self.folder or Path()) / self.plan.catalogue if self.plan.catalogue else None

    @property
    def signing_key(self) -> Path | None:
        """The file of the key that `[evidence] key` names, from the folder of `banc.toml`."""
        return (self.folder or Path()) / self.evidence.key if self.evidence.key else None

    @property
    def name(self) -> str:
        """How messages name the file."""
        return str(self.source) if self.source else _("banc.toml of the reference system")

    def deadlines(self) -> dict[str, float]:
        """Seconds that `[actions.X] within` gives to actions, where it differs from the usual."""
        return {name: a.within for name, a in self.actions.items() if a.within is not None}

    def summary(self) -> dict[str, Any]:
        """What `run.started` keeps of `[plan]`, enough to judge again without the file."""
        return {
            "corridor": list(self.plan.corridor),
            "waves": list(self.plan.wave),
            "profiles": list(self.plan.profiles),
            "modes": list(self.modes),
            "packs": list(self.plan.packs),
            "reference": self.source is None,
            "identities": {
                who: identity.model_dump(exclude_none=True)
                for who, identity in self.identities.items()
            },
            "fail_on": list(self.plan.fail_on),
            "faces": [{"name": face.name, "driver": face.driver} for face in self.faces],
        }

    @model_validator(mode="after")
    def _faces_are_told_apart(self) -> "Plan":
        names = [face.name for face in self.faces]
        for name in names:
            if names.count(name) > 1:
                said = _("face {name} appears twice, expected one [[face]] of each name")
                raise ValueError(said.format(name=repr(name)))
        return self
