"""What an adapter answers, checked against the contract.

`python -m conformance.drivers.adapter.contract` prints the OpenAPI file made from the same models,
which is kept as `conformance/drivers/adapter.openapi.yaml`.
"""

import sys
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from conformance.drivers.actions import ACTIONS, SEES, Outcome, OutcomeName, Seen
from conformance.drivers.adapter.vocabulary import ARGUMENTS, VALUES
from conformance.locale import _

_Model = TypeVar("_Model", bound=BaseModel)


class BadAnswer(Exception):
    """An answer outside the contract; the sentence says which field and what was expected."""


class OutcomeAnswer(BaseModel):
    """How the action ended: exactly one outcome."""

    model_config = ConfigDict(extra="forbid", strict=True)

    outcome: OutcomeName
    values: dict[str, Any] = Field(default_factory=dict, description="only with `done`")
    shown: str | None = Field(
        default=None, description="with `refused`: the product's own words on its screen"
    )
    reason: str | None = Field(default=None, description="with `broken` and `unclear`: why")

    @model_validator(mode="after")
    def _refusal_has_words(self) -> "OutcomeAnswer":
        if self.outcome == "refused" and not (self.shown or "").strip():
            raise ValueError(_("a refusal has the product's own words in `shown`"))
        return self


class SeenAnswer(BaseModel):
    """What stands on the product's screen. `ready` false: the adapter cannot look at this."""

    model_config = ConfigDict(extra="ignore", strict=True)

    present: bool = False
    text: str = ""
    values: dict[str, Any] = Field(default_factory=dict)
    url: str | None = None
    ready: bool = True


def outcome_of(action: str, octets: bytes) -> Outcome:
    """The outcome that an adapter's body says. Raises `BadAnswer`."""
    answer = _parsed(OutcomeAnswer, octets)
    if answer.outcome == "done":
        try:
            VALUES[action].model_validate(answer.values)
        except ValidationError as error:
            raise BadAnswer(_sentence(error, "values.")) from error
    return Outcome(answer.outcome, answer.values, answer.shown, answer.reason)


def seen_of(what: str, octets: bytes) -> Seen:
    """The observation that an adapter's body says. Raises `BadAnswer`."""
    answer = _parsed(SeenAnswer, octets)
    return Seen(what, answer.present, answer.text, answer.values, answer.url, ready=answer.ready)


def _parsed(model: type[_Model], octets: bytes) -> _Model:
    try:
        return model.model_validate_json(octets)
    except ValidationError as error:
        raise BadAnswer(_sentence(error)) from error


def _sentence(error: ValidationError, prefix: str = "") -> str:
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{prefix}{place}: {first['msg']}" if place else first["msg"]


def openapi() -> dict[str, Any]:
    """The contract of an adapter as an OpenAPI 3.1 document."""
    schemas: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for name, action in ACTIONS.items():
        paths[f"/actions/{name}"] = {"post": _operation(name, action.within, schemas)}
    for what in SEES:
        paths[f"/see/{what}"] = {"get": _look(what)}
    paths["/reset"] = {
        "post": {
            "operationId": "reset",
            "summary": "Forget every session: the next story starts as a new visitor.",
            "responses": {"200": _json("done", _ref("OutcomeAnswer"))},
        }
    }
    _schema(OutcomeAnswer, schemas)
    _schema(SeenAnswer, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Adapter of a system under test",
            "version": "1.0.0",
            "description": (
                "What a product (or a program beside it) answers so that the bench can drive it. "
                "Every action is answered 200 with one outcome; any other status, and a body "
                "outside these schemas, counts as broken."
            ),
        },
        "paths": paths,
        "components": {"schemas": dict(sorted(schemas.items()))},
    }


def _operation(name: str, within: float, schemas: dict[str, Any]) -> dict[str, Any]:
    arguments, values = ARGUMENTS[name], VALUES[name]
    when_done: dict[str, Any] = {"properties": {"values": _schema(values, schemas)}}
    if any(field.is_required() for field in values.model_fields.values()):
        when_done["required"] = ["values"]
    done = {"properties": {"outcome": {"const": "done"}}, "required": ["outcome"]}
    answer = {"allOf": [_ref("OutcomeAnswer"), {"if": done, "then": when_done}]}
    return {
        "operationId": name,
        "summary": f"{(arguments.__doc__ or '').splitlines()[0]} Within {within:g} s.",
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _schema(arguments, schemas)}},
        },
        "responses": {"200": _json("the outcome", answer), "422": {"description": "bad arguments"}},
    }


def _look(what: str) -> dict[str, Any]:
    return {
        "operationId": f"see {what}",
        "summary": f"What stands on the screen as {what}.",
        "responses": {
            "200": _json("what is seen", _ref("SeenAnswer")),
            "404": {"description": "the adapter cannot look at this"},
        },
    }


def _json(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _schema(model: type[BaseModel], schemas: dict[str, Any]) -> dict[str, Any]:
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs", {}))
    schemas[model.__name__] = schema
    return _ref(model.__name__)


def as_yaml() -> str:
    """The OpenAPI document as it stands in `adapter.openapi.yaml`."""
    return yaml.safe_dump(openapi(), sort_keys=False, allow_unicode=True, width=100)


if __name__ == "__main__":
    sys.stdout.write(as_yaml())
