"""The routes of agents and their current positions."""

from typing import Any

from ecatalog.caching.etag import json_response
from ecatalog.core.errors import Unavailable
from ecatalog.http.dependencies import Db, Query
from ecatalog.http.formats import MEDIA_TYPES, VARYING, chosen
from ecatalog.http.routing import LeanRoute
from fastapi import APIRouter, Request, Response
from starlette.responses import StreamingResponse

from location.dependencies import Moves, SettingsDep, StillAllowed, Watcher
from location.examples import FEATURES, MOVE
from location.positions import service, stream
from location.positions.filters import POSITIONS
from location.positions.schemas import Agent, CurrentPosition

router = APIRouter(prefix="/api/v1/agent-location", tags=["agent locations"], route_class=LeanRoute)

FORMAT: dict[str, Any] = {
    "name": "format",
    "in": "query",
    "description": "What to answer in, whatever `Accept` says.",
    "schema": {"type": "string", "enum": ["json", "geojson"]},
}
EVENTS: dict[str, Any] = {"text/event-stream": {"schema": {"type": "string"}, "example": MOVE}}
LAST_ID: dict[str, Any] = {
    "name": "Last-Event-ID",
    "in": "header",
    "description": "The `id` of the last event that you have; browsers send it by themselves.",
    "schema": {"type": "string"},
}


@router.get("/unique-agents/", summary="List agents", response_model=list[Agent])
async def list_agents(user: Watcher, request: Request, database: Db) -> Response:
    """Every agent that has points, by code, with the last name and phone it sent."""
    return json_response(request, await service.agents(database, user))


@router.get(
    "/latest/",
    summary="Show where agents are",
    response_model=list[CurrentPosition],
    responses={200: {"content": {MEDIA_TYPES["geojson"]: {"schema": {"type": "object"}, "example": FEATURES}}}},
    openapi_extra={"parameters": [*POSITIONS.parameters, FORMAT]},
)
async def show_latest(user: Watcher, request: Request, query: Query, database: Db, settings: SettingsDep) -> Response:
    """Every agent's newest point by fix time; GeoJSON where `Accept` or `format` asks for it."""
    features = chosen(request, "json", "geojson") == "geojson"
    body = await service.latest(database, query, user, settings.location_stale_seconds, features=features)
    if features:
        return Response(body, media_type=MEDIA_TYPES["geojson"], headers=VARYING | {"Cache-Control": "no-cache"})
    answer = json_response(request, body)
    answer.headers.update(VARYING)
    return answer


@router.get(
    "/stream/",
    summary="Follow where agents are",
    response_class=Response,
    openapi_extra={
        "parameters": [*POSITIONS.parameters, LAST_ID],
        "responses": {"200": {"description": "Events, for as long as you listen.", "content": EVENTS}},
    },
)
async def follow_positions(_: Watcher, request: Request, query: Query, hub: Moves, allowed: StillAllowed) -> Response:
    """Server-sent events named `move`, each a current position; after `Last-Event-ID` where that is sent.

    `reset` says that some events are lost: read the current positions again. The stream ends, or shows less, within a
    second when your right to see is taken.
    """
    is_chosen = stream.chosen_by(query)
    if hub.last is None:
        raise Unavailable
    position = stream.parse_position(request.headers.get("last-event-id"))
    events = stream.follow(hub, position, is_chosen, allowed)
    return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-cache"})
