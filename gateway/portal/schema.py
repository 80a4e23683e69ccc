"""The OpenAPI documents of the services, and the one of the whole gateway, are kept and rendered."""

import asyncio
from typing import Any

import httpx
import orjson
import yaml
from ecatalog.telemetry.logging import logger
from ecatalog.telemetry.waiting import Wait

from portal.merging import ALL, merge
from portal.settings import SERVICES, PortalSettings

log = logger(__name__)

FRESH_SECONDS = 30.0
MISSING_SECONDS = 1.0
READ_SECONDS = 5.0


class Schemas:
    """Keeps the last document of each service: one that is down neither empties the page nor delays it."""

    def __init__(self, settings: PortalSettings, client: httpx.AsyncClient) -> None:
        self._settings = settings
        self._client = client
        self._documents: dict[str, dict[str, Any]] = {}
        self._waits = {name: Wait(log) for name in SERVICES}
        self._asked = asyncio.Event()
        self._rendering = asyncio.Lock()
        self._json: dict[str, bytes] = {}
        self._yaml: dict[str, bytes] = {}

    async def run(self) -> None:
        """Refresh the documents until cancelled; a missing one is requested every second."""
        while True:
            await self.refresh()
            await asyncio.sleep(FRESH_SECONDS if len(self._documents) == len(SERVICES) else MISSING_SECONDS)

    async def refresh(self) -> None:
        """Request the document of every service."""
        await asyncio.gather(*(self._read(name) for name in SERVICES))
        self._json = {name: orjson.dumps(merge({name: one}, name)) for name, one in self._documents.items()}
        self._json[ALL] = orjson.dumps(merge(self._documents))
        self._yaml = {}
        self._asked.set()

    async def as_json(self, service: str = ALL) -> bytes | None:
        """Return the document of a service, or the merged one; None while a service has never been reached."""
        await self._asked.wait()
        return self._json.get(service)

    async def as_yaml(self, service: str = ALL) -> bytes | None:
        """Return the same as YAML."""
        body = await self.as_json(service)
        async with self._rendering:
            if body is not None and service not in self._yaml:
                self._yaml[service] = await asyncio.to_thread(_to_yaml, orjson.loads(body))
            return self._yaml.get(service)

    async def _read(self, name: str) -> None:
        for url in self._settings.apis(name):
            try:
                response = await self._client.get(f"{url}/openapi.json", timeout=READ_SECONDS)
                response.raise_for_status()
                self._documents[name] = response.json()
            except (httpx.HTTPError, ValueError) as error:
                self._waits[name].tell("a service gives no description", name=name, url=url, error=str(error))
            else:
                self._waits[name].over()
                return


def _to_yaml(document: dict[str, Any]) -> bytes:
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text: str = yaml.dump(document, Dumper=dumper, allow_unicode=True, sort_keys=False)
    return text.encode()
