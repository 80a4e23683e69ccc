"""Many rows in one request: `POST …/bulk/` of projects, clients and products."""

from typing import Any

from ecatalog.entities.entity import Entity
from ecatalog.entities.filters import Where
from ecatalog.http.body import JSON
from ecatalog.http.dependencies import Caches, Db
from ecatalog.http.responses import Json
from ecatalog.http.routing import LeanRoute
from ecatalog.security.permissions import Editor
from fastapi import APIRouter, Response

from catalog.bulk.dependencies import MAX_ROWS, SentRows
from catalog.bulk.schemas import BulkAnswer
from catalog.bulk.service import write_rows
from catalog.client import service as client
from catalog.entities.client import CLIENT
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.entities.project import PROJECT

router = APIRouter(prefix="/api/v1", route_class=LeanRoute)


def _request_body(entity: Entity) -> dict[str, Any]:
    rows = {"type": "array", "maxItems": MAX_ROWS, "items": {"$ref": f"#/components/schemas/{entity.body.__name__}"}}
    whole = {"anyOf": [rows, {"type": "object", "properties": {"rows": rows}, "required": ["rows"]}]}
    return {"requestBody": {"required": True, "content": {JSON: {"schema": whole}}}}


@router.post(
    "/project/bulk/", tags=["projects"], summary="Create and change projects", status_code=207,
    response_model=BulkAnswer, openapi_extra=_request_body(PROJECT),
)  # fmt: skip
async def write_projects(_: Editor, sent: SentRows, database: Db, caches: Caches) -> Response:
    """Up to 1,000 rows, by their codes; of a row that exists only what is sent changes."""
    return Json(await write_rows(database, caches, PROJECT, sent, Where()), 207)


@router.post(
    "/client/bulk/", tags=["clients"], summary="Create and change clients", status_code=207,
    response_model=BulkAnswer, openapi_extra=_request_body(CLIENT),
)  # fmt: skip
async def write_clients(user: Editor, sent: SentRows, database: Db, caches: Caches) -> Response:
    """Up to 1,000 rows, by code and `project_id`; without it the one row of that code is meant, or a new one made."""
    return Json(await write_rows(database, caches, CLIENT, sent, client.visible(user), client.keep(user)), 207)


@router.post(
    "/nomenklatura/bulk/", tags=["nomenklatura"], summary="Create and change products", status_code=207,
    response_model=BulkAnswer, openapi_extra=_request_body(NOMENKLATURA),
)  # fmt: skip
async def write_products(_: Editor, sent: SentRows, database: Db, caches: Caches) -> Response:
    """Up to 1,000 rows, by code and `project_id`; without it the one row of that code is meant, or a new one made."""
    return Json(await write_rows(database, caches, NOMENKLATURA, sent, Where()), 207)
