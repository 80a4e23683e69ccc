"""Keeps whole answers in memory: a page that nobody changed is served without routing, rendering or the database."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ecatalog.caching.caches import CachedResponse, Headers
from ecatalog.caching.etag import matches
from ecatalog.caching.versioned_cache import Topics, VersionedCache
from ecatalog.core.errors import ApiError
from ecatalog.security.permissions import Authenticator, Permission, Principal

MAX_ANSWER_BYTES = 256 * 1024
ABOUT_THE_BODY = frozenset({b"content-length", b"content-type"})


def seen_alike(_: Principal | None) -> Hashable:
    """Tell no users apart: the answer is the same for everyone who may have it."""
    return None


@dataclass(frozen=True)
class CachePolicy:
    """Keeps JSON answers to GET below ``prefix`` (or only at it), which hold until one of ``topics`` changes.

    ``permission`` is that of every such route; ``sees`` tells principals apart that see different rows.
    """

    prefix: str
    topics: Topics
    permission: Permission
    sees: Callable[[Principal | None], Hashable] = seen_alike
    whole_path: bool = False

    def covers(self, path: str) -> bool:
        return path == self.prefix if self.whole_path else path.startswith(self.prefix)

    @property
    def path(self) -> str:
        """Return the route that metrics show for a kept answer."""
        return f"{self.prefix} (remembered)"


class ResponseCache:
    """Is an ASGI layer that serves kept answers, and keeps those of the application below."""

    def __init__(
        self,
        app: ASGIApp,
        rules: Sequence[CachePolicy],
        cache: VersionedCache[CachedResponse],
        authenticator: Authenticator,
    ) -> None:
        self._app = app
        self._rules = rules
        self._cache = cache
        self._authenticator = authenticator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        rule = self._rule(scope)
        headers: dict[bytes, bytes] = {} if rule is None else dict(scope["headers"])
        key = None if rule is None else await self._key(scope, headers, rule)
        if rule is None or key is None:
            await self._app(scope, receive, send)
            return
        answer = self._cache.get(key)
        if answer is not None:
            scope["route"] = rule
            await _serve(answer, headers.get(b"if-none-match"), send)
            return
        keeper = _Keeper(send)
        version = self._cache.version(*rule.topics)
        await self._app(scope, receive, keeper)
        if keeper.answer is not None:
            self._cache.put(rule.topics, key, keeper.answer, version)

    def _rule(self, scope: Scope) -> CachePolicy | None:
        if scope["type"] == "http" and scope["method"] == "GET" and self._cache.enabled:
            for rule in self._rules:
                if rule.covers(scope["path"]):
                    return rule
        return None

    async def _key(self, scope: Scope, headers: Mapping[bytes, bytes], rule: CachePolicy) -> Hashable | None:
        """Return the key of a request, None when the application is to refuse it."""
        authorization = headers.get(b"authorization", b"").decode("latin-1")
        try:
            scope["principal"] = await self._authenticator.authenticate(authorization)
            principal = rule.permission.check(scope["principal"])
        except ApiError:
            return None
        return scope["path"], scope["query_string"], scope["scheme"], headers.get(b"host"), rule.sees(principal)


async def _serve(answer: CachedResponse, known: bytes | None, send: Send) -> None:
    if known and matches(known.decode("latin-1"), answer.tag):
        headers = [header for header in answer.headers if header[0] not in ABOUT_THE_BODY]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
    else:
        await send({"type": "http.response.start", "status": 200, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body})


class _Keeper:
    """Passes an answer on, and keeps it when it is one whole JSON body with a tag."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._headers: Headers | None = None
        self.answer: CachedResponse | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._headers = message["headers"] if message["status"] == 200 else None
        elif self._headers is not None:
            if not message.get("more_body"):
                self._keep(self._headers, message.get("body", b""))
            self._headers = None
        await self._send(message)

    def _keep(self, headers: Headers, body: bytes) -> None:
        named = dict(headers)
        tag = named.get(b"etag")
        if tag and named.get(b"content-type") == b"application/json" and len(body) <= MAX_ANSWER_BYTES:
            self.answer = CachedResponse(headers, tag.decode("latin-1"), body)
