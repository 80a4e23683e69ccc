"""The route of batches."""

from typing import Annotated, Any

from ecatalog.http.dependencies import Db
from ecatalog.http.responses import Json
from ecatalog.http.routing import LeanRoute
from fastapi import APIRouter, Depends, Response

from location.batches.reading import ARRAY, read_batch
from location.batches.schemas import BatchResult
from location.batches.service import store_batch
from location.dependencies import KnownOwners, Watcher
from location.examples import LINES

router = APIRouter(prefix="/api/v1/agent-location", tags=["agent locations"], route_class=LeanRoute)

Points = Annotated[list[Any], Depends(read_batch)]
_POINT = {"$ref": "#/components/schemas/PointIn"}
BODY: dict[str, Any] = {
    "required": True,
    "content": {
        ARRAY: {"schema": {"type": "array", "items": _POINT, "maxItems": 1000}},
        "application/x-ndjson": {
            "schema": {"type": "string", "description": "A point as JSON on each line."},
            "example": LINES,
        },
    },
}


@router.post("/batch/", summary="Send many points", response_model=BatchResult, openapi_extra={"requestBody": BODY})
async def send_batch(user: Watcher, given: Points, database: Db, owners: KnownOwners) -> Response:
    """Up to 1,000 points, as a JSON array or a line each; `Content-Encoding: gzip` is understood.

    An answer comes after everything is stored. Points known by their `id`, or else by agent, `logged_at` and place,
    are not stored again; a bad point does not stop the others. `warnings` tell which values are left out of which
    points.
    """
    return Json(await store_batch(database, owners, user, given))
