"""Services for the gateway to stand before."""

import asyncio
import json
import socket
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Literal
from urllib.parse import unquote

import uvicorn

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


TAG = '"0123456789abcdef"'


class Service:
    """An ASGI application on a port of its own, in a thread of its own."""

    def __init__(self, app: App, port: int = 0, http: Literal["h11", "httptools"] = "h11") -> None:
        # Named as TCP, so that asyncio does not let small writes wait for each other.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        config = uvicorn.Config(app, lifespan="off", ws="none", loop="asyncio", http=http, log_level="error")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Refuse connections from now on."""
        self._server.should_exit = self._server.force_exit = True
        self._thread.join()
        self._socket.close()


async def answer(send: Send, status: int, body: bytes, **headers: str) -> None:
    """A whole answer; ``retry_after`` becomes ``Retry-After``."""
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    pairs.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})


async def brief(_: Message, __: Receive, send: Send) -> None:
    """A service that loses no time."""
    await answer(send, 200, b"{}", content_type="application/json")


class Echo:
    """Tells what it was sent. The query makes it do something else: see ``_odd``."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.marks: set[str] = set()
        self.release = threading.Event()
        self.left = threading.Event()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
        if path == "/health/live":
            return await answer(send, 200, b"{}", content_type="application/json")
        self.marks |= {value.decode("latin-1") for name, value in scope["headers"] if name == b"mark"}
        length, more = 0, True
        while more:
            message = await receive()
            length, more = length + len(message.get("body", b"")), message.get("more_body", False)
        if query.startswith("answer="):
            return await self._odd(query.removeprefix("answer="), receive, send)
        if query.startswith("sized="):
            size, _, kind = unquote(query.removeprefix("sized=")).partition(",")
            return await _sized(scope, send, int(size), kind)
        seen = {
            "service": self.name,
            "method": scope["method"],
            "path": path + (f"?{query}" if query else ""),
            "headers": [[name.decode("latin-1"), value.decode("latin-1")] for name, value in scope["headers"]],
            "length": length,
        }
        await answer(send, 200, json.dumps(seen).encode(), content_type="application/json", vary="Accept")

    async def _odd(self, kind: str, receive: Receive, send: Send) -> None:
        """``text-401``: a login that the service refuses; ``text-503``, ``json-503``: an error of a server, of a
        service; ``unchanged``: 304; ``pieces``: one now, one when released; ``broken``: one, and never the end;
        ``endless``: one, until the client has left."""
        if kind == "text-401":
            await answer(send, 401, b"failure", content_type="text/plain; charset=utf-8", www_authenticate="Basic")
        elif kind == "text-503":
            await answer(send, 503, b"overloaded", content_type="text/plain; charset=utf-8", retry_after="7")
        elif kind == "json-503":
            await answer(send, 503, b'{"detail":"x"}', content_type="application/json", retry_after="7")
        elif kind == "unchanged":
            await send({"type": "http.response.start", "status": 304, "headers": [(b"etag", b'"x"')]})
            await send({"type": "http.response.body", "body": b""})
        else:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"first", "more_body": True})
            if kind == "endless":
                while (await receive())["type"] != "http.disconnect":
                    pass
                self.left.set()
            elif kind != "broken":
                await asyncio.to_thread(self.release.wait, 10)
                await send({"type": "http.response.body", "body": b"second"})


async def _sized(scope: Message, send: Send, size: int, kind: str) -> None:
    """``size`` bytes of type ``kind`` with a tag, or 304 to a client that names it; 412 to one that expects another."""
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    if TAG in headers.get("if-none-match", ""):
        await send({"type": "http.response.start", "status": 304, "headers": [(b"etag", TAG.encode())]})
        await send({"type": "http.response.body", "body": b""})
    else:
        status = 412 if headers.get("if-match", TAG) != TAG else 200
        await answer(send, status, b"7" * size, content_type=kind, etag=TAG)


class Deserter:
    """Takes a request and closes the connection without an answer, again and again. Its health is fine.

    It may be more patient: then it answers so many requests of each connection before that.
    """

    def __init__(self, patience: int = 0) -> None:
        self.requests: list[bytes] = []
        self._patience = patience
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=[connection], daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection:
            for number in range(self._patience + 1):
                head = connection.recv(65536)
                if b" /health/live " in head:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    return
                if not head:
                    return
                self.requests.append(head)
                if number < self._patience:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    def stop(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
