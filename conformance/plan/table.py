"""What every table of `banc.toml` shares: strict types, unknown keys refused."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Words = Annotated[str, Field(min_length=1)]
Port = Annotated[int, Field(ge=0, le=65535)]


class Table(BaseModel):
    """A table of `banc.toml`: strictly typed, unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def one_or_several(value: Any) -> Any:
    """A single string counts as a list of one."""
    return [value] if isinstance(value, str) else value
