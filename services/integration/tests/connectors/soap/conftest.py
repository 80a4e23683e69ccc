import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from integration.connectors.soap import AddressPolicy, SourceSettings

from deploy.local.onec import generate, rows, wsdl
from deploy.local.onec.server import OneC, Served, serving

Settings = Callable[..., SourceSettings]
Serve = Callable[[Callable[[bytes], bytes]], Awaitable[str]]


@pytest.fixture
def settings() -> Settings:
    """Settings for a source on this machine; short of patience."""

    def make(url: str, **changes: object) -> SourceSettings:
        values: dict[str, object] = {"timeout": 1, "addresses": AddressPolicy(("127.0.0.0/8",)), **changes}
        return SourceSettings(url, **values)  # type: ignore[arg-type]  # the tests know the fields

    return make


@pytest.fixture(scope="session")
def lists() -> dict[str, list[bytes]]:
    return {
        "GetProductList": [rows.render("ProductItem", row) for row in generate.products(1000)],
        "GetClientList": [rows.render("ClientItem", row) for row in generate.clients(100)],
    }


@pytest.fixture
async def source(lists: dict[str, list[bytes]]) -> AsyncIterator[Served]:
    """The simulated 1C with 1,000 products and 100 clients."""
    async with serving(OneC(lists)) as served:
        yield served


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts servers that answer each request (its bytes) with raw bytes and close; gives the address."""
    servers: list[asyncio.Server] = []

    async def start(respond: Callable[[bytes], bytes]) -> str:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (int(line[15:]) for line in head.lower().split(b"\r\n") if line[:15] == b"content-length:"), 0
            )
            writer.write(respond(head + await reader.readexactly(length)))
            writer.close()

        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        servers.append(server)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    yield start
    for server in servers:
        server.close()
        await server.wait_closed()


@pytest.fixture
def answering(serve: Serve) -> Callable[[bytes], Awaitable[str]]:
    """A source with a proper WSDL that answers every call with these raw bytes; gives the WSDL's address."""

    async def start(answer: bytes) -> str:
        document = wsdl.render("http://inner/ws/x.1cws")
        ok = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(document), document)
        return await serve(lambda request: ok if request.startswith(b"GET") else answer) + "/ws/x.1cws?wsdl"

    return start
