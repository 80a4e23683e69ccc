"""Surrounds every request: with its id, its log line, its metrics, HEAD and OPTIONS."""

import os
import re
import time
from collections.abc import Callable
from functools import lru_cache

import orjson
from prometheus_client import Counter, Histogram
from starlette.routing import Match, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ecatalog.core.ids import uuid7_hex
from ecatalog.http.forms import FORM_READ
from ecatalog.http.outside import as_asked
from ecatalog.telemetry import context
from ecatalog.telemetry.logging import logger
from ecatalog.telemetry.metrics import LATENCY, REQUESTS, UNMATCHED, counted_method

log = logger(__name__)

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:-]{8,128}")  # what the gateway lets pass too
_TRACEPARENT = re.compile(rb"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
SLOW_SECONDS = 2.0
WAITED = "ecatalog.waited"
"""The scope of a request keeps under this key how many seconds it may wait on purpose, which is not slow."""
SERVER_ERROR = b'{"detail":"Server error."}'


class RequestContext:
    """Is the outermost layer: whatever goes wrong below becomes a JSON 500 without a stack trace."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        context.request_id.set(_identify(headers))
        context.traceparent.set(_trace(headers))
        started = time.perf_counter()
        scope = as_asked(scope, headers)
        method = scope["method"]
        if method == "HEAD":  # in a scope of our own: the server must know that no body follows
            scope = {**scope, "method": "GET"}
        answer = _Answer(send, headless=method == "HEAD")
        try:
            await self._app(scope, receive, answer)
        except Exception as error:
            log.exception("a request failed", method=method, path=scope["path"], exc_info=error)
            if answer.status:
                raise
            await answer.server_error()
        finally:
            if FORM_READ in scope:
                await scope[FORM_READ].close()
            _measure(scope, method, answer.status, time.perf_counter() - started)


class _Answer:
    """Adds our headers to the answer, and drops the body of a HEAD."""

    def __init__(self, send: Send, *, headless: bool) -> None:
        self._send = send
        self._headless = headless
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [
                *message["headers"],
                (b"x-request-id", context.request_id.get().encode()),
                (b"x-content-type-options", b"nosniff"),
            ]
        elif self._headless:
            if message.get("more_body"):
                return
            message = {"type": "http.response.body", "body": b""}
        await self._send(message)

    async def server_error(self) -> None:
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(SERVER_ERROR)).encode()),
        ]
        await self({"type": "http.response.start", "status": 500, "headers": headers})
        await self({"type": "http.response.body", "body": SERVER_ERROR})


def _identify(headers: dict[bytes, bytes]) -> str:
    given = headers.get(b"x-request-id")
    return given.decode() if given and _REQUEST_ID.fullmatch(given) else uuid7_hex()


def _trace(headers: dict[bytes, bytes]) -> str:
    given = headers.get(b"traceparent")
    if given and _TRACEPARENT.fullmatch(given):
        return given.decode()
    digits = os.urandom(24).hex()
    return f"00-{digits[:32]}-{digits[32:]}-01"


@lru_cache(maxsize=10_000)  # finding a metric by its labels costs more than counting with it
def _metrics(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(method, route, status), LATENCY.labels(route)


def _measure(scope: Scope, method: str, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", UNMATCHED)
    requests, latency = _metrics(counted_method(method), route, status)
    requests.inc()
    latency.observe(seconds)
    log.debug("a request", method=method, route=route, status=status, seconds=seconds)
    if seconds > SLOW_SECONDS + scope.get(WAITED, 0.0):
        log.warning("a slow request", method=method, path=scope["path"], status=status, seconds=round(seconds, 3))


class CountedRoute(Route):
    """Is a route of Starlette's own that metrics know by its template, as they know FastAPI's."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, found = super().matches(scope)
        return match, {**found, "route": self}


class CountedMount(Mount):
    """Is the same for everything below a path."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, found = super().matches(scope)
        return match, {**found, "route": self}


class Options:
    """Answers OPTIONS on a known path with its methods."""

    def __init__(self, app: ASGIApp, methods_of: Callable[[str], list[str]]) -> None:
        self._app = app
        self._methods_of = methods_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        allowed = self._methods_of(scope["path"]) if scope["type"] == "http" and scope["method"] == "OPTIONS" else []
        if not allowed:
            await self._app(scope, receive, send)
            return
        name = scope["path"].strip("/").rpartition("/")[2].replace("-", " ").title()
        types = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"]
        body = orjson.dumps({"name": name, "description": "", "renders": ["application/json"], "parses": types})
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"allow", ", ".join(allowed).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
