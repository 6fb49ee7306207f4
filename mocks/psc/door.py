"""The ASGI application: every request comes in here, is answered, and is recorded.

An exchange is recorded just before its answer leaves, the faults that struck right after it: what
comes later in the journal came later on the wire.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urljoin

from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

from common.recording import Recorder, SecretRole
from mocks.psc.endpoints.control import control
from mocks.psc.http.access import require_address
from mocks.psc.http.call import (
    BODY_LIMIT,
    Answer,
    Call,
    Params,
    Refused,
    json_answer,
    kind_of_body,
    refuse,
)
from mocks.psc.http.guard import Guard
from mocks.psc.http.labels import labelled, labelled_json, request_headers, response_headers
from mocks.psc.keys import Keys
from mocks.psc.routes import CONTROL, Place, find
from mocks.psc.settings import TenantConfig
from mocks.psc.tenant import Tenant

_LOG = logging.getLogger("mocks.psc")
_STEERING = ("control", "phone")


class Door:
    """Reads a request whole, hands it to its handler, records the exchange, sends the answer."""

    def __init__(
        self,
        recorder: Recorder,
        keys: Keys,
        clock: Callable[[], float],
        guard: Guard,
    ) -> None:
        self.tenants: dict[str, Tenant] = {}
        self._nowhere = Tenant(TenantConfig(name="nowhere"), "", recorder, clock)
        self._recorder = recorder
        self._keys = keys
        self._clock = clock
        self._guard = guard
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def settled(self, within: float) -> bool:
        """Wait until no exchange is under way; false when some still are after `within` s."""
        try:
            await asyncio.wait_for(self._idle.wait(), within)
        except TimeoutError:
            return False
        return True

    def lets_in(self, peer: str) -> bool:
        """Whether a client at the address `peer` is served."""
        return self._guard.lets_in(peer)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        with self._counted():
            place = find(scope["path"], self.tenants)
            call = self._call(Request(scope, receive), place)
            try:
                octets = await _body(call.request) if self.lets_in(_peer(call.request)) else b""
            except ClientDisconnect:
                self._record(call, None)
                return
            answer = self._answer(call, place, octets)
            if not answer.quiet:
                self._record(call, answer)
        await answer.response(scope, receive, send)

    def unreadable(self, why: str, peer: str) -> None:
        """Record what came over a connection and was no request (`malformed`), or was cut."""
        now = self._recorder.mono()
        cut = why == "cut"
        data: dict[str, object] = {
            "route": None,
            "method": "",
            "url": "",
            "query": {},
            "request": {"headers": {}},
            "response": {} if cut else {"status": 400, "headers": {}},
            "began": now,
            "ended": now,
            "cut": cut,
            "refused_for": None if cut else "malformed_request",
            "facts": {"peer": peer},
        }
        self._recorder.record("http.exchange", data, source="psc")

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self._under_way += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    def _call(self, request: Request, place: Place) -> Call:
        nothing = Params([])
        return Call(
            request=request,
            tenant=place.tenant or self._nowhere,
            keys=self._keys,
            route=place.endpoint.route if place.endpoint else None,
            method=request.method,
            tail=place.tail,
            query=nothing,
            form=nothing,
            json=None,
            body=None,
            began=self._recorder.mono(),
            now=self._clock(),
            guard=self._guard,
        )

    def _answer(self, call: Call, place: Place, octets: bytes) -> Answer:
        try:
            self._require_address(call)
            _read(call, octets)
            return self._handled(call, place)
        except Refused as refused:
            return refused.answer
        except Exception as error:  # noqa: BLE001 # a defect of ours is answered and recorded too
            _LOG.exception("%s %s", call.method, call.request.url.path)
            call.facts["bench_error"] = f"{type(error).__name__}: {error}"
            return json_answer({"error": "server_error"}, 500, refused_for="bench_error")

    def _require_address(self, call: Call) -> None:
        """Raises `Refused` for a stranger; who came is among the facts where not everybody may."""
        if self._guard.allowed.networks:
            peer = _peer(call.request)
            call.facts["peer"] = peer
            require_address(self._guard, peer)

    def _handled(self, call: Call, place: Place) -> Answer:
        endpoint = place.endpoint
        if endpoint is None:
            raise refuse("not_found", "no such address", 404)
        if call.method not in endpoint.methods:
            allowed = ", ".join(endpoint.methods)
            data = {"error": "method_not_allowed", "error_description": f"allowed: {allowed}"}
            return json_answer(data, 405, {"allow": allowed}, "method_not_allowed")
        return control(call, self.tenants) if endpoint is CONTROL else endpoint.handler(call)

    def _record(self, call: Call, answer: Answer | None) -> None:
        """Write the exchange, then the faults that struck; no answer: the client hung up."""
        tenant, state = call.tenant, call.tenant.state
        name = "" if tenant is self._nowhere else tenant.name
        self._recorder.record(
            "http.exchange",
            {
                "route": call.route,
                "method": call.method,
                "url": _url(call.request),
                "query": labelled(call.query.pairs, state),
                "request": _request(call),
                "response": _response(answer, call) if answer else {},
                "began": call.began,
                "ended": self._recorder.mono(),
                "cut": answer is None,
                "refused_for": answer.refused_for if answer else None,
                "facts": call.facts,
            },
            source="psc",
            tenant=name,
        )
        for fired in call.fired:
            data = fired.describe(call.route)
            self._recorder.record("fault.fired", data, source="psc", tenant=name)


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""


async def _body(request: Request) -> bytes:
    """The octets of the body, at most one over the limit. Raises `ClientDisconnect`."""
    octets = b""
    async for chunk in request.stream():
        octets += chunk
        if len(octets) > BODY_LIMIT:
            break
    return octets


def _read(call: Call, octets: bytes) -> None:
    """Read query and body into `call`. Raises `Refused` for what cannot be read."""
    scope_query = call.request.scope["query_string"]
    try:
        call.query = Params.parse(scope_query.decode("latin-1"))
        if len(octets) > BODY_LIMIT:
            raise refuse("invalid_request", f"the body is over {BODY_LIMIT} octets", 413)
        media = call.header("content-type")
        kind = kind_of_body(media, octets)
        if kind == "form":
            call.form = Params.parse(octets.decode("utf-8", "replace"))
        elif kind == "json":
            call.json = json.loads(octets)
        elif kind == "other":
            call.body = {"octets": len(octets), "media_type": media}
    except (ValueError, RecursionError) as error:
        call.body = {"octets": len(octets), "media_type": call.header("content-type")}
        raise refuse("invalid_request", f"the request cannot be read: {error}") from error


def _request(call: Call) -> dict[str, object]:
    state = call.tenant.state
    bearer: SecretRole = "api_key" if call.route in _STEERING else "access_token"
    headers = ((k.decode("latin-1"), v.decode("latin-1")) for k, v in call.request.headers.raw)
    said: dict[str, object] = {"headers": request_headers(headers, bearer)}
    if call.form.pairs:
        said["form"] = labelled(call.form.pairs, state)
    if call.json is not None:
        said["json"] = labelled_json(call.json, state)
    if call.body is not None:
        said["body"] = call.body
    return said


def _response(answer: Answer, call: Call) -> dict[str, object]:
    response, state = answer.response, call.tenant.state
    said: dict[str, object] = {
        "status": response.status_code,
        "headers": response_headers(response.raw_headers),
    }
    if answer.json is not None:
        said["json"] = labelled_json(answer.json, state)
    if answer.redirect is not None:
        url, pairs, mode = answer.redirect
        said["redirect"] = {
            "url": urljoin(call.tenant.base_url, url.partition("?")[0]),
            "query": labelled(pairs, state),
            "mode": mode,
        }
    return said


def _url(request: Request) -> str:
    """The URL as the client wrote it, without its query."""
    scope = request.scope
    host = request.headers.get("host", "")
    path = scope.get("raw_path", scope["path"].encode()).decode("latin-1").partition("?")[0]
    return f"{scope['scheme']}://{host}{path}"
