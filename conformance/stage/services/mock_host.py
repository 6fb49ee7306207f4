"""What the mocks of a run share: an asyncio loop on a thread, an authority, a certificate."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from common.recording import Recorder
from conformance.plan.listening import Listening
from conformance.stage.services.enrolment import Enrolment, kept_enrolment, passing_enrolment
from conformance.stage.services.registration import ClientRegistration
from conformance.stage.services.service import Played
from conformance.story import Declaration
from mocks.pki.authority import Authority, ServerCertificate

_Result = TypeVar("_Result")


class Loop:
    """An asyncio loop on a thread of its own."""

    def __init__(self) -> None:
        self._loop = _new_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mocks", daemon=True)
        self._thread.start()

    def call(self, work: Coroutine[Any, Any, _Result], within: float = 20.0) -> _Result:
        """Run `work` there and wait for it. Raises `TimeoutError` after `within` seconds."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(within)

    def stop(self) -> None:
        """End the loop and its thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()


class MockHost:
    """Where the mocks of a run answer. Whatever is asked of it comes into being then.

    `keys` is the folder of what lasts: the bench's authority, the provider's signing keys and the
    registration of a desk (`lasting`: that one even on loopback). `listening` was checked
    before (`plan.listening.problems`).
    """

    def __init__(
        self,
        recorder: Recorder,
        keys: Path,
        listening: Listening | None = None,
        *,
        lasting: bool = False,
    ) -> None:
        self.recorder = recorder
        self.keys = keys
        self.listening = listening or Listening()
        self._lasting = lasting or self.listening.lasting
        self._loop: Loop | None = None

    @cached_property
    def desk(self) -> Enrolment:
        """The secrets of a product's desk. Raises `NotReady` when those kept are unreadable."""
        return kept_enrolment(self.keys) if self._lasting else passing_enrolment()

    @cached_property
    def authority(self) -> Authority:
        """Who signs the certificates. Raises `AuthorityFault`."""
        return Authority(self.keys / "pki")

    @cached_property
    def certificate(self) -> ServerCertificate:
        """The one certificate of every mock."""
        return self.authority.issue(self.listening.certificate_names)

    def call(self, work: Coroutine[Any, Any, _Result], within: float = 20.0) -> _Result:
        """Run `work` in the loop and wait for it. Raises `TimeoutError` after `within` seconds."""
        if self._loop is None:
            self._loop = Loop()
        return self._loop.call(work, within)

    def do(self, work: Callable[[], _Result]) -> _Result:
        """The same for a function, which must not wait."""

        async def soon() -> _Result:
            return work()

        return self.call(soon())

    def stop(self) -> None:
        """End the loop."""
        if self._loop is not None:
            self._loop.stop()
            self._loop = None


class MockService:
    """What is the same for every service that a mock plays (`conformance.stage.services.service`).

    The tenant of the scenarios is the only one.
    """

    played: Played = "mock"

    def __init__(self, host: MockHost) -> None:
        self._host = host

    @property
    def authority(self) -> Path | None:
        """The bench's own."""
        return self._host.authority.root_path

    @property
    def certificate(self) -> Path | None:
        """That of every mock."""
        return self._host.certificate.cert_path

    def refuses(self, story: Declaration) -> str | None:
        """Nothing: a mock plays every story."""
        return None

    def open(self, client: ClientRegistration) -> None:
        """Most services know nothing of clients."""

    def settle(self) -> None:
        """Most answer in the moment they are asked."""


def _new_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:  # Windows: uvloop does not exist there
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
