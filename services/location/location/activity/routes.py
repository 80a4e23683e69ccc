"""The route of counts by region."""

from typing import Any

from ecatalog.caching.etag import json_response
from ecatalog.http.dependencies import Db, Query
from ecatalog.http.routing import LeanRoute
from fastapi import APIRouter, Request, Response

from location.activity import service
from location.activity.filters import ACTIVITY
from location.activity.schemas import RegionalActivity
from location.dependencies import Watcher

router = APIRouter(prefix="/api/v1/agent-location", tags=["agent locations"], route_class=LeanRoute)

PARAMETERS: list[dict[str, Any]] = [
    *(
        {"name": name, "in": "query", "description": text, "schema": {"type": "string", "format": "date"}}
        for name, text in (("date_from", "From this day on."), ("date_to", "Up to this day, inclusive."))
    ),
    *ACTIVITY.parameters,
]


@router.get(
    "/regional-activity/",
    summary="Count points by region",
    response_model=RegionalActivity,
    openapi_extra={"parameters": PARAMETERS},
)
async def show_regional_activity(user: Watcher, request: Request, query: Query, database: Db) -> Response:
    """By fix time, whole days; this month up to today unless told otherwise."""
    return json_response(request, await service.show(database, query, user))
