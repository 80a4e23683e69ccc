"""Answers other services; the gateway never routes these paths."""

from typing import Annotated, Literal

from ecatalog.http.body import MAX_JSON_BYTES, Body, read_bytes
from ecatalog.http.dependencies import Caches, Db
from ecatalog.security.permissions import Internal
from fastapi import APIRouter, Depends, Query, Request, Response

from catalog.images.service import TOPIC, take
from catalog.internal import service
from catalog.internal.schemas import SourceKeysBody

router = APIRouter(prefix="/internal")

EntityName = Literal["project", "client", "nomenklatura"]
SourceKeys = Annotated[SourceKeysBody, Depends(Body(SourceKeysBody))]


@router.get("/{kind}/")
async def rows(
    _: Internal, kind: EntityName, reference: Annotated[str, Query(max_length=255)], database: Db
) -> Response:
    """The rows that ``reference`` (a code or an id) may mean."""
    return Response(await service.meant(database, kind, reference), media_type="application/json")


@router.get("/{kind}/{row_id:int}/")
async def row(_: Internal, kind: EntityName, row_id: int, database: Db) -> Response:
    """A row as its events show it, with a sequence that tells which events it includes."""
    return Response(await service.told(database, kind, row_id), media_type="application/json")


@router.post("/images/", status_code=204)
async def take_images(_: Internal, request: Request, database: Db, caches: Caches) -> Response:
    """Store changed pictures that media sends itself, and that the broker will bring, too."""
    await take(database, await read_bytes(request, MAX_JSON_BYTES))
    caches.invalidate(TOPIC)
    return Response(status_code=204)


@router.post("/source-keys/")
async def source_keys(_: Internal, body: SourceKeys, database: Db) -> Response:
    """Which of a base's keys, and which codes of a project, are known here, and whose they are."""
    return Response(await service.known_keys(database, body), media_type="application/json")
