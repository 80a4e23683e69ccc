"""The simulated 1C as clients that are not ours see it."""

import asyncio
import gzip
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import zeep

from deploy.local.onec import generate, modes, rows
from deploy.local.onec.server import OneC, Served, serving

CALL = (
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><GetProductList/></s:Body></s:Envelope>'
)


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    lists = {
        "GetProductList": [rows.render("ProductItem", row) for row in generate.products(400)],
        "GetClientList": [rows.render("ClientItem", row) for row in generate.clients(20)],
    }
    async with serving(OneC(lists)) as running:
        yield running


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=5) as running:
        yield running


@pytest.mark.parametrize("mode", ["base", "soap12"])
async def test_zeep_reads_both_lists(served: Served, mode: str) -> None:
    def call() -> tuple[list[Any], list[Any]]:
        service = zeep.Client(served.url(mode)).service  # type: ignore[no-untyped-call]  # zeep has few types
        return service.GetProductList(), service.GetClientList()

    products, clients = await asyncio.to_thread(call)
    assert len(products) == 400
    assert products[0].Code == "00-00000001"
    assert products[0].is_active is True
    assert len(clients) == 20


async def test_login_is_asked_for_the_wsdl_and_the_call(served: Served, client: httpx.AsyncClient) -> None:
    served.onec.user, served.onec.password = "Администратор", "пароль"
    assert (await client.get(served.url())).status_code == 401
    assert (await client.get(served.url(), auth=("Администратор", "нет"))).status_code == 401
    assert (await client.get(served.url(), headers={"Authorization": "Basic %%%"})).status_code == 401
    good = await client.get(served.url(), auth=("Администратор", "пароль"))
    assert good.status_code == 200
    assert b"CatalogSoap12Binding" in good.content


STATUS = {mode: answer.status for mode, answer in modes.ANSWERS.items()} | {
    "base": 200,
    "empty": 200,
    "control": 200,
    "malformed": 200,
    "unclosed": 200,
    "proxied": 200,
    "bad-5": 200,
    "bad-": 404,
    "unknown": 404,
}


@pytest.mark.parametrize(("mode", "status"), STATUS.items())
async def test_mode_decides_the_status_of_the_call(
    served: Served, client: httpx.AsyncClient, mode: str, status: int
) -> None:
    assert (await client.post(served.url(mode), content=CALL)).status_code == status


@pytest.mark.parametrize("mode", ["truncated", "short"])
async def test_broken_connection_is_seen_by_the_client(served: Served, client: httpx.AsyncClient, mode: str) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await client.post(served.url(mode), content=CALL)


@pytest.mark.parametrize("mode", ["silent", "drip"])
async def test_slow_modes_outlast_a_client(served: Served, client: httpx.AsyncClient, mode: str) -> None:
    with pytest.raises((httpx.ReadTimeout, TimeoutError)):
        async with asyncio.timeout(0.3):
            await client.post(served.url(mode), content=CALL, timeout=0.2)


async def test_gzip_mode_sends_the_same_list_smaller(served: Served, client: httpx.AsyncClient) -> None:
    plain = await client.post(served.url(), content=CALL)
    async with client.stream("POST", served.url("gzip"), content=CALL) as response:
        packed = b"".join([piece async for piece in response.aiter_raw()])
    assert gzip.decompress(packed) == plain.content
    assert len(packed) < len(plain.content) / 4


async def test_call_of_an_unknown_operation_is_a_fault(served: Served, client: httpx.AsyncClient) -> None:
    answer = await client.post(served.url(), content=b"<GetPrices/>")
    assert answer.status_code == 500
    assert "по причине" in answer.text


async def test_session_is_started_used_and_finished(served: Served, client: httpx.AsyncClient) -> None:
    started = await client.get(served.url(), headers={"IBSession": "start"})
    session = started.headers["set-cookie"].split(";")[0]
    client.cookies.clear()
    assert (await client.get(served.url(), headers={"Cookie": session})).status_code == 200
    assert (await client.get(served.url(), headers={"Cookie": session, "IBSession": "finish"})).status_code == 200
    assert (await client.get(served.url(), headers={"Cookie": session})).status_code == 400
    sessions = served.onec.sessions
    assert (sessions.started, sessions.finished, sessions.open) == (1, 1, set())


async def test_sessions_beyond_the_limit_are_refused(served: Served, client: httpx.AsyncClient) -> None:
    served.onec.sessions.limit = 1
    assert (await client.get(served.url(), headers={"IBSession": "start"})).status_code == 200
    client.cookies.clear()
    assert (await client.get(served.url(), headers={"IBSession": "start"})).status_code == 406


async def test_garbage_closes_the_connection(served: Served) -> None:
    reader, writer = await asyncio.open_connection(served.host, served.port)
    writer.write(b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n")
    assert await reader.read() == b""
    writer.close()


async def test_delay_is_waited_before_a_list(served: Served, client: httpx.AsyncClient) -> None:
    served.onec.delay = 0.2
    began = time.monotonic()
    await client.post(served.url(), content=CALL)
    assert time.monotonic() - began >= 0.2


async def test_rows_are_sent_faster_than_anyone_reads_them(served: Served) -> None:
    """Straight from the socket: what is measured is the server, not a client that parses HTTP."""
    served.onec.rows["GetProductList"] *= 50
    head = b"POST /base/ws/Catalog.1cws HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(CALL)

    def read_all() -> float:
        with socket.create_connection((served.host, served.port)) as connection:
            began = time.monotonic()
            connection.sendall(head + CALL)
            last = b""
            while not last.endswith(b"\r\n0\r\n\r\n"):
                last = (last + connection.recv(1 << 20))[-20:]
            return time.monotonic() - began

    assert 20_000 / await asyncio.to_thread(read_all) > 40_000


async def started(*arguments: str) -> tuple[asyncio.subprocess.Process, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.local.onec", "--port", "0", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    return process, (await process.stdout.readline()).decode()


async def test_command_serves_a_csv_until_it_is_stopped(tmp_path: Path, client: httpx.AsyncClient) -> None:
    path = tmp_path / "list.csv"
    path.write_text("source_id,barcode,name,category,brand\n64,046,Чай,Напитки,Ахмад\n", encoding="utf-8")
    process, line = await started("--products", str(path), "--generate-clients", "3")
    assert line.endswith("with 1 rows of GetProductList, 3 rows of GetClientList\n")
    answer = await client.post(line.split()[3], content=CALL)
    assert "<m:Code>64</m:Code><m:Shtrix>046</m:Shtrix><m:Name>Чай</m:Name>" in answer.text
    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0


async def test_command_says_when_its_port_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process, _ = await started("--port", str(taken.getsockname()[1]))
        assert process.stderr is not None
        message = (await process.stderr.read()).decode()
    assert await process.wait() == 1
    assert message.startswith("the simulated 1C cannot start: ")
    assert message.count("\n") == 1
