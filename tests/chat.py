"""A server that speaks the protocol of chat completions, without streaming, and fails as it is told to."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

Headers = dict[str, str]


@dataclass
class Reply:
    """What one request gets. ``seconds`` pass before it; ``message`` is that of the choice.

    Before it ``until`` is waited for, too. ``body`` is sent as it is instead of an answer made of the others.
    """

    message: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    headers: Headers = field(default_factory=dict)
    seconds: float = 0.0
    until: Callable[[], Awaitable[None]] | None = None
    finish_reason: Any = "stop"
    body: bytes | None = None
    usage: Any = field(default_factory=lambda: {"prompt_tokens": 80, "completion_tokens": 20, "total_tokens": 100})
    model: str = "gpt-3.5-turbo-0125"


def text(content: Any, **more: Any) -> Reply:
    """A whole answer."""
    return Reply({"role": "assistant", "content": content}, **more)


def failure(status: int, code: str = "", **headers: str) -> Reply:
    """An error, with the library's header for a short wait unless others are named."""
    return Reply({"error": {"message": "no", "type": "x", "code": code or None}}, status, headers)


def raw(body: Any, status: int = 200, **headers: str) -> Reply:
    """Any body: bytes as they are, anything else as JSON."""
    return Reply(status=status, headers=headers, body=body if isinstance(body, bytes) else json.dumps(body).encode())


@dataclass
class Request:
    """One request: ``facts`` are those of the row, ``number`` counts the requests.

    ``is_left`` tells that the client waits for its answer no longer.
    """

    number: int
    facts: dict[str, Any]
    body: dict[str, Any]
    headers: Headers
    is_left: Callable[[], bool]

    @property
    def name(self) -> str:
        """Of the row."""
        return str(self.facts.get("name", ""))


class ChatServer:
    """Answers by ``reply``, a function of the request; keeps every request."""

    def __init__(self, reply: Callable[[Request], Reply]) -> None:
        self.reply = reply
        self.requests: list[Request] = []
        self.answered: list[Request] = []
        self.most_at_once = 0
        self._at_once = 0
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def stop(self) -> None:
        if self._server:
            self._server.close()

    @property
    def url(self) -> str:
        if self._server is None:
            raise AssertionError("the server was not started")
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                writer.write(await self._answer(reader))
                await writer.drain()
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader) -> bytes:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        body = json.loads(await reader.readexactly(int(headers["content-length"])))
        lines = body["messages"][-1]["content"].split("\n")
        facts = next(json.loads(line) for line in reversed(lines) if line.startswith("{"))
        request = Request(len(self.requests), facts, body, headers, reader.at_eof)
        self.requests.append(request)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            reply = self.reply(request)
            await asyncio.sleep(reply.seconds)
            if reply.until:
                await reply.until()
        finally:
            self._at_once -= 1
        if reply.status == 200:
            self.answered.append(request)
        return _response(reply)


def _response(reply: Reply) -> bytes:
    answer = reply.message
    if reply.status == 200:
        answer = {
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": reply.model,
            "choices": [{"index": 0, "finish_reason": reply.finish_reason, "message": reply.message}],
            "usage": reply.usage,
        }  # fmt: skip
    body = json.dumps(answer).encode() if reply.body is None else reply.body
    headers = {"content-type": "application/json", "content-length": str(len(body))} | reply.headers
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {reply.status} Answer\r\n{head}\r\n".encode("latin-1") + body


class ChatThread:
    """The same server in a thread of its own, for whoever has no event loop."""

    def __init__(self, reply: Callable[[Request], Reply]) -> None:
        self.server = ChatServer(reply)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> ChatServer:
        self._thread.start()
        self._wait(self.server.start())
        return self.server

    def __exit__(self, *_: object) -> None:
        self._wait(self.server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, work: Awaitable[None]) -> None:
        async def run() -> None:
            await work

        asyncio.run_coroutine_threadsafe(run(), self._loop).result(10)
