"""One OpenAPI document for the whole gateway, merged from the services' own."""

import asyncio
import time
from typing import Any

import httpx
import orjson
import yaml
from ecatalog.telemetry import logger

from portal.settings import SERVICES, PortalSettings

log = logger(__name__)

FRESH_SECONDS = 30.0
DESCRIPTION = (
    "Products, clients and projects out of 1C:Enterprise, served to web shops, mobile agents and partners. "
    "Sign in at `POST /api/token/` and send `Authorization: Bearer <access>`."
)


class MergedSchema:
    """Keeps the last document of each service, so that one that is down does not empty the page."""

    def __init__(self, settings: PortalSettings, client: httpx.AsyncClient) -> None:
        self._settings = settings
        self._client = client
        self._documents: dict[str, dict[str, Any]] = {}
        self._read_at = float("-inf")
        self._lock = asyncio.Lock()
        self._json = self._yaml = b""

    async def as_json(self) -> bytes:
        await self._refresh()
        return self._json

    async def as_yaml(self) -> bytes:
        await self._refresh()
        return self._yaml

    async def _refresh(self) -> None:
        async with self._lock:
            if time.monotonic() - self._read_at < FRESH_SECONDS:
                return
            known = len(self._documents)
            await asyncio.gather(*(self._read(name) for name in SERVICES))
            merged = merge(self._documents)
            self._json = orjson.dumps(merged)
            self._yaml = await asyncio.to_thread(_to_yaml, merged)
            if len(self._documents) == len(SERVICES) or known == len(self._documents):
                self._read_at = time.monotonic()

    async def _read(self, name: str) -> None:
        try:
            response = await self._client.get(f"{self._settings.apis(name)[0]}/openapi.json", timeout=5)
            response.raise_for_status()
            self._documents[name] = response.json()
        except (httpx.HTTPError, ValueError) as error:
            log.warning("a service gives no description", name=name, error=str(error))


def merge(documents: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """One document of all paths; schemas keep their names, prefixed by the service where two differ."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for service, document in documents.items():
        own = document.get("components", {}).get("schemas", {})
        clashes = {name for name, schema in own.items() if name in schemas and schemas[name] != schema}
        renamed = {name: f"{service.title()}{name}" for name in clashes}
        schemas |= {renamed.get(name, name): _rename(schema, renamed) for name, schema in own.items()}
        for path, operations in document.get("paths", {}).items():
            for operation in operations.values():
                operation["tags"] = [path.removeprefix("/api/v1/").removeprefix("/api/").partition("/")[0]]
            paths[path] = _rename(operations, renamed)
    return {
        "openapi": "3.1.0",
        "info": {"title": "E-Catalog API", "version": "1.0.0", "description": DESCRIPTION},
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _rename(node: Any, renamed: dict[str, str]) -> Any:
    if not renamed:
        return node
    if isinstance(node, list):
        return [_rename(item, renamed) for item in node]
    if not isinstance(node, dict):
        return node
    result = {key: _rename(value, renamed) for key, value in node.items()}
    reference = result.get("$ref")
    if isinstance(reference, str):
        base, _, name = reference.rpartition("/")
        result["$ref"] = f"{base}/{renamed.get(name, name)}"
    return result


def _to_yaml(document: dict[str, Any]) -> bytes:
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text: str = yaml.dump(document, Dumper=dumper, allow_unicode=True, sort_keys=False)
    return text.encode()
