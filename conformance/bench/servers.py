"""The servers under measurement, and `python -m conformance.bench.servers KIND FOLDER KEYS …`.

Alone in a process, a mock runs as in a run of the bench: in one loop on a thread of its own, every
exchange written to a journal in FOLDER. The process prints its addresses as one line of JSON, obeys
the lines it is given (each answered `ok`), and ends at the end of its input.
"""

import asyncio
import json
import secrets
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from common.recording import Recorder


@dataclass(slots=True)
class Server:
    """A server that answers: `about` says where, `commands` are what it obeys beside."""

    about: dict[str, Any]
    commands: dict[str, Callable[[str], None]] = field(default_factory=dict)
    stop: Callable[[], None] = lambda: None

    def ask(self, words: str) -> None:
        """Obey one line. Raises `KeyError` for an unknown command."""
        name, _, rest = words.partition(" ")
        self.commands[name](rest)


def main(kind: str, folder: str, *arguments: str) -> None:
    """Serve `kind` until the end of input. Raises `KeyError` for an unknown kind."""
    from conformance.journal import JournalWriter

    writer = JournalWriter(Path(folder), "bench", secrets.token_bytes(32), time.perf_counter_ns())
    server = KINDS[kind](writer, *arguments)
    print(json.dumps(server.about), flush=True)
    for line in sys.stdin:
        server.ask(line.strip())
        if line.startswith("reset"):
            writer.forget()
        print("ok", flush=True)


def mocks(recorder: Recorder, keys: str) -> Server:
    """Every mock of a run, by the code that a run uses."""
    from conformance.stage.services.registration import ClientRegistration
    from conformance.stage.services.surroundings import Mocks

    every = Mocks(recorder, Path(keys))
    every.start()
    every.open(ClientRegistration("bench", "client_secret_basic", (), ()))
    about = {
        "discovery": every.psc.tenant.discovery_url,
        "smtp": every.mssante.tenant.port,
        "ca": str(every.host.authority.root_path),
    }
    return Server(about, stop=every.stop)


def psc(recorder: Recorder, keys: str, redirect_uri: str) -> Server:
    """The mock Pro Santé Connect on plain HTTP: `answer ID` approves on the phone."""
    from common.identities import DOCTOR
    from conformance.stage.services.mock_host import Loop
    from mocks.psc.server import Client, PscMock, TenantConfig

    loop = Loop()
    mock = PscMock(recorder, Path(keys))
    loop.call(mock.start())
    client = Client("bench", secrets.token_urlsafe(24), redirect_uris=(redirect_uri,))
    tenant = mock.open_tenant(TenantConfig(clients=(client,)))
    about = {
        "base": mock.base_url,
        "authorization": tenant.wallet_url,
        "token": tenant.endpoint("/token"),
        "backchannel": tenant.endpoint("/ext/ciba/auth"),
        "client_id": client.client_id,
        "secret": client.secret,
        "login_hint": DOCTOR.national_id,
        "discovery": tenant.discovery_url,
        "keys": tenant.endpoint("/certs"),
        "tenant": tenant.describe(),
    }
    commands: dict[str, Callable[[str], None]] = {
        "reset": lambda _: tenant.reset(),
        "answer": lambda request: _only(tenant.phone.answer(request, approve=True)),
    }
    return Server(about, commands, lambda: _down(loop, mock.stop))


def smtp(recorder: Recorder, keys: str) -> Server:
    """The mock MSSanté, with one mailbox that one token opens."""
    from common.identities import DOCTOR
    from conformance.stage.services.mock_host import Loop
    from mocks.mssante.smtp.server import SmtpMock
    from mocks.mssante.tenant import MailTenantConfig
    from mocks.pki.authority import Authority
    from mocks.psc.state import AccessGrant

    loop = Loop()
    authority = Authority(Path(keys) / "pki")
    mock = SmtpMock(recorder, authority.issue())
    loop.call(mock.start())
    mailbox, token = "bench@bench.mss.test", secrets.token_urlsafe(48)
    grants = {token: AccessGrant(DOCTOR.national_id, "bench", time.time() + 3600, "bench")}
    config = MailTenantConfig(
        name="bench",
        domain="bench.mss.test",
        patient_domain="patient.bench.mss.test",
        mailboxes={mailbox: DOCTOR.national_id},
        trust_list=("bench.mss.test",),
        tokens=grants.get,
    )
    tenant = loop.call(mock.open_tenant(config))
    about = {
        "port": tenant.port,
        "mailbox": mailbox,
        "token": token,
        "ca": str(authority.root_path),
        "tenant": tenant.describe(),
    }
    commands: dict[str, Callable[[str], None]] = {"reset": lambda _: tenant.store.clear()}
    return Server(about, commands, lambda: _down(loop, mock.stop))


def aiosmtpd(recorder: Recorder) -> Server:
    """The peer of the mock MSSanté: bare aiosmtpd, with a handler that drops what it takes."""
    from aiosmtpd.smtp import SMTP

    class Drop:
        async def handle_DATA(self, *_: object) -> str:  # noqa: N802 -- aiosmtpd's name
            return "250 OK"

    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()

    async def serve() -> int:
        server = await loop.create_server(
            lambda: SMTP(Drop(), hostname="localhost", loop=loop), "127.0.0.1", 0
        )
        port: int = server.sockets[0].getsockname()[1]
        return port

    port = asyncio.run_coroutine_threadsafe(serve(), loop).result(20)
    return Server({"port": port}, {"reset": lambda _: None})


def judge(recorder: Recorder) -> Server:
    """Not a server: the judge, loaded; `judge FOLDER` has it judge a bundle."""
    from conformance.catalogue import load_catalogue
    from conformance.checks.all_rules import all_rules
    from conformance.judging.judge import judge

    load_catalogue()
    all_rules()
    return Server({}, {"judge": lambda folder: _only(judge(Path(folder)))})


def pytest(recorder: Recorder) -> Server:
    """Not a server: `tell FILE` runs stories around a bench, `run FILE` tests, both by pytest.

    CPU time of this process at the end of each test, in ns, goes into FILE with `.json` after it.
    """
    import pytest as runner

    def run(path: str, *more: str) -> None:
        moments: list[int] = []

        class Moments:
            def pytest_runtest_logfinish(self) -> None:
                moments.append(time.process_time_ns())

        ini = Path(__file__).parent.parent / "scenarios.ini"
        common = [path, "-c", str(ini), f"--rootdir={Path(path).parent}", "-p", "no:terminal"]
        code = runner.main([*common, *more], plugins=[Moments()])
        if code not in (runner.ExitCode.OK, runner.ExitCode.TESTS_FAILED):
            raise RuntimeError(f"pytest ended with {code!r}")
        Path(f"{path}.json").write_text(json.dumps(moments), encoding="utf-8")

    def tell(path: str) -> None:
        reports = f"--banc-reports={Path(path).parent}"
        run(path, "-p", "conformance.plugin", "--banc-no-video", "--banc-journal-only", reports)

    return Server({}, {"tell": tell, "run": run})


def _only(_: object) -> None:
    """A command gives nothing back."""


def _down(loop: Any, stop: Callable[[], Any]) -> None:
    loop.call(stop())
    loop.stop()


KINDS: dict[str, Callable[..., Server]] = {
    "mocks": mocks,
    "psc": psc,
    "smtp": smtp,
    "aiosmtpd": aiosmtpd,
    "judge": judge,
    "pytest": pytest,
}

if __name__ == "__main__":
    main(*sys.argv[1:])
