"""The route of an agent's day."""

from typing import Any

from ecatalog.caching.etag import json_response
from ecatalog.http.dependencies import Db, Query
from ecatalog.http.formats import MEDIA_TYPES, VARYING, chosen
from ecatalog.http.routing import LeanRoute
from fastapi import APIRouter, Request, Response

from location.dependencies import Watcher
from location.examples import GPX, TRACK
from location.tracks import service
from location.tracks.schemas import Trajectory
from location.tracks.summary import FORMS, Summary, TrackOptions
from location.tracks.working import GivenUp, while_awaited

CLIENT_GONE = 499
"""The status of an answer that nobody reads; metrics tell it from failures."""

router = APIRouter(prefix="/api/v1/agent-location", tags=["agent locations"], route_class=LeanRoute)


def _parameter(name: str, description: str = "", *, required: bool = False, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "description": description, "schema": schema}


PARAMETERS: list[dict[str, Any]] = [
    _parameter("agent_code", "Whose day.", required=True, type="string"),
    _parameter("date", "Which day.", required=True, type="string", format="date"),
    _parameter("simplify", "Leave out points that are no farther than these metres off the line.", type="number"),
    _parameter("summary", "Add distance, moving time, stops and jumps.", type="boolean"),
    _parameter("format", "What to answer in, whatever `Accept` says.", type="string", enum=list(FORMS)),
]
OTHER_FORMS: dict[str, Any] = {
    MEDIA_TYPES["geojson"]: {"schema": {"type": "object"}, "example": TRACK},
    MEDIA_TYPES["gpx"]: {"schema": {"type": "string"}, "example": GPX},
}


@router.get(
    "/trajectory/",
    summary="Show an agent's day",
    response_model=Trajectory,
    responses={200: {"content": OTHER_FORMS}},
    openapi_extra={"parameters": PARAMETERS},
)
async def show_trajectory(user: Watcher, request: Request, query: Query, database: Db) -> Response:
    """Every point of the day by its fix time, oldest first; a day of more than 100,000 is refused.

    With `summary`, `simplify`, or as GeoJSON or GPX (by `Accept` or `format`), jumps that no vehicle makes are taken
    out of the line and listed apart, and `distance` (metres), `moving_time` (seconds) and `stops` (5 minutes within 100
    metres) are told.
    """
    day = service.Day(query)
    options = TrackOptions.of(query, chosen(request, *FORMS))
    recorded = await service.recorded(database, day, user)
    if options is None:
        answer = json_response(request, recorded)
        answer.headers.update(VARYING)
        return answer
    try:
        body = await while_awaited(
            request, lambda gone: Summary(recorded, options.tolerance, gone).render(options.form)
        )
    except GivenUp:
        return Response(status_code=CLIENT_GONE)
    return Response(body, media_type=MEDIA_TYPES[options.form], headers=VARYING | {"Cache-Control": "no-cache"})
