"""Makes calls between our own services."""

import asyncio
from typing import Any

import httpx

from ecatalog.core.errors import Unavailable
from ecatalog.core.settings import Settings, first_replica
from ecatalog.security.internal_secret import SECRET_HEADER
from ecatalog.telemetry.context import request_id, traceparent


class InternalClient:
    """Asks another service's ``/internal/`` routes; every failure is an :class:`Unavailable`."""

    def __init__(self, settings: Settings, timeout: float = 2.0) -> None:
        self._client = httpx.AsyncClient(
            timeout=timeout,
            headers={SECRET_HEADER: settings.internal_secret.get_secret_value()},
            trust_env=False,
            event_hooks={"request": [_name_request]},
        )

    async def get_json(self, urls: str, path: str, **parameters: str) -> Any:
        """Return the JSON at ``path`` of the first of the replicas ``urls``."""
        try:
            response = await self._client.get(first_replica(urls) + path, params=parameters)
            response.raise_for_status()
            return response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unavailable(f"{path} cannot be reached") from error

    async def post(self, urls: str, path: str, body: bytes, *, timeout: float) -> bytes:
        """Send JSON to ``path`` of the first of the replicas ``urls``, which must answer within ``timeout`` seconds."""
        headers = {"Content-Type": "application/json"}
        try:
            async with asyncio.timeout(timeout):
                response = await self._client.post(first_replica(urls) + path, content=body, headers=headers)
            response.raise_for_status()
            return response.content
        except (httpx.HTTPError, TimeoutError) as error:
            raise Unavailable(f"{path} cannot be reached") from error

    async def close(self) -> None:
        await self._client.aclose()


async def _name_request(request: httpx.Request) -> None:
    """Name the request in a header, so that the other service's log can name it, too."""
    for name, value in (("X-Request-ID", request_id.get()), ("traceparent", traceparent.get())):
        if value:
            request.headers[name] = value
