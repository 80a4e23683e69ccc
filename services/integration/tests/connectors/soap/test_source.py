import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import psutil
import pytest
from integration.connectors.soap import (
    AddressPolicy,
    Cause,
    RejectedRow,
    SoapSource,
    SourceError,
    SourceRow,
    SourceSettings,
)
from integration.connectors.soap.answer import AnswerReader
from integration.connectors.soap.batch import Counters, Kind
from integration.connectors.soap.batches import Batches
from integration.connectors.soap.mapping import Fields, RowMapper
from integration.mappings.rows import SkippedRow

from deploy.local.onec import wsdl
from deploy.local.onec.listing import blocks
from deploy.local.onec.server import Served
from deploy.local.onec.wire import Request

from .reading import lists_of

Settings = Callable[..., SourceSettings]
Serve = Callable[[Callable[[bytes], bytes]], Awaitable[str]]

OPERATIONS: dict[Kind, str] = {"nomenklatura": "GetProductList", "clients": "GetClientList"}


async def read(
    settings: SourceSettings, kind: Kind = "nomenklatura"
) -> tuple[list[SourceRow], list[RejectedRow], Counters]:
    rows: list[SourceRow] = []
    rejected: list[RejectedRow] = []
    async with SoapSource(settings) as source:
        async for batch in source.rows(kind, OPERATIONS[kind]):
            rows += batch.rows
            rejected += batch.rejected
    return rows, rejected, source.counters


async def test_products_come_clean_and_complete(source: Served, settings: Settings) -> None:
    rows, rejected, counters = await read(settings(source.url()))
    assert [row.code for row in rows] == [f"00-{number:08d}" for number in range(1, 1001)]
    assert rejected == []
    assert (counters.rows, counters.rejected) == (1000, 0)
    first = json.loads(rows[0].payload)
    assert first["article_code"] == "ART-1000001"
    assert "series" not in first


async def test_clients_come_clean_and_complete(source: Served, settings: Settings) -> None:
    rows, rejected, _ = await read(settings(source.url()), "clients")
    assert (len(rows), rejected) == (100, [])
    assert json.loads(rows[4].payload)["established_date"] is None


@pytest.mark.parametrize("mode", ["gzip", "soap12", "proxied", "control"])
async def test_other_ways_of_serving_the_list_give_the_same_rows(source: Served, settings: Settings, mode: str) -> None:
    assert (await read(settings(source.url(mode))))[0] == (await read(settings(source.url())))[0]


async def test_compressed_answer_and_control_characters_are_counted(source: Served, settings: Settings) -> None:
    _, _, counters = await read(settings(source.url("gzip")))
    assert counters.bytes_received < counters.bytes_read / 4
    _, _, counters = await read(settings(source.url("control")))
    assert counters.control_characters == 20


async def test_empty_list_is_no_error(source: Served, settings: Settings) -> None:
    assert (await read(settings(source.url("empty"))))[:2] == ([], [])


async def test_bad_rows_are_rejected_one_by_one(source: Served, settings: Settings) -> None:
    rows, rejected, _ = await read(settings(source.url("bad-10")))
    assert len(rows) == 920
    assert len(rejected) == 80
    assert [item.reason for item in rejected[1:4]] == [
        "Name is missing",
        "Name is 359 characters long, at most 255 fit",
        'BasePrice "договорная" is not a number',
    ]
    codes = [row.code for row in rows]
    assert codes.count("00-00000049") == 2


async def test_rows_come_in_batches_of_the_asked_size(source: Served, settings: Settings) -> None:
    async with SoapSource(settings(source.url(), batch_size=300)) as reader:
        sizes = [len(batch) async for batch in reader.rows("nomenklatura", "GetProductList")]
    assert sum(sizes) == 1000
    assert all(size >= 300 for size in sizes[:-1])
    assert len(sizes) > 1


async def test_cyrillic_login_is_sent_as_utf_8(source: Served, settings: Settings) -> None:
    source.onec.user, source.onec.password = "Администратор", "пароль:с двоеточием"
    rows, _, _ = await read(settings(source.url(), username="Администратор", password="пароль:с двоеточием"))
    assert len(rows) == 1000


async def test_call_names_its_action_and_the_host_that_was_typed(source: Served, settings: Settings) -> None:
    requests: list[Request] = []
    source.onec.observe = requests.append
    await read(settings(source.url("proxied")))
    call = next(request for request in requests if request.method == "POST")
    assert call.header("soapaction") == '"http://www.sample-package.org#Catalog:GetProductList"'
    assert call.header("host") == f"127.0.0.1:{source.port}"
    assert call.header("accept-encoding") == "gzip"
    assert call.path == "/proxied/ws/Catalog.1cws"


async def test_one_session_serves_a_reading_and_is_finished(source: Served, settings: Settings) -> None:
    await read(settings(source.url()))
    assert (source.onec.sessions.started, source.onec.sessions.finished) == (1, 1)


async def test_session_is_finished_when_the_reader_stops_early(source: Served, settings: Settings) -> None:
    async with SoapSource(settings(source.url(), batch_size=10)) as reader:
        rows = reader.rows("nomenklatura", "GetProductList")
        await anext(rows)
    await rows.aclose()
    assert source.onec.sessions.open == set()


async def test_session_is_finished_when_the_reading_task_is_cancelled(source: Served, settings: Settings) -> None:
    called = asyncio.Event()
    source.onec.observe = lambda request: called.set() if request.method == "POST" else None
    task = asyncio.create_task(read(settings(source.url("silent"), timeout=30)))
    await called.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (source.onec.sessions.started, source.onec.sessions.finished) == (1, 1)


async def test_session_that_1c_forgot_is_started_again(source: Served, settings: Settings) -> None:
    async with SoapSource(settings(source.url())) as reader:
        await reader.operations()
        source.onec.sessions.open.clear()
        rows = [row async for batch in reader.rows("nomenklatura", "GetProductList") for row in batch.rows]
    assert len(rows) == 1000
    assert (source.onec.sessions.started, source.onec.sessions.finished) == (2, 1)


async def test_no_free_session_is_busy(source: Served, settings: Settings) -> None:
    source.onec.sessions.limit = 1
    async with SoapSource(settings(source.url())) as first:
        await first.operations()
        with pytest.raises(SourceError) as busy:
            await read(settings(source.url()))
    assert busy.value.cause is Cause.BUSY
    assert len((await read(settings(source.url())))[0]) == 1000


async def test_address_without_the_wsdl_query_is_tried_with_it(serve: Serve, settings: Settings) -> None:
    document = wsdl.render("http://x/ws/x.1cws")

    def respond(request: bytes) -> bytes:
        if request.startswith(b"GET /ws/x.1cws?wsdl "):
            return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(document), document)
        return b"HTTP/1.1 500 Error\r\nContent-Length: 4\r\n\r\nboom"

    url = await serve(respond)
    async with SoapSource(settings(url + "/ws/x.1cws")) as reader:
        assert await reader.operations() == ["GetClientList", "GetProductList"]


async def test_path_of_the_typed_address_is_called_when_that_of_the_wsdl_is_unknown(
    serve: Serve, settings: Settings
) -> None:
    document = wsdl.render("http://inner/base/ws/x.1cws")
    answer = b"".join(
        blocks("GetProductList", [b"<m:ProductItem><m:Code>1</m:Code><m:Name>x</m:Name></m:ProductItem>"])
    )

    def respond(request: bytes) -> bytes:
        if not request.split()[1].startswith(b"/1c/ws/x.1cws"):
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        body = document if request.startswith(b"GET") else answer
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)

    url = await serve(respond)
    assert [row.code for row in (await read(settings(url + "/1c/ws/x.1cws?wsdl")))[0]] == ["1"]


async def test_names_in_cyrillic_are_called(serve: Serve, settings: Settings) -> None:
    document = wsdl.render("http://inner/ws/Каталог").replace(b"GetProductList", "ПолучитьТовары".encode())
    answer = b"".join(blocks("ПолучитьТовары", []))
    calls: list[bytes] = []

    def respond(request: bytes) -> bytes:
        if request.startswith(b"POST"):
            calls.append(request)
        body = answer if request.startswith(b"POST") else document
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)

    url = await serve(respond)
    async with SoapSource(settings(url + "/ws/Каталог?wsdl")) as reader:
        assert [batch async for batch in reader.rows("nomenklatura", "ПолучитьТовары")] == []
    assert "<m:ПолучитьТовары ".encode() in calls[0]
    assert 'SOAPAction: "http://www.sample-package.org#Catalog:ПолучитьТовары"'.encode() in calls[0]


async def test_the_name_is_looked_up_once_and_that_address_is_used(
    source: Served, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[str] = []

    async def changing(host: str, *_: Any, **__: Any) -> list[Any]:
        looked_up.append(host)
        address = "127.0.0.1" if len(looked_up) == 1 else "169.254.169.254"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, source.port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", changing)
    rows, _, _ = await read(settings(source.url().replace("127.0.0.1", "1c.example")))
    assert len(rows) == 1000
    assert looked_up == ["1c.example"]


async def test_loopback_is_not_called_unless_allowed(source: Served, settings: Settings) -> None:
    requests: list[Request] = []
    source.onec.observe = requests.append
    with pytest.raises(SourceError) as refused:
        await read(settings(source.url(), addresses=AddressPolicy()))
    assert refused.value.cause is Cause.ADDRESS
    assert requests == []


async def test_environment_proxies_are_not_used(
    source: Served, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert len((await read(settings(source.url())))[0]) == 1000


async def test_reading_leaves_the_loop_free(
    source: Served, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.onec.rows = {"GetProductList": source.onec.rows["GetProductList"] * 30}
    cleaned = [0]  # the rows between two rounds of the loop
    clean = RowMapper.clean

    def counted(mapper: RowMapper, fields: Fields) -> SourceRow | RejectedRow | SkippedRow:
        cleaned[-1] += 1
        return clean(mapper, fields)

    async def tick() -> None:
        while True:
            await asyncio.sleep(0)
            cleaned.append(0)

    monkeypatch.setattr(RowMapper, "clean", counted)
    ticker = asyncio.create_task(tick())
    await read(settings(source.url()))
    ticker.cancel()
    assert sum(cleaned) >= 30_000
    assert max(cleaned) <= 1000


def test_memory_stays_flat_whatever_the_size_of_the_list(lists: dict[str, list[bytes]]) -> None:
    batches = Batches(1)
    reader = AnswerReader(lists_of())
    process = psutil.Process()
    sizes = []
    for block in blocks("GetProductList", lists["GetProductList"] * 30):
        batches.add(reader.feed(block))
        list(batches.full())
        sizes.append(process.memory_info().rss)
    assert sum(1 for _ in reader.close()) < 1000
    settled = sizes[len(sizes) // 10 :]
    assert max(settled) - settled[0] < 8 * 2**20
