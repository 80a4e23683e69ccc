"""HTTP to one source goes to checked addresses only, is patient but not without end, and keeps one session of 1C."""

import asyncio
import re
import ssl
import time
from base64 import b64encode
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy

import certifi
import httpx
from ecatalog.telemetry.logging import logger

from integration.connectors.errors import Cause, SourceError
from integration.connectors.soap.address import resolve
from integration.connectors.soap.batch import Counters
from integration.connectors.soap.decompression import decompressed
from integration.connectors.soap.failures import explain
from integration.connectors.soap.settings import SourceSettings

log = logger(__name__)

_FINISH_TIMEOUT = 5
_LEAST_BYTES = 1024  # in every ``timeout`` seconds: a source that drips is as good as silent
_SESSION_COOKIE = re.compile(r"\bibsession=([^;\s]+)", re.IGNORECASE)

Headers = list[tuple[bytes, bytes]]


class Connection:
    """Sends requests. Those to the source's origin carry its login and its session; others carry neither."""

    def __init__(self, settings: SourceSettings, origin: httpx.URL, counters: Counters) -> None:
        self._settings = settings
        self._origin = origin
        self._counters = counters
        self._session: str | None = None
        self._addresses: dict[str, list[str]] = {}
        self._client = httpx.AsyncClient(
            timeout=settings.timeout,
            follow_redirects=False,
            trust_env=False,
            verify=_trust(origin.scheme),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            limits=httpx.Limits(max_connections=2, max_keepalive_connections=1),
        )

    @property
    def has_session(self) -> bool:
        return self._session is not None

    def forget_session(self) -> None:
        self._session = None

    @asynccontextmanager
    async def open(
        self, method: str, url: httpx.URL, headers: Headers | None = None, content: bytes | None = None
    ) -> AsyncIterator[httpx.Response]:
        """Return the response's head, its body still to be read. The status may be anything but a redirect."""
        response = await self._send(method, url, [*self._own_headers(url), *(headers or [])], content)
        try:
            self._remember_session(url, response)
            if response.is_redirect:
                raise _redirected(response)
            yield response
        finally:
            await response.aclose()

    async def body(self, url: httpx.URL, response: httpx.Response) -> AsyncGenerator[bytes, None]:
        """Yield the decompressed body in moderate pieces, within the limits on size, silence and speed."""
        limit = self._settings.max_bytes
        received = self._received(response)
        try:
            async for piece in decompressed(received, response.headers.get("content-encoding", "")):
                self._counters.bytes_read += len(piece)
                if self._counters.bytes_read > limit:
                    raise SourceError(f"The answer is larger than {limit // 2**20} MB", Cause.TOO_LARGE)
                yield piece
        except httpx.TransportError as error:
            raise explain(error, url, self._settings.timeout, answered=True) from error

    async def finish(self) -> None:
        """End the session if one was started; a failure is logged, since 1C ends the session by itself later."""
        session, self._session = self._session, None
        try:
            if session is None:
                return
            headers = [
                *self._login(),
                (b"IBSession", b"finish"),
                (b"Cookie", b"ibsession=" + session.encode()),
            ]
            async with asyncio.timeout(min(_FINISH_TIMEOUT, self._settings.timeout)):
                response = await self._send("GET", self._origin, headers, None)
                await response.aclose()
        except (SourceError, TimeoutError) as error:
            log.warning("the session of 1C could not be finished", host=self._origin.host, error=str(error))
        finally:
            await self._client.aclose()

    async def _send(self, method: str, url: httpx.URL, headers: Headers, content: bytes | None) -> httpx.Response:
        timeout = self._settings.timeout
        if url.host not in self._addresses:
            self._addresses[url.host] = await resolve(url, self._settings.addresses, timeout)
        failure: httpx.TransportError | None = None
        for address in self._addresses[url.host]:
            request = self._client.build_request(
                method,
                url.copy_with(host=address),
                headers=[(b"Host", url.netloc), (b"Accept-Encoding", b"gzip"), *headers],
                content=content,
                extensions={"sni_hostname": url.host},
            )
            try:
                return await self._client.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
            except httpx.TransportError as error:
                raise explain(error, url, timeout) from error
        assert failure is not None  # noqa: S101 - ``resolve`` never returns an empty list
        raise explain(failure, url, timeout) from failure

    async def _received(self, response: httpx.Response) -> AsyncIterator[bytes]:
        """Yield the pieces as they come. Only the time spent waiting for the source counts against it."""
        timeout, started = self._settings.timeout, time.monotonic()
        pieces = response.aiter_raw()
        waited, window_bytes = 0.0, 0
        while True:
            asked = time.monotonic()
            piece = await anext(pieces, None)
            if piece is None:
                return
            now = time.monotonic()
            waited += now - asked
            window_bytes += len(piece)
            self._counters.bytes_received += len(piece)
            if waited > timeout:
                if window_bytes < _LEAST_BYTES:
                    raise too_slow(f"{window_bytes} bytes in {waited:.0f} seconds")
                waited, window_bytes = 0.0, 0
            if now - started > self._settings.total_timeout:
                raise too_slow(f"not complete after {self._settings.total_timeout:g} seconds")
            yield piece

    def _own_headers(self, url: httpx.URL) -> Headers:
        if not self._is_own(url):
            return []
        if self._session is None:
            return [*self._login(), (b"IBSession", b"start")]
        return [*self._login(), (b"Cookie", b"ibsession=" + self._session.encode())]

    def _is_own(self, url: httpx.URL) -> bool:
        return (url.scheme, url.netloc) == (self._origin.scheme, self._origin.netloc)

    def _login(self) -> Headers:
        settings = self._settings
        if not settings.username:
            return []
        # 1C reads the login as UTF-8, whatever the standard's default is.
        token = b64encode(f"{settings.username}:{settings.password}".encode())
        return [(b"Authorization", b"Basic " + token)]

    def _remember_session(self, url: httpx.URL, response: httpx.Response) -> None:
        if not self._is_own(url):
            return
        for cookie in response.headers.get_list("set-cookie"):
            if found := _SESSION_COOKIE.search(cookie):
                self._session = found.group(1)


def too_slow(how: str) -> SourceError:
    return SourceError(f"The source is too slow: {how}", Cause.READ_TIMEOUT)


@lru_cache(maxsize=2)
def _trust(scheme: str) -> ssl.SSLContext:
    """Trust the system's and the public authorities; loading them takes so long that plain HTTP goes without."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if scheme == "https":
        context.load_default_certs()
        context.load_verify_locations(certifi.where())
    return context


def _redirected(response: httpx.Response) -> SourceError:
    try:
        target = f"to {httpx.URL(response.headers['location']).copy_with(userinfo=b'')}"
    except (KeyError, httpx.InvalidURL):
        target = "elsewhere"
    return SourceError(
        f"The source redirects {target}; redirects are not followed, enter the final address", Cause.REDIRECT
    )
