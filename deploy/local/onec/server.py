"""The web service of the simulated 1C has login, sessions, WSDL and lists, in the mode that the path names."""

import asyncio
import binascii
import hmac
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from deploy.local.onec import modes, wsdl
from deploy.local.onec.fields import OPERATIONS
from deploy.local.onec.listing import send_list
from deploy.local.onec.sessions import NoFreeSessionError, Sessions, UnknownSessionError
from deploy.local.onec.stored import StoredRows
from deploy.local.onec.wire import Peer, Request, requests

PATH = "/ws/Catalog.1cws"

_UNKNOWN_SESSION = modes.Answer(400, "text/plain; charset=utf-8", "Сеанс не найден".encode())


@dataclass
class OneC:
    """The content of the service and its behaviour.

    ``rows`` holds the rendered rows of each operation, or ``stored`` where there may be too many for the memory.
    ``delay`` is the pause before each list, and ``observe`` is called with each request.
    """

    rows: dict[str, list[bytes]]
    user: str = ""
    password: str = ""
    delay: float = 0
    sessions: Sessions = field(default_factory=Sessions)
    observe: Callable[[Request], object] = lambda _: None
    stored: Mapping[str, StoredRows] = field(default_factory=dict)
    peers: set[Peer] = field(default_factory=set)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(reader, writer)
        self.peers.add(peer)
        try:
            async for request in requests(peer):
                self.observe(request)
                if not await self._answer(peer, request):
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass  # the client went away, or speaks something else
        finally:
            self.peers.discard(peer)
            writer.close()

    async def _answer(self, peer: Peer, request: Request) -> bool:
        """Answer a request; returns whether the connection can be used again."""
        mode, _, rest = request.path.lstrip("/").partition("/")
        if "/" + rest != PATH or not modes.is_known(mode):
            return await peer.send(modes.ANSWERS["404"])
        if not self._may_enter(request):
            return await peer.send(modes.ANSWERS["401"], {"WWW-Authenticate": 'Basic realm="1C:Enterprise 8.3"'})
        try:
            cookie = self.sessions.enter(request.header("ibsession"), request.header("cookie"))
        except NoFreeSessionError:
            return await peer.send(modes.ANSWERS["406"])
        except UnknownSessionError:
            return await peer.send(_UNKNOWN_SESSION)
        return await self._served(peer, request, mode, {"Set-Cookie": cookie} if cookie else {})

    async def _served(self, peer: Peer, request: Request, mode: str, headers: dict[str, str]) -> bool:
        instead = modes.ANSWERS.get(mode)
        if instead and (request.method != "GET" or instead.is_for_wsdl):
            return await peer.send(instead, headers)
        if request.method == "GET":
            return await peer.send(self._wsdl(mode, request), headers)
        # 1C decides by the element in the body, whatever SOAPAction says.
        operation = next((name for name in OPERATIONS if name.encode() in request.body), None)
        if operation is None:
            return await peer.send(modes.ANSWERS["fault"], headers)
        await asyncio.sleep(self.delay)
        rows = self.stored[operation] if operation in self.stored else self.rows.get(operation, [])
        return await send_list(peer, operation, rows, mode, headers)

    def _wsdl(self, mode: str, request: Request) -> modes.Answer:
        host = "srv-1c.local" if mode == "proxied" else request.header("host")
        operations = ["GetProductList"] if mode == "products-only" else list(OPERATIONS)
        body = wsdl.render(f"http://{host}/{mode}{PATH}", operations=operations, only_soap12=mode == "soap12")
        return modes.Answer(200, "text/xml; charset=utf-8", body)

    def _may_enter(self, request: Request) -> bool:
        if not self.user:
            return True
        scheme, _, token = request.header("authorization").partition(" ")
        try:
            given = b64decode(token) if scheme.lower() == "basic" else b""
        except binascii.Error:
            return False
        return hmac.compare_digest(given, f"{self.user}:{self.password}".encode())


@dataclass(frozen=True)
class Served:
    """A running simulated 1C."""

    onec: OneC
    host: str
    port: int

    def url(self, mode: str = "base") -> str:
        """Return the address of the WSDL in a mode."""
        return f"http://{self.host}:{self.port}/{mode}{PATH}?wsdl"


@asynccontextmanager
async def serving(onec: OneC, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[Served]:
    """Serve while the context lasts, on any free port unless one is given."""
    server = await asyncio.start_server(onec.handle, host, port)
    try:
        yield Served(onec, host, int(server.sockets[0].getsockname()[1]))
    finally:
        server.close()
        for peer in list(onec.peers):
            peer.writer.transport.abort()
        await server.wait_closed()
