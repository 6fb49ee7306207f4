"""One HTTP request that can neither hang beyond its deadline nor fill the memory."""

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from conformance.drivers.deadlines import Deadline
from conformance.locale import _, phrase
from conformance.locale.system import reason_of

LIMIT_OCTETS = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; `url` is the one asked, header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


class NoAnswer(Exception):
    """There was no whole answer; the sentence says why."""


class TimedOut(NoAnswer):
    """Nothing, or not everything, came before the deadline."""


class Unreachable(NoAnswer):
    """No connection: nobody listens there, or its certificate is not trusted."""


class Dropped(NoAnswer):
    """The connection was cut, or what came is not HTTP, or far too much came."""


def ask(
    client: httpx2.Client,
    method: str,
    url: str,
    deadline: Deadline,
    *,
    json: Any = None,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send one request without following redirects. Raises a `NoAnswer`."""
    try:
        request = client.build_request(
            method, url, json=json, data=form, headers=headers, timeout=max(0.001, deadline.left)
        )
        response = client.send(request, stream=True, follow_redirects=False)
        with contextlib.closing(response), _cut_at(deadline, response):
            body = _body(response)
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
        raise Unreachable(
            phrase("not an address that can be asked ({reason})", reason=error)
        ) from error
    except httpx2.ConnectTimeout as error:
        raise Unreachable(_within(_("no connection within {seconds:g} s"), deadline)) from error
    except httpx2.ConnectError as error:
        raise Unreachable(phrase("no connection ({reason})", reason=_cause(error))) from error
    except httpx2.TimeoutException as error:
        raise TimedOut(_within(_("no answer within {seconds:g} s"), deadline)) from error
    except httpx2.HTTPError as error:
        if deadline.passed:
            raise TimedOut(_within(_("no whole answer within {seconds:g} s"), deadline)) from error
        raise Dropped(
            phrase("the connection was dropped ({reason})", reason=_kind(error))
        ) from error
    if deadline.passed:
        raise TimedOut(_within(_("no whole answer within {seconds:g} s"), deadline))
    return Answer(response.status_code, dict(response.headers), body, url)


def _body(response: httpx2.Response) -> bytes:
    octets = bytearray()
    for chunk in response.iter_bytes():
        octets += chunk
        if len(octets) > LIMIT_OCTETS:
            said = _("the answer is over {size} MiB and does not end")
            raise Dropped(said.format(size=LIMIT_OCTETS // 2**20))
    return bytes(octets)


@contextlib.contextmanager
def _cut_at(deadline: Deadline, response: httpx2.Response) -> Iterator[None]:
    """Shut the connection at the deadline: a body that drips resets every read time-out."""
    stream = response.extensions["network_stream"]
    connection: socket.socket = stream.get_extra_info("socket")

    def cut() -> None:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(deadline.left, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _within(said: str, deadline: Deadline) -> str:
    return said.format(seconds=deadline.seconds)


def _kind(error: BaseException) -> str:
    return type(error).__name__


def _cause(error: BaseException) -> str:
    """The system's own words for why, without the library's."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return reason_of(cause)
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__
