"""Answers other services; the gateway never routes these paths."""

from typing import Annotated, Literal

from ecatalog.db.database import Database
from ecatalog.http.body import MAX_JSON_BYTES, read_bytes
from ecatalog.security.permissions import Internal
from fastapi import APIRouter, Query, Request, Response

from catalog.images.service import TOPIC, take
from catalog.internal import service

router = APIRouter(prefix="/internal")

EntityName = Literal["project", "client", "nomenklatura"]


@router.get("/{kind}/")
async def rows(
    request: Request,
    kind: EntityName,
    _: Internal,
    reference: Annotated[str, Query(max_length=255)],
) -> Response:
    """The rows that ``reference`` (a code or an id) may mean."""
    database: Database = request.app.state.database
    body = await service.meant(database, kind, reference)
    return Response(body, media_type="application/json")


@router.post("/images/", status_code=204)
async def take_images(request: Request, _: Internal) -> Response:
    """Store changed pictures that media sends itself, and that the broker will bring, too."""
    await take(request.app.state.database, await read_bytes(request, MAX_JSON_BYTES))
    request.app.state.caches.invalidate(TOPIC)
    return Response(status_code=204)
