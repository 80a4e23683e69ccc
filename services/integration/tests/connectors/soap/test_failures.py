"""Every way in which a source fails ends in its own cause and in words that name it."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Iterator

import pytest
from integration.connectors.soap import Cause, SoapSource, SourceError, SourceSettings, check

from deploy.local.onec.server import Served

Settings = Callable[..., SourceSettings]

MODES = [
    ("401", Cause.UNAUTHORIZED, "refused the login (HTTP 401)"),
    ("402", Cause.LICENCE, "no free licence: 1С:Предприятие Не обнаружено свободной лицензии!"),
    ("403", Cause.FORBIDDEN, "forbids the access (HTTP 403)"),
    ("404", Cause.NOT_FOUND, "no such address (HTTP 404)"),
    ("406", Cause.BUSY, "no free session (HTTP 406)"),
    ("503", Cause.SERVER_ERROR, "out of service (HTTP 503)"),
    ("html", Cause.HTML, '"Страница не может быть отображена"'),
    ("licence", Cause.LICENCE, "Не обнаружено свободной лицензии!"),
    ("fault", Cause.FAULT, "{WebСервис.Catalog.Модуль(12)}: Ошибка при вызове метода контекста (Выполнить)"),
    ("fault200", Cause.FAULT, "{WebСервис.Catalog.Модуль(12)}: Ошибка при вызове метода контекста (Выполнить)"),
    ("truncated", Cause.TRUNCATED, "broke off before its end"),
    ("short", Cause.TRUNCATED, "broke off before its end"),
    ("unclosed", Cause.TRUNCATED, "its XML is not complete"),
    ("malformed", Cause.MALFORMED, "not well-formed XML"),
    ("drip", Cause.READ_TIMEOUT, "too slow"),
    ("silent", Cause.READ_TIMEOUT, "sent nothing for 1 seconds"),
]


async def read(settings: SourceSettings) -> int:
    async with SoapSource(settings) as source:
        return sum([len(batch) async for batch in source.rows("nomenklatura", "GetProductList")])


async def failure(settings: SourceSettings) -> SourceError:
    with pytest.raises(SourceError) as failed:
        await read(settings)
    return failed.value


@pytest.mark.parametrize(("mode", "cause", "words"), MODES, ids=[mode for mode, *_ in MODES])
async def test_failing_source_is_explained_in_time(
    source: Served, settings: Settings, mode: str, cause: Cause, words: str
) -> None:
    started = time.monotonic()
    error = await failure(settings(source.url(mode), username="Иван", password="geheim"))
    assert (error.cause, words in error.message) == (cause, True), error.message
    assert "\n" not in error.message
    assert "geheim" not in error.message + error.detail
    assert time.monotonic() - started < 3
    assert source.onec.sessions.open == set()


async def test_the_rest_of_a_fault_is_kept_for_the_log(source: Served, settings: Settings) -> None:
    error = await failure(settings(source.url("fault")))
    assert 'Таблица не найдена "Справочник.Номенклатура"' in error.detail


async def test_wrong_password_is_unauthorized(source: Served, settings: Settings) -> None:
    source.onec.user, source.onec.password = "Администратор", "пароль"
    error = await failure(settings(source.url(), username="Администратор", password="другой"))
    assert error.cause is Cause.UNAUTHORIZED


async def test_missing_operation_names_those_there_are(source: Served, settings: Settings) -> None:
    with pytest.raises(SourceError) as failed:
        async with SoapSource(settings(source.url("products-only"))) as reader:
            await anext(reader.rows("clients", "GetClientList"))
    assert failed.value.cause is Cause.OPERATION_MISSING
    assert failed.value.message == 'The service has no operation "GetClientList"; it offers: GetProductList'


async def test_no_listener_is_refused(settings: Settings) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        error = await failure(settings(f"http://127.0.0.1:{port}/x?wsdl"))
    assert error.cause is Cause.REFUSED
    assert error.message == f"127.0.0.1:{port} refused the connection: nothing listens there"


@pytest.fixture
def full_port() -> Iterator[int]:
    """A port whose queue of connections is full, so that further ones hang."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = []
        for _ in range(4):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
            waiting.append(client)
        yield listener.getsockname()[1]
        for client in waiting:
            client.close()


async def test_connection_that_hangs_is_a_connect_timeout(settings: Settings, full_port: int) -> None:
    error = await failure(settings(f"http://127.0.0.1:{full_port}/x?wsdl", timeout=0.3))
    assert error.cause is Cause.CONNECT_TIMEOUT
    assert error.message == f"127.0.0.1:{full_port} did not accept a connection within 0.3 seconds"


async def test_plain_http_behind_https_is_a_tls_failure(settings: Settings) -> None:
    async def speak_http(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(speak_http, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        error = await failure(settings(f"https://127.0.0.1:{port}/x?wsdl"))
    assert error.cause is Cause.TLS
    assert error.message.startswith(f"No secure connection to 127.0.0.1:{port}: ")


RAW = [
    (b"", Cause.DISCONNECTED, "closed the connection without an answer"),
    (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", Cause.MALFORMED, "does not speak HTTP"),
    (
        b"HTTP/1.1 302 Found\r\nLocation: http://u:p@other.example/login\r\nContent-Length: 0\r\n\r\n",
        Cause.REDIRECT,
        "redirects to http://other.example/login",
    ),
    (b"HTTP/1.1 301 Moved\r\nContent-Length: 0\r\n\r\n", Cause.REDIRECT, "redirects elsewhere"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Cause.MALFORMED, "answered with nothing"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello", Cause.MALFORMED, 'text instead of XML: "Hello"'),
    (
        b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 5\r\n\r\nHello",
        Cause.MALFORMED,
        "compressed by 'br'",
    ),
    (
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nHello",
        Cause.MALFORMED,
        "compressed answer is damaged",
    ),
    (b"HTTP/1.1 500 Error\r\nContent-Length: 4\r\n\r\nboom", Cause.SERVER_ERROR, "(HTTP 500): boom"),
    (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", Cause.SERVER_ERROR, "(HTTP 502)"),
    (b"HTTP/1.1 504 Timeout\r\nContent-Length: 9\r\n\r\n<html>cut", Cause.SERVER_ERROR, "(HTTP 504)"),
    (
        "HTTP/1.1 500 Error\r\nConnection: close\r\n\r\nНе найдена лицензия. Программная лицензия".encode("cp1251"),
        Cause.LICENCE,
        "Не найдена лицензия",
    ),
]
RAW_IDS = [
    "closed",
    "not-http",
    "redirect",
    "redirect-nowhere",
    "nothing",
    "text",
    "br",
    "damaged",
    "500",
    "502",
    "504",
    "licence",
]


@pytest.mark.parametrize(("raw", "cause", "words"), RAW, ids=RAW_IDS)
async def test_odd_answer_to_the_call_is_explained(
    answering: Callable[[bytes], Awaitable[str]], settings: Settings, raw: bytes, cause: Cause, words: str
) -> None:
    error = await failure(settings(await answering(raw)))
    assert (error.cause, words in error.message) == (cause, True), error.message
    assert "u:p" not in error.message


OFFERS = [
    ([b"NTLM", b"Negotiate"], "only a login by NTLM or Negotiate (HTTP 401)"),
    ([b"Negotiate, NTLM"], "only a login by Negotiate or NTLM (HTTP 401)"),
    ([b'Digest realm="1C", nonce="x, y", qop="auth"'], "only a login by Digest (HTTP 401)"),
    ([b"NTLM", b'Basic realm="1C"'], "wrong user name or password"),
    ([b'basic realm="x"'], "wrong user name or password"),
    ([], "wrong user name or password"),
]


@pytest.mark.parametrize(("offers", "words"), OFFERS, ids=range(len(OFFERS)))
async def test_login_that_we_do_not_offer_is_named(
    serve: Callable[..., Awaitable[str]], settings: Settings, offers: list[bytes], words: str
) -> None:
    heads = b"".join(b"WWW-Authenticate: %s\r\n" % offer for offer in offers)
    url = await serve(lambda _: b"HTTP/1.1 401 Unauthorized\r\n%sContent-Length: 0\r\n\r\n" % heads)
    error = await failure(settings(url + "/x?wsdl"))
    assert (error.cause, words in error.message) == (Cause.UNAUTHORIZED, True), error.message


@pytest.mark.parametrize("kind", [b'multipart/related; type="application/xop+xml"; boundary="b"', b"Multipart/Mixed"])
async def test_answer_in_parts_is_refused_in_one_sentence(
    answering: Callable[[bytes], Awaitable[str]], settings: Settings, kind: bytes
) -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: 5\r\n\r\n--b\r\n" % kind
    error = await failure(settings(await answering(raw)))
    assert (error.cause, "several parts (multipart, as MTOM sends files)" in error.message) == (Cause.UNEXPECTED, True)


async def test_encoding_of_the_head_is_that_of_the_answer(
    answering: Callable[[bytes], Awaitable[str]], settings: Settings
) -> None:
    item = "<ProductItem><Code>1</Code><Name>Чай</Name></ProductItem>"
    body = f'<?xml version="1.0" encoding="UTF-8"?><E><R><return>{item}</return></R></E>'.encode("cp1251")
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=windows-1251\r\nContent-Length: %d\r\n\r\n" % len(body)
    async with SoapSource(settings(await answering(head + body))) as source:
        found = [row async for batch in source.rows("nomenklatura", "GetProductList") for row in batch.rows]
    assert "Чай".encode() in found[0].payload


async def test_answer_larger_than_the_limit_is_given_up(source: Served, settings: Settings) -> None:
    error = await failure(settings(source.url(), max_bytes=2**19))
    assert error.cause is Cause.TOO_LARGE


async def test_reading_longer_than_the_total_limit_is_given_up(source: Served, settings: Settings) -> None:
    error = await failure(settings(source.url("drip"), timeout=30, total_timeout=0.2))
    assert error.cause is Cause.READ_TIMEOUT
    assert "not complete after 0.2 seconds" in error.message


async def test_check_of_a_good_source_lists_its_operations(source: Served, settings: Settings) -> None:
    result = await check(settings(source.url()), ["GetProductList", "GetClientList"])
    assert (result.ok, result.cause) == (True, None)
    assert result.operations == ["GetClientList", "GetProductList"]
    assert (source.onec.sessions.started, source.onec.sessions.finished) == (1, 1)


async def test_check_of_a_bad_source_gives_the_cause(source: Served, settings: Settings) -> None:
    assert (await check(settings(source.url("401")), [])).cause is Cause.UNAUTHORIZED
    missing = await check(settings(source.url("products-only")), ["GetClientList"])
    assert (missing.ok, missing.cause, missing.operations) == (False, Cause.OPERATION_MISSING, ["GetProductList"])
    assert (await check(settings("file:///etc/passwd"), [])).cause is Cause.ADDRESS
