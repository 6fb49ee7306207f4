"""What the product is told when it is installed: addresses, client identity, limits.

Three sources, the first that speaks wins: command line flags, environment (`LPS_<NAME>`, and
`BANC_CLIENT_SECRET` for the secret, which is never a flag: a process list would show it), a TOML
file. Durations are seconds.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

TermsForm = Literal["page", "document", "contract"]

SECRET_VARIABLE = "BANC_CLIENT_SECRET"


class SettingsError(Exception):
    """The settings cannot be used: says which source, which key, its value and what was meant."""


class Settings(BaseModel):
    """Everything the product needs to know before it starts; values do not change afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    psc_discovery: str = Field(pattern=r"^https?://")
    client_id: str = Field(min_length=1)
    client_secret: SecretStr
    ca_file: Path | None = None
    smtp_host: str = "localhost"
    smtp_port: int = Field(default=0, ge=0, le=65535)
    domain: str = "default.mss.test"
    patient_domain: str = "patient.default.mss.test"
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = Field(default="", pattern=r"^(https?://.*[^/])?$")
    terms: TermsForm = "page"
    idle_seconds: float = Field(default=1800, gt=0)
    psc_timeout: float = Field(default=5, gt=0)
    nil: str = "BANC-NIL-0001"
    adapter: bool = True
    geometry: str = Field(default="900x760+40+60", pattern=r"^\d+x\d+([+-]\d+[+-]\d+)?$")
    window: bool = True
    mutant: str | None = None

    @property
    def base_url(self) -> str:
        """The address under which users reach the product, without a final slash."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def redirect_uri(self) -> str:
        """Where Pro Santé Connect sends the user back; registered there, character by character."""
        return f"{self.base_url}/psc/retour"

    @property
    def post_logout_redirect_uri(self) -> str:
        """Where Pro Santé Connect sends the user after a logout; registered there too."""
        return f"{self.base_url}/deconnexion/retour"

    @classmethod
    def gather(
        cls,
        flags: Mapping[str, object],
        environment: Mapping[str, str],
        file: Path | None = None,
    ) -> Self:
        """Settings from their three sources; a flag that is `None` was not given.

        Raises `SettingsError`.
        """
        values: dict[str, object] = dict(_from_file(file)) if file else {}
        for name in cls.model_fields:
            if _variable(name) in environment:
                values[name] = environment[_variable(name)]
        values.update({name: value for name, value in flags.items() if value is not None})
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise SettingsError(_sentence(error)) from error


def _from_file(file: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: settings expected in TOML, {error}") from error


def _variable(name: str) -> str:
    return SECRET_VARIABLE if name == "client_secret" else f"LPS_{name.upper()}"


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        flag = "" if name == "client_secret" else f"--{name.replace('_', '-')} or "
        return f"setting {name} is missing: expected {flag}the environment {_variable(name)}"
    given = "" if name == "client_secret" else f" is {first['input']!r}"
    return f"setting {name}{given}: {first['msg']}"
