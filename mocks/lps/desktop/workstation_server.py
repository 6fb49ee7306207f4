"""The server half of the desktop program: it alone holds the client secret and the tokens.

It answers JSON on the loopback to one workstation that shows an application token
[IG-REST thick client]: start a CIBA login, hear how it ended, log out. The program runs in a
process of its own whose environment never had the secret.
"""

import logging
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mocks.lps.ciba import CibaLogin, Means
from mocks.lps.parts import Parts
from mocks.lps.serving import bound, port_of, served
from mocks.lps.settings import SECRET_VARIABLE, Settings
from mocks.lps.sign_in import decisions as sign_in
from mocks.lps.sign_in.decisions import EndSession, SignedIn, SignInRefused
from mocks.lps.sign_in.psc_client import PscClient, PscError, PscUnavailable
from mocks.lps.traces import Traces

TOKEN_VARIABLE = "LPS_APPLICATION_TOKEN"
LONGEST_WAIT_S = 25.0

log = logging.getLogger("lps.server")


class Asked(BaseModel):
    """Who is to sign in, and how."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    national_id: str = Field(min_length=1)
    means: Means


class WorkstationServer:
    """What the server does for its one workstation. Methods may be called from any thread."""

    def __init__(self, settings: Settings, parts: Parts) -> None:
        self.psc = PscClient(
            settings,
            parts.discovery_address(settings.psc_discovery),
            parts.client_authentication,
        )
        self.parts = parts
        self.traces = Traces()
        self._login: CibaLogin | None = None
        self._signed_in: SignedIn | None = None
        self._lock = threading.Lock()

    def start(self, asked: Asked) -> Mapping[str, object]:
        """Begin a login; a former one still waiting is given up. Raises `SignInRefused`."""
        self.cancel()
        login = CibaLogin(self.psc, self.parts, asked.national_id, asked.means)
        self.traces.add("CONNECT_START", person=asked.national_id)
        with self._lock:
            self._login = login
        return {"digits": self.parts.shown_digits(login.digits), "expires_in": login.expires_in}

    def outcome(self, seconds: float) -> Mapping[str, object]:
        """How the login stands, after waiting up to `seconds` for its end."""
        login = self._login
        if login is None:
            return {"state": "none", "message": "", "person": None}
        login.wait(seconds)
        if login.state == "connected" and login.signed_in is not None:
            self._welcome(login, login.signed_in)
        return {"state": login.state, "message": login.message, "person": self.person()}

    def person(self) -> Mapping[str, object] | None:
        """Who is signed in, as the program may know it: no token."""
        if self._signed_in is None:
            return None
        person = self._signed_in.professional
        practices = [asdict(p) for p in self.parts.practices_offered(person)]
        return {**asdict(self.parts.shown_identity(person)), "practices": practices}

    def cancel(self) -> None:
        """Give up the login that waits, if any."""
        if self._login is not None:
            self._login.cancel()

    def logout(self) -> Mapping[str, object]:
        """End the session here and at Pro Santé Connect; `message` when the latter failed."""
        signed_in = self._forget("DISCONNECT")
        message = ""
        if signed_in is not None:
            try:
                self._end_psc_session(signed_in)
            except (PscError, PscUnavailable) as error:
                message = sign_in.refusal(error).message
        return {"message": message}

    def close_for_inactivity(self) -> None:
        """End the session here, and here only."""
        signed_in = self._forget("IDLE")
        if signed_in is not None:
            self.parts.when_idle(lambda: self._end_psc_session(signed_in))

    def _welcome(self, login: CibaLogin, signed_in: SignedIn) -> None:
        with self._lock:
            if self._login is not login:
                return
            self._login, self._signed_in = None, signed_in
        self.traces.add(
            "CONNECT_SUCCESS",
            person=signed_in.professional.national_id,
            session_state=signed_in.session_state,
        )

    def _forget(self, event: str) -> SignedIn | None:
        self.cancel()
        with self._lock:
            signed_in, self._signed_in, self._login = self._signed_in, None, None
        if signed_in is not None:
            self.traces.add(event, person=signed_in.professional.national_id)
        return signed_in

    def _end_psc_session(self, signed_in: SignedIn) -> None:
        parameters = self.parts.end_session(EndSession(signed_in.tokens.id_token, None, None))
        if parameters is not None:
            self.psc.logout(parameters)


def server_app(server: WorkstationServer, token: str) -> Starlette:
    """The JSON service of `server`, for whoever shows `token`."""

    async def start(request: Request) -> object:
        asked = Asked.model_validate_json(await request.body())
        return await run_in_threadpool(server.start, asked)

    async def outcome(request: Request) -> object:
        seconds = min(float(request.query_params.get("wait", "0")), LONGEST_WAIT_S)
        return await run_in_threadpool(server.outcome, seconds)

    async def cancel(_request: Request) -> object:
        server.cancel()
        return {}

    async def logout(_request: Request) -> object:
        return await run_in_threadpool(server.logout)

    async def idle(_request: Request) -> object:
        await run_in_threadpool(server.close_for_inactivity)
        return {}

    async def terms(_request: Request) -> object:
        return asdict(server.parts.terms())

    def route(path: str, method: str, handler: Callable[[Request], Awaitable[object]]) -> Route:
        return Route(path, _for_program(handler, token), methods=[method])

    return Starlette(
        routes=[
            route("/login", "POST", start),
            route("/login", "GET", outcome),
            route("/login", "DELETE", cancel),
            route("/session", "DELETE", logout),
            route("/idle", "POST", idle),
            route("/terms", "GET", terms),
        ]
    )


def _for_program(
    handler: Callable[[Request], Awaitable[object]], token: str
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        shown = request.headers.get("authorization", "")
        if not secrets.compare_digest(shown.encode(), f"Bearer {token}".encode()):
            return JSONResponse({"message": "Ce poste n’est pas autorisé."}, 401)
        try:
            return JSONResponse(await handler(request))
        except SignInRefused as refused:
            return JSONResponse({"message": refused.message}, 409)
        except (ValidationError, ValueError):
            return JSONResponse({"message": "Demande incomplète."}, 422)

    return endpoint


def run_with_program(settings: Settings, parts: Parts) -> int:
    """Serve one workstation and run its program; gives the program's exit code."""
    token = secrets.token_urlsafe(32)
    listener = bound("127.0.0.1", 0)
    server = WorkstationServer(settings, parts)
    with served(server_app(server, token), listener):
        program = subprocess.Popen(
            _command(settings, f"http://127.0.0.1:{port_of(listener)}"),
            env=_environment(token),
            stdin=subprocess.PIPE,
        )
        try:
            return program.wait()
        finally:
            program.terminate()
            program.wait()
            server.psc.close()


def _command(settings: Settings, server_url: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "mocks.lps.desktop.program",
        f"--server={server_url}",
        f"--port={settings.port}",
        f"--geometry={settings.geometry}",
        f"--terms={settings.terms}",
        f"--idle-seconds={settings.idle_seconds}",
        "--window" if settings.window else "--no-window",
    ]


def _environment(token: str) -> dict[str, str]:
    """The program's environment: everything but the secret, and the token of this workstation."""
    kept = {k: v for k, v in os.environ.items() if k not in (SECRET_VARIABLE, "LPS_CLIENT_SECRET")}
    return {**kept, TOKEN_VARIABLE: token}
