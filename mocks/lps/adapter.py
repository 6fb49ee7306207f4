"""The door by which a test bench acts on the product: JSON over HTTP, one answer per action.

`POST /actions/{name}` takes the arguments and answers `{"outcome": …}`; `GET /see/{what}` says what
the screen shows; `POST /reset` forgets every session; `GET /ready` answers once all is up. An
action that nobody taught the product is `unsupported`; bad arguments are 422.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

Text = Annotated[str, Field(min_length=1)]
Means = Literal["cps", "ecps"]


class Arguments(BaseModel):
    """The arguments of an action: those named, and of the type named."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class TermsArguments(Arguments):
    """`form`: how the terms are shown."""

    form: Literal["page", "document", "contract"]


class LoginArguments(Arguments):
    """Who signs in (`8` + RPPS) and by which means."""

    national_id: Text
    means: Means = "ecps"


class StartArguments(Arguments):
    """The same, with the means said."""

    national_id: Text
    means: Means


class IndexArguments(Arguments):
    """0-based position."""

    index: Annotated[int, Field(ge=0)]


class IdleArguments(Arguments):
    """Seconds during which nothing is done."""

    seconds: Annotated[float, Field(ge=0)]


class PatientArguments(Arguments):
    """The patient's INS number."""

    ins: Text


class CreateArguments(PatientArguments):
    """A report to write for a patient."""

    title: str
    text: str


class DocumentArguments(Arguments):
    """A document of the product."""

    document_id: Text


class SendArguments(DocumentArguments):
    """To whom a document goes."""

    to: list[str]
    cc: list[str] = []
    patient: bool = False


class ReplaceArguments(DocumentArguments):
    """The text of the next version."""

    text: str


class OfferArguments(Arguments):
    """The answer to the offer to tell the recipients."""

    answer: Literal["accept", "decline"]


class MessageArguments(Arguments):
    """A free message."""

    to: list[str]
    subject: str
    text: str


ARGUMENTS: dict[str, type[Arguments]] = {
    "show_terms": TermsArguments,
    "scroll_to_psc_terms": Arguments,
    "close_terms": Arguments,
    "go_to_login": Arguments,
    "start_psc_login": StartArguments,
    "finish_psc_login": LoginArguments,
    "connected_identity": Arguments,
    "choose_practice": IndexArguments,
    "go_to_logout": Arguments,
    "logout": Arguments,
    "idle": IdleArguments,
    "open_patient": PatientArguments,
    "create_document": CreateArguments,
    "send_document": SendArguments,
    "replace_document": ReplaceArguments,
    "delete_document": DocumentArguments,
    "answer_offer": OfferArguments,
    "write_message": MessageArguments,
    "export_traces": Arguments,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The one outcome of an action; `shown` are the product's own words when it refused."""

    outcome: Literal["done", "refused", "unsupported", "unclear"]
    values: Mapping[str, Any] = field(default_factory=dict)
    shown: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What the screen shows of one thing; not `ready` when there is no screen to look at."""

    present: bool
    text: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    url: str | None = None
    ready: bool = True


class Hand(Protocol):
    """Acts on one face of the product. Called from worker threads, one action at a time."""

    def act(self, name: str, arguments: Arguments) -> Answer:
        """Do one action; what raises here is a defect of the product (500)."""
        ...

    def see(self, what: str) -> Look | None:
        """Look at one thing; None for what this face never shows."""
        ...

    def reset(self) -> None:
        """Forget sessions and screens."""
        ...


def done(**values: Any) -> Answer:
    """The action was carried out."""
    return Answer("done", values)


def adapter_app(hand: Hand, extra: Sequence[BaseRoute] = ()) -> Starlette:
    """The adapter of one face, with `extra` routes of that face."""
    return Starlette(
        routes=[
            Route("/ready", _ready),
            Route("/reset", _reset(hand), methods=["POST"]),
            Route("/actions/{name}", _act(hand), methods=["POST"]),
            Route("/see/{what}", _see(hand), methods=["GET"]),
            *extra,
        ]
    )


Endpoint = Callable[[Request], Awaitable[Response]]


async def _ready(_request: Request) -> Response:
    return JSONResponse({"ready": True})


def _reset(hand: Hand) -> Endpoint:
    async def reset(_request: Request) -> Response:
        await run_in_threadpool(hand.reset)
        return JSONResponse({"outcome": "done", "values": {}})

    return reset


def _act(hand: Hand) -> Endpoint:
    async def act(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in ARGUMENTS:
            return JSONResponse({"outcome": "unsupported"})
        try:
            arguments = ARGUMENTS[name].model_validate(json.loads(await request.body() or b"{}"))
        except (ValidationError, ValueError) as error:
            return JSONResponse({"detail": _why(error)}, 422)
        answer = await run_in_threadpool(hand.act, name, arguments)
        return JSONResponse(asdict(answer))

    return act


def _see(hand: Hand) -> Endpoint:
    async def see(request: Request) -> Response:
        look = await run_in_threadpool(hand.see, request.path_params["what"])
        if look is None:
            return JSONResponse({"detail": "this face never shows that"}, 404)
        return JSONResponse(asdict(look))

    return see


def _why(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return "expected a JSON object"
    first = error.errors(include_url=False)[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
