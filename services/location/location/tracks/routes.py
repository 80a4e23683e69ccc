from typing import Any

from ecatalog.caching import json_response
from ecatalog.routing import LeanRoute
from fastapi import APIRouter, Request, Response

from location.dependencies import Db, SettingsDep, Watcher
from location.tracks import service
from location.tracks.schemas import Trajectory

router = APIRouter(prefix="/api/v1/agent-location", tags=["agent locations"], route_class=LeanRoute)

PARAMETERS: list[dict[str, Any]] = [
    {"name": "agent_code", "in": "query", "required": True, "schema": {"type": "string"}},
    {"name": "date", "in": "query", "required": True, "schema": {"type": "string", "format": "date"}},
]


@router.get(
    "/trajectory/", summary="Show an agent's day", response_model=Trajectory, openapi_extra={"parameters": PARAMETERS}
)
async def show_trajectory(user: Watcher, request: Request, database: Db, settings: SettingsDep) -> Response:
    """Every point of the day by its fix time, oldest first."""
    day = service.Day(request.query_params, settings.time_zone)
    return json_response(request, await service.recorded(database, day, user))
