"""Both mocks beyond loopback: who is let in, who is not, and how the phone page is opened."""

import asyncio
import socket
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx2
import pytest

from common.networks import AllowList, is_loopback
from mocks.mssante.smtp.server import SmtpMock
from mocks.mssante.tenant import MailTenantConfig
from mocks.pki.authority import Authority
from mocks.psc.http import connection
from mocks.psc.server import PscMock, Tenant, TenantConfig
from tests.worlds.recorder import Heard


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return Authority(tmp_path_factory.mktemp("pki"))


def _greeting(authority: Authority, allow: Any, heard: Heard) -> Any:
    """What a client on loopback reads first from a submission listener that lets `allow` in."""

    async def work() -> Any:
        smtp = SmtpMock(heard, authority.issue(), allow)
        await smtp.start()
        config = MailTenantConfig("alone", "a.mss.test", "p.mss.test", {}, (), lambda token: None)
        tenant = await smtp.open_tenant(config)
        reader, writer = await asyncio.open_connection("127.0.0.1", tenant.port)
        said = await reader.read(4)
        writer.close()
        await smtp.stop()
        return said

    return asyncio.run(work())


def _with_psc(folder: Path, heard: Heard, work: Any, **guard: Any) -> Any:
    async def run() -> Any:
        psc = PscMock(heard, folder, **guard)
        await psc.start()
        try:
            return await work(psc, psc.open_tenant(TenantConfig()))
        finally:
            await psc.stop()

    return asyncio.run(run())


def test_a_mail_client_of_the_list_is_greeted(authority: Authority) -> None:
    assert _greeting(authority, ["127.0.0.0/8"], Heard()) == b"220 "


def test_a_mail_client_outside_the_list_is_hung_up_on_unanswered_and_recorded(
    authority: Authority,
) -> None:
    heard = Heard()

    said = _greeting(authority, ["10.77.0.2/32"], heard)

    assert said == b""
    [(kind, data)] = [(event.kind, event.data) for event in heard.events]
    assert kind == "smtp.command"
    assert (data["verb"], data["line"], data["reply"]) == ("CONNECT", "127.0.0.1", "")
    assert data["refused_for"] == "address-not-allowed"


def test_the_submission_listener_does_not_start_beyond_loopback_without_a_list(
    authority: Authority,
) -> None:
    smtp = SmtpMock(Heard(), authority.issue())

    with pytest.raises(ValueError, match="beyond loopback"):
        asyncio.run(smtp.start("0.0.0.0"))


def test_a_stranger_is_refused_by_psc_before_the_request_is_read_and_recorded(
    tmp_path: Path,
) -> None:
    heard = Heard()

    async def work(psc: PscMock, tenant: Tenant) -> Any:
        async with httpx2.AsyncClient() as stranger:
            json = {"content-type": "application/json"}
            return await stranger.post(tenant.discovery_url, content=b"{", headers=json)

    answer = _with_psc(tmp_path, heard, work, allow=["10.77.0.2/32"])

    assert (answer.status_code, answer.json()["error"]) == (403, "address_not_allowed")
    [data] = [event.data for event in heard.events]
    assert (data["refused_for"], data["facts"]["peer"]) == ("address_not_allowed", "127.0.0.1")


def test_the_address_of_the_phone_page_opens_it_in_one_browser_only(tmp_path: Path) -> None:
    async def work(psc: PscMock, tenant: Tenant) -> Any:
        ticketed = psc.phone_ticket(tenant)
        async with httpx2.AsyncClient() as person:
            opened = await person.get(ticketed, follow_redirects=True)
            again = await person.get(tenant.phone_url)
        async with httpx2.AsyncClient() as other:
            used = await other.get(ticketed)
            bare = await other.get(tenant.phone_url)
        return opened, [a.status_code for a in (opened, again, used, bare)]

    opened, statuses = _with_psc(tmp_path, Heard(), work, control_token="sesame")

    assert statuses == [200, 200, 401, 401]
    assert "control_token" not in str(opened.url)


def test_an_open_phone_page_does_not_give_the_lasting_token_away(tmp_path: Path) -> None:
    async def work(psc: PscMock, tenant: Tenant) -> Any:
        async with httpx2.AsyncClient() as person:
            await person.get(psc.phone_ticket(tenant))
            return dict(person.cookies)

    cookies = _with_psc(tmp_path, Heard(), work, control_token="sesame")

    assert cookies and "sesame" not in str(cookies)


def test_a_phone_ticket_does_not_open_the_control_api(tmp_path: Path) -> None:
    async def work(psc: PscMock, tenant: Tenant) -> Any:
        ticket = psc.phone_ticket(tenant).partition("?")[2]
        async with httpx2.AsyncClient() as robot:
            return (await robot.get(f"{psc.base_url}/control/tenants?{ticket}")).status_code

    assert _with_psc(tmp_path, Heard(), work, control_token="sesame") == 401


def test_who_answers_the_phone_does_not_steer_the_mock(tmp_path: Path) -> None:
    async def work(psc: PscMock, tenant: Tenant) -> list[Any]:
        control = f"{psc.base_url}/control/tenants"
        async with httpx2.AsyncClient() as person:
            opened = await person.get(psc.phone_ticket(tenant), follow_redirects=True)
            steered = await person.get(control)
            bearer = await person.get(control, headers={"authorization": "Bearer sesame"})
        return [answer.status_code for answer in (opened, steered, bearer)]

    statuses = _with_psc(tmp_path, Heard(), work, control_token="sesame")

    assert statuses == [200, 401, 200]


async def _answered_raw(psc: PscMock, *pieces: Any) -> Any:
    """All that the mock answers to these octets, until it hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", psc.port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        return await reader.read()
    except ConnectionError:  # it hung up before all was sent
        return b""
    finally:
        writer.close()


def test_a_stranger_is_answered_before_sending_a_body(tmp_path: Path) -> None:
    async def work(psc: PscMock, tenant: Tenant) -> Any:
        head = b"POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n"
        reader, writer = await asyncio.open_connection("127.0.0.1", psc.port)
        writer.write(head)
        said = await reader.readline()
        writer.close()
        return said

    said = _with_psc(tmp_path, Heard(), work, allow=["10.77.0.2/32"])

    assert b"403" in said


@pytest.mark.parametrize(
    ("seconds", "allow"), [("STRANGER_SECONDS", ["10.77.0.2/32"]), ("HEADER_SECONDS", [])]
)
def test_nobody_holds_a_connection_on_which_no_header_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: str, allow: Any
) -> None:
    monkeypatch.setattr(connection, seconds, 0.1)

    async def work(psc: PscMock, tenant: Tenant) -> list[Any]:
        return [await _answered_raw(psc, piece) for piece in (b"", b"GET / HTTP/1.1\r\nX: ")]

    assert _with_psc(tmp_path, Heard(), work, allow=allow) == [b"", b""]


def test_a_slow_header_of_somebody_let_in_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "STRANGER_SECONDS", 0.0)

    async def work(psc: PscMock, tenant: Tenant) -> Any:
        reader, writer = await asyncio.open_connection("127.0.0.1", psc.port)
        writer.write(b"GET /phone HTTP/1.1\r\n")
        await writer.drain()
        async with httpx2.AsyncClient() as other:
            await other.get(tenant.phone_url)
        writer.write(b"Host: x\r\n\r\n")
        said = await reader.readline()
        writer.close()
        return said

    assert b"200" in _with_psc(tmp_path, Heard(), work, allow=["127.0.0.0/8"])


def test_a_header_without_end_is_no_request(tmp_path: Path) -> None:
    heard = Heard()
    pieces = [b"GET / HTTP/1.1\r\nX: ", *[b"a" * 65_536] * 40]

    async def work(psc: PscMock, tenant: Tenant) -> Any:
        return await _answered_raw(psc, *pieces)

    said = _with_psc(tmp_path, heard, work)

    assert said.startswith(b"HTTP/1.1 400 ") or said == b""
    assert [event.data["refused_for"] for event in heard.events] == ["malformed_request"]


@pytest.mark.parametrize(
    ("peer", "let_in"),
    [
        ("10.77.0.2", True),
        ("::ffff:10.77.0.2", True),
        ("10.77.0.3", False),
        ("fd00::5", True),
        ("fd01::5", False),
        ("", False),
        ("/run/socket", False),
    ],
)
def test_an_allow_list_knows_networks_of_both_families(peer: str, let_in: bool) -> None:
    allowed = AllowList((ip_network("10.77.0.2/32"), ip_network("fd00::/64")))

    assert allowed.lets_in(peer) is let_in


def test_only_this_machine_is_loopback() -> None:
    assert is_loopback("127.0.0.5") and is_loopback("::1") and is_loopback("localhost")
    assert not is_loopback("0.0.0.0") and not is_loopback("10.77.0.1")
    with pytest.raises(ValueError):
        is_loopback(socket.gethostname() + ".invalid")
